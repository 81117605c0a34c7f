//! systemd-resolved, `src/resolve/resolved-resolv-conf.c`: the file as a list of upstream servers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use object_change::Severity::{Info, Warning};

use super::address::{parse_v6, v4, v6};
use super::number::whole;
use super::{Notes, Place, Reading};
use crate::{Environment, Nameserver, ResolvConf, SearchDomain, Word};

/// What systemd-resolved takes from a `resolv.conf` that it did not write itself. It has no ndots, and reads no options: see its manual
/// page for when it searches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpstreamConfig {
    /// The upstream servers. Without any it goes on with those of its own configuration, `FallbackDNS=` at last.
    pub servers: Vec<ResolvedServer>,
    /// The domains of all `search` and `domain` lines.
    pub search: Vec<ResolvedSearch>,
}

/// An upstream server of systemd-resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ResolvedServer {
    /// Address and port.
    pub server: Nameserver,
    /// The index of the interface behind a `%`.
    pub interface: Option<u32>,
    /// The name behind a `#`, for DNS over TLS.
    pub server_name: Option<Box<[u8]>>,
}

/// A domain of systemd-resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolvedSearch {
    /// The domain.
    pub domain: SearchDomain,
    /// It began with a `~`, or is the root: it says which names the servers are asked for, and nothing is appended to a name.
    pub route_only: bool,
}

pub(super) fn read(file: &ResolvConf, environment: &Environment) -> Reading<UpstreamConfig> {
    let mut reader = Reader::default();
    for line in file.lines() {
        let mut words = line.split(line.raw, 0, |octet| matches!(octet, b' ' | b'\t' | b'\r'));
        let Some(keyword) = words.next().filter(|word| !crate::file::begins_comment(word.bytes)) else { continue };
        match keyword.bytes {
            b"nameserver" => words.for_each(|word| reader.server(word, environment)),
            b"search" | b"domain" => words.for_each(|word| reader.domain(word)),
            _ => reader.notes.line_ignored(Info, &line, "systemd-resolved takes servers and domains alone"),
        }
    }
    Reading::new(Ok(reader.config), reader.notes)
}

#[derive(Default)]
struct Reader {
    config: UpstreamConfig,
    known: BTreeSet<ResolvedServer>,
    /// Where each domain is in the list, in lower case.
    domains: BTreeMap<Vec<u8>, usize>,
    notes: Notes,
}

impl Reader {
    fn server(&mut self, word: Word<'_>, environment: &Environment) {
        let Some(server) = server(word.bytes, environment) else {
            return self.notes.ignored(Warning, word, "systemd-resolved does not take it for an address");
        };
        let address = server.server.address.ip();
        let stub = matches!(address, IpAddr::V4(v4) if matches!(v4.octets(), [127, 0, 0, 53 | 54]));
        if stub || address.is_unspecified() {
            self.notes.ignored(Info, word, "systemd-resolved leaves out its own stub and 0.0.0.0");
        } else if self.known.insert(server.clone()) {
            self.config.servers.push(server);
        } else {
            self.notes.ignored(Info, word, "systemd-resolved has it already");
        }
    }

    fn domain(&mut self, word: Word<'_>) {
        let (marked, domain) = match word.bytes {
            [b'~', domain @ ..] => (true, domain),
            domain => (false, domain),
        };
        let root = matches!(domain, b"." | b"*" | b"");
        let domain = if root { SearchDomain::new(b".") } else { SearchDomain::new(domain) };
        let labels = || domain.0.split(|&octet| octet == b'.').all(|label| (1..=63).contains(&label.len()));
        if !root && (domain.0.len() > 253 || !labels()) {
            return self.notes.ignored(Warning, word, "systemd-resolved does not take it for a domain");
        }
        if root && !marked {
            let text = "systemd-resolved appends nothing for it: it sends all names to these servers";
            self.notes.add(Info, Place::File(word.span), text);
        }
        let route_only = marked || root;
        let place = *self.domains.entry(domain.0.to_ascii_lowercase()).or_insert(self.config.search.len());
        match self.config.search.get_mut(place) {
            Some(known) => known.route_only = route_only,
            None => self.config.search.push(ResolvedSearch { domain, route_only }),
        }
    }
}

/// `address`, `address:port` or `[address]:port`, then `%interface`, then `#name`.
fn server(text: &[u8], environment: &Environment) -> Option<ResolvedServer> {
    let cut = |text: &'_ [u8], at: u8| text.iter().position(|&octet| octet == at).unwrap_or(text.len());
    let (text, server_name) = text.split_at_checked(cut(text, b'#'))?;
    let (text, interface) = text.split_at_checked(cut(text, b'%'))?;
    let server_name = match server_name {
        [] => None,
        [_] => return None,
        [_, name @ ..] => Some(name.into()),
    };
    let interface = match interface {
        [] => None,
        [_, name @ ..] => Some(environment.interface(name).or_else(|| whole(name)).filter(|index| *index > 0)?),
    };
    let colons = text.iter().filter(|&&octet| octet == b':').count();
    let (address, port) = match text.strip_prefix(b"[") {
        Some(inner) => {
            let (address, rest) = inner.split_at_checked(cut(inner, b']'))?;
            (IpAddr::V6(parse_v6(address)?), rest.strip_prefix(b"]")?)
        }
        None if colons > 1 => (IpAddr::V6(parse_v6(text)?), &[][..]),
        None => {
            let (address, port) = text.split_at_checked(cut(text, b':'))?;
            (IpAddr::V4(str::from_utf8(address).ok()?.parse().ok()?), port)
        }
    };
    let mut server = match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address, interface.unwrap_or(0)),
    };
    match port {
        [] => {}
        [b':', digits @ ..] => server.address.set_port(u16::try_from(whole(digits)?).ok().filter(|port| *port > 0)?),
        _ => return None,
    }
    Some(ResolvedServer { server, interface, server_name })
}
