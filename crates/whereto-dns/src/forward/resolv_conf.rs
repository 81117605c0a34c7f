use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use super::rule::DNS_PORT;

/// The nameservers of a resolv.conf file, in order. Lines that name none are passed over, as the C library does.
///
/// ```
/// let servers = whereto_dns::nameservers("search a.example\nnameserver 192.0.2.1 # first\nnameserver fe80::1%2\n");
/// assert_eq!(servers, ["192.0.2.1:53".parse()?, "[fe80::1%2]:53".parse()?]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn nameservers(file: &str) -> Vec<SocketAddr> {
    file.lines()
        .filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            (words.next() == Some("nameserver")).then(|| words.next()).flatten()
        })
        .filter_map(server)
        .collect()
}

fn server(text: &str) -> Option<SocketAddr> {
    match text.split_once('%') {
        None => text.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, DNS_PORT)),
        Some((ip, scope)) => {
            let scope = scope.parse().ok().or_else(|| crate::own_addresses::interface_index(scope))?;
            Some(SocketAddrV6::new(ip.parse().ok()?, DNS_PORT, 0, scope).into())
        }
    }
}
