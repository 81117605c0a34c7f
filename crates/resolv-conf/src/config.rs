//! What a file means to the program that read it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::StubResolver;

/// A DNS server of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Nameserver {
    /// Address and port, 53 unless the program takes ports; an IPv6 address carries its scope.
    pub address: SocketAddr,
}

impl Nameserver {
    /// The server at `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }
}

/// A search entry as the program holds it: bytes, because programs take what the file has.
///
/// The root is the empty entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SearchDomain(pub Box<[u8]>);

impl SearchDomain {
    /// An entry as written, without one final dot, which no program tells from none. `.` is the root.
    pub fn new(text: &[u8]) -> Self {
        Self(text.strip_suffix(b".").unwrap_or(text).into())
    }

    /// Whether it is the root: the name is asked as it is, at this place of the list.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for SearchDomain {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl std::fmt::Display for SearchDomain {
    /// With a final dot; octets that are not UTF-8 appear as U+FFFD.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.", String::from_utf8_lossy(&self.0))
    }
}

/// A switch of the `options` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OptionFlag {
    /// `rotate`: another server first at each question.
    Rotate,
    /// `single-request`: AAAA after the answer for A.
    SingleRequest,
    /// `single-request-reopen`: the same, with a socket of its own for each.
    SingleRequestReopen,
    /// `use-vc`: TCP always.
    UseVc,
    /// `edns0`: an OPT record in each query.
    Edns0,
    /// `trust-ad`: AD in queries, and kept in answers.
    TrustAd,
    /// `no-tld-query`: a name without dots is not asked as it is after the search list.
    NoTldQuery,
    /// `no-aaaa`: AAAA is never asked.
    NoAaaa,
    /// `strict-error`: half an answer is none.
    StrictError,
    /// `no-reload`: the file is read once.
    NoReload,
}

/// A preference of the `sortlist` line: addresses inside come first in the result. It changes no query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SortEntry {
    /// The network's address; glibc takes IPv4 alone.
    pub address: IpAddr,
    /// The octets of an IPv4 mask as written (glibc takes any), or for IPv6 the length of the prefix.
    pub mask: SortMask,
}

impl SortEntry {
    /// The addresses that equal `address` under `mask`.
    pub fn new(address: IpAddr, mask: SortMask) -> Self {
        Self { address, mask }
    }
}

/// How much of a [`SortEntry`]'s address counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortMask {
    /// The bits of glibc's mask, which need not be a prefix.
    Bits(Ipv4Addr),
    /// The length of c-ares' prefix, 0 to 128.
    Prefix(u8),
}

/// A place in which a program looks for names, from a line `lookup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LookupSource {
    /// `file`: the hosts file.
    Files,
    /// `bind`: DNS.
    Dns,
}

/// What a program holds after it has read its file: caps applied, defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolverConfig {
    /// The servers that it uses, in order.
    pub nameservers: Vec<Nameserver>,
    /// The search list, in order.
    pub search: Vec<SearchDomain>,
    /// From how many dots on a name is asked as it is first.
    pub ndots: u32,
    /// `timeout`; what it bounds differs by program. Zero where the program takes a zero (or less): glibc waits a second for each
    /// query then, musl sends nothing, and hickory gives up at once.
    pub timeout: Duration,
    /// `attempts`; zero where the program takes a zero: glibc sends nothing then, musl 1.2.6 divides by it and dies of SIGFPE, and
    /// for hickory, which counts retries, it means one try.
    pub attempts: u32,
    /// The switches that are on and that the program knows, sorted.
    pub flags: Vec<OptionFlag>,
    /// The `sortlist`, where the program has one: at most 10 entries for glibc.
    pub sortlist: Vec<SortEntry>,
    /// The order of a line `lookup`; empty where there is none. c-ares obeys it everywhere, unless nsswitch.conf has a line `hosts`; Go on
    /// OpenBSD alone.
    pub lookup: Vec<LookupSource>,
    /// Go: something in the file or the environment is unknown to it, so that a program built with cgo asks the C library instead.
    pub prefers_libc: bool,
}

impl ResolverConfig {
    /// What `resolver` holds without a file, hostname or variable: its defaults, and the server that it assumes.
    pub fn defaults(resolver: StubResolver) -> Self {
        let localhost = |address: IpAddr| Nameserver::new(SocketAddr::new(address, 53));
        let v4 = localhost(Ipv4Addr::LOCALHOST.into());
        // c-ares: ares_private.h, DEFAULT_TIMEOUT and DEFAULT_TRIES. The others follow resolv.conf(5).
        let (timeout, attempts) = match resolver {
            StubResolver::CAres => (2, 3),
            _ => (5, 2),
        };
        Self {
            nameservers: match resolver {
                StubResolver::Go => vec![v4, localhost(std::net::Ipv6Addr::LOCALHOST.into())],
                StubResolver::Hickory => Vec::new(),
                _ => vec![v4],
            },
            search: Vec::new(),
            ndots: 1,
            timeout: Duration::from_secs(timeout),
            attempts,
            flags: Vec::new(),
            sortlist: Vec::new(),
            lookup: Vec::new(),
            prefers_libc: false,
        }
    }

    /// Turns `flag` on or off, and keeps [`flags`](Self::flags) sorted.
    pub fn set(&mut self, flag: OptionFlag, on: bool) {
        match (self.flags.binary_search(&flag), on) {
            (Err(place), true) => self.flags.insert(place, flag),
            (Ok(place), false) => {
                self.flags.remove(place);
            }
            _ => {}
        }
    }

    /// Whether `flag` is on.
    pub fn has(&self, flag: OptionFlag) -> bool {
        self.flags.contains(&flag)
    }
}
