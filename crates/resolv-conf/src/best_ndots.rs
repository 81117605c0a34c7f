//! Which `ndots` is the cheapest for the names that a program uses, and which names it would break.

use std::time::Duration;

use crate::walk::{Outcome, QueryType};
use crate::{Existence, Lookup, QueryName, ResolverConfig, StubResolver, TooManyQueries, cost};

/// The largest `ndots` that glibc, musl and Go keep (resolv.conf(5)).
pub const MAX_NDOTS: u32 = 15;

/// What all names cost together with one `ndots`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NdotsRow {
    /// The `ndots`.
    pub ndots: u32,
    /// Queries for all names.
    pub queries: u64,
    /// Round trips for all names, one lookup after the other.
    pub round_trips: u64,
    /// What all names cost with the first server of the list dead.
    pub waited_with_a_dead_server: Duration,
    /// Places in the list of those names that resolve now and would not.
    pub broken: Vec<usize>,
    /// Places in the list of those names that would resolve by another name than now: to something else, maybe.
    pub changed: Vec<usize>,
}

impl NdotsRow {
    /// Whether every name that resolves now does so by the same name.
    pub fn is_safe(&self) -> bool {
        self.broken.is_empty() && self.changed.is_empty()
    }
}

/// Every `ndots` from 0 to [`MAX_NDOTS`], and the cheapest one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NdotsTable {
    /// A row for each, by `ndots`.
    pub rows: Vec<NdotsRow>,
    /// Of those that break and change nothing, the one with the fewest queries; of equals the one that the configuration has, then the
    /// smallest. The configuration's own, if it is above [`MAX_NDOTS`] and nothing else is safe.
    pub best: u32,
}

/// Tries every `ndots` from 0 to [`MAX_NDOTS`] on `names`, as `resolver` with the rest of `config` looks them up, both families.
///
/// `exists` tells what there is, as in [`cost`](cost()).
///
/// # Errors
/// [`TooManyQueries`] for one of the lookups.
///
/// ```
/// use k8s_resolv_conf::{Existence, MuslVersion, QueryName, ResolverConfig, StubResolver, best_ndots};
///
/// let resolver = StubResolver::Musl(MuslVersion::V1_2_6);
/// let mut config = ResolverConfig::defaults(resolver);
/// config.search = vec!["shop.svc.cluster.local".into(), "svc.cluster.local".into(), "cluster.local".into()];
/// config.ndots = 5;
/// let exists = |name: &QueryName, _| match name.to_string().as_str() {
///     "db.data.svc.cluster.local." | "api.example.com." => Existence::Address,
///     _ => Existence::NoSuchName,
/// };
/// let table = best_ndots(&["db.data", "api.example.com"], &config, resolver, exists)?;
/// assert_eq!(table.best, 2);
/// assert_eq!(table.rows[1].broken, [0]); // With ndots:1 musl asks for `db.data.` alone.
/// # Ok::<(), k8s_resolv_conf::TooManyQueries>(())
/// ```
pub fn best_ndots(
    names: &[&str],
    config: &ResolverConfig,
    resolver: StubResolver,
    exists: impl Fn(&QueryName, QueryType) -> Existence,
) -> Result<NdotsTable, TooManyQueries> {
    let now = names.iter().map(|name| resolved(&Lookup::new(resolver, config, name), &exists));
    let now: Vec<Option<QueryName>> = now.collect::<Result<_, _>>()?;
    let rows = (0..=MAX_NDOTS).map(|ndots| row(names, &now, config, resolver, ndots, &exists));
    let rows: Vec<NdotsRow> = rows.collect::<Result<_, _>>()?;
    let best = rows
        .iter()
        .filter(|row| row.is_safe())
        .min_by_key(|row| (row.queries, row.ndots != config.ndots, row.ndots))
        .map_or(config.ndots, |row| row.ndots);
    Ok(NdotsTable { rows, best })
}

/// The name by which a lookup found addresses.
fn resolved(
    lookup: &Lookup<'_>,
    exists: &impl Fn(&QueryName, QueryType) -> Existence,
) -> Result<Option<QueryName>, TooManyQueries> {
    Ok(match cost(lookup, 0, exists)?.outcome {
        Outcome::Found { name, .. } => name,
        _ => None,
    })
}

fn row(
    names: &[&str],
    now: &[Option<QueryName>],
    config: &ResolverConfig,
    resolver: StubResolver,
    ndots: u32,
    exists: &impl Fn(&QueryName, QueryType) -> Existence,
) -> Result<NdotsRow, TooManyQueries> {
    let mut config = config.clone();
    config.ndots = ndots;
    let mut row = NdotsRow {
        ndots,
        queries: 0,
        round_trips: 0,
        waited_with_a_dead_server: Duration::ZERO,
        broken: Vec::new(),
        changed: Vec::new(),
    };
    for (at, (name, now)) in names.iter().zip(now).enumerate() {
        let lookup = Lookup::new(resolver, &config, name);
        let healthy = cost(&lookup, 0, exists)?;
        row.queries += healthy.queries;
        row.round_trips += healthy.round_trips;
        row.waited_with_a_dead_server += cost(&lookup, 1, exists)?.waited;
        match (&healthy.outcome, now) {
            (Outcome::Found { name, .. }, _) if name == now || now.is_none() => {}
            (Outcome::Found { .. }, _) => row.changed.push(at),
            (_, Some(_)) => row.broken.push(at),
            (_, None) => {}
        }
    }
    Ok(row)
}
