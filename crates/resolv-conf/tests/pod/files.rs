//! `/etc/hosts`.

use k8s_resolv_conf::pod::{HostAlias, PodDns, hostname, hosts_file};

const MANAGED: &str = "# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
";

fn file(pod: &PodDns, node: &str) -> Option<String> {
    let names = hostname(pod, "cluster.local").unwrap();
    hosts_file(pod, &names, node.as_bytes()).map(|file| String::from_utf8(file).unwrap())
}

fn foo() -> HostAlias {
    HostAlias::new("123.45.67.89", ["foo", "bar", "baz"])
}

fn park() -> HostAlias {
    HostAlias::new("456.78.90.123", ["park", "doo", "boo"])
}

/// TestManagedHostsFileContent (kubelet_pods_test.go).
#[test]
fn in_the_pod_network() {
    let plain = || PodDns::new("ns", "podfoo").with_ip("203.0.113.1");
    let named = || plain().with_subdomain("sub");
    let own = "203.0.113.1\tpodfoo.sub.ns.svc.cluster.local\tpodfoo\n";
    let aliases = "\n# Entries added by HostAliases.\n123.45.67.89\tfoo\tbar\tbaz\n";
    for (pod, rest) in [
        (plain(), "203.0.113.1\tpodfoo\n".to_owned()),
        (named(), own.to_owned()),
        (named().with_host_alias(foo()), format!("{own}{aliases}")),
        (
            named().with_host_alias(foo()).with_host_alias(park()),
            format!("{own}{aliases}456.78.90.123\tpark\tdoo\tboo\n"),
        ),
        (named().with_ip("fd00::6"), format!("{own}fd00::6\tpodfoo.sub.ns.svc.cluster.local\tpodfoo\n")),
        // hostsEntriesFromHostAliases (kubelet_pods.go): nothing is merged.
        (
            plain().with_host_alias(foo()).with_host_alias(foo()),
            format!("203.0.113.1\tpodfoo\n{aliases}123.45.67.89\tfoo\tbar\tbaz\n"),
        ),
        // GetNodenameForKernel is about the kernel alone.
        (named().with_hostname_as_fqdn(), own.to_owned()),
    ] {
        assert_eq!(file(&pod, "not read"), Some(format!("{MANAGED}{rest}")));
    }
}

/// TestNodeHostsFileContent (kubelet_pods_test.go).
#[test]
fn in_the_nodes_network() {
    let node = "# hosts file for testing.\n127.0.0.1\tlocalhost\n123.45.67.89\tsome.domain\n";
    let header = "# Kubernetes-managed hosts file (host network).\n";
    let pod = || PodDns::new("ns", "podfoo").in_host_network();
    assert_eq!(file(&pod(), node), Some(format!("{header}{node}")));
    assert_eq!(
        file(&pod().with_ip("192.0.2.1").with_host_alias(foo()).with_host_alias(park()), node),
        Some(format!(
            "{header}{node}\n# Entries added by HostAliases.\n123.45.67.89\tfoo\tbar\tbaz\n456.78.90.123\tpark\tdoo\tboo\n"
        ))
    );
}

/// shouldMountHostsFile (kubelet_pods.go).
#[test]
fn without_an_address_the_images_file_stays() {
    assert_eq!(file(&PodDns::new("ns", "podfoo").with_host_alias(foo()), ""), None);
}
