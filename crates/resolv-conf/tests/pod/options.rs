//! Options by name, and those that contradict each other.

use k8s_resolv_conf::pod::{DnsConfig, HostConfig, HostResolvConf, KubeletDns, PodDns, PodResolvConf};
use k8s_resolv_conf::pod::{ambiguous_options, resolv_conf};

use crate::texts;

fn merged(base: &str, added: &[(&str, Option<&str>)]) -> PodResolvConf {
    let node = base.split_whitespace().fold(HostResolvConf::new(), HostResolvConf::with_option);
    let config = added.iter().fold(DnsConfig::new(), |config, (name, value)| config.with_option(name, *value));
    let pod = PodDns::new("testNS", "test_pod").with_dns_policy("Default".into()).with_dns_config(config);
    resolv_conf(&pod, &HostConfig::File(node), &KubeletDns::new("TEST"))
}

/// TestMergeDNSOptions (dns_test.go), which compares sets; the order is ours.
#[test]
fn one_value_for_each_name() {
    for (base, added, expected) in [
        ("ndots:5 debug", &[][..], "ndots:5 debug"),
        (
            "ndots:5 debug",
            &[("single-request", None), ("attempts", Some("3"))],
            "ndots:5 debug single-request attempts:3",
        ),
        (
            "ndots:5 debug",
            &[("ndots", Some("3")), ("debug", None), ("single-request", None), ("attempts", Some("3"))],
            "ndots:3 debug single-request attempts:3",
        ),
        // mergeDNSOptions (dns.go): values that are empty, names and values with a colon.
        ("ndots:5 timeout:", &[("ndots", Some(""))], "ndots timeout"),
        ("ndots:5", &[("ndots", None)], "ndots"),
        ("a:b:c", &[("x", Some("y:z"))], "a:b:c x:y:z"),
        ("rotate", &[("rotate", Some("1"))], "rotate:1"),
        ("", &[("ndots", Some("1")), ("ndots", Some("2"))], "ndots:2"),
        ("", &[("attempts", Some("0")), ("ndots", Some("99"))], "attempts:0 ndots:99"),
    ] {
        assert_eq!(merged(base, added).options, texts(expected), "{base} + {added:?}");
    }
}

#[test]
fn a_colon_in_a_name_makes_two_of_one_option() {
    let made = merged("ndots:5 rotate", &[("ndots:2", None), ("timeout:1", Some("3")), ("timeout", Some("2"))]);
    assert_eq!(made.options, texts("ndots:5 rotate ndots:2 timeout:1:3 timeout:2"));
    assert!(made.is_option_order_ours);
    let ambiguous: Vec<_> = ambiguous_options(&made).into_iter().map(|option| (option.name, option.entries)).collect();
    assert_eq!(ambiguous, [("ndots", vec!["ndots:5", "ndots:2"]), ("timeout", vec!["timeout:1:3", "timeout:2"])]);
    assert!(ambiguous_options(&merged("ndots:5", &[("ndots", Some("2"))])).is_empty());
}

#[test]
fn the_order_is_certain_while_no_map_is_passed() {
    let kubelet = KubeletDns::new("TEST").with_cluster_dns("10.0.0.10".parse().unwrap());
    let node = HostConfig::File(HostResolvConf::new().with_option("rotate").with_option("ndots:2"));
    let cluster = resolv_conf(&PodDns::new("a", "b"), &node, &kubelet);
    assert!(!cluster.is_option_order_ours, "{:?}", cluster.options);
    // appendOptions (dns.go): the reader of the node's file has a map too.
    assert!(
        resolv_conf(&PodDns::new("a", "b").with_dns_policy("Default".into()), &node, &kubelet).is_option_order_ours
    );
}
