use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use k8s_source::objects::WorkloadKind;
use object_change::ObjectKey;

/// A Pod on the command line.
///
/// `NAMESPACE/NAME` is a Pod, or else what the one workload of that name makes; `NAMESPACE/KIND/NAME`, as in `shop/deployment/web`, is
/// what that workload makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PodRef {
    pub(crate) kind: Option<WorkloadKind>,
    pub(crate) key: ObjectKey,
}

impl fmt::Display for PodRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            None => write!(f, "Pod {}", self.key),
            Some(kind) => write!(f, "{} {}", kind.name(), self.key),
        }
    }
}

impl FromStr for PodRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err("an empty part: write NAMESPACE/NAME".to_owned());
        }
        match parts[..] {
            [namespace, name] => Ok(Self { kind: None, key: ObjectKey::new(namespace, name) }),
            [namespace, kind, name] => {
                let known = WorkloadKind::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(kind));
                let is_pod = kind.eq_ignore_ascii_case("pod");
                if known.is_none() && !is_pod {
                    let kinds = WorkloadKind::ALL.map(|kind| kind.name().to_lowercase()).join(", ");
                    return Err(format!("{kind:?} is none of pod, {kinds}"));
                }
                Ok(Self { kind: known, key: ObjectKey::new(namespace, name) })
            }
            _ => Err("write NAMESPACE/NAME, or NAMESPACE/KIND/NAME".to_owned()),
        }
    }
}

/// Whose point of view a command takes, where it can do without.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pod")]
pub(crate) struct AskerArgs {
    /// Ask as this Pod does; NAMESPACE/deployment/NAME is a Pod that the Deployment makes, and likewise for other workloads.
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) pod: Option<PodRef>,
    /// Ask as a Pod of this namespace does that says nothing about DNS.
    #[arg(long, value_name = "NAMESPACE", conflicts_with = "pod")]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// What the node of a Pod has.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Node")]
pub(crate) struct NodeArgs {
    /// The node's resolv.conf that kubelet reads; '' where kubelet's resolvConf is empty.
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub(crate) host_resolv_conf: Option<PathBuf>,
    /// The node's hosts file, which Pods in the node's network get.
    #[arg(long, value_name = "FILE")]
    pub(crate) host_hosts: Option<PathBuf>,
    /// kubelet's clusterDNS (repeatable) [default: that of the KubeletConfiguration in the input, else the address of Service
    /// kube-system/kube-dns].
    #[arg(long, value_name = "IP")]
    pub(crate) cluster_dns: Vec<IpAddr>,
    /// kubelet's clusterDomain [default: that of the KubeletConfiguration in the input, else the first --zone].
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) cluster_domain: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_are_named_by_namespace_kind_and_name() {
        let read = |text: &str| text.parse::<PodRef>().map(|pod| pod.to_string());
        assert_eq!(read("shop/web-0"), Ok("Pod shop/web-0".to_owned()));
        assert_eq!(read("shop/pod/web-0"), Ok("Pod shop/web-0".to_owned()));
        assert_eq!(read("shop/StatefulSet/db"), Ok("StatefulSet shop/db".to_owned()));
        for wrong in ["", "web", "shop/", "/web", "shop/service/web", "a/b/c/d"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
