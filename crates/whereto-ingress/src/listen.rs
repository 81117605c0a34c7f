//! Sockets: one listener for each worker on the same port.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::error::ServerError;

/// Connections that wait to be accepted, per listener.
const BACKLOG: i32 = 1024;

/// One address, bound.
#[derive(Debug)]
pub(crate) struct Bound {
    /// The address as configured, with the port that was chosen.
    pub(crate) address: SocketAddr,
    /// As many as asked for: the kernel deals connections out to them.
    pub(crate) listeners: Vec<TcpListener>,
}

/// Binds one address as often as there are workers. Unspecified IPv6 also takes IPv4, unless `v6_only`.
pub(crate) fn bind(
    purpose: &'static str,
    address: SocketAddr,
    v6_only: bool,
    workers: usize,
) -> Result<Bound, ServerError> {
    try_bind(address, v6_only, workers).map_err(|source| ServerError::Bind { purpose, address, source })
}

fn try_bind(address: SocketAddr, v6_only: bool, workers: usize) -> io::Result<Bound> {
    if address.port() != 0 {
        // A port that listeners share would be shared with another server, too: one that does not share finds out.
        drop(listener(address, v6_only, false)?);
    }
    let first = listener(address, v6_only, true)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..workers {
        listeners.push(listener(address, v6_only, true)?);
    }
    Ok(Bound { address, listeners })
}

/// A listener for streams that does not block.
pub(crate) fn listener(address: SocketAddr, v6_only: bool, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(v6_only || !address.ip().is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_shared_by_workers_only() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let bound = bind("http", any, false, 3).unwrap();
        assert_eq!(bound.listeners.len(), 3);
        assert!(bound.listeners.iter().all(|listener| listener.local_addr().unwrap() == bound.address));
        let error = bind("http", bound.address, false, 1).unwrap_err();
        assert!(error.to_string().contains("another whereto"), "{error}");
        drop(bound);
    }
}
