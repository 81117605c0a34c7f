use std::fs;
use std::net::IpAddr;

use k8s_resolv_conf::ResolvConf;
use k8s_resolv_conf::pod::{HostConfig, HostResolvConf, KubeletDns, node_check};
use k8s_source::PodConsumer;
use k8s_source::convert::KubeletSettings;
use object_change::{ObjectKey, Severity};

use crate::arguments::{NodeArgs, ZoneArgs};
use crate::exit::Failure;

/// The Service of the cluster's DNS server, by the name that every installer gives it.
pub(crate) const CLUSTER_DNS: (&str, &str) = ("kube-system", "kube-dns");

/// What kubeadm gives that Service: the tenth address of its default range.
const USUAL_CLUSTER_DNS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 96, 0, 10));

/// What a node's own hosts file has at least.
const USUAL_HOSTS: &[u8] = b"127.0.0.1\tlocalhost\n::1\tlocalhost\n";

/// kubelet and its node, as far as they are known.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kubelet: KubeletDns,
    pub(crate) host: HostConfig,
    /// Whether `host` is more than a guess.
    pub(crate) is_host_known: bool,
    /// The octets of the node's file.
    pub(crate) host_file: Vec<u8>,
    pub(crate) hosts: Vec<u8>,
    /// What was assumed, and what kubelet would say of the node's file.
    pub(crate) notes: Vec<String>,
}

impl Node {
    /// The node by what was given on the command line, else by kubelet's settings in the input, else by the cluster.
    ///
    /// # Errors
    /// When a file can't be read, or kubelet would refuse it.
    pub(crate) fn new(args: &NodeArgs, zones: &ZoneArgs, cluster: &PodConsumer) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        let settings = settings(cluster);
        let mut kubelet = KubeletDns::new(domain(args, zones, settings));
        for address in cluster_dns(args, settings, cluster, &mut notes) {
            kubelet = kubelet.with_cluster_dns(address);
        }
        let is_empty = |path: &std::path::PathBuf| path.as_os_str().is_empty();
        let is_off = match &args.host_resolv_conf {
            Some(path) => is_empty(path),
            None => settings.is_some_and(|settings| settings.resolv_conf.as_deref() == Some("")),
        };
        let mut host_file = Vec::new();
        let host = match args.host_resolv_conf.as_ref().filter(|path| !is_empty(path)) {
            _ if is_off => HostConfig::NoFile,
            None => HostConfig::File(HostResolvConf::new()),
            Some(path) => {
                let shown = path.display().to_string();
                host_file = fs::read(path).map_err(|error| Failure::bad_input(format_args!("{shown}: {error}")))?;
                let reading = HostResolvConf::read(&ResolvConf::parse(&host_file));
                let told = reading.diagnostics.iter().filter(|told| told.severity >= Severity::Warning);
                notes.extend(told.map(|told| format!("{shown}:{told}")));
                let file = reading.result.map_err(|error| {
                    Failure::bad_input(format_args!("{shown}: kubelet starts no Pod on a node with this file: {error}"))
                })?;
                notes.extend(node_check(&file, &shown, &kubelet).map(|event| event.to_string()));
                HostConfig::File(file)
            }
        };
        let hosts = match &args.host_hosts {
            None => USUAL_HOSTS.to_vec(),
            Some(path) => {
                fs::read(path).map_err(|error| Failure::bad_input(format_args!("{}: {error}", path.display())))?
            }
        };
        let is_host_known = is_off || args.host_resolv_conf.is_some();
        Ok(Self { kubelet, host, is_host_known, host_file, hosts, notes })
    }
}

/// The settings that count where the input has several: those that have no name of their own, else the first by name.
fn settings(cluster: &PodConsumer) -> Option<&KubeletSettings> {
    let mut all = cluster.kubelets();
    let unnamed = cluster.kubelets().find(|(key, _)| *key == &ObjectKey::cluster_scoped("kubelet"));
    unnamed.or_else(|| all.next()).map(|(_, settings)| settings)
}

fn domain(args: &NodeArgs, zones: &ZoneArgs, settings: Option<&KubeletSettings>) -> String {
    let of_settings = settings.map(|settings| settings.cluster_domain.to_string()).filter(|domain| !domain.is_empty());
    let domain = args.cluster_domain.clone().or(of_settings);
    domain.unwrap_or_else(|| zones.first().trim_end_matches('.').to_owned())
}

fn cluster_dns(
    args: &NodeArgs,
    settings: Option<&KubeletSettings>,
    cluster: &PodConsumer,
    notes: &mut Vec<String>,
) -> Vec<IpAddr> {
    if !args.cluster_dns.is_empty() {
        return args.cluster_dns.clone();
    }
    if let Some(settings) = settings {
        return settings.cluster_dns.clone();
    }
    let key = ObjectKey::new(CLUSTER_DNS.0, CLUSTER_DNS.1);
    let service = cluster.services().find(|(have, _)| **have == key).map(|(_, service)| service);
    if let Some(address) = service.and_then(|service| service.cluster_ip.parse().ok()) {
        return vec![address];
    }
    notes.push(format!(
        "neither --cluster-dns nor a Service {key} tells the DNS server's address: {USUAL_CLUSTER_DNS} is assumed"
    ));
    vec![USUAL_CLUSTER_DNS]
}
