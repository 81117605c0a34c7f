//! The variables that name Services.

use k8s_resolv_conf::pod::{LinkedPort, LinkedService, PodDns, ServiceEnvironment, service_environment};

fn service(namespace: &str, name: &str, ip: &str, ports: &[(&str, u16, &str)]) -> LinkedService {
    let service = LinkedService::new(namespace, name, ip);
    ports
        .iter()
        .fold(service, |service, (name, port, protocol)| service.with_port(LinkedPort::new(*name, *port, *protocol)))
}

fn lines(environment: &ServiceEnvironment) -> Vec<String> {
    environment.variables.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect()
}

/// TestFromServices (envvars_test.go), sorted.
#[test]
fn variables_of_services() {
    let services = [
        service("ns", "foo-bar", "1.2.3.4", &[("", 8080, "TCP")]),
        service("ns", "abc-123", "5.6.7.8", &[("u-d-p", 8081, "UDP"), ("t-c-p", 8081, "TCP")]),
        service("ns", "q-u-u-x", "9.8.7.6", &[("", 8082, "TCP"), ("8083", 8083, "TCP")]),
        service("ns", "svrc-clusterip-none", "None", &[("", 8082, "TCP")]),
        service("ns", "svrc-clusterip-empty", "", &[("", 8082, "TCP")]),
        service("ns", "super-ipv6", "2001:DB8::", &[("u-d-p", 8084, "UDP"), ("t-c-p", 8084, "TCP")]),
        service("ns", "sctp-1", "1.2.3.4", &[("", 777, "SCTP")]),
    ];
    let mut expected: Vec<&str> = "
        FOO_BAR_SERVICE_HOST=1.2.3.4
        FOO_BAR_SERVICE_PORT=8080
        FOO_BAR_PORT=tcp://1.2.3.4:8080
        FOO_BAR_PORT_8080_TCP=tcp://1.2.3.4:8080
        FOO_BAR_PORT_8080_TCP_PROTO=tcp
        FOO_BAR_PORT_8080_TCP_PORT=8080
        FOO_BAR_PORT_8080_TCP_ADDR=1.2.3.4
        ABC_123_SERVICE_HOST=5.6.7.8
        ABC_123_SERVICE_PORT=8081
        ABC_123_SERVICE_PORT_U_D_P=8081
        ABC_123_SERVICE_PORT_T_C_P=8081
        ABC_123_PORT=udp://5.6.7.8:8081
        ABC_123_PORT_8081_UDP=udp://5.6.7.8:8081
        ABC_123_PORT_8081_UDP_PROTO=udp
        ABC_123_PORT_8081_UDP_PORT=8081
        ABC_123_PORT_8081_UDP_ADDR=5.6.7.8
        ABC_123_PORT_8081_TCP=tcp://5.6.7.8:8081
        ABC_123_PORT_8081_TCP_PROTO=tcp
        ABC_123_PORT_8081_TCP_PORT=8081
        ABC_123_PORT_8081_TCP_ADDR=5.6.7.8
        Q_U_U_X_SERVICE_HOST=9.8.7.6
        Q_U_U_X_SERVICE_PORT=8082
        Q_U_U_X_SERVICE_PORT_8083=8083
        Q_U_U_X_PORT=tcp://9.8.7.6:8082
        Q_U_U_X_PORT_8082_TCP=tcp://9.8.7.6:8082
        Q_U_U_X_PORT_8082_TCP_PROTO=tcp
        Q_U_U_X_PORT_8082_TCP_PORT=8082
        Q_U_U_X_PORT_8082_TCP_ADDR=9.8.7.6
        Q_U_U_X_PORT_8083_TCP=tcp://9.8.7.6:8083
        Q_U_U_X_PORT_8083_TCP_PROTO=tcp
        Q_U_U_X_PORT_8083_TCP_PORT=8083
        Q_U_U_X_PORT_8083_TCP_ADDR=9.8.7.6
        SUPER_IPV6_SERVICE_HOST=2001:DB8::
        SUPER_IPV6_SERVICE_PORT=8084
        SUPER_IPV6_SERVICE_PORT_U_D_P=8084
        SUPER_IPV6_SERVICE_PORT_T_C_P=8084
        SUPER_IPV6_PORT=udp://[2001:DB8::]:8084
        SUPER_IPV6_PORT_8084_UDP=udp://[2001:DB8::]:8084
        SUPER_IPV6_PORT_8084_UDP_PROTO=udp
        SUPER_IPV6_PORT_8084_UDP_PORT=8084
        SUPER_IPV6_PORT_8084_UDP_ADDR=2001:DB8::
        SUPER_IPV6_PORT_8084_TCP=tcp://[2001:DB8::]:8084
        SUPER_IPV6_PORT_8084_TCP_PROTO=tcp
        SUPER_IPV6_PORT_8084_TCP_PORT=8084
        SUPER_IPV6_PORT_8084_TCP_ADDR=2001:DB8::
        SCTP_1_SERVICE_HOST=1.2.3.4
        SCTP_1_SERVICE_PORT=777
        SCTP_1_PORT=sctp://1.2.3.4:777
        SCTP_1_PORT_777_SCTP=sctp://1.2.3.4:777
        SCTP_1_PORT_777_SCTP_PROTO=sctp
        SCTP_1_PORT_777_SCTP_PORT=777
        SCTP_1_PORT_777_SCTP_ADDR=1.2.3.4"
        .split_whitespace()
        .collect();
    expected.sort_unstable_by_key(|line| line.split('=').next());
    let environment = service_environment(&PodDns::new("ns", "pod"), &services);
    assert_eq!(lines(&environment), expected);
    assert_eq!(environment.collisions, []);
}

/// TestMakeEnvironmentVariables (kubelet_pods_test.go): which Services a namespace sees.
#[test]
fn services_that_a_pod_sees() {
    let tcp = |port| [("", port, "TCP")];
    let services = [
        service("default", "kubernetes", "1.2.3.1", &tcp(8081)),
        service("test1", "test", "1.2.3.3", &tcp(8083)),
        service("test2", "kubernetes", "1.2.3.4", &tcp(8084)),
        service("test2", "test", "1.2.3.5", &tcp(8085)),
        service("test2", "test-none", "None", &tcp(8085)),
        service("test2", "test-empty", "", &tcp(8085)),
        service("default", "not-special", "1.2.3.8", &tcp(8088)),
    ];
    let hosts = |namespace: &str, links: bool, services: &[LinkedService]| {
        let pod = PodDns::new(namespace, "pod");
        let pod = if links { pod } else { pod.without_service_links() };
        let variables = lines(&service_environment(&pod, services));
        variables.into_iter().filter(|line| line.contains("_SERVICE_HOST=")).collect::<Vec<_>>()
    };
    let kubernetes = "KUBERNETES_SERVICE_HOST=1.2.3.1";
    for (namespace, links, expected) in [
        ("test1", false, &[kubernetes][..]),
        ("test1", true, &[kubernetes, "TEST_SERVICE_HOST=1.2.3.3"]),
        ("test2", false, &[kubernetes]),
        // The namespace's own `kubernetes` comes before the master's.
        ("test2", true, &["KUBERNETES_SERVICE_HOST=1.2.3.4", "TEST_SERVICE_HOST=1.2.3.5"]),
        ("default", false, &[kubernetes]),
        ("default", true, &[kubernetes, "NOT_SPECIAL_SERVICE_HOST=1.2.3.8"]),
        ("empty", true, &[kubernetes]),
    ] {
        assert_eq!(hosts(namespace, links, &services), expected, "{namespace}, {links}");
        let backwards: Vec<_> = services.iter().rev().cloned().collect();
        assert_eq!(hosts(namespace, links, &backwards), expected, "{namespace}, {links}, other order");
    }
}

/// FromServices (envvars.go): names of several Services meet, and the last one written holds.
#[test]
fn names_that_several_services_want() {
    let services = [
        service("ns", "foo-service", "10.0.0.2", &[("", 90, "UDP")]),
        service("ns", "foo", "10.0.0.1", &[("", 80, "TCP")]),
    ];
    let environment = service_environment(&PodDns::new("ns", "pod"), &services);
    let collisions: Vec<_> = environment
        .collisions
        .iter()
        .map(|collision| {
            let candidates = collision.candidates.iter().map(|variable| (&*variable.service, &*variable.value));
            (&*collision.name, candidates.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(collisions, [("FOO_SERVICE_PORT", vec![("foo", "80"), ("foo-service", "udp://10.0.0.2:90")])]);
    assert!(lines(&environment).contains(&"FOO_SERVICE_PORT=udp://10.0.0.2:90".to_owned()));
    // Within one Service the order is certain: FOO_PORT_80_TCP_PORT is written once, whatever its ports are called.
    let one = [service("ns", "foo", "10.0.0.1", &[("a", 80, "TCP"), ("a", 81, "TCP")])];
    let environment = service_environment(&PodDns::new("ns", "pod"), &one);
    assert_eq!(environment.collisions, []);
    assert!(lines(&environment).contains(&"FOO_SERVICE_PORT_A=81".to_owned()));
}

#[test]
fn a_service_without_ports_has_a_host_alone() {
    let environment = service_environment(&PodDns::new("ns", "pod"), &[service("ns", "foo", "10.0.0.1", &[])]);
    assert_eq!(lines(&environment), ["FOO_SERVICE_HOST=10.0.0.1"]);
}
