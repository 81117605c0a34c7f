//! What an API server refuses.

use k8s_resolv_conf::pod::{ApiRules, DnsConfig, HostAlias, PodDns, validate};

use crate::texts;

fn pod() -> PodDns {
    PodDns::new("shop", "web-0")
}

fn errors(pod: &PodDns, rules: ApiRules) -> Vec<String> {
    validate(pod, "spec", rules).iter().map(ToString::to_string).collect()
}

fn of_config(config: DnsConfig, rules: ApiRules) -> Vec<String> {
    errors(&pod().with_dns_config(config), rules)
}

fn with_searches(searches: Vec<Box<str>>) -> DnsConfig {
    let mut config = DnsConfig::new();
    config.searches = searches;
    config
}

fn with_nameservers(nameservers: &str) -> DnsConfig {
    let mut config = DnsConfig::new();
    config.nameservers = texts(nameservers);
    config
}

/// TestValidatePodDNSConfig (validation_test.go); the rows "legacy" are those of 1.25 with ExpandedDNSConfig off.
#[test]
fn dns_config() {
    let six = "custom mydomain.com local cluster.local svc.cluster.local default.svc.cluster.local.";
    let up_to = |last: usize| {
        let mut list = texts(six);
        list.extend((7..=last).map(|n| n.to_string().into()));
        list
    };
    let of_lengths = |first: usize, others: usize, length: usize| {
        let mut list: Vec<Box<str>> = vec!["a".repeat(first).into()];
        list.extend(std::iter::repeat_n(Box::from("a".repeat(length)), others));
        list
    };
    let three = "127.0.0.1 10.0.0.10 8.8.8.8";
    let full = || {
        let mut config = with_searches(texts(six));
        config.nameservers = texts(three);
        config
    };
    let (now, legacy) = (ApiRules::V1_36, ApiRules::V1_25);
    for (config, rules, refused) in [
        (DnsConfig::new(), now, false),
        (DnsConfig::new().with_option("ndots", Some("2")), now, false),
        (with_nameservers("127.0.0.1"), now, false),
        (with_searches(texts("custom")), now, false),
        (with_searches(texts("custom.")), now, false),
        (full(), now, false),
        (with_searches(texts(six)), legacy, false),
        (with_searches(up_to(32)), now, false),
        (with_searches(of_lengths(1, 5, 50)), legacy, false),
        (with_searches(of_lengths(64, 31, 63)), now, false),
        (with_nameservers("FE80::0202:B3FF:FE1E:8329"), now, false),
        (with_nameservers(&format!("{three} 1.2.3.4")), now, true),
        (with_searches(up_to(7)), legacy, true),
        (with_searches(up_to(7)), now, false),
        (with_searches(up_to(33)), now, true),
        (with_searches(of_lengths(2, 5, 50)), legacy, true),
        (with_searches(of_lengths(2, 5, 50)), now, false),
        (with_searches(of_lengths(65, 31, 63)), now, true),
        (with_searches(texts("custom?")), now, true),
        (with_nameservers("invalid"), now, true),
        (with_nameservers("001.002.003.004"), ApiRules::V1_33, false),
        (with_nameservers("001.002.003.004"), now, true),
        (DnsConfig::new().with_option("", Some("2")), now, true),
        // IsValidIPForLegacyField (validation/ip.go).
        (with_nameservers("::ffff:1.2.3.4"), ApiRules::V1_33, false),
        (with_nameservers("::ffff:1.2.3.4"), now, true),
        (with_nameservers("1.2.3.4:53"), ApiRules::V1_33, true),
        (with_nameservers("fe80::1%eth0"), ApiRules::V1_33, true),
        (with_nameservers("1.2.3.256"), ApiRules::V1_33, true),
        (with_nameservers("1.2.3"), ApiRules::V1_33, true),
    ] {
        let errors = of_config(config.clone(), rules);
        assert_eq!(!errors.is_empty(), refused, "{config:?}: {errors:?}");
    }
    let none = pod().with_dns_policy("None".into());
    assert_eq!(errors(&none.clone().with_dns_config(with_nameservers("127.0.0.1")), now), Vec::<String>::new());
    assert_eq!(
        errors(&none.clone().with_dns_config(with_searches(texts("custom?"))), now),
        [
            "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None"
        ]
    );
    assert_eq!(
        errors(&none, now),
        ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"]
    );
}

/// TestValidatePodDNSConfigWithRelaxedSearchDomain (validation_test.go).
#[test]
fn relaxed_searches() {
    for (search, relaxed, strict) in [
        ("_sip._tcp.abc_d.example.com", true, false),
        ("abc_d.example.com", true, false),
        (".", true, false),
        ("..", false, false),
        ("_.", false, false),
        ("-.", false, false),
        ("__.", false, false),
        (".__", false, false),
        ("._", false, false),
        ("____________", false, false),
        ("example.com", true, true),
        ("☃.example.com", false, false),
    ] {
        let is_taken = |rules| of_config(DnsConfig::new().with_search(search), rules).is_empty();
        assert_eq!((is_taken(ApiRules::V1_33), is_taken(ApiRules::V1_26)), (relaxed, strict), "{search}");
    }
}

/// The words of validation.go and of apimachinery's `field` and `validation` packages.
#[test]
fn in_the_api_servers_words() {
    let label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    let subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and \
                     end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
                     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let now = ApiRules::V1_36;
    for (pod, expected) in [
        (
            pod().with_dns_policy("clusterfirst".into()),
            "spec.dnsPolicy: Unsupported value: \"clusterfirst\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \
             \"Default\", \"None\"",
        ),
        (pod().with_dns_policy("".into()), "spec.dnsPolicy: Required value"),
        (
            pod().with_dns_config(with_nameservers("1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4")),
            "spec.dnsConfig.nameservers: Invalid value: [\"1.1.1.1\",\"2.2.2.2\",\"3.3.3.3\",\"4.4.4.4\"]: must not have more than 3 \
             nameservers",
        ),
        (
            pod().with_dns_config(with_nameservers("8.8.8.8 dns.google")),
            "spec.dnsConfig.nameservers[1]: Invalid value: \"dns.google\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ),
        (
            pod().with_dns_config(with_nameservers("010.0.0.1")),
            "spec.dnsConfig.nameservers[0]: Invalid value: \"010.0.0.1\": must not have leading 0s",
        ),
        (
            pod().with_dns_config(DnsConfig::new().with_option("", None)),
            "spec.dnsConfig.options[0]: Required value: must not be empty",
        ),
        (pod().with_hostname("a.b"), "spec.hostname: Invalid value: \"a.b\": must not contain dots"),
        (
            pod().with_subdomain("A"),
            &format!(
                "spec.subdomain: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \
                 '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
                 '{label}')"
            ),
        ),
        (
            pod().with_hostname_override("a").with_hostname_as_fqdn(),
            "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
        ),
        (
            pod().with_hostname_override("a").in_host_network(),
            "spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true",
        ),
        (
            pod().with_hostname_override("a".repeat(65)),
            "spec.hostnameOverride: Too long: may not be more than 64 bytes",
        ),
        (
            pod().with_host_alias(HostAlias::new("10.0.0.300", ["a"])),
            "spec.hostAliases[0].ip: Invalid value: \"10.0.0.300\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ),
        (
            pod().with_host_alias(HostAlias::new("10.0.0.3", ["a", "B_c"])),
            &format!("spec.hostAliases[0].hostnames[1]: Invalid value: \"B_c\": {subdomain}"),
        ),
        (
            pod().with_dns_config(DnsConfig::new().with_search("Bad.")),
            &format!(
                "spec.dnsConfig.searches[0]: Invalid value: \"Bad\": {}",
                subdomain.replace("'-' or", "'_', '-' or").replace(label, "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
            ),
        ),
    ] {
        assert_eq!(errors(&pod, now), [expected]);
    }
    // The path is that of the template in a workload.
    let template = validate(&pod().with_hostname("a.b"), "spec.template.spec", now);
    assert_eq!(&*template[0].field, "spec.template.spec.hostname");
}
