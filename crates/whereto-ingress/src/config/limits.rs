/// Bounds for what clients send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) connections: usize,
    pub(crate) head: usize,
    pub(crate) fields: usize,
    pub(crate) target: usize,
    pub(crate) body: Option<u64>,
    pub(crate) streams: u32,
    pub(crate) resets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            head: 32 * 1024,
            fields: 100,
            target: 8 * 1024,
            body: None,
            streams: 128,
            resets: 20,
        }
    }
}

impl Limits {
    /// The defaults, which stand at each method.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many connections may be open in all; above, new ones are closed and counted. Default: 20,000.
    #[must_use]
    pub const fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Octets of a request's fields, names and values with 32 more for each (as RFC 9113 §6.5.2 counts); above, 431. At least 4 KiB.
    /// Default: 32 KiB.
    #[must_use]
    pub const fn with_head(mut self, octets: usize) -> Self {
        self.head = if octets < 4096 { 4096 } else { octets };
        self
    }

    /// Number of a request's fields; above, 431. Default: 100.
    #[must_use]
    pub const fn with_fields(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }

    /// Octets of a request's target; above, 414. Default: 8 KiB, at most 65,534.
    #[must_use]
    pub const fn with_target(mut self, octets: usize) -> Self {
        self.target = octets;
        self
    }

    /// Octets of a request's content; above, 413. Default: no bound, since nothing is kept of it.
    #[must_use]
    pub const fn with_body(mut self, octets: Option<u64>) -> Self {
        self.body = octets;
        self
    }

    /// Requests under way on one HTTP/2 connection. Default: 128.
    #[must_use]
    pub const fn with_streams(mut self, streams: u32) -> Self {
        self.streams = streams;
        self
    }

    /// Streams that a client of HTTP/2 has reset before they were looked at; above, its connection is closed (CVE-2023-44487). Default: 20.
    #[must_use]
    pub const fn with_resets(mut self, streams: usize) -> Self {
        self.resets = streams;
        self
    }
}
