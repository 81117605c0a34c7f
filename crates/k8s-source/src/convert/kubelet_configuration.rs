use std::net::IpAddr;

use object_change::{Diagnostic, ObjectKey, ObjectRef};

use crate::objects::KubeletConfiguration;

/// What kubelet's settings say about DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KubeletSettings {
    /// `clusterDNS`.
    pub cluster_dns: Vec<IpAddr>,
    /// `clusterDomain`; empty where there is none.
    pub cluster_domain: Box<str>,
    /// `resolvConf`; `None` means `/etc/resolv.conf`, and an empty text that there is no file.
    pub resolv_conf: Option<Box<str>>,
}

/// What kubelet's settings say about DNS. Kubelet does not start with an address that is none; here the others are used.
pub fn kubelet_configuration(
    configuration: &KubeletConfiguration,
) -> (ObjectKey, Option<KubeletSettings>, Vec<Diagnostic>) {
    let key = configuration.metadata.cluster_key();
    let mut diagnostics = Vec::new();
    let mut cluster_dns = Vec::new();
    for (index, text) in configuration.cluster_dns.iter().enumerate() {
        match text.parse() {
            Ok(address) => cluster_dns.push(address),
            Err(_) => diagnostics.push(Diagnostic::error(
                ObjectRef::new("KubeletConfiguration", key.clone()),
                format!("clusterDNS[{index}]"),
                format!("{text:?} is not an IP address: it is not used"),
            )),
        }
    }
    let cluster_domain = configuration.cluster_domain.clone();
    let value = KubeletSettings { cluster_dns, cluster_domain, resolv_conf: configuration.resolv_conf.clone() };
    (key, Some(value), diagnostics)
}
