//! Sockets: one listener for each worker on the same port.

use std::net::{SocketAddr, TcpListener};

use whereto_server::{BindError, StreamSocket};

/// One address, bound.
#[derive(Debug)]
pub(crate) struct Bound {
    /// The address as configured, with the port that was chosen.
    pub(crate) address: SocketAddr,
    /// As many as asked for: the kernel deals connections out to them.
    pub(crate) listeners: Vec<TcpListener>,
}

/// Binds one of several addresses, as often as there are workers.
pub(crate) fn bind(
    purpose: &'static str,
    address: SocketAddr,
    beside: &[SocketAddr],
    workers: usize,
) -> Result<Bound, BindError> {
    let socket = StreamSocket::new(address).beside(beside);
    if address.port() != 0 {
        // A port that listeners share would be shared with another server, too: one that does not share finds out.
        drop(socket.listen(purpose)?);
    }
    let socket = socket.with_shared_port();
    let first = socket.listen(purpose)?;
    let address = first.local_addr().map_err(|source| BindError { purpose, address, source })?;
    let mut listeners = vec![first];
    for _ in 1..workers {
        listeners.push(socket.with_address(address).listen(purpose)?);
    }
    Ok(Bound { address, listeners })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_shared_by_workers_only() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let bound = bind("http", any, &[any], 3).unwrap();
        assert_eq!(bound.listeners.len(), 3);
        assert!(bound.listeners.iter().all(|listener| listener.local_addr().unwrap() == bound.address));
        let error = bind("http", bound.address, &[], 1).unwrap_err();
        assert!(error.to_string().contains("another whereto"), "{error}");
        drop(bound);
    }
}
