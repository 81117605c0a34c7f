//! Options by name (`mergeDNSOptions` in kubelet's dns.go).

use std::collections::BTreeMap;

use super::{DnsOption, PodResolvConf};

/// `base` with `added` over it: one value for each name.
///
/// kubelet keeps them in a map of Go, so that the order of its file changes from Pod to Pod. Here it is that of the first appearance, base
/// before added.
pub(super) fn merge(base: &[Box<str>], added: &[DnsOption]) -> Vec<Box<str>> {
    let base = base.iter().map(|option| option.split_once(':').unwrap_or((option, "")));
    let added = added.iter().map(|option| (&*option.name, option.value.as_deref().unwrap_or_default()));
    // By name: where it stands, and its last value.
    let mut merged: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (place, (name, value)) in base.chain(added).enumerate() {
        merged.entry(name).or_insert((place, value)).1 = value;
    }
    let mut merged: Vec<_> = merged.into_iter().map(|(name, (place, value))| (place, name, value)).collect();
    merged.sort_unstable();
    let text = |(_, name, value): (usize, &str, &str)| {
        if value.is_empty() { name.into() } else { format!("{name}:{value}").into() }
    };
    merged.into_iter().map(text).collect()
}

/// An option that stands in the file with several values, so that kubelet's order decides which one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AmbiguousOption<'p> {
    /// The name, without colon.
    pub name: &'p str,
    /// Its entries, in our order.
    pub entries: Vec<&'p str>,
}

/// The options of a Pod's file that contradict each other, by name.
///
/// They come about when the name of an option in `dnsConfig` has a colon: kubelet takes `ndots:2` for another option than `ndots`,
/// and writes both, in no certain order.
///
/// ```
/// use k8s_resolv_conf::pod::{DnsConfig, HostConfig, KubeletDns, PodDns, ambiguous_options, resolv_conf};
/// let pod = PodDns::new("shop", "web-0").with_dns_config(DnsConfig::new().with_option("ndots:2", None));
/// let kubelet = KubeletDns::new("cluster.local").with_cluster_dns("10.96.0.10".parse()?);
/// let made = resolv_conf(&pod, &HostConfig::NoFile, &kubelet);
/// assert_eq!(ambiguous_options(&made)[0].entries, ["ndots:5", "ndots:2"]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn ambiguous_options(made: &PodResolvConf) -> Vec<AmbiguousOption<'_>> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in &made.options {
        let name = entry.split_once(':').map_or(&**entry, |(name, _)| name);
        by_name.entry(name).or_default().push(entry);
    }
    let several = by_name.into_iter().filter(|(_, entries)| entries.len() > 1);
    several.map(|(name, entries)| AmbiguousOption { name, entries }).collect()
}
