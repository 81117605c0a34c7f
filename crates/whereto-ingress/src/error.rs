use std::fmt;
use std::io;

use whereto_server::BindError;

/// Why a server can't start.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// An address can't be listened on. Its purpose is `http`, `https` or `admin`.
    Bind(BindError),
    /// There is nothing to listen on.
    NoAddress,
    /// The TLS library refuses its settings.
    Tls(rustls::Error),
    /// Threads or the runtime can't be started.
    Start(io::Error),
}

impl From<BindError> for ServerError {
    fn from(error: BindError) -> Self {
        Self::Bind(error)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(error) => error.fmt(f),
            Self::NoAddress => f.write_str("no address to listen on"),
            Self::Tls(error) => write!(f, "cannot set up TLS: {error}"),
            Self::Start(error) => write!(f, "cannot start threads: {error}"),
        }
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind(error) => error.source(),
            Self::Start(source) => Some(source),
            Self::Tls(error) => Some(error),
            Self::NoAddress => None,
        }
    }
}
