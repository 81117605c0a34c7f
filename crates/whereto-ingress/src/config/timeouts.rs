use std::time::Duration;

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub(crate) handshake: Duration,
    pub(crate) head: Duration,
    pub(crate) idle: Duration,
    pub(crate) body: Duration,
    pub(crate) write: Duration,
    pub(crate) stream: Option<Duration>,
    pub(crate) total: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(60),
            write: Duration::from_secs(60),
            stream: Some(Duration::from_secs(300)),
            total: None,
        }
    }
}

impl Timeouts {
    /// The defaults, which stand at each method.
    pub fn new() -> Self {
        Self::default()
    }

    /// The shortest of those that begin without anybody being told.
    pub(crate) fn shortest(&self) -> Duration {
        self.head.min(self.idle).min(self.write)
    }

    /// To the end of the TLS handshake, and of a PROXY header before it. Default: 10 s.
    #[must_use]
    pub const fn with_handshake(mut self, time: Duration) -> Self {
        self.handshake = time;
        self
    }

    /// From a connection's begin, or a request's first octet, to the end of its fields, however many octets come meanwhile. Default: 15 s.
    #[must_use]
    pub const fn with_head(mut self, time: Duration) -> Self {
        self.head = time;
        self
    }

    /// Between requests of a connection. Default: 75 s.
    #[must_use]
    pub const fn with_idle(mut self, time: Duration) -> Self {
        self.idle = time;
        self
    }

    /// Between two pieces of a request's content that an endpoint waits for; then 408. Default: 60 s.
    #[must_use]
    pub const fn with_body(mut self, time: Duration) -> Self {
        self.body = time;
        self
    }

    /// For a client to take any of what is being sent to it, with HTTP/2 of each response. Default: 60 s.
    #[must_use]
    pub const fn with_write(mut self, time: Duration) -> Self {
        self.write = time;
        self
    }

    /// Between two pieces of a response's content, or in both directions of an upgraded connection. `None` for ever. Default: 5 min.
    #[must_use]
    pub const fn with_stream(mut self, time: Option<Duration>) -> Self {
        self.stream = time;
        self
    }

    /// From a request's fields to the response's, however much content is sent. `None` for ever, and the default.
    #[must_use]
    pub const fn with_total(mut self, time: Option<Duration>) -> Self {
        self.total = time;
        self
    }
}
