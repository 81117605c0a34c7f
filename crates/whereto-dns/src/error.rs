use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use whereto_server::BindError;

/// Why a server can't start.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// An address can't be listened on. Its purpose is `UDP`, `TCP`, `TLS` or `HTTP`.
    Bind(BindError),
    /// The addresses of the host can't be listed.
    Interfaces(io::Error),
    /// There is nothing to listen on.
    NoAddress,
    /// A certificate or key can't be used.
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// An upstream is an address of this server.
    ForwardsToItself(SocketAddr),
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
            Self::Interfaces(error) => write!(f, "cannot list the addresses of this host: {error}"),
            Self::NoAddress => f.write_str("no address to listen on"),
            Self::Certificate { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::ForwardsToItself(address) => {
                write!(f, "upstream {address} is this server: questions would go round in circles")
            }
            Self::Start(error) => write!(f, "cannot start threads: {error}"),
        }
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind(error) => error.source(),
            Self::Interfaces(source) | Self::Start(source) => Some(source),
            _ => None,
        }
    }
}
