//! From policy, node and `dnsConfig` to the file (`GetPodDNS` in kubelet's dns.go).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::limits;
use super::options;
use super::{DnsPolicy, Event, HostConfig, HostResolvConf, KubeletDns, PodDns};

/// A Pod's `resolv.conf`, and what kubelet says while it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PodResolvConf {
    /// The servers, as text.
    pub nameservers: Vec<Box<str>>,
    /// The search list.
    pub searches: Vec<Box<str>>,
    /// The options.
    pub options: Vec<Box<str>>,
    /// What the container runtime makes of it.
    pub file: PodFile,
    /// Kubelet's events, in its order.
    pub events: Vec<Event>,
    /// Whether kubelet may write the options in another order than this one: its merge goes through a map without order.
    ///
    /// It matters where [options contradict each other](super::ambiguous_options).
    pub is_option_order_ours: bool,
}

/// What the container runtime puts at `/etc/resolv.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PodFile {
    /// This text: `search`, `nameserver`s, `options`, each left out where it is empty, as containerd and CRI-O write it.
    Written(String),
    /// The `/etc/resolv.conf` of the node: kubelet gives the runtime nothing at all. The API server lets this happen to no Pod with
    /// policy `None`; it is left for a node whose own file is empty.
    NodeCopy,
}

impl PodFile {
    /// The text, where it is not a copy.
    pub fn written(&self) -> Option<&str> {
        match self {
            Self::Written(text) => Some(text),
            Self::NodeCopy => None,
        }
    }
}

/// The Pod's `resolv.conf`.
///
/// | `dnsPolicy` | in the Pod network | in the node's network |
/// |---|---|---|
/// | `ClusterFirst` | cluster | node |
/// | `ClusterFirstWithHostNet` | cluster | cluster |
/// | `Default` | node | node |
/// | `None` | nothing | nothing |
///
/// - *cluster*: the servers of `clusterDNS` alone, the three domains of the cluster before the node's search list, `ndots:5` alone. Without
///   `clusterDNS` it is as *node*, with events. Without a cluster domain there is the node's search list alone.
/// - *node*: what kubelet read from the node's file; without a file, the loopback address of each family that the node has and the search
///   list `.`.
/// - `dnsConfig` is then added: servers and domains that are not there yet go to the end, options replace those of the same name. Texts
///   are compared, not names: `a.example` and `a.example.` are two.
/// - Last come the limits: three servers, and [`Limits`](super::Limits) for the search list.
pub fn resolv_conf(pod: &PodDns, host: &HostConfig, kubelet: &KubeletDns) -> PodResolvConf {
    let mut events = Vec::new();
    let HostResolvConf { mut nameservers, mut searches, mut options } = base(pod, host, kubelet, &mut events);
    // Kubelet's reader keeps the options of the node's file in a map as well.
    let mut is_option_order_ours = options.len() > 1;
    if let Some(config) = &pod.dns_config {
        nameservers = without_duplicates(nameservers.into_iter().chain(config.nameservers.iter().cloned()));
        searches = without_duplicates(searches.into_iter().chain(config.searches.iter().cloned()));
        options = options::merge(&options, &config.options);
        is_option_order_ours = options.len() > 1;
    }
    limits::apply(kubelet.limits, &mut nameservers, &mut searches, &mut events);
    let file = file(&nameservers, &searches, &options);
    PodResolvConf { nameservers, searches, options, file, events, is_option_order_ours }
}

fn base(pod: &PodDns, host: &HostConfig, kubelet: &KubeletDns, events: &mut Vec<Event>) -> HostResolvConf {
    match pod.dns_policy {
        DnsPolicy::None => HostResolvConf::default(),
        DnsPolicy::Default => of_node(host, kubelet),
        DnsPolicy::ClusterFirst if pod.host_network => of_node(host, kubelet),
        _ if kubelet.cluster_dns.is_empty() => {
            let fallback = "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. \
                            Falling back to \"Default\" policy.";
            let PodDns { name, namespace, uid, .. } = pod;
            let of_pod = format!("pod: \"{name}_{namespace}({uid})\". {fallback}");
            events.push(Event::of_node(Event::MISSING_CLUSTER_DNS, fallback.to_owned()));
            events.push(Event::of_pod(Event::MISSING_CLUSTER_DNS, of_pod));
            of_node(host, kubelet)
        }
        _ => of_cluster(&pod.namespace, host, kubelet),
    }
}

fn of_cluster(namespace: &str, host: &HostConfig, kubelet: &KubeletDns) -> HostResolvConf {
    let domain = &kubelet.cluster_domain;
    let of_node = host.settings().searches;
    let searches = if domain.is_empty() {
        of_node
    } else {
        let own = [format!("{namespace}.svc.{domain}").into(), format!("svc.{domain}").into(), domain.clone()];
        without_duplicates(own.into_iter().chain(of_node))
    };
    // Go writes an IPv4-mapped address as the IPv4 one.
    let nameservers = kubelet.cluster_dns.iter().map(|address| address.to_canonical().to_string().into()).collect();
    HostResolvConf { nameservers, searches, options: vec!["ndots:5".into()] }
}

fn of_node(host: &HostConfig, kubelet: &KubeletDns) -> HostResolvConf {
    match host {
        HostConfig::File(file) => file.clone(),
        HostConfig::NoFile => {
            let loopback = |is_ipv6| if is_ipv6 { "::1" } else { "127.0.0.1" };
            let mut nameservers: Vec<Box<str>> =
                kubelet.node_ips.iter().map(|address| loopback(address.to_canonical().is_ipv6()).into()).collect();
            if nameservers.is_empty() {
                nameservers.push(loopback(false).into());
            }
            HostResolvConf { nameservers, searches: vec![".".into()], options: Vec::new() }
        }
    }
}

fn without_duplicates(texts: impl Iterator<Item = Box<str>>) -> Vec<Box<str>> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(text.clone())).collect()
}

fn file(nameservers: &[Box<str>], searches: &[Box<str>], options: &[Box<str>]) -> PodFile {
    if nameservers.is_empty() && searches.is_empty() && options.is_empty() {
        return PodFile::NodeCopy;
    }
    let mut text = String::new();
    if !searches.is_empty() {
        text.extend(["search ", &searches.join(" "), "\n"]);
    }
    for nameserver in nameservers {
        // Writing to a String can't fail.
        let _ = writeln!(text, "nameserver {nameserver}");
    }
    if !options.is_empty() {
        text.extend(["options ", &options.join(" "), "\n"]);
    }
    PodFile::Written(text)
}
