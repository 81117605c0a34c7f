//! The names that a Pod has for itself.

use k8s_resolv_conf::pod::{HostnameError, PodDns, hostname};

/// TestGeneratePodHostNameAndDomain (kubelet_pods_test.go), with the feature HostnameOverride on.
#[test]
fn hostname_and_domain() {
    let pod = || PodDns::new("default", "test-pod");
    let long = "a".repeat(65);
    for (pod, name, domain) in [
        (pod(), "test-pod", ""),
        (pod().with_hostname("custom-hostname"), "custom-hostname", ""),
        (pod().with_subdomain("my-subdomain"), "test-pod", "my-subdomain.default.svc.cluster.local"),
        (
            pod().with_hostname("custom-hostname").with_subdomain("my-subdomain"),
            "custom-hostname",
            "my-subdomain.default.svc.cluster.local",
        ),
        (
            pod()
                .with_hostname("custom-hostname")
                .with_subdomain("my-subdomain")
                .with_hostname_override("override-hostname"),
            "override-hostname",
            "",
        ),
        (pod().with_hostname_override("valid.hostname"), "valid.hostname", ""),
        (PodDns::new("default", long.clone()), &long[..63], ""),
    ] {
        let names = hostname(&pod, "cluster.local").unwrap();
        assert_eq!((&*names.hostname, &*names.domain), (name, domain));
        assert_eq!(names.kernel.as_deref(), Some(name));
    }
    for (pod, message) in [
        (
            pod().with_hostname_override("Invalid-Hostname-!"),
            "pod HostnameOverride \"Invalid-Hostname-!\" is not a valid DNS subdomain: a lowercase RFC 1123 subdomain must",
        ),
        (
            pod().with_hostname("Invalid-Hostname-!"),
            "pod Hostname \"Invalid-Hostname-!\" is not a valid DNS label: a lowercase RFC 1123 label must",
        ),
        (
            pod().with_subdomain("invalid_subdomain"),
            "pod Subdomain \"invalid_subdomain\" is not a valid DNS label: a lowercase RFC 1123 label must",
        ),
        (
            pod().with_hostname("a".repeat(64)),
            &format!(
                "pod Hostname \"{}\" is not a valid DNS label: must be no more than 63 characters",
                "a".repeat(64)
            ),
        ),
    ] {
        let error = hostname(&pod, "cluster.local").unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

/// TestTruncatePodHostname (kubelet_pods_test.go), with Pod names.
#[test]
fn a_long_name_is_cut() {
    let seven = "1234567.1234567.1234567.1234567.1234567.1234567.1234567.";
    for (name, cut) in [
        ("test.pod.hostname".to_owned(), "test.pod.hostname".to_owned()),
        (format!("{seven}1234567.1234567."), format!("{seven}1234567")),
        (format!("{seven}123456.1234567."), format!("{seven}123456")),
        (format!("{seven}123456-1234567."), format!("{seven}123456")),
    ] {
        let names = hostname(&PodDns::new("default", name.clone()), "cluster.local").unwrap();
        assert_eq!(*names.hostname, *cut, "{name}");
    }
    let dashes = PodDns::new("default", "-".repeat(70));
    assert!(matches!(hostname(&dashes, "cluster.local"), Err(HostnameError::Cut { .. })));
}

/// TestGetNodenameForKernel (pkg/kubelet/util/util_test.go).
#[test]
fn the_kernels_name() {
    let pod = |name: &str| PodDns::new("ns", name);
    let kernel = |pod: &PodDns| hostname(pod, "cluster.local").map(|names| names.kernel.map(String::from));
    assert_eq!(kernel(&pod("web")), Ok(Some("web".to_owned())));
    assert_eq!(kernel(&pod("web").with_hostname_as_fqdn()), Ok(Some("web".to_owned())));
    let sub = pod("web").with_subdomain("sub");
    assert_eq!(kernel(&sub), Ok(Some("web".to_owned())));
    assert_eq!(kernel(&sub.with_hostname_as_fqdn()), Ok(Some("web.sub.ns.svc.cluster.local".to_owned())));
    // ".sub.ns.svc.cluster.local" is 25 octets.
    let fits = pod(&"a".repeat(39)).with_subdomain("sub").with_hostname_as_fqdn();
    assert_eq!(kernel(&fits).unwrap().map(|name| name.len()), Some(64));
    let long = pod(&"a".repeat(40)).with_subdomain("sub");
    assert_eq!(kernel(&long), Ok(Some("a".repeat(40))));
    assert_eq!(
        kernel(&long.with_hostname_as_fqdn()).unwrap_err().to_string(),
        format!(
            "failed to construct FQDN from pod hostname and cluster domain, FQDN {}.sub.ns.svc.cluster.local is too long (64 characters is \
             the max, 65 characters requested)",
            "a".repeat(40)
        )
    );
    // generatePodSandboxConfig (kuberuntime_sandbox.go): in the node's network it is the node's.
    assert_eq!(kernel(&pod("web").in_host_network()), Ok(None));
}
