//! How much of its settings a Pod gets (`formDNSNameserversFitsLimits`, `formDNSSearchFitsLimits` and `CheckLimitsForResolvConf` in
//! kubelet's dns.go).

use super::{Event, HostResolvConf, KubeletDns};

/// How many servers a Pod's file has at most.
pub const MAX_NAMESERVERS: usize = 3;

/// Longest search domain that kubelet writes, in octets (`DNS1123SubdomainMaxLength`).
const MAX_SEARCH_LENGTH: usize = 253;

/// How much of a search list fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Most search domains.
    pub max_searches: usize,
    /// Most octets of the list, with one space between domains.
    pub max_search_octets: usize,
}

impl Limits {
    /// 32 domains, 2048 octets: kubelet since 1.26, and since 1.22 where the feature ExpandedDNSConfig is on.
    pub const EXPANDED: Self = Self { max_searches: 32, max_search_octets: 2048 };
    /// 6 domains, 256 octets: kubelet before.
    pub const LEGACY: Self = Self { max_searches: 6, max_search_octets: 256 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::EXPANDED
    }
}

/// Octets of the list as it is written.
pub(super) fn search_octets(searches: &[Box<str>]) -> usize {
    searches.iter().map(|search| search.len()).sum::<usize>() + searches.len().saturating_sub(1)
}

/// Leaves what fits, and tells kubelet's events.
pub(super) fn apply(
    limits: Limits,
    nameservers: &mut Vec<Box<str>>,
    searches: &mut Vec<Box<str>>,
    events: &mut Vec<Event>,
) {
    if nameservers.len() > MAX_NAMESERVERS {
        nameservers.truncate(MAX_NAMESERVERS);
        let line = nameservers.join(" ");
        events.push(Event::of_pod(
            Event::DNS_CONFIG_FORMING,
            format!("Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: {line}"),
        ));
    }
    if fit_searches(limits, searches) {
        let line = searches.join(" ");
        events.push(Event::of_pod(
            Event::DNS_CONFIG_FORMING,
            format!("Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {line}"),
        ));
    }
}

/// First the count, then the length of each domain, then that of the list, as kubelet does. Whether anything was left out.
fn fit_searches(limits: Limits, searches: &mut Vec<Box<str>>) -> bool {
    let before = searches.len();
    searches.truncate(limits.max_searches);
    searches.retain(|search| search.len() <= MAX_SEARCH_LENGTH);
    while search_octets(searches) > limits.max_search_octets {
        searches.pop();
    }
    searches.len() < before
}

/// What kubelet warns its node of every 30 seconds, should the node's file, found at `path`, leave no room for the cluster's own domains.
///
/// Only the first thing that is wrong is told. Kubelet also warns, with the error's text, where it can't read the file.
///
/// ```
/// use k8s_resolv_conf::pod::{HostResolvConf, KubeletDns, node_check};
/// let file = (0..30).fold(HostResolvConf::new(), |file, n| file.with_search(format!("d{n}.example")));
/// let event = node_check(&file, "/etc/resolv.conf", &KubeletDns::new("cluster.local")).unwrap();
/// assert_eq!(event.reason, "CheckLimitsForResolvConf");
/// assert_eq!(event.message, "Resolv.conf file '/etc/resolv.conf' contains search line consisting of more than 29 domains!");
/// ```
pub fn node_check(file: &HostResolvConf, path: &str, kubelet: &KubeletDns) -> Option<Event> {
    let limits = kubelet.limits;
    let room =
        if kubelet.cluster_domain.is_empty() { limits.max_searches } else { limits.max_searches.saturating_sub(3) };
    let message = if file.searches.len() > room {
        format!("Resolv.conf file '{path}' contains search line consisting of more than {room} domains!")
    } else if file.searches.iter().any(|search| search.len() > MAX_SEARCH_LENGTH) {
        format!(
            "Resolv.conf file {path:?} contains a search path which length is more than allowed {MAX_SEARCH_LENGTH} chars!"
        )
    } else if search_octets(&file.searches) > limits.max_search_octets {
        let octets = limits.max_search_octets;
        format!("Resolv.conf file '{path}' contains search line which length is more than allowed {octets} chars!")
    } else {
        return None;
    };
    Some(Event::of_node(Event::CHECK_LIMITS_FOR_RESOLV_CONF, message))
}
