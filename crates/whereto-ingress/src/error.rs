use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why a server can't start.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// An address can't be listened on: taken, not ours, or not permitted.
    Bind {
        /// What it was for: `http`, `https`, `admin`.
        purpose: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing to listen on.
    NoAddress,
    /// The TLS library refuses its settings.
    Tls(rustls::Error),
    /// Threads or the runtime can't be started.
    Start(io::Error),
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { purpose, address, source } => {
                write!(f, "cannot listen on {address} ({purpose}): {source}")?;
                match source.kind() {
                    io::ErrorKind::AddrInUse => f.write_str(". Another program, or another whereto, listens there"),
                    io::ErrorKind::PermissionDenied => {
                        f.write_str(". Ports below 1024 need the capability NET_BIND_SERVICE")
                    }
                    io::ErrorKind::AddrNotAvailable => f.write_str(". No interface of this host has the address"),
                    _ => Ok(()),
                }
            }
            Self::NoAddress => f.write_str("no address to listen on"),
            Self::Tls(error) => write!(f, "cannot set up TLS: {error}"),
            Self::Start(error) => write!(f, "cannot start threads: {error}"),
        }
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Start(source) => Some(source),
            Self::Tls(error) => Some(error),
            Self::NoAddress => None,
        }
    }
}
