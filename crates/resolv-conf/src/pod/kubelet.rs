use std::net::IpAddr;

use super::Limits;

/// kubelet's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KubeletDns {
    /// `clusterDNS`: the addresses of the cluster's DNS server.
    pub cluster_dns: Vec<IpAddr>,
    /// `clusterDomain`; empty where the cluster has none.
    pub cluster_domain: Box<str>,
    /// The node's addresses. They decide between `127.0.0.1` and `::1` where there is no host file.
    pub node_ips: Vec<IpAddr>,
    /// How much of a search list is written.
    pub limits: Limits,
}

impl KubeletDns {
    /// A kubelet that knows the cluster's domain, but no DNS server yet.
    pub fn new(cluster_domain: impl Into<Box<str>>) -> Self {
        Self {
            cluster_dns: Vec::new(),
            cluster_domain: cluster_domain.into(),
            node_ips: Vec::new(),
            limits: Limits::EXPANDED,
        }
    }

    /// The same with one more DNS server of the cluster.
    #[must_use]
    pub fn with_cluster_dns(mut self, address: IpAddr) -> Self {
        self.cluster_dns.push(address);
        self
    }

    /// The same with one more address of the node.
    #[must_use]
    pub fn with_node_ip(mut self, address: IpAddr) -> Self {
        self.node_ips.push(address);
        self
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}
