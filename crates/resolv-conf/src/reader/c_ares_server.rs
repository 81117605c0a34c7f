//! The servers of a `nameserver` line in c-ares, `src/lib/ares_update_servers.c`.

use std::net::IpAddr;

use super::address::{c_ares_v4, is_link_local, parse_v6, v4, v6};
use super::number::whole;
use crate::{Environment, Line, Nameserver, Word};

/// The entries of a line, between blanks and commas, each with the server or why there is none.
pub(super) fn servers<'a>(
    line: &Line<'a>,
    value: Word<'a>,
    environment: &Environment,
) -> impl Iterator<Item = (Word<'a>, Result<Nameserver, &'static str>)> {
    let from = value.span.column - 1;
    let text = line.raw.get(..from + value.span.length).unwrap_or_default();
    line.split(text, from, |octet| matches!(octet, b' ' | b',')).map(move |word| {
        let parsed = parse(word.bytes).ok_or("c-ares does not take it for an address");
        (word, parsed.and_then(|entry| entry.server(environment)))
    })
}

/// An address with a port and an interface, as written.
struct Entry<'a> {
    address: IpAddr,
    port: u16,
    interface: &'a [u8],
}

impl Entry<'_> {
    fn server(&self, environment: &Environment) -> Result<Nameserver, &'static str> {
        let port = if self.port == 0 { 53 } else { self.port };
        let mut server = match self.address {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) if address.segments().first().is_some_and(|high| high & 0xffc0 == 0xfec0) => {
                return Err("c-ares leaves site-local servers (fec0::/10) out");
            }
            IpAddr::V6(address) if is_link_local(address) && address.is_unicast_link_local() => {
                // ares_if_nametoindex, and the index itself as a name.
                let index = whole(self.interface)
                    .filter(|index| environment.interfaces.iter().any(|(_, known)| known == index));
                let index = environment.interface(self.interface).or(index);
                v6(address, index.ok_or("c-ares wants the interface of a link-local server, one that exists")?)
            }
            IpAddr::V6(address) => v6(address, 0),
        };
        server.address.set_port(port);
        Ok(server)
    }
}

fn parse(text: &[u8]) -> Option<Entry<'_>> {
    match text.split_at_checked(6) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"dns://") => uri(rest),
        _ => plain(text),
    }
}

/// `dns://host[:port][/…][?…]`; a host of IPv6 stands in brackets.
fn uri(text: &[u8]) -> Option<Entry<'_>> {
    let end = text.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#')).unwrap_or(text.len());
    let authority = text.get(..end)?;
    let (host, port) = match authority.strip_prefix(b"[") {
        Some(inner) => {
            let close = inner.iter().position(|&octet| octet == b']')?;
            (inner.get(..close)?, inner.get(close + 1..)?)
        }
        None => {
            let colon = authority.iter().position(|&octet| octet == b':').unwrap_or(authority.len());
            authority.split_at_checked(colon)?
        }
    };
    let port = match port {
        [] => 0,
        [b':', digits @ ..] => whole(digits)?.try_into().ok()?,
        _ => return None,
    };
    let percent = host.iter().position(|&octet| octet == b'%').unwrap_or(host.len());
    let (address, interface) = host.split_at_checked(percent)?;
    let interface = interface.strip_prefix(b"%25").or_else(|| interface.strip_prefix(b"%")).unwrap_or_default();
    Some(Entry { address: address_of(address)?, port, interface })
}

/// `address`, `address:port` (IPv4), `[address]:port`, each with an interface behind a `%`.
fn plain(text: &[u8]) -> Option<Entry<'_>> {
    let (address, rest) = match text.strip_prefix(b"[") {
        Some(inner) => {
            let close = inner.iter().position(|&octet| octet == b']')?;
            (inner.get(..close)?, inner.get(close + 1..)?)
        }
        None => {
            // A dot among the first four octets makes it IPv4, and a colon the port's.
            let dotted = matches!(text.iter().position(|&octet| octet == b'.'), Some(1..4));
            let belongs = |octet: &u8| match dotted {
                true => octet.is_ascii_digit() || *octet == b'.',
                false => octet.is_ascii_hexdigit() || matches!(octet, b'.' | b':'),
            };
            text.split_at_checked(text.iter().take_while(|octet| belongs(octet)).count())?
        }
    };
    let address = address_of(address)?;
    let (port, rest) = match rest.strip_prefix(b":") {
        None => (0, rest),
        Some(rest) => {
            let (port, rest) = rest.split_at_checked(rest.iter().take_while(|octet| octet.is_ascii_digit()).count())?;
            (whole(port).filter(|_| port.len() <= 5)?.try_into().ok()?, rest)
        }
    };
    let interface = match rest {
        [] => rest,
        [b'%', name @ ..] if !name.is_empty() => name,
        _ => return None,
    };
    let named = |octet: &u8| octet.is_ascii_alphanumeric() || br".-_\:{}".contains(octet);
    interface.iter().all(named).then_some(Entry { address, port, interface })
}

fn address_of(text: &[u8]) -> Option<IpAddr> {
    c_ares_v4(text).map(IpAddr::V4).or_else(|| parse_v6(text).map(IpAddr::V6))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    /// What c-ares 1.34.9 said of each, with an interface `lo` of index 1.
    #[test]
    fn entries_as_measured() {
        let environment = Environment::new().with_interface("lo", 1);
        let rows: [(&str, Option<&str>); 36] = [
            ("127.0.0.1", Some("127.0.0.1:53")),
            ("fe80::1%lo", Some("[fe80::1%1]:53")),
            ("fe80::1%1", Some("[fe80::1%1]:53")),
            ("fe80::1%nope", None),
            ("fe80::1", None),
            ("::1%lo", Some("[::1]:53")),
            ("dns://1.2.3.4?tcpport=9", Some("1.2.3.4:53")),
            ("dns://1.2.3.4:77", Some("1.2.3.4:77")),
            ("dns://[fe80::2%25lo]:8", Some("[fe80::2%1]:8")),
            ("DNS://1.1.1.1", Some("1.1.1.1:53")),
            ("1.2.3.4:", None),
            ("1.2.3.4:00053", Some("1.2.3.4:53")),
            ("1.2.3.5:0", Some("1.2.3.5:53")),
            ("1.2.3.4:99999", None),
            ("[1.2.3.6]", Some("1.2.3.6:53")),
            ("[::2", None),
            ("1.2.3", Some("1.2.3.0:53")),
            ("10", Some("10.0.0.0:53")),
            ("010.0.0.1", Some("10.0.0.1:53")),
            ("0x7f.1", None),
            ("1.2.3.4.5", None),
            ("1..2", None),
            ("256.1.1.1", None),
            ("::ffff:1.2.3.4", Some("[::ffff:1.2.3.4]:53")),
            ("1::2:53", Some("[1::2:53]:53")),
            ("0::0", Some("[::]:53")),
            ("1.2.3.4%lo", Some("1.2.3.4:53")),
            ("1.2.3.4:5%lo", Some("1.2.3.4:5")),
            ("[::1]%lo:9", Some("[::1]:53")),
            ("[fe80::3]:53%lo", Some("[fe80::3%1]:53")),
            ("FE80::A%lo", Some("[fe80::a%1]:53")),
            ("fec0::1%lo", None),
            ("feff::1", None),
            ("ff02::1", Some("[ff02::1]:53")),
            ("1.2.3.4/24", None),
            ("localhost", None),
        ];
        for (text, server) in rows {
            let held = parse(text.as_bytes()).and_then(|entry| entry.server(&environment).ok());
            assert_eq!(
                held.map(|held| held.address),
                server.map(|server| server.parse::<SocketAddr>().unwrap()),
                "{text}"
            );
        }
    }
}
