//! Records as borrowed views: no name is copied, no record stored.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::name::{Name, NameRef};
use crate::record_type::RecordType;
use crate::store::EndpointLabel;

/// One resource record, class IN.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RecordRef<'a> {
    /// The name that it is a record of.
    pub owner: RecordName<'a>,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// Type and content.
    pub data: RecordData<'a>,
}

/// Type and content of a record.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RecordData<'a> {
    /// RFC 1035 §3.4.1.
    A(Ipv4Addr),
    /// RFC 3596 §2.1.
    Aaaa(Ipv6Addr),
    /// RFC 1035 §3.3.1.
    Cname(RecordName<'a>),
    /// RFC 1035 §3.3.11.
    Ns(RecordName<'a>),
    /// RFC 1035 §3.3.12.
    Ptr(RecordName<'a>),
    /// RFC 2782.
    Srv {
        /// Always 0.
        priority: u16,
        /// Share of the load, 1–100.
        weight: u16,
        /// Port number.
        port: u16,
        /// Where the service is.
        target: RecordName<'a>,
    },
    /// RFC 1035 §3.3.13.
    Soa(Soa<'a>),
    /// RFC 1035 §3.3.14: one character-string.
    Txt(&'a str),
}

/// Content of an SOA record (RFC 1035 §3.3.13); times in seconds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Soa<'a> {
    /// Primary name server.
    pub mname: RecordName<'a>,
    /// Mailbox of the person responsible.
    pub rname: RecordName<'a>,
    /// Version of the zone (RFC 1982 arithmetic).
    pub serial: u32,
    /// Refresh interval.
    pub refresh: u32,
    /// Retry interval.
    pub retry: u32,
    /// Expiry.
    pub expire: u32,
    /// TTL of negative answers (RFC 2308 §4).
    pub minimum: u32,
}

impl RecordData<'_> {
    /// The record's type.
    pub const fn record_type(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::AAAA,
            Self::Cname(_) => RecordType::CNAME,
            Self::Ns(_) => RecordType::NS,
            Self::Ptr(_) => RecordType::PTR,
            Self::Srv { .. } => RecordType::SRV,
            Self::Soa(_) => RecordType::SOA,
            Self::Txt(_) => RecordType::TXT,
        }
    }
}

impl From<IpAddr> for RecordData<'_> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::A(v4),
            IpAddr::V6(v6) => Self::Aaaa(v6),
        }
    }
}

/// The zone text form of RFC 1035 §5.1, one line without its end.
impl fmt::Display for RecordRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} IN {} {}", self.owner, self.ttl, self.data.record_type(), self.data)
    }
}

impl fmt::Display for RecordData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(v4) => fmt::Display::fmt(v4, f),
            Self::Aaaa(v6) => fmt::Display::fmt(v6, f),
            Self::Cname(name) | Self::Ns(name) | Self::Ptr(name) => fmt::Display::fmt(name, f),
            Self::Srv { priority, weight, port, target } => write!(f, "{priority} {weight} {port} {target}"),
            Self::Soa(soa) => write!(
                f,
                "{} {} {} {} {} {} {}",
                soa.mname, soa.rname, soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum
            ),
            Self::Txt(text) => write!(f, "{text:?}"),
        }
    }
}

/// A name put together from parts that lie elsewhere: in the question, in the objects, in the configuration.
#[derive(Clone, Copy, Debug)]
pub struct RecordName<'a> {
    /// A first label that is an address with dashes.
    pub(crate) dashed: Option<IpAddr>,
    /// Wire labels; the last part ends with the root label.
    pub(crate) parts: [&'a [u8]; PARTS],
}

/// Parts of a [`RecordName`]: endpoint, source cluster, Service and tree, zone.
pub(crate) const PARTS: usize = 5;

impl<'a> RecordName<'a> {
    pub(crate) const fn whole(wire: &'a [u8]) -> Self {
        Self { dashed: None, parts: [b"", b"", b"", b"", wire] }
    }

    /// `label.zone`, where `label` is in wire form.
    pub(crate) const fn below(label: &'a [u8], zone: &'a [u8]) -> Self {
        Self { dashed: None, parts: [b"", b"", b"", label, zone] }
    }

    /// Length in wire form.
    pub fn wire_len(&self) -> usize {
        let dashed = self.dashed.map_or(0, |address| EndpointLabel::of(address).as_bytes().len() + 1);
        dashed + self.parts.iter().map(|part| part.len()).sum::<usize>()
    }

    /// An owned copy. Allocates.
    pub fn to_name(&self) -> Name {
        let mut wire = Vec::with_capacity(self.wire_len());
        self.write_wire(&mut |part| wire.extend_from_slice(part));
        Name::from_trusted_wire(wire)
    }

    /// Hands out the wire form piece by piece.
    pub(crate) fn write_wire(&self, write: &mut impl FnMut(&[u8])) {
        if let Some(address) = self.dashed {
            let label = EndpointLabel::of(address);
            write(&[label.as_bytes().len() as u8]);
            write(label.as_bytes());
        }
        for part in self.parts {
            write(part);
        }
    }
}

impl<'a> From<NameRef<'a>> for RecordName<'a> {
    fn from(name: NameRef<'a>) -> Self {
        Self::whole(name.as_wire())
    }
}

impl PartialEq for RecordName<'_> {
    fn eq(&self, other: &RecordName<'_>) -> bool {
        self.to_name() == other.to_name()
    }
}

impl Eq for RecordName<'_> {}

impl fmt::Display for RecordName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_name(), f)
    }
}
