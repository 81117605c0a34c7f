use k8s_resolv_conf::pod::{PodDns, PodFile, PodHostname, PodResolvConf, hostname, hosts_file, resolv_conf};
use k8s_resolv_conf::{Environment, ResolvConf};

use super::Node;
use crate::exit::Failure;

/// What a Pod is given.
#[derive(Debug)]
pub(crate) struct Given<'n> {
    pub(crate) pod: PodDns,
    pub(crate) node: &'n Node,
    pub(crate) resolv_conf: PodResolvConf,
    pub(crate) names: PodHostname,
    /// `None`: the image's own, as the Pod has no address yet.
    pub(crate) hosts: Option<Vec<u8>>,
}

impl<'n> Given<'n> {
    /// # Errors
    /// When kubelet would not start the Pod.
    pub(crate) fn new(pod: PodDns, node: &'n Node) -> Result<Self, Failure> {
        let resolv_conf = resolv_conf(&pod, &node.host, &node.kubelet);
        let names = hostname(&pod, &node.kubelet.cluster_domain).map_err(|error| {
            Failure::bad_input(format_args!("Pod {}/{} does not start: {error}", pod.namespace, pod.name))
        })?;
        let hosts = hosts_file(&pod, &names, &node.hosts);
        Ok(Self { pod, node, resolv_conf, names, hosts })
    }

    /// The octets of its `/etc/resolv.conf`.
    ///
    /// # Errors
    /// When it has its node's, and nobody knows what is in there.
    pub(crate) fn resolv_conf_octets(&self) -> Result<&[u8], Failure> {
        match &self.resolv_conf.file {
            PodFile::Written(text) => Ok(text.as_bytes()),
            _ if self.node.is_host_known => Ok(&self.node.host_file),
            _ => Err(Failure::bad_input(format_args!(
                "Pod {}/{} has the settings of its node: --host-resolv-conf tells which they are",
                self.pod.namespace, self.pod.name
            ))),
        }
    }

    /// The same as a program reads it.
    ///
    /// # Errors
    /// As [`Self::resolv_conf_octets`].
    pub(crate) fn parsed(&self) -> Result<ResolvConf, Failure> {
        Ok(ResolvConf::parse(self.resolv_conf_octets()?))
    }

    /// What else its programs look at.
    pub(crate) fn environment(&self) -> Environment {
        Environment::new().with_hostname(self.names.kernel.as_deref().unwrap_or_default())
    }

    /// Its hosts file with what is known of it: without its own line where it has no address yet.
    pub(crate) fn hosts_octets(&self) -> Vec<u8> {
        let without_address = || {
            let pod = self.pod.clone().with_ip("#");
            hosts_file(&pod, &self.names, &self.node.hosts).unwrap_or_default()
        };
        self.hosts.clone().unwrap_or_else(without_address)
    }
}
