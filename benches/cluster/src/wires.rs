use dns_records::{Limits, Snapshot, Verdict};

use crate::query::{Expected, Query};

/// Queries as messages, one after another in memory: going through them costs no cache miss of its own, as a message
/// that the kernel has just copied costs none.
#[derive(Clone, Debug, Default)]
pub struct Wires {
    octets: Vec<u8>,
    ends: Vec<usize>,
}

impl Wires {
    /// The messages of some queries.
    #[must_use]
    pub fn new(queries: &[Query]) -> Self {
        let mut wires = Self::default();
        for query in queries {
            wires.octets.extend_from_slice(&query.wire());
            wires.ends.push(wires.octets.len());
        }
        wires
    }

    /// The messages, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.octets[start..end])
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl Query {
    /// Answers the query from a snapshot and returns the reply's length.
    ///
    /// # Panics
    /// When the reply is not what it must be: then there is nothing worth measuring.
    pub fn check(&self, snapshot: &Snapshot, out: &mut [u8]) -> usize {
        let len = match snapshot.respond(&self.wire(), Limits::udp(), 0, out) {
            Verdict::Reply(len) | Verdict::FallThrough { len } | Verdict::Chase { len, .. } => len,
            other => panic!("{} {}: {other:?}", self.name, self.record_type),
        };
        assert_eq!(Expected::read(&out[..len]), Some(self.expected), "{} {}", self.name, self.record_type);
        len
    }
}
