//! Default backends: docs, "DefaultBackend" and types.go, `IngressSpec.defaultBackend`, `IngressRuleValue`.

use ingress_routing::Options;

use crate::common::{ask, cluster};

const NO_RULE: &str = "404 no rule matches and there is no default backend";

#[test]
fn a_host_has_the_default_backend_of_its_oldest_ingress_with_one() {
    let text = "
ingress n/young @30
default young:80
host a.example
  Prefix /young r:80
ingress n/old @20
default old:80
host a.example
  Prefix /old r:80
ingress n/oldest-without @10
host a.example
  Prefix /oldest r:80
ingress n/elsewhere @1
default elsewhere:80
host b.example
  Prefix /x r:80
";
    let table = cluster::table(text);
    for (request, expected) in [
        ("a.example/young", "n/r:80"),
        ("a.example/other", "n/old:80"),
        ("b.example/other", "n/elsewhere:80"),
        // No rule is for these: the oldest default backend of all.
        ("c.example/", "n/elsewhere:80"),
        ("192.0.2.1/", "n/elsewhere:80"),
    ] {
        assert_eq!(ask::ask(&table, request), expected, "{request}");
    }
    let own = Options::new().with_default_backend("sys", cluster::service_ref("fallback:http"));
    let text = format!("{text}\nservice sys/fallback http=80\nslice sys/fallback http=8080 10.0.0.9");
    let table = cluster::router(own, &text).publish();
    assert_eq!(ask::ask(&table, "a.example/other"), "n/old:80");
    assert_eq!(ask::ask(&table, "c.example/"), "sys/fallback:http");
}

#[test]
fn without_any_there_is_404() {
    let table = cluster::table("ingress n/i\nhost a.example\nPrefix /a r:80");
    assert_eq!(ask::ask(&table, "a.example/"), NO_RULE);
    assert_eq!(ask::ask(&table, "b.example/a"), NO_RULE);
    assert_eq!(ask::ask(&cluster::table(""), "b.example/a"), NO_RULE);
}

#[test]
fn a_rule_without_http_sends_its_host_to_the_default_backend() {
    // types.go, IngressRule: "If the host is unspecified, the Ingress routes all traffic based on the specified IngressRuleValue"; a
    // rule without a value is "sent to the default backend".
    let table = cluster::table(
        "
ingress n/i
default dflt:80
host a.example
ingress n/wild
host *.example
  Prefix / wild:80
",
    );
    assert_eq!(ask::ask(&table, "a.example/x"), "n/dflt:80");
    assert_eq!(ask::ask(&table, "b.example/x"), "n/wild:80");
}

#[test]
fn an_ingress_of_a_default_backend_alone_is_for_all_requests() {
    // docs, "DefaultBackend": "An Ingress with no rules sends all traffic to a single default backend".
    let table = cluster::table("ingress n/i\ndefault dflt:80");
    assert_eq!(ask::ask(&table, "a.example/x"), "n/dflt:80");
}

#[test]
fn an_ingress_of_nothing_is_told() {
    // validation.go, ValidateIngressSpec.
    let mut router = cluster::router(Options::new(), "");
    let effect = router.apply_all(cluster::changes("ingress n/i"));
    let told: Vec<String> = effect.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["warning: Ingress n/i: spec: must specify at least one of rules and defaultBackend"]);
}
