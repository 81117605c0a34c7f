//! From a typed name to the names that are asked for, in order.

mod literal;
mod name;
mod punycode;
mod typed;

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use self::literal::Literal;
use self::typed::Typed;
use crate::walk::{AresError, Eai, Failure, Families, GoError, HickoryError};
use crate::{HostAliases, LookupSource, MuslVersion, OptionFlag, ResolverConfig, SearchDomain, StubResolver};

pub use name::{MAX_LABEL, MAX_NAME, NameFault, QueryName};

/// What a resolver is asked: the name as typed, the families of addresses, and what the environment says.
///
/// ```
/// use k8s_resolv_conf::{Candidates, GlibcVersion, Lookup, ResolverConfig, StubResolver};
///
/// let resolver = StubResolver::Glibc(GlibcVersion::V2_36);
/// let mut config = ResolverConfig::defaults(resolver);
/// config.search = vec!["shop.svc.cluster.local".into(), "svc.cluster.local".into()];
/// config.ndots = 5;
/// let Candidates::Names { list, .. } = Lookup::new(resolver, &config, "web").candidates() else { panic!() };
/// let names: Vec<_> = list.iter().filter_map(|candidate| candidate.name()).map(ToString::to_string).collect();
/// assert_eq!(names, ["web.shop.svc.cluster.local.", "web.svc.cluster.local.", "web."]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'a> {
    pub(crate) resolver: StubResolver,
    pub(crate) config: &'a ResolverConfig,
    pub(crate) name: &'a str,
    pub(crate) families: Families,
    pub(crate) aliases: Option<&'a HostAliases>,
}

/// What becomes of a typed name before a server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// Names to ask for, one after the other, until one stops the walk.
    Names {
        /// In order; never empty but for Go's `….onion.`
        list: Vec<Candidate>,
        /// hickory with `ndots` above 4: the text is an IPv4 address, and is the answer if no name is.
        otherwise: Option<IpAddr>,
    },
    /// The text is an address, and the answer.
    Literal(IpAddr),
    /// A name of the host itself (RFC 6761 §6.3): `::1` and `127.0.0.1`, and no query.
    Loopback,
    /// Refused without a query.
    Refused(Failure),
}

/// A place in the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where the name comes from.
    pub origin: Origin,
    /// What happens at this place.
    pub ask: Ask,
}

impl Candidate {
    /// The name that is asked for, if one is.
    pub fn name(&self) -> Option<&QueryName> {
        match &self.ask {
            Ask::Query(name) => Some(name),
            _ => None,
        }
    }
}

/// Where a candidate's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The typed name, taken as absolute.
    AsIs,
    /// The typed name and this entry of the search list, counted from 0.
    Search(usize),
    /// The target of an alias, taken as absolute.
    Alias,
}

/// What happens at a place of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The name is asked for.
    Query(QueryName),
    /// No query; the walk goes on with the next place.
    Skip(NameFault),
    /// No query; of what follows, only the typed name as it is is asked for (glibc).
    SkipToAsIs(NameFault),
    /// No query; the whole lookup fails here.
    Fail(NameFault),
    /// Sent in a form that no server can read (musl before 1.2.4): never answered, so that the lookup fails after its whole time.
    Lost(NameFault),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsIs => f.write_str("as it is"),
            Self::Search(entry) => write!(f, "search entry {}", entry + 1),
            Self::Alias => f.write_str("alias"),
        }
    }
}

impl<'a> Lookup<'a> {
    /// Both families of `name`, without aliases. `config` is what `resolver` holds of its file.
    pub fn new(resolver: StubResolver, config: &'a ResolverConfig, name: &'a str) -> Self {
        Self { resolver, config, name, families: Families::Both, aliases: None }
    }

    /// Of these families alone.
    pub fn families(mut self, families: Families) -> Self {
        self.families = families;
        self
    }

    /// With a file named by HOSTALIASES, which glibc and c-ares read for names without dots.
    pub fn aliases(mut self, aliases: &'a HostAliases) -> Self {
        self.aliases = Some(aliases);
        self
    }

    /// The names that the resolver would ask for, if every answer were "no such name".
    pub fn candidates(&self) -> Candidates {
        let mut otherwise = None;
        match literal::literal(self.resolver, self.name, self.families) {
            Literal::Name => {}
            Literal::Refused(failure) if self.looks_in(LookupSource::Dns) => return Candidates::Refused(failure),
            Literal::Refused(_) => {}
            // "If ndots are greater than 4, then we can't assume the name is an IpAddr" (hickory's Resolver::lookup_ip).
            Literal::Address(address @ IpAddr::V4(_))
                if self.resolver == StubResolver::Hickory && self.config.ndots > 4 =>
            {
                otherwise = Some(address);
            }
            Literal::Address(address) => return Candidates::Literal(address),
        }
        if let Some(special) = self.special() {
            return special;
        }
        let typed = match Typed::read(self.resolver, self.name) {
            Ok(typed) => typed,
            Err(fault) => return self.unreadable(fault),
        };
        let list = match self.aliased(&typed) {
            Some(list) => list,
            None => self.places(&typed),
        };
        Candidates::Names { list, otherwise }
    }

    /// Names with a meaning of their own (RFC 6761, RFC 7686).
    fn special(&self) -> Option<Candidates> {
        let without_dot = self.name.strip_suffix('.').unwrap_or(self.name);
        let within = |zone: &str| {
            let name = self.name.to_ascii_lowercase();
            name == zone || name.strip_suffix(zone).is_some_and(|left| left.ends_with('.'))
        };
        match self.resolver {
            // ares_getaddrinfo_int and ares_is_localhost; a final dot makes it an ordinary name.
            StubResolver::CAres if within("localhost") && self.looks_in(LookupSource::Files) => {
                Some(Candidates::Loopback)
            }
            StubResolver::CAres if without_dot.to_ascii_lowercase().ends_with(".onion") => {
                Some(Candidates::Refused(Failure::CAres(AresError::NotFound)))
            }
            // next_lookup: no place is left to look in (measured with 1.34.9). The host's own names are looked for with the hosts file.
            StubResolver::CAres if within("localhost") || !self.looks_in(LookupSource::Dns) => {
                Some(Candidates::Refused(Failure::CAres(AresError::ConnectionRefused)))
            }
            // ares_search_name_list asks for the root where no search entry comes before it: one makes an empty label of the name.
            StubResolver::CAres if self.name.is_empty() => {
                let searched = self.config.search.iter().position(|entry| !entry.is_root());
                if searched.is_some() && self.config.ndots > 0 {
                    return None;
                }
                let root = Candidate { origin: Origin::AsIs, ask: Ask::Query(QueryName::root()) };
                let searched = searched
                    .map(|entry| Candidate { origin: Origin::Search(entry), ask: Ask::Fail(NameFault::EmptyLabel) });
                Some(Candidates::Names { list: [root].into_iter().chain(searched).collect(), otherwise: None })
            }
            // Resolver::build_names puts the name itself first, and CachingClient answers it.
            StubResolver::Hickory if within("localhost") || within("localhost.") => Some(Candidates::Loopback),
            _ => None,
        }
    }

    /// Whether `source` is among the places where the resolver looks for names: c-ares goes by a line `lookup`.
    fn looks_in(&self, source: LookupSource) -> bool {
        let sources = &self.config.lookup;
        self.resolver != StubResolver::CAres || sources.is_empty() || sources.contains(&source)
    }

    /// The text is no name.
    fn unreadable(&self, fault: NameFault) -> Candidates {
        Candidates::Refused(match self.resolver {
            StubResolver::Glibc(_) | StubResolver::Musl(_) => Failure::Getaddrinfo(Eai::NoName),
            StubResolver::Go => Failure::Go(GoError::NoSuchHost),
            StubResolver::CAres => Failure::CAres(AresError::BadName),
            StubResolver::Hickory => Failure::Hickory(HickoryError::Name(fault)),
        })
    }

    /// The places of a name for which HOSTALIASES has a target.
    fn aliased(&self, typed: &Typed) -> Option<Vec<Candidate>> {
        let aliases = self.aliases?;
        if typed.dots > 0 {
            return None;
        }
        let target = aliases.get(self.name.as_bytes())?;
        match self.resolver {
            // ares_search_name_list: "there is no searching, it is used as-is".
            StubResolver::CAres => Some(vec![alias(target)]),
            // _nss_dns_gethostbyname4_r replaces the name and walks; __res_context_search looks once more, and then only queries.
            StubResolver::Glibc(_) => {
                let dots = target.iter().filter(|octet| **octet == b'.').count();
                if let Some(second) = aliases.get(target).filter(|_| dots == 0) {
                    return Some(vec![alias(second)]);
                }
                let labels = match QueryName::from_text(target) {
                    Ok(name) => name.labels().map(<[u8]>::to_vec).collect(),
                    Err(fault) => return Some(vec![Candidate { origin: Origin::Alias, ask: Ask::Fail(fault) }]),
                };
                let dots = u32::try_from(dots).unwrap_or(u32::MAX);
                Some(self.places(&Typed { labels, dots, absolute: target.ends_with(b".") }))
            }
            _ => None,
        }
    }

    fn places(&self, typed: &Typed) -> Vec<Candidate> {
        let as_is = || self.place(typed, None);
        if typed.absolute {
            return vec![as_is()];
        }
        let as_is_first = typed.dots >= self.config.ndots;
        if as_is_first && matches!(self.resolver, StubResolver::Musl(_)) {
            return vec![as_is()];
        }
        if let Some(onion) = self.long_onion(typed) {
            return vec![onion];
        }
        let searched = self.entries(typed);
        let mut list = Vec::with_capacity(searched.len() + 1);
        let as_is_last = !as_is_first && self.ends_as_is(typed);
        if as_is_first {
            list.push(as_is());
        }
        list.extend(searched.into_iter().map(|(at, entry)| self.place(typed, Some((at, entry)))));
        if as_is_last {
            list.push(as_is());
        }
        list
    }

    /// Whether the name as it is comes after the search list.
    fn ends_as_is(&self, typed: &Typed) -> bool {
        if !matches!(self.resolver, StubResolver::Glibc(_)) {
            return true;
        }
        // res_query.c: `root_on_list`, and RES_NOTLDQUERY for a name without dots once a search entry was tried.
        let root_on_list = self.config.search.iter().any(|entry| matches!(&*entry.0, b"" | b"."));
        let suppressed = typed.dots == 0 && !self.config.search.is_empty() && self.config.has(OptionFlag::NoTldQuery);
        !root_on_list && !suppressed
    }

    /// The search entries that are tried, with their places in the list.
    fn entries(&self, typed: &Typed) -> Vec<(usize, &SearchDomain)> {
        let all = self.config.search.iter().enumerate();
        let mut known = BTreeSet::new();
        let mut is_new = |entry: &SearchDomain| known.insert(entry.0.to_ascii_lowercase());
        match self.resolver {
            // dnsConfigs of Go from 1.20 on hold no root.
            StubResolver::Go => all.filter(|(_, entry)| !entry.is_root()).collect(),
            // ares_strsplit drops what it has already.
            StubResolver::CAres => all.filter(|(_, entry)| is_new(entry)).collect(),
            // Resolver::build_names fills a stack from the last name, so of equal names the last place stays. The root entry makes the name
            // itself, which is on the stack or in the cache by then.
            StubResolver::Hickory => {
                let is_as_is = |entry: &SearchDomain| entry.is_root() && !typed.labels.is_empty();
                let mut kept: Vec<_> = all.rev().filter(|(_, entry)| !is_as_is(entry) && is_new(entry)).collect();
                kept.reverse();
                kept
            }
            _ => all.collect(),
        }
    }

    /// What happens for the typed name with a search entry, or as it is.
    fn place(&self, typed: &Typed, entry: Option<(usize, &SearchDomain)>) -> Candidate {
        let origin = entry.map_or(Origin::AsIs, |(at, _)| Origin::Search(at));
        let suffix = entry.map_or(b"".as_slice(), |(_, entry)| &entry.0);
        let ask = match self.joined(typed, entry) {
            Ok(name) if self.is_reserved(&name) => Ask::Skip(NameFault::Reserved),
            Ok(name) => Ask::Query(name),
            Err(fault) => self.fault(typed, suffix, fault),
        };
        Candidate { origin, ask }
    }

    fn joined(&self, typed: &Typed, entry: Option<(usize, &SearchDomain)>) -> Result<QueryName, NameFault> {
        let suffix = entry.map_or(b"".as_slice(), |(_, entry)| &entry.0);
        let suffix = match self.resolver {
            // res_query.c: "If we pass it in dname the "." …, we'll end up with "name..""
            StubResolver::Glibc(_) => suffix.strip_prefix(b".").unwrap_or(suffix),
            _ => suffix,
        };
        let labels = typed.labels.iter().map(Vec::as_slice);
        match (entry, self.resolver) {
            // __res_mkquery takes one of the two final dots; before 1.2.4 the other one became the length of a label.
            (Some(_), StubResolver::Musl(version)) if suffix.is_empty() => {
                let old = version == MuslVersion::V1_2_3;
                return Err(if old { NameFault::Unreadable } else { NameFault::EmptyLabel });
            }
            _ if suffix.is_empty() => return QueryName::from_labels(labels),
            _ => {}
        }
        QueryName::from_labels(labels.chain(suffix.split(|octet| *octet == b'.')))
    }

    /// A name that can't be asked for.
    fn fault(&self, typed: &Typed, suffix: &[u8], fault: NameFault) -> Ask {
        if fault == NameFault::Unreadable {
            return Ask::Lost(fault);
        }
        match self.resolver {
            // __res_context_query: NO_RECOVERY, which ends the search.
            StubResolver::Glibc(_) => Ask::SkipToAsIs(fault),
            // 1.2.3's name_from_dns: EAI_NONAME when there is no packet; but name_from_dns_search leaves out what its buffer can't hold.
            StubResolver::Musl(MuslVersion::V1_2_3) => {
                let typed_length: usize = typed.labels.iter().map(|label| label.len() + 1).sum();
                if typed_length + suffix.len() < 256 { Ask::Fail(fault) } else { Ask::Skip(fault) }
            }
            StubResolver::CAres => Ask::Fail(fault),
            _ => Ask::Skip(fault),
        }
    }

    /// Names that the resolver answers itself with "no such name", or never asks for.
    fn is_reserved(&self, name: &QueryName) -> bool {
        match self.resolver {
            // dnsclient_unix.go, avoidDNS: the suffix `.onion`, so that `onion` itself is asked for.
            StubResolver::Go => name.is_within(&["onion"]) && name.labels().count() > 1,
            // hickory-proto's usage.rs: ONION and INVALID.
            StubResolver::Hickory => name.is_within(&["onion"]) || name.is_within(&["invalid"]),
            _ => false,
        }
    }

    /// hickory's build_names: a version 3 onion address has no search list.
    fn long_onion(&self, typed: &Typed) -> Option<Candidate> {
        let [.., address, zone] = typed.labels.as_slice() else { return None };
        let onion =
            self.resolver == StubResolver::Hickory && zone.eq_ignore_ascii_case(b"onion") && address.len() == 56;
        onion.then(|| self.place(typed, None))
    }
}

fn alias(target: &[u8]) -> Candidate {
    let ask = QueryName::from_text(target).map_or_else(Ask::Fail, Ask::Query);
    Candidate { origin: Origin::Alias, ask }
}
