//! What is left out, and what kubelet says about it.

use k8s_resolv_conf::pod::{
    DnsConfig, Event, HostConfig, HostResolvConf, KubeletDns, Limits, PodDns, PodResolvConf, node_check, resolv_conf,
};

use crate::texts;

fn with_searches(searches: &[Box<str>], limits: Limits) -> PodResolvConf {
    let mut config = DnsConfig::new();
    config.searches = searches.to_vec();
    let pod = PodDns::new("testNS", "test_pod").with_dns_policy("None".into()).with_dns_config(config);
    resolv_conf(&pod, &HostConfig::NoFile, &KubeletDns::new("TEST").with_limits(limits))
}

/// `count` distinct domains, which a merge keeps apart as it would not kubelet's own rows of equal ones.
fn domains(count: usize, length: usize) -> Vec<Box<str>> {
    (0..count).map(|n| format!("{n:0>length$}").into()).collect()
}

/// TestFormDNSSearchFitsLimits (dns_test.go; the rows of 1.25's with ExpandedDNSConfig off).
#[test]
fn searches() {
    let numbers = |last: usize| {
        let mut list = texts("testNS.svc.TEST svc.TEST TEST");
        list.extend((4..=last).map(|n| n.to_string().into()));
        list
    };
    let long: Box<str> = "B".repeat(256).into();
    let with_long = |list: &str| {
        let mut list = texts(list);
        list.insert(4, long.clone());
        list
    };
    let mut full = vec!["A".repeat(128).into()];
    full.extend(domains(15, 127));
    let mut over = full.clone();
    over.push("B".into());
    let five = "testNS.svc.TEST svc.TEST TEST AAA BBB";
    for (list, limits, expected) in [
        (texts("testNS.svc.TEST svc.TEST TEST"), Limits::LEGACY, None),
        (texts(five), Limits::LEGACY, None),
        (with_long(five), Limits::LEGACY, Some(texts(five))),
        (with_long(five), Limits::EXPANDED, Some(texts(five))),
        (texts(&format!("{five} CCC DDD")), Limits::LEGACY, Some(texts(&format!("{five} CCC")))),
        (full.clone(), Limits::EXPANDED, None),
        (over, Limits::EXPANDED, Some(full)),
        (numbers(32), Limits::EXPANDED, None),
        (numbers(33), Limits::EXPANDED, Some(numbers(32))),
        // formDNSSearchFitsLimits (dns.go): the count comes first, so that a domain which is too long still takes a place.
        (with_long(&format!("{five} CCC")), Limits::LEGACY, Some(texts(five))),
        (domains(6, 60), Limits::LEGACY, Some(domains(6, 60)[..4].to_vec())),
        (vec![long.clone()], Limits::LEGACY, Some(Vec::new())),
    ] {
        let made = with_searches(&list, limits);
        let message = expected.as_ref().map(|kept| {
            let prefix =
                "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ";
            format!("Warning DNSConfigForming {prefix}{}", kept.join(" "))
        });
        assert_eq!(made.searches, expected.unwrap_or(list));
        assert_eq!(
            made.events.iter().map(Event::to_string).collect::<Vec<_>>(),
            message.into_iter().collect::<Vec<_>>()
        );
    }
}

/// TestFormDNSNameserversFitsLimits (dns_test.go).
#[test]
fn nameservers() {
    for (list, kept) in [
        ("127.0.0.1", None),
        ("127.0.0.1 10.0.0.10 8.8.8.8", None),
        ("127.0.0.1 10.0.0.10 8.8.8.8 1.2.3.4", Some("127.0.0.1 10.0.0.10 8.8.8.8")),
    ] {
        let mut node = HostResolvConf::new();
        node.nameservers = texts(list);
        let pod = PodDns::new("testNS", "test_pod").with_dns_policy("Default".into());
        let made = resolv_conf(&pod, &HostConfig::File(node), &KubeletDns::new("TEST"));
        assert_eq!(made.nameservers, texts(kept.unwrap_or(list)));
        let events: Vec<String> = made.events.iter().map(|event| event.message.to_string()).collect();
        let prefix =
            "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ";
        assert_eq!(events, kept.map(|kept| format!("{prefix}{kept}")).into_iter().collect::<Vec<_>>());
    }
}

/// formDNSConfigFitsLimits (dns.go): servers first.
#[test]
fn both_limits_are_told_in_order() {
    let mut node = HostResolvConf::new();
    node.nameservers = texts("192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4");
    node.searches = domains(33, 4);
    let pod = PodDns::new("testNS", "test_pod").with_dns_policy("Default".into());
    let made = resolv_conf(&pod, &HostConfig::File(node), &KubeletDns::new("TEST"));
    let starts: Vec<&str> = made.events.iter().filter_map(|event| event.message.split(' ').next()).collect();
    assert_eq!(starts, ["Nameserver", "Search"]);
}

/// CheckLimitsForResolvConf (dns.go): first failing check only.
#[test]
fn what_a_node_is_warned_of() {
    let check = |searches: Vec<Box<str>>, domain: &str, limits| {
        let mut file = HostResolvConf::new();
        file.searches = searches;
        let event = node_check(&file, "/etc/resolv.conf", &KubeletDns::new(domain).with_limits(limits));
        event.map(|event| event.to_string())
    };
    let warning = |text: &str| Some(format!("Warning CheckLimitsForResolvConf Resolv.conf file {text}"));
    assert_eq!(check(domains(29, 4), "cluster.local", Limits::EXPANDED), None);
    assert_eq!(
        check(domains(30, 4), "cluster.local", Limits::EXPANDED),
        warning("'/etc/resolv.conf' contains search line consisting of more than 29 domains!")
    );
    assert_eq!(check(domains(32, 4), "", Limits::EXPANDED), None);
    assert_eq!(
        check(domains(4, 4), "cluster.local", Limits::LEGACY),
        warning("'/etc/resolv.conf' contains search line consisting of more than 3 domains!")
    );
    assert_eq!(
        check(domains(1, 254), "cluster.local", Limits::EXPANDED),
        warning("\"/etc/resolv.conf\" contains a search path which length is more than allowed 253 chars!")
    );
    assert_eq!(
        check(domains(9, 250), "cluster.local", Limits::EXPANDED),
        warning("'/etc/resolv.conf' contains search line which length is more than allowed 2048 chars!")
    );
}
