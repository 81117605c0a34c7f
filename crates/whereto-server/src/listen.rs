use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::bind_error::BindError;

/// Connections that wait to be accepted, per listener.
const BACKLOG: i32 = 1024;

/// A socket for streams that is going to listen.
///
/// ```
/// use whereto_server::StreamSocket;
///
/// let listener = StreamSocket::new("127.0.0.1:0".parse()?).listen("greetings")?;
/// let error = StreamSocket::new(listener.local_addr()?).listen("greetings").unwrap_err();
/// assert!(error.to_string().ends_with("Another program, or another whereto, listens there"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamSocket {
    address: SocketAddr,
    v6_only: bool,
    shared: bool,
}

impl StreamSocket {
    /// On this address. `[::]` takes connections over IPv4, too. With port 0 on a free one.
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, v6_only: false, shared: false }
    }

    /// As one of several addresses: `[::]` leaves IPv4 to `0.0.0.0` on the same port, if that is among them.
    #[must_use]
    pub fn beside(mut self, addresses: &[SocketAddr]) -> Self {
        self.v6_only = Self::leaves_v4(self.address, addresses);
        self
    }

    /// The same at another address, such as the port that was chosen for the first of several listeners.
    #[must_use]
    pub const fn with_address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Whether an address is `[::]`, and `0.0.0.0` is among the others with the same port.
    pub fn leaves_v4(address: SocketAddr, others: &[SocketAddr]) -> bool {
        let is_v4 =
            |other: &SocketAddr| other.is_ipv4() && other.ip().is_unspecified() && other.port() == address.port();
        address.is_ipv6() && address.ip().is_unspecified() && others.iter().any(is_v4)
    }

    /// The kernel deals connections out to all listeners on the port that say so.
    #[must_use]
    pub const fn with_shared_port(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Listens, without blocking where nothing can be accepted.
    ///
    /// # Errors
    /// When the address is taken, not one of this host, or not permitted; `purpose` is what the error calls the socket.
    pub fn listen(self, purpose: &'static str) -> Result<TcpListener, BindError> {
        self.try_listen().map_err(|source| BindError { purpose, address: self.address, source })
    }

    fn try_listen(self) -> io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(self.address), Type::STREAM, Some(Protocol::TCP))?;
        if self.address.is_ipv6() {
            socket.set_only_v6(self.v6_only || !self.address.ip().is_unspecified())?;
        }
        socket.set_reuse_address(true)?;
        if self.shared {
            socket.set_reuse_port(true)?;
        }
        socket.bind(&self.address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};

    use super::*;

    #[test]
    fn a_port_is_shared_by_those_who_say_so() {
        let any = StreamSocket::new((Ipv4Addr::LOCALHOST, 0).into());
        let alone = any.listen("web").unwrap().local_addr().unwrap();
        let first = any.with_shared_port().listen("web").unwrap();
        let address = first.local_addr().unwrap();
        assert_ne!(alone, address);
        let second = StreamSocket::new(address).with_shared_port().listen("web").unwrap();
        assert_eq!(second.local_addr().unwrap(), address);
        let error = StreamSocket::new(address).listen("web").unwrap_err();
        assert_eq!((error.purpose, error.address, error.source.kind()), ("web", address, io::ErrorKind::AddrInUse));
    }

    #[test]
    fn everywhere_is_also_ipv4_unless_another_one_is() {
        let v4 = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let v6 = |port| SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
        let loopback = SocketAddr::from((Ipv6Addr::LOCALHOST, 80));
        for (address, others, leaves) in [
            (v6(80), vec![v6(80)], false),
            (v6(80), vec![v4(80), v6(80)], true),
            (v6(80), vec![v4(8080), v6(80)], false),
            (v6(80), vec![(Ipv4Addr::LOCALHOST, 80).into()], false),
            (v4(80), vec![v4(80), v6(80)], false),
            (loopback, vec![v4(80)], false),
        ] {
            assert_eq!(StreamSocket::leaves_v4(address, &others), leaves, "{address} beside {others:?}");
        }
    }

    #[test]
    fn both_families_may_be_named() {
        let v4 = StreamSocket::new((Ipv4Addr::UNSPECIFIED, 0).into()).listen("web").unwrap();
        let named = [v4.local_addr().unwrap(), (Ipv6Addr::UNSPECIFIED, v4.local_addr().unwrap().port()).into()];
        let v6 = StreamSocket::new(named[1]);
        let kind = v6.listen("web").unwrap_err().source.kind();
        // A host without IPv6 has nothing to test.
        if kind == io::ErrorKind::AddrInUse {
            let listener = v6.beside(&named).listen("web").unwrap();
            assert!(TcpStream::connect((Ipv6Addr::LOCALHOST, named[1].port())).is_ok());
            drop(listener);
        }
    }

    #[test]
    fn everywhere_takes_ipv4() {
        let Ok(both) = StreamSocket::new((Ipv6Addr::UNSPECIFIED, 0).into()).listen("web") else { return };
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, both.local_addr().unwrap().port())).is_ok());
    }
}
