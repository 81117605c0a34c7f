use super::hash::{below, mix, of_endpoint};
use super::view::EndpointView;

/// How the endpoint of a request is chosen.
///
/// ```
/// use ingress_routing::{Balance, EndpointView, UpstreamEndpoint};
/// let endpoints: Vec<_> = ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"]
///     .iter()
///     .map(|address| address.parse().map(|address| UpstreamEndpoint::new(address, None)))
///     .collect::<Result<_, _>>()?;
/// let view = EndpointView::new(&endpoints).with_excluded(&[false, true, false]);
/// // A counter as the number makes for turns.
/// let turns: Vec<_> = (0..4).filter_map(|counter| Balance::RoundRobin.choose(&view, counter)).collect();
/// assert_eq!(turns, [0, 2, 0, 2]);
/// assert_eq!(Balance::LeastRequest.choose(&view.with_loads(&[5, 0, 2]), 7), Some(2));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Balance {
    /// In turn, as often as their weights say. The number is a counter, begun at any value.
    #[default]
    RoundRobin,
    /// The one of two drawn by lot that has fewer requests in flight for its weight (Mitzenmacher: The Power of Two Choices in Randomized
    /// Load Balancing, 2001). The number is chance.
    LeastRequest,
    /// By a key: requests with the same key go to the same endpoint, as long as it is there. When endpoints come or go, only those keys move that
    /// must (rendezvous hashing, Thaler and Ravishankar: Using Name-Based Mappings to Increase Hit Rates, 1998). The number is the key, such as
    /// [`client_key`](crate::client_key)'s. Weights other than 0 do not count.
    ConsistentHash(HashBound),
}

/// How much more than its share an endpoint may have when keys choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashBound {
    /// Whatever its keys bring.
    #[default]
    None,
    /// At most this many per cent of the average of requests in flight, rounded up and the request to place included; what is beyond goes to the
    /// key's next endpoint (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, 2018). Less than 100 counts as 100.
    Percent(u16),
}

impl Balance {
    /// The index of the endpoint for a request; `None` if there is none to choose.
    pub fn choose(self, view: &EndpointView<'_>, number: u64) -> Option<usize> {
        match self {
            Self::RoundRobin => round_robin(view, number),
            Self::LeastRequest => least_request(view, number),
            Self::ConsistentHash(bound) => consistent_hash(view, bound, number),
        }
    }
}

fn round_robin(view: &EndpointView<'_>, counter: u64) -> Option<usize> {
    let candidates = view.candidates();
    let (mut count, mut total, mut equal) = (0u64, 0u64, true);
    let mut first = None;
    for index in candidates.clone() {
        let weight = view.weight(index);
        (count, total) = (count + 1, total + weight);
        equal &= *first.get_or_insert(weight) == weight;
    }
    if equal {
        return candidates.clone().nth(usize::try_from(counter.checked_rem(count)?).ok()?);
    }
    // Multiples of the golden ratio's fraction lie as evenly as can be in the interval, however many there are: turns, not bursts.
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut point = below(counter.wrapping_mul(GOLDEN), total);
    candidates.clone().find(|index| match point.checked_sub(view.weight(*index)) {
        Some(rest) => {
            point = rest;
            false
        }
        None => true,
    })
}

fn least_request(view: &EndpointView<'_>, number: u64) -> Option<usize> {
    let candidates = view.candidates();
    let count = candidates.clone().count() as u64;
    let first = below(mix(number), count);
    // Any of the others, none of them more likely.
    let step = 1 + below(mix(number ^ u64::MAX), count.saturating_sub(1));
    let second = first.wrapping_add(step).checked_rem(count)?;
    let (mut low, mut high) = (None, None);
    for (place, index) in candidates.enumerate() {
        let place = place as u64;
        if place == first {
            low = Some(index);
        } else if place == second {
            high = Some(index);
        }
    }
    let (drawn, other) = (low?, high.unwrap_or(low?));
    // Loads for weights as fractions: a/b > c/d is a·d > c·b.
    let per_weight = |index, of| (view.load(index) + 1).saturating_mul(view.weight(of));
    Some(if per_weight(drawn, other) > per_weight(other, drawn) { other } else { drawn })
}

fn consistent_hash(view: &EndpointView<'_>, bound: HashBound, key: u64) -> Option<usize> {
    let candidates = view.candidates();
    let limit = match bound {
        HashBound::None => u64::MAX,
        HashBound::Percent(percent) => {
            let (mut count, mut load) = (0, 1);
            for index in candidates.clone() {
                (count, load) = (count + 1, load + view.load(index));
            }
            (load * u64::from(percent.max(100))).div_ceil(100 * std::cmp::max(count, 1))
        }
    };
    // With the request, an endpoint has at most the limit. The average is never above it, so that one always has room.
    candidates.filter(|index| view.load(*index) < limit).max_by_key(|index| score(view, *index, key))
}

/// How well an endpoint suits a key. Depends on nothing but the two, so that others coming or going do not matter.
fn score(view: &EndpointView<'_>, index: usize, key: u64) -> u64 {
    view.endpoints.get(index).map_or(0, |endpoint| mix(of_endpoint(endpoint.address) ^ mix(key)))
}
