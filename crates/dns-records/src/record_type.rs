use std::fmt;
use std::str::FromStr;

/// A resource record type code (RFC 1035 §3.2.2, IANA registry).
///
/// ```
/// use dns_records::RecordType;
/// assert_eq!("SRV".parse(), Ok(RecordType::SRV));
/// assert_eq!(RecordType(65280).to_string(), "TYPE65280");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "a code is all there is")]
pub struct RecordType(pub u16);

macro_rules! record_types {
    ($($name:ident = $code:literal),* $(,)?) => {
        impl RecordType {
            $(
                #[doc = concat!("Type ", stringify!($name), ", code ", stringify!($code), ".")]
                pub const $name: Self = Self($code);
            )*

            /// The mnemonic, where the type has one.
            pub const fn mnemonic(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }

        impl FromStr for RecordType {
            type Err = UnknownRecordType;

            /// Reads a mnemonic in any letter case, or `TYPEn` (RFC 3597 §5).
            fn from_str(text: &str) -> Result<Self, UnknownRecordType> {
                let upper = text.to_ascii_uppercase();
                match upper.as_str() {
                    $(stringify!($name) => Ok(Self::$name),)*
                    other => other
                        .strip_prefix("TYPE")
                        .and_then(|code| code.parse().ok())
                        .map(Self)
                        .ok_or(UnknownRecordType),
                }
            }
        }
    };
}

record_types! {
    A = 1, NS = 2, CNAME = 5, SOA = 6, MB = 7, MG = 8, MR = 9, NULL = 10, WKS = 11, PTR = 12, HINFO = 13, MINFO = 14,
    MX = 15, TXT = 16, RP = 17, AFSDB = 18, SIG = 24, KEY = 25, AAAA = 28, LOC = 29, SRV = 33, NAPTR = 35, CERT = 37,
    DNAME = 39, OPT = 41, DS = 43, SSHFP = 44, RRSIG = 46, NSEC = 47, DNSKEY = 48, NSEC3 = 50, TLSA = 52, CDS = 59,
    SVCB = 64, HTTPS = 65, SPF = 99, TKEY = 249, TSIG = 250, IXFR = 251, AXFR = 252, MAILB = 253, ANY = 255, URI = 256,
    CAA = 257,
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mnemonic() {
            Some(mnemonic) => f.pad(mnemonic),
            None => write!(f, "TYPE{}", self.0),
        }
    }
}

/// A text that names no record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRecordType;

impl fmt::Display for UnknownRecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a record type: a mnemonic such as A or SRV, or TYPE and a number up to 65535")
    }
}

impl std::error::Error for UnknownRecordType {}
