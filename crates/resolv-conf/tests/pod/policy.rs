//! `dnsPolicy` × `hostNetwork` × `dnsConfig` × node × cluster.

use k8s_resolv_conf::pod::{
    DnsConfig, DnsPolicy, Event, EventObject, HostConfig, HostResolvConf, KubeletDns, PodDns, PodFile, PodResolvConf,
    resolv_conf,
};

use crate::texts;

fn kubelet() -> KubeletDns {
    KubeletDns::new("kubernetes.io").with_cluster_dns("10.0.0.10".parse().unwrap())
}

fn node() -> HostConfig {
    HostConfig::File(HostResolvConf::new().with_nameserver("8.8.8.8").with_search("host.domain"))
}

fn pod(policy: &str, host_network: bool) -> PodDns {
    let pod = PodDns::new("testNS", "test_pod").with_dns_policy(policy.into());
    if host_network { pod.in_host_network() } else { pod }
}

fn lists(made: &PodResolvConf) -> [Vec<Box<str>>; 3] {
    [made.nameservers.clone(), made.searches.clone(), made.options.clone()]
}

/// TestGetPodDNSType (dns_test.go): which base a policy takes. The row "invalidPolicy" is an error there; GetPodDNS goes on with the
/// cluster.
#[test]
fn the_base_by_policy_and_network() {
    let (cluster, host, none) = ("10.0.0.10", "8.8.8.8", "");
    for (policy, host_network, base) in [
        ("ClusterFirst", false, cluster),
        ("ClusterFirstWithHostNet", true, cluster),
        ("ClusterFirstWithHostNet", false, cluster),
        ("Default", false, host),
        ("Default", true, host),
        ("ClusterFirst", true, host),
        ("None", false, none),
        ("None", true, none),
        ("invalidPolicy", false, cluster),
        ("invalidPolicy", true, cluster),
    ] {
        let made = resolv_conf(&pod(policy, host_network), &node(), &kubelet());
        assert_eq!(made.nameservers, texts(base), "{policy}, hostNetwork {host_network}");
        assert_eq!(made.events, [], "{policy}");
    }
}

/// TestGetPodDNS (dns_test.go), first half: `resolvConf` is the empty string, the Pods have no namespace.
#[test]
fn without_a_host_file() {
    let kubelet = KubeletDns::new("kubernetes.io").with_cluster_dns("203.0.113.1".parse().unwrap());
    for (policy, host_network, nameserver, searches) in [
        ("ClusterFirstWithHostNet", true, "203.0.113.1", ".svc.kubernetes.io svc.kubernetes.io kubernetes.io"),
        ("ClusterFirst", true, "127.0.0.1", "."),
        ("ClusterFirst", false, "203.0.113.1", ".svc.kubernetes.io svc.kubernetes.io kubernetes.io"),
        ("Default", true, "127.0.0.1", "."),
    ] {
        let mut pod = pod(policy, host_network);
        pod.namespace = "".into();
        let made = resolv_conf(&pod, &HostConfig::NoFile, &kubelet);
        assert_eq!((made.nameservers, made.searches), (texts(nameserver), texts(searches)), "{policy}");
    }
}

/// TestGetPodDNS (dns_test.go), second half: the same Pods with a file of the node's. The cluster's domains come before its own, up to the
/// limit.
#[test]
fn with_a_host_file() {
    let kubelet = KubeletDns::new("kubernetes.io").with_cluster_dns("203.0.113.1".parse().unwrap());
    for own in [0, 1, 29, 30, 40] {
        let node = (0..own).fold(HostResolvConf::new().with_nameserver("8.8.8.8"), |node, number| {
            node.with_search(format!("d{number}.example"))
        });
        for (policy, host_network, nameserver, cluster) in [
            ("ClusterFirstWithHostNet", true, "203.0.113.1", 3),
            ("ClusterFirst", true, "8.8.8.8", 0),
            ("ClusterFirst", false, "203.0.113.1", 3),
            ("Default", true, "8.8.8.8", 0),
        ] {
            let made = resolv_conf(&pod(policy, host_network), &HostConfig::File(node.clone()), &kubelet);
            assert_eq!(
                (made.nameservers, made.searches.len()),
                (texts(nameserver), (cluster + own).min(32)),
                "{policy}"
            );
            assert_eq!(made.searches.iter().filter(|search| search.ends_with("kubernetes.io")).count(), cluster);
        }
    }
}

/// GetPodDNS (dns.go), the branch podDNSHost: one loopback address for each address of the node.
#[test]
fn the_loopback_address_has_the_nodes_family() {
    for (node_ips, expected) in [
        (&[][..], "127.0.0.1"),
        (&["192.0.2.1"], "127.0.0.1"),
        (&["2001:db8::1"], "::1"),
        (&["192.0.2.1", "2001:db8::1"], "127.0.0.1 ::1"),
        (&["192.0.2.1", "192.0.2.2"], "127.0.0.1 127.0.0.1"),
        (&["::ffff:192.0.2.1"], "127.0.0.1"),
    ] {
        let kubelet = node_ips.iter().fold(kubelet(), |kubelet, ip| kubelet.with_node_ip(ip.parse().unwrap()));
        let made = resolv_conf(&pod("Default", false), &HostConfig::NoFile, &kubelet);
        assert_eq!(made.nameservers, texts(expected), "{node_ips:?}");
    }
}

/// TestGetPodDNSCustom (dns_test.go).
#[test]
fn dns_config_is_added() {
    let none = DnsConfig::new()
        .with_nameserver("203.0.113.1")
        .with_search("my.domain")
        .with_search("second.domain")
        .with_option("ndots", Some("3"))
        .with_option("debug", None);
    let added = DnsConfig::new()
        .with_nameserver("10.0.0.11")
        .with_search("my.domain")
        .with_option("ndots", Some("3"))
        .with_option("debug", None);
    let cluster = "testNS.svc.kubernetes.io svc.kubernetes.io kubernetes.io host.domain my.domain";
    for (policy, host_network, config, expected) in [
        ("None", false, None, ["", "", ""]),
        ("None", false, Some(&none), ["203.0.113.1", "my.domain second.domain", "ndots:3 debug"]),
        ("ClusterFirst", false, Some(&added), ["10.0.0.10 10.0.0.11", cluster, "ndots:3 debug"]),
        ("ClusterFirstWithHostNet", true, Some(&added), ["10.0.0.10 10.0.0.11", cluster, "ndots:3 debug"]),
        ("Default", false, Some(&added), ["8.8.8.8 10.0.0.11", "host.domain my.domain", "ndots:3 debug"]),
    ] {
        let mut pod = pod(policy, host_network);
        pod.dns_config = config.cloned();
        assert_eq!(lists(&resolv_conf(&pod, &node(), &kubelet())), expected.map(texts), "{policy}");
    }
}

/// generateSearchesForDNSClusterFirst and appendDNSConfig (dns.go).
#[test]
fn corners_of_the_merge() {
    let node = HostConfig::File(
        HostResolvConf::new()
            .with_nameserver("8.8.8.8")
            .with_nameserver("8.8.8.8")
            .with_search("svc.kubernetes.io")
            .with_search("Host.domain")
            .with_search("Host.domain")
            .with_option("rotate"),
    );
    let made = |pod: &PodDns, kubelet: &KubeletDns| lists(&resolv_conf(pod, &node, kubelet));
    // A domain of the node that the cluster has already stands once, and the node's options do not come along.
    let cluster = ["10.0.0.10", "testNS.svc.kubernetes.io svc.kubernetes.io kubernetes.io Host.domain", "ndots:5"];
    assert_eq!(made(&pod("ClusterFirst", false), &kubelet()), cluster.map(texts));
    // Without a cluster domain nothing is put before, and nothing is compared.
    let mut no_domain = kubelet();
    no_domain.cluster_domain = "".into();
    let plain = ["10.0.0.10", "svc.kubernetes.io Host.domain Host.domain", "ndots:5"];
    assert_eq!(made(&pod("ClusterFirst", false), &no_domain), plain.map(texts));
    // The node's own settings are compared only where there is a dnsConfig, be it empty.
    let host = ["8.8.8.8 8.8.8.8", "svc.kubernetes.io Host.domain Host.domain", "rotate"];
    assert_eq!(made(&pod("Default", false), &kubelet()), host.map(texts));
    let empty = pod("Default", false).with_dns_config(DnsConfig::new());
    assert_eq!(made(&empty, &kubelet()), ["8.8.8.8", "svc.kubernetes.io Host.domain", "rotate"].map(texts));
    // Texts are compared, not names.
    let near = DnsConfig::new().with_search("host.domain").with_search("kubernetes.io.").with_search("kubernetes.io");
    let searches = "testNS.svc.kubernetes.io svc.kubernetes.io kubernetes.io Host.domain host.domain kubernetes.io.";
    assert_eq!(made(&pod("ClusterFirst", false).with_dns_config(near), &kubelet())[1], texts(searches));
    // Go prints an IPv4-mapped address as IPv4.
    let mapped = KubeletDns::new("").with_cluster_dns("::ffff:10.0.0.10".parse().unwrap());
    assert_eq!(made(&pod("ClusterFirst", false), &mapped)[0], texts("10.0.0.10"));
}

/// GetPodDNS (dns.go), a kubelet without `clusterDNS`.
#[test]
fn without_cluster_dns_the_node_is_asked_and_two_objects_hear_of_it() {
    let no_dns = KubeletDns::new("kubernetes.io");
    let mut pod = pod("ClusterFirst", false);
    pod.uid = "12345678".into();
    let made = resolv_conf(&pod, &node(), &no_dns);
    assert_eq!(lists(&made), ["8.8.8.8", "host.domain", ""].map(texts));
    let fallback = "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. Falling back to \
                    \"Default\" policy.";
    let told: Vec<_> =
        made.events.iter().map(|event| (event.object, event.reason, event.message.to_string())).collect();
    assert_eq!(
        told,
        [
            (EventObject::Node, Event::MISSING_CLUSTER_DNS, fallback.to_owned()),
            (EventObject::Pod, Event::MISSING_CLUSTER_DNS, format!("pod: \"test_pod_testNS(12345678)\". {fallback}")),
        ]
    );
    assert_eq!(resolv_conf(&pod.with_dns_policy(DnsPolicy::Default), &node(), &no_dns).events, []);
}

/// `parseDNSOptions` of containerd (internal/cri/server/sandbox_run_linux.go) and of CRI-O: sections in this order, empty ones left out,
/// a copy of the node's file where all are.
#[test]
fn the_file_is_what_the_runtime_writes() {
    let written = |config: DnsConfig| {
        let made = resolv_conf(&pod("None", false).with_dns_config(config), &node(), &kubelet());
        made.file
    };
    let text = |text: &str| PodFile::Written(text.to_owned());
    assert_eq!(written(DnsConfig::new()), PodFile::NodeCopy);
    assert_eq!(written(DnsConfig::new().with_nameserver("192.0.2.1")), text("nameserver 192.0.2.1\n"));
    assert_eq!(
        written(DnsConfig::new().with_search("a.example").with_search("b.example")),
        text("search a.example b.example\n")
    );
    assert_eq!(
        written(DnsConfig::new().with_option("ndots", Some("1")).with_option("rotate", None)),
        text("options ndots:1 rotate\n")
    );
    assert_eq!(
        resolv_conf(&pod("ClusterFirst", false), &node(), &kubelet()).file,
        text(
            "search testNS.svc.kubernetes.io svc.kubernetes.io kubernetes.io host.domain\nnameserver 10.0.0.10\noptions ndots:5\n"
        )
    );
}
