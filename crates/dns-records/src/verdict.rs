//! What `respond` takes and gives besides bytes.

use crate::name::NameRef;
use crate::record_type::RecordType;
use crate::wire::MIN_PAYLOAD;

/// A DNS response code, extended ones included (RFC 1035 §4.1.1, RFC 6891 §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "a code is all there is")]
pub struct Rcode(pub u16);

impl Rcode {
    /// No error.
    pub const NOERROR: Self = Self(0);
    /// The query was not understood.
    pub const FORMERR: Self = Self(1);
    /// The server could not answer.
    pub const SERVFAIL: Self = Self(2);
    /// The name does not exist.
    pub const NXDOMAIN: Self = Self(3);
    /// The kind of query is not implemented.
    pub const NOTIMP: Self = Self(4);
    /// The server does not answer this for this client.
    pub const REFUSED: Self = Self(5);
    /// The EDNS version is not supported.
    pub const BADVERS: Self = Self(16);

    /// The mnemonic, where it is one of the above.
    pub const fn mnemonic(self) -> Option<&'static str> {
        Some(match self {
            Self::NOERROR => "NOERROR",
            Self::FORMERR => "FORMERR",
            Self::SERVFAIL => "SERVFAIL",
            Self::NXDOMAIN => "NXDOMAIN",
            Self::NOTIMP => "NOTIMP",
            Self::REFUSED => "REFUSED",
            Self::BADVERS => "BADVERS",
            _ => return None,
        })
    }
}

impl std::fmt::Display for Rcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.mnemonic() {
            Some(mnemonic) => f.pad(mnemonic),
            None => write!(f, "RCODE{}", self.0),
        }
    }
}

/// How long a reply may be and what it may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    transport: Transport,
    pub(crate) max_payload: u16,
    pub(crate) recursion_available: bool,
    pub(crate) extended_errors: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Udp,
    Stream,
}

impl Limits {
    /// A datagram: 512 octets, with EDNS as many as the client takes but at most 1232 (RFC 6891 §6.2.5).
    pub const fn udp() -> Self {
        Self { transport: Transport::Udp, max_payload: 1232, recursion_available: false, extended_errors: false }
    }

    /// A message on a stream: 65535 octets.
    pub const fn tcp() -> Self {
        Self::udp().over_stream()
    }

    /// The largest datagram with EDNS, also what the reply's OPT record announces; 512–65535.
    #[must_use]
    pub const fn with_max_payload(mut self, octets: u16) -> Self {
        self.max_payload = if octets < MIN_PAYLOAD { MIN_PAYLOAD } else { octets };
        self
    }

    /// The same for messages on a stream.
    #[must_use]
    pub const fn over_stream(mut self) -> Self {
        self.transport = Transport::Stream;
        self
    }

    /// Whether the reply goes over a stream.
    pub const fn is_stream(&self) -> bool {
        matches!(self.transport, Transport::Stream)
    }

    /// The largest datagram with EDNS, also what the reply's OPT record announces.
    pub const fn max_payload(&self) -> u16 {
        self.max_payload
    }

    /// Octets that the reply to a query may have at most; `edns_payload` is the size that its OPT record tells (RFC 6891
    /// §6.2.3, §6.2.5), if it has one.
    pub fn max_reply(&self, edns_payload: Option<u16>) -> usize {
        usize::from(match (self.transport, edns_payload) {
            (Transport::Stream, _) => u16::MAX,
            (Transport::Udp, None) => MIN_PAYLOAD,
            (Transport::Udp, Some(payload)) => payload.clamp(MIN_PAYLOAD, self.max_payload),
        })
    }

    /// Whether the replies say that recursion is available (RA): a server that also forwards says so. Off by default.
    #[must_use]
    pub const fn with_recursion_available(mut self, available: bool) -> Self {
        self.recursion_available = available;
        self
    }

    /// Whether negative replies to EDNS queries carry the reason as an extended error (RFC 8914). Off by default.
    #[must_use]
    pub const fn with_extended_errors(mut self, on: bool) -> Self {
        self.extended_errors = on;
        self
    }
}

/// What is to be done with a query. `len` counts octets written to the front of the caller's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<'s> {
    /// Send this reply.
    Reply(usize),
    /// Send nothing: the datagram is no query (too short, or itself a reply).
    Drop,
    /// The name is in none of the zones. Nothing was written; [`crate::wire::error_reply`] writes a refusal.
    NotOurs,
    /// The name is an alias of a name outside. Resolve `target` and call [`crate::Snapshot::respond_chased`] with
    /// what came back, as often as it asks. The reply written so far has the alias alone.
    Chase {
        /// The name to resolve.
        target: NameRef<'s>,
        /// The type to resolve it for.
        record_type: RecordType,
        /// Length of the reply with the alias alone.
        len: usize,
    },
    /// The name does not exist here and goes on to the next authority. The reply written is what to send if there is none.
    FallThrough {
        /// Length of the negative reply.
        len: usize,
    },
    /// A zone transfer: see [`crate::Snapshot::transfer`]. The reply written is a refusal.
    Transfer {
        /// Which kind.
        kind: TransferKind,
        /// Length of the refusal.
        len: usize,
    },
}

/// The kinds of zone transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransferKind {
    /// The whole zone (RFC 5936).
    Axfr,
    /// What changed since this serial (RFC 1995); answered with the whole zone or, when nothing changed, its SOA.
    Ixfr {
        /// The serial that the client has.
        serial: u32,
    },
}

/// What resolving the target of [`Verdict::Chase`] brought.
#[derive(Clone, Copy, Debug)]
pub struct Chased<'a> {
    /// The target that was asked for.
    pub target: NameRef<'a>,
    /// The type that was asked for.
    pub record_type: RecordType,
    /// What came back.
    pub outcome: ChasedOutcome<'a>,
}

/// See [`Chased`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ChasedOutcome<'a> {
    /// A reply with these records, in wire form **without compressed names**.
    Answered {
        /// Its response code.
        rcode: Rcode,
        /// Whether it was truncated (TC).
        truncated: bool,
        /// The records of its answer section.
        answer: WireRecords<'a>,
        /// The records of its authority section: an SOA for a negative answer.
        authority: WireRecords<'a>,
    },
    /// No reply.
    Failed,
}

/// Whole resource records in wire form without compressed names, one after another.
#[derive(Clone, Copy, Debug, Default)]
pub struct WireRecords<'a> {
    /// The octets of all records.
    pub octets: &'a [u8],
}
