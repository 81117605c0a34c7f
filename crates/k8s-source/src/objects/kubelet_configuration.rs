use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// kubelet's settings (kubelet.config.k8s.io/v1beta1): a file on each node, no object of the API.
///
/// It needs no name: one without is called `kubelet`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct KubeletConfiguration {
    /// `metadata`, which kubelet does not read.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `clusterDNS`: the addresses of the cluster's DNS server.
    #[serde(rename = "clusterDNS", deserialize_with = "or_default")]
    pub cluster_dns: Vec<Box<str>>,
    /// `clusterDomain`.
    #[serde(deserialize_with = "or_default")]
    pub cluster_domain: Box<str>,
    /// `resolvConf`: the node's file; absent means `/etc/resolv.conf`, and empty that there is none.
    pub resolv_conf: Option<Box<str>>,
}
