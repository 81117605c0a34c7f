//! What holds for any Pod on any node.

use k8s_resolv_conf::ResolvConf;
use k8s_resolv_conf::pod::{ApiRules, validate};
use k8s_resolv_conf::pod::{
    DnsConfig, HostConfig, HostResolvConf, KubeletDns, Limits, MAX_NAMESERVERS, PodDns, PodFile, hostname, hosts_file,
    resolv_conf,
};
use proptest::prelude::*;

/// Words as a file may have them: what is written can be read again only where they have no blanks.
fn words(max: usize) -> impl Strategy<Value = Vec<Box<str>>> {
    proptest::collection::vec("[a-z0-9.:_-]{1,40}".prop_map(Box::from), 0..max)
}

prop_compose! {
    fn any_config()(nameservers in words(5), searches in words(40), names in words(6), values in words(6)) -> DnsConfig {
        let mut config = DnsConfig::new();
        config.nameservers = nameservers;
        config.searches = searches;
        for (index, name) in names.iter().enumerate() {
            config = config.with_option(name, values.get(index).map(|value| &**value));
        }
        config
    }
}

prop_compose! {
    fn any_pod()(
        policy in prop_oneof![Just("ClusterFirst"), Just("ClusterFirstWithHostNet"), Just("Default"), Just("None"), Just("Other")],
        network in any::<bool>(),
        config in proptest::option::of(any_config()),
        text in ".{0,80}",
    ) -> PodDns {
        let mut pod = PodDns::new("shop", text.as_str()).with_dns_policy(policy.into()).with_hostname(text);
        pod.host_network = network;
        pod.dns_config = config;
        pod
    }
}

prop_compose! {
    fn any_host()(file in proptest::option::of((words(6), words(40), words(6)))) -> HostConfig {
        match file {
            None => HostConfig::NoFile,
            Some((nameservers, searches, options)) => {
                let mut file = HostResolvConf::new();
                (file.nameservers, file.searches, file.options) = (nameservers, searches, options);
                HostConfig::File(file)
            }
        }
    }
}

proptest! {
    #[test]
    fn files_stay_within_the_limits_and_read_back(pod in any_pod(), host in any_host(), legacy in any::<bool>()) {
        let limits = if legacy { Limits::LEGACY } else { Limits::EXPANDED };
        let kubelet = KubeletDns::new("cluster.local").with_cluster_dns("10.96.0.10".parse().unwrap()).with_limits(limits);
        let made = resolv_conf(&pod, &host, &kubelet);
        prop_assert!(made.nameservers.len() <= MAX_NAMESERVERS && made.searches.len() <= limits.max_searches);
        prop_assert!(made.searches.join(" ").len() <= limits.max_search_octets);
        match &made.file {
            PodFile::NodeCopy => prop_assert!(made.nameservers.is_empty() && made.searches.is_empty() && made.options.is_empty()),
            PodFile::Written(text) => {
                let read = HostResolvConf::read(&ResolvConf::parse(text.as_bytes())).result.unwrap();
                prop_assert_eq!(read.nameservers, made.nameservers);
                let searches: Vec<&str> = made.searches.iter().map(|search| search.strip_suffix('.').unwrap_or(search)).collect();
                let kept: Vec<&str> = searches.into_iter().zip(&made.searches).filter(|(_, whole)| ***whole != *".").map(|(search, _)| search).collect();
                prop_assert_eq!(read.searches.iter().map(|search| &**search).collect::<Vec<_>>(), kept);
            }
            _ => prop_assert!(false),
        }
    }

    #[test]
    fn nothing_panics(pod in any_pod(), domain in ".{0,60}") {
        validate(&pod, "spec", ApiRules::V1_36);
        if let Ok(names) = hostname(&pod, &domain) {
            prop_assert!(names.hostname.len() <= 63);
            prop_assert!(names.kernel.as_ref().is_none_or(|kernel| kernel.len() <= 64));
            hosts_file(&pod, &names, b"");
        }
    }
}
