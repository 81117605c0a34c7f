//! Sockets: which addresses are bound, to the same port for datagrams and streams.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use whereto_server::{BindError, StreamSocket};

use crate::error::ServerError;
use crate::own_addresses;

/// How often a free port is looked for that all addresses have free.
const PORT_ATTEMPTS: usize = 32;
/// How long a full send buffer may hold up a reply; then it is dropped and counted.
const SEND_TIMEOUT: Duration = Duration::from_millis(50);

/// One `--listen` address, bound.
#[derive(Debug)]
pub(crate) struct Bound {
    /// The address as configured, with the port that was chosen.
    pub(crate) address: SocketAddr,
    pub(crate) tcp: TcpListener,
    /// As many sockets as workers for each local address, sharing the port.
    pub(crate) udp: Vec<UdpSocket>,
    /// For an unspecified address: addresses that the host gets later belong to it, too.
    pub(crate) everywhere: Option<Everywhere>,
}

/// An unspecified address, and the host's addresses that are listened on for it.
#[derive(Debug)]
pub(crate) struct Everywhere {
    address: SocketAddr,
    v6_only: bool,
    options: UdpOptions,
    served: Vec<SocketAddr>,
}

impl Everywhere {
    const fn new(address: SocketAddr, v6_only: bool, options: UdpOptions) -> Self {
        Self { address, v6_only, options, served: Vec::new() }
    }

    /// Sockets for the host's addresses that have none yet. A reply from a socket of its own has the right source.
    pub(crate) fn bind_new(&mut self) -> Result<Vec<UdpSocket>, ServerError> {
        let mut sockets = Vec::new();
        for local in local_addresses(self.address, self.v6_only)? {
            if self.served.contains(&local) {
                continue;
            }
            // Loopback and link-local addresses see little: one worker each.
            let workers = if has_little_traffic(local.ip()) { 1 } else { self.options.workers };
            match datagram_sockets(local, workers, self.options) {
                Ok(bound) => {
                    self.served.push(local);
                    sockets.extend(bound);
                }
                // It went away meanwhile, or is still checked for duplicates: bound at a later look.
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {}
                Err(source) => return Err(BindError { purpose: "UDP", address: local, source }.into()),
            }
        }
        Ok(sockets)
    }
}

/// Settings of datagram sockets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UdpOptions {
    pub(crate) workers: usize,
    pub(crate) receive_timeout: Duration,
    pub(crate) receive_buffer: Option<usize>,
}

/// Binds one of several addresses for datagrams and streams. With port 0, to a port that is free for both.
///
/// The stream listener takes the port for itself, so a second server on it is refused although datagram sockets share.
pub(crate) fn bind(address: SocketAddr, beside: &[SocketAddr], options: UdpOptions) -> Result<Bound, ServerError> {
    let mut attempts = if address.port() == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        attempts -= 1;
        match try_bind(address, beside, options) {
            Err(ServerError::Bind(error)) if attempts > 0 && error.source.kind() == io::ErrorKind::AddrInUse => {}
            result => return result,
        }
    }
}

fn try_bind(address: SocketAddr, beside: &[SocketAddr], options: UdpOptions) -> Result<Bound, ServerError> {
    let failed = |purpose, address| move |source| BindError { purpose, address, source };
    let v6_only = StreamSocket::leaves_v4(address, beside);
    let tcp = StreamSocket::new(address).beside(beside).listen("TCP")?;
    let address = tcp.local_addr().map_err(failed("TCP", address))?;
    if !address.ip().is_unspecified() {
        let udp = datagram_sockets(address, options.workers, options).map_err(failed("UDP", address))?;
        return Ok(Bound { address, tcp, udp, everywhere: None });
    }
    let mut everywhere = Everywhere::new(address, v6_only, options);
    let udp = everywhere.bind_new()?;
    Ok(Bound { address, tcp, udp, everywhere: Some(everywhere) })
}

const fn has_little_traffic(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local(),
    }
}

/// The host's addresses that an unspecified one stands for.
fn local_addresses(unspecified: SocketAddr, v6_only: bool) -> Result<Vec<SocketAddr>, ServerError> {
    let mut all = own_addresses::bindable(unspecified.port()).map_err(ServerError::Interfaces)?;
    all.retain(|address| match unspecified.ip() {
        IpAddr::V4(_) => address.is_ipv4(),
        IpAddr::V6(_) => address.is_ipv6() || !v6_only,
    });
    Ok(all)
}

fn datagram_sockets(address: SocketAddr, count: usize, options: UdpOptions) -> io::Result<Vec<UdpSocket>> {
    (0..count).map(|_| datagram_socket(address, count > 1, options)).collect()
}

fn datagram_socket(address: SocketAddr, shared: bool, options: UdpOptions) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if shared {
        socket.set_reuse_port(true)?;
    }
    if let Some(octets) = options.receive_buffer {
        socket.set_recv_buffer_size(octets)?;
    }
    socket.bind(&address.into())?;
    socket.set_read_timeout(Some(options.receive_timeout))?;
    socket.set_write_timeout(Some(SEND_TIMEOUT))?;
    Ok(socket.into())
}

/// Whether a datagram to `target` would arrive at `listening`.
pub(crate) fn reaches(target: SocketAddr, listening: SocketAddr, own: &[IpAddr]) -> bool {
    let same_family = target.is_ipv4() || listening.is_ipv6();
    let ip = match target.ip() {
        // To the unspecified address means to this host.
        ip if ip.is_unspecified() && ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    target.port() == listening.port()
        && (ip == listening.ip()
            || listening.ip().is_unspecified() && same_family && (own.contains(&ip) || ip.is_loopback()))
}
