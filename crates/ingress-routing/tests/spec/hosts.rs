//! Hosts: docs, "Hostname wildcards" and "Name based virtual hosting"; what the docs leave open is as controllers agree.

use ingress_routing::{HostFallback, Options, RequestBuffer, RequestHead, Scheme, Version};

use crate::common::{ask, cluster};

const CLUSTER: &str = "
ingress n/i
host *.foo.com
  Prefix / wild:80
host bar.foo.com
  Prefix /bar exact:80
host *
  Prefix /any any:80
";

const NO_RULE: &str = "404 no rule matches and there is no default backend";

#[test]
fn every_row() {
    let rows = [
        ("docs, Hostname wildcards, row 1", "x.foo.com/", "n/wild:80"),
        ("docs, Hostname wildcards, row 2", "baz.bar.foo.com/", NO_RULE),
        ("docs, Hostname wildcards, row 3", "foo.com/", NO_RULE),
        ("types.go, IngressRule.host: exact before wildcard", "bar.foo.com/bar", "n/exact:80"),
        // nginx, HAProxy and Envoy: the host decides, so neither the wildcard's nor the host-less rule is used.
        ("docs say nothing", "bar.foo.com/other", NO_RULE),
        ("docs say nothing", "bar.foo.com/any", NO_RULE),
        ("docs say nothing", "x.foo.com/any", "n/wild:80"),
        ("docs, Name based virtual hosting: no host", "other.example/any", "n/any:80"),
        ("docs, Name based virtual hosting: no host", "baz.bar.foo.com/any", "n/any:80"),
        ("types.go, IngressRule.host: no IPs in rules", "192.0.2.1/any", "n/any:80"),
        ("types.go, IngressRule.host: no IPs in rules", "[2001:db8::1]:8080/any", "n/any:80"),
        ("types.go, IngressRule.host: the port is not respected", "bar.foo.com:8443/bar", "n/exact:80"),
        ("RFC 9110 §4.2.3", "BAR.foo.com/bar", "n/exact:80"),
        ("RFC 1034 §3.1", "bar.foo.com./bar", "n/exact:80"),
    ];
    let table = cluster::table(CLUSTER);
    for (cites, request, expected) in rows {
        assert_eq!(ask::ask(&table, request), expected, "{cites}: {request}");
    }
}

#[test]
fn a_request_of_http_1_0_needs_no_host() {
    let table = cluster::table(CLUSTER);
    let head = RequestHead::new("GET", "/any").with_version(Version::Http10).with_scheme(Scheme::Https);
    assert_eq!(ask::outcome(table.route(&head, &mut RequestBuffer::new())), "n/any:80");
}

#[test]
fn with_fallback_less_specific_hosts_are_tried() {
    let options = Options::new().with_host_fallback(HostFallback::OnPathMiss);
    let table = cluster::router(options, CLUSTER).publish();
    for (request, expected) in [
        ("bar.foo.com/bar", "n/exact:80"),
        ("bar.foo.com/other", "n/wild:80"),
        ("bar.foo.com/any", "n/wild:80"),
        ("other.example/any", "n/any:80"),
        ("other.example/bar", NO_RULE),
    ] {
        assert_eq!(ask::ask(&table, request), expected, "{request}");
    }
}

#[test]
fn hosts_that_the_api_server_refuses_have_no_rule() {
    // validation.go, ValidateIngressSpec and validateIngressRules.
    for host in ["192.0.2.1", "Foo.com", "foo.com.", "foo.com:80", "*", "*foo.com", "foo.*.com", "a_b.com", "::1"] {
        let mut router = cluster::router(Options::new(), "");
        let text = format!("ingress n/i\nhost {host}x\nhost ok.example\nPrefix / web:80");
        let mut changes = cluster::changes(&text.replace("x\nhost ok", "\nhost ok"));
        // In the little language `*` is for no host.
        if host == "*" {
            changes = cluster::changes(&text.replace("*x", "*."));
        }
        let effect = router.apply_all(changes);
        let diagnostics: Vec<String> = effect.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(diagnostics.len(), 1, "{host}: {diagnostics:?}");
        assert!(diagnostics[0].starts_with("error: Ingress n/i: spec.rules[0].host: "), "{diagnostics:?}");
        assert_eq!(ask::ask(&router.publish(), "ok.example/"), "n/web:80", "the other rules stay");
    }
}
