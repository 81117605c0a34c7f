//! The Pod's `/etc/hosts` (`ensureHostsFile` in kubelet_pods.go).

use super::{HostAlias, PodDns, PodHostname};

/// The Pod's `/etc/hosts`: octets as kubelet writes them.
///
/// `node_file` is the node's `/etc/hosts`, which is read for Pods in the node's network alone. `None`: kubelet leaves the image's own
/// file, because the Pod has no address yet. A container that mounts `/etc/hosts` itself has that one.
///
/// ```
/// use k8s_resolv_conf::pod::{HostAlias, PodDns, hostname, hosts_file};
/// let pod = PodDns::new("shop", "web-0").with_ip("10.244.1.10").with_host_alias(HostAlias::new("192.0.2.7", ["legacy.example"]));
/// let file = hosts_file(&pod, &hostname(&pod, "cluster.local")?, b"").unwrap();
/// assert!(file.ends_with(b"10.244.1.10\tweb-0\n\n# Entries added by HostAliases.\n192.0.2.7\tlegacy.example\n"));
/// # Ok::<(), k8s_resolv_conf::pod::HostnameError>(())
/// ```
pub fn hosts_file(pod: &PodDns, names: &PodHostname, node_file: &[u8]) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    if pod.host_network {
        file.extend_from_slice(b"# Kubernetes-managed hosts file (host network).\n");
        file.extend_from_slice(node_file);
    } else if pod.ips.is_empty() {
        return None;
    } else {
        file.extend_from_slice(
            b"# Kubernetes-managed hosts file.\n\
              127.0.0.1\tlocalhost\n\
              ::1\tlocalhost ip6-localhost ip6-loopback\n\
              fe00::0\tip6-localnet\n\
              fe00::0\tip6-mcastprefix\n\
              fe00::1\tip6-allnodes\n\
              fe00::2\tip6-allrouters\n",
        );
        let fqdn = names.fqdn();
        for ip in &pod.ips {
            let own = [Some(&**ip), fqdn.as_deref(), Some(&names.hostname)];
            file.extend_from_slice(own.into_iter().flatten().collect::<Vec<_>>().join("\t").as_bytes());
            file.push(b'\n');
        }
    }
    if !pod.host_aliases.is_empty() {
        file.extend_from_slice(b"\n# Entries added by HostAliases.\n");
        for HostAlias { ip, hostnames } in &pod.host_aliases {
            file.extend_from_slice(format!("{ip}\t{}\n", hostnames.join("\t")).as_bytes());
        }
    }
    Some(file)
}
