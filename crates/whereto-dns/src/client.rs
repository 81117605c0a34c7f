use dns_records::Limits;

use crate::message::{EMPTY_OPT, HEADER, QueryView};

/// Smallest datagram limit (RFC 1035 §2.3.4).
const MIN_PAYLOAD: u16 = 512;

/// How a query came, and what its reply may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    stream: bool,
    max_payload: u16,
    recursion_available: bool,
    extended_errors: bool,
}

impl Client {
    /// A datagram's sender: 512 octets, with EDNS as many as it takes but at most 1232.
    pub const fn udp() -> Self {
        Self { stream: false, max_payload: 1232, recursion_available: false, extended_errors: false }
    }

    /// The other end of a stream: 65535 octets.
    pub const fn stream() -> Self {
        Self { stream: true, ..Self::udp() }
    }

    /// The same settings for streams.
    pub(crate) const fn over_stream(mut self) -> Self {
        self.stream = true;
        self
    }

    /// The largest datagram with EDNS, also what replies announce; at least 512.
    #[must_use]
    pub const fn with_max_payload(mut self, octets: u16) -> Self {
        self.max_payload = if octets < MIN_PAYLOAD { MIN_PAYLOAD } else { octets };
        self
    }

    /// Whether replies from the cluster's zones say that recursion is available (RA).
    #[must_use]
    pub const fn with_recursion_available(mut self, available: bool) -> Self {
        self.recursion_available = available;
        self
    }

    /// Whether negative replies from the cluster's zones carry the reason (RFC 8914).
    #[must_use]
    pub const fn with_extended_errors(mut self, on: bool) -> Self {
        self.extended_errors = on;
        self
    }

    /// The same for the cluster's zones.
    pub const fn limits(&self) -> Limits {
        let limits = if self.stream { Limits::tcp() } else { Limits::udp() };
        limits
            .with_max_payload(self.max_payload)
            .with_recursion_available(self.recursion_available)
            .with_extended_errors(self.extended_errors)
    }

    /// Whether it waits on a stream.
    pub const fn is_stream(&self) -> bool {
        self.stream
    }

    /// Longest reply to this query.
    pub(crate) fn max_reply(&self, query: &QueryView<'_>) -> usize {
        if self.stream {
            return usize::from(u16::MAX);
        }
        match query.edns {
            None => usize::from(MIN_PAYLOAD),
            Some(edns) => usize::from(edns.payload.clamp(MIN_PAYLOAD, self.max_payload)),
        }
    }

    /// What replies announce as the largest query taken by datagram.
    pub(crate) const fn announced_payload(&self) -> u16 {
        self.max_payload
    }
}

/// Room that every reply buffer must have: a header, the longest question and an OPT record fit into it.
pub(crate) const MIN_BUFFER: usize = MIN_PAYLOAD as usize;
const _: () = assert!(MIN_BUFFER > HEADER + dns_records::MAX_NAME + 4 + EMPTY_OPT);
