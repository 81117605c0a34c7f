use std::fmt;
use std::net::SocketAddr;

use http::StatusCode;

/// Why no response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// There was no endpoint to choose.
    NoEndpoint,
    /// No connection.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// No TLS.
    Tls,
    /// No response in time.
    FirstByteTimeout,
    /// Broken off before the response's fields were complete.
    BrokenOff,
    /// The response is no HTTP.
    Malformed,
    /// The request's own content failed.
    Content,
}

impl FailureKind {
    pub(super) const ALL: [Self; 8] = [
        Self::NoEndpoint,
        Self::Connect,
        Self::ConnectTimeout,
        Self::Tls,
        Self::FirstByteTimeout,
        Self::BrokenOff,
        Self::Malformed,
        Self::Content,
    ];

    /// A word for logs and metrics.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::NoEndpoint => "no_endpoint",
            Self::Connect => "connect",
            Self::ConnectTimeout => "connect_timeout",
            Self::Tls => "tls",
            Self::FirstByteTimeout => "first_byte_timeout",
            Self::BrokenOff => "broken_off",
            Self::Malformed => "malformed_response",
            Self::Content => "request_content",
        }
    }

    /// Whether it says something of the endpoint.
    pub(super) const fn is_of_endpoint(self) -> bool {
        !matches!(self, Self::NoEndpoint | Self::Content)
    }
}

/// No response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UpstreamFailure {
    pub(crate) kind: FailureKind,
    /// The last one that was tried.
    pub(crate) endpoint: Option<SocketAddr>,
    /// How many were tried.
    pub(crate) attempts: u32,
}

impl UpstreamFailure {
    /// What the client is told (RFC 9110 §15.6.3–5).
    pub(crate) const fn status(&self) -> StatusCode {
        match self.kind {
            FailureKind::NoEndpoint => StatusCode::SERVICE_UNAVAILABLE,
            FailureKind::ConnectTimeout | FailureKind::FirstByteTimeout => StatusCode::GATEWAY_TIMEOUT,
            FailureKind::Content => StatusCode::BAD_REQUEST,
            FailureKind::Connect | FailureKind::Tls | FailureKind::BrokenOff | FailureKind::Malformed => {
                StatusCode::BAD_GATEWAY
            }
        }
    }

    /// A word for logs.
    pub(crate) const fn reason(&self) -> &'static str {
        self.kind.reason()
    }
}

impl fmt::Display for UpstreamFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())?;
        self.endpoint.map_or(Ok(()), |endpoint| write!(f, " ({endpoint}, attempt {})", self.attempts))
    }
}

impl std::error::Error for UpstreamFailure {}
