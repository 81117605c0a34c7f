use dns_records::Limits;

use crate::message::{EMPTY_OPT, HEADER, QueryView};

/// How a query came, and what its reply may be: the [`Limits`] of what the zones answer hold for upstreams' answers, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    limits: Limits,
}

impl From<Limits> for Client {
    fn from(limits: Limits) -> Self {
        Self { limits }
    }
}

impl Client {
    /// A datagram's sender: 512 octets, with EDNS as many as it takes but at most 1232.
    pub const fn udp() -> Self {
        Self { limits: Limits::udp() }
    }

    /// The other end of a stream: 65535 octets.
    pub const fn stream() -> Self {
        Self { limits: Limits::tcp() }
    }

    /// What its replies may be.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether it waits on a stream.
    pub const fn is_stream(&self) -> bool {
        self.limits.is_stream()
    }

    /// Longest reply to this query.
    pub(crate) fn max_reply(&self, query: &QueryView<'_>) -> usize {
        self.limits.max_reply(query.edns.map(|edns| edns.payload))
    }
}

/// Room that every reply buffer must have: a header, the longest question and an OPT record fit into it.
pub(crate) const MIN_BUFFER: usize = 512;
const _: () = assert!(MIN_BUFFER > HEADER + dns_records::MAX_NAME + 4 + EMPTY_OPT);
