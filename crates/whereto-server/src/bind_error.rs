use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why an address can't be listened on: taken, not ours, or not permitted.
#[derive(Debug)]
pub struct BindError {
    /// What it was for, as the server calls it: `UDP`, `https`, `admin`.
    pub purpose: &'static str,
    /// The address.
    pub address: SocketAddr,
    /// The system's reason.
    pub source: io::Error,
}

impl fmt::Display for BindError {
    /// The system's words, and for the usual reasons what they come from.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { purpose, address, source } = self;
        write!(f, "cannot listen on {address} ({purpose}): {source}")?;
        match source.kind() {
            io::ErrorKind::AddrInUse => f.write_str(". Another program, or another whereto, listens there"),
            io::ErrorKind::PermissionDenied => f.write_str(". Ports below 1024 need the capability NET_BIND_SERVICE"),
            io::ErrorKind::AddrNotAvailable => f.write_str(". No interface of this host has the address"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_reasons_have_a_hint() {
        let rows = [
            (io::ErrorKind::AddrInUse, Some("Another program, or another whereto, listens there")),
            (io::ErrorKind::PermissionDenied, Some("Ports below 1024 need the capability NET_BIND_SERVICE")),
            (io::ErrorKind::AddrNotAvailable, Some("No interface of this host has the address")),
            (io::ErrorKind::OutOfMemory, None),
        ];
        for (kind, hint) in rows {
            let error = BindError { purpose: "admin", address: ([192, 0, 2, 1], 81).into(), source: kind.into() };
            let begin = format!("cannot listen on 192.0.2.1:81 (admin): {}", error.source);
            assert_eq!(error.to_string(), begin + &hint.map(|hint| format!(". {hint}")).unwrap_or_default());
        }
    }
}
