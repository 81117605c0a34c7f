//! The addresses of this host.

use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use if_addrs::get_if_addrs;

/// The addresses of the interfaces: those by which clients can reach a server that listens everywhere.
///
/// # Errors
/// When the system does not tell.
pub fn interface_addresses() -> io::Result<Vec<IpAddr>> {
    Ok(get_if_addrs()?.into_iter().map(|interface| interface.ip()).collect())
}

/// The same as sockets can be bound to, link-local ones with their scope, each once.
pub(crate) fn bindable(port: u16) -> io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for interface in get_if_addrs()? {
        let address = match interface.ip() {
            IpAddr::V6(ip) if ip.is_unicast_link_local() => {
                SocketAddrV6::new(ip, port, 0, interface.index.unwrap_or(0)).into()
            }
            ip => SocketAddr::new(ip, port),
        };
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// The number of a named interface.
pub(crate) fn interface_index(name: &str) -> Option<u32> {
    get_if_addrs().ok()?.into_iter().find(|interface| interface.name == name)?.index
}
