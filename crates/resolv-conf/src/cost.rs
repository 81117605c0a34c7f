//! What a lookup costs: queries, round trips and, with servers that are dead, seconds.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::walk::{Choices, Outcome, QueryType, Rcode, Reply, Step, Transmit, Walk};
use crate::{Lookup, QueryName};

/// What exists in the DNS for a name and type: what servers answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Existence {
    /// An address of this type.
    Address,
    /// The name, but no address of this type.
    NoData,
    /// Not the name.
    NoSuchName,
}

/// What one lookup costs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// Queries sent, each to each server counted.
    pub queries: u64,
    /// Times at which the resolver waited for an answer that came.
    pub round_trips: u64,
    /// What it waited for dead servers. Answers of live ones take no time.
    pub waited: Duration,
    /// How the lookup ended.
    pub outcome: Outcome,
}

/// How many queries [`cost`] follows a lookup for.
pub const MAX_COST_QUERIES: u64 = 100_000;

/// The lookup makes more than [`MAX_COST_QUERIES`] queries: Go, c-ares and hickory set no limit to `attempts`, and to the number of servers
/// and search entries neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooManyQueries {
    /// What the lookup makes at most, [`Walk::max_queries`].
    pub at_most: u64,
}

impl fmt::Display for TooManyQueries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the lookup makes more than {MAX_COST_QUERIES} queries, and {} at most", self.at_most)
    }
}

impl std::error::Error for TooManyQueries {}

/// The cost of `lookup` in a world where `exists` tells what there is, and the first `dead` servers of the list are silent.
///
/// Where chance decides it is the worst case: waits last as long as they can, and dead servers are met first.
///
/// # Errors
/// [`TooManyQueries`], so that no file makes it run for hours.
///
/// ```
/// use k8s_resolv_conf::{Existence, GlibcVersion, Lookup, ResolverConfig, StubResolver, cost};
///
/// let resolver = StubResolver::Glibc(GlibcVersion::V2_36);
/// let mut config = ResolverConfig::defaults(resolver);
/// config.search = vec!["shop.svc.cluster.local".into(), "svc.cluster.local".into(), "cluster.local".into()];
/// config.ndots = 5;
/// let public = |name: &k8s_resolv_conf::QueryName, _| {
///     if name.to_string() == "example.com." { Existence::Address } else { Existence::NoSuchName }
/// };
/// let cost = cost(&Lookup::new(resolver, &config, "example.com"), 0, public)?;
/// assert_eq!((cost.queries, cost.round_trips), (8, 4));
/// # Ok::<(), k8s_resolv_conf::TooManyQueries>(())
/// ```
pub fn cost(
    lookup: &Lookup<'_>,
    dead: usize,
    exists: impl Fn(&QueryName, QueryType) -> Existence,
) -> Result<Cost, TooManyQueries> {
    let mut walk = Walk::new(lookup, Choices::pinned([]));
    let dead: BTreeSet<_> = lookup.config.nameservers.iter().take(dead).map(|server| server.address).collect();
    let (mut queries, mut round_trips, mut now) = (0, 0, Duration::ZERO);
    let mut answered: Vec<Transmit> = Vec::new();
    loop {
        match walk.poll(now) {
            Step::Send(transmit) => {
                queries += 1;
                if queries > MAX_COST_QUERIES {
                    return Err(TooManyQueries { at_most: walk.max_queries() });
                }
                if !dead.contains(&transmit.server) {
                    answered.push(transmit);
                }
            }
            Step::Wait { until, .. } if answered.is_empty() => now = until,
            Step::Wait { .. } => {
                round_trips += 1;
                for transmit in std::mem::take(&mut answered) {
                    let reply = answer(&transmit, &exists);
                    walk.on_reply(now, transmit.socket, transmit.server, &reply);
                }
            }
            Step::Done(outcome) => return Ok(Cost { queries, round_trips, waited: now, outcome }),
        }
    }
}

fn answer(transmit: &Transmit, exists: &impl Fn(&QueryName, QueryType) -> Existence) -> Reply {
    let query = &transmit.query;
    match exists(&query.name, query.query_type) {
        // The documentation's addresses (RFC 5737, RFC 3849): only that there is one matters.
        Existence::Address => Reply::new(query, Rcode::NoError).with_addresses([match query.query_type {
            QueryType::A => std::net::Ipv4Addr::new(192, 0, 2, 1).into(),
            QueryType::Aaaa => std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
        }]),
        Existence::NoData => Reply::new(query, Rcode::NoError),
        Existence::NoSuchName => Reply::new(query, Rcode::NxDomain),
    }
}
