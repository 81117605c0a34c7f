//! Which Ingresses count, and which rule of several: docs, "Ingress class"; validation.go; Gateway API for ties.

use ingress_routing::model::{Change, Kind};
use ingress_routing::{AccessAnnotations, Classes, Classless, ImplementationSpecific, Options, Router};

use crate::common::{ask, cluster};

const REFUSED: &str = "503 the Ingress limits access by an annotation that has no effect here";

fn diagnostics(options: Options, text: &str) -> Vec<String> {
    let mut router = cluster::router(options, "");
    router.apply_all(cluster::changes(text)).diagnostics.iter().map(ToString::to_string).collect()
}

/// Which of the Services of a default backend in each Ingress gets a request: the first of the oldest that is taken.
fn taken(options: Options, classes: &str, ingress: &str) -> bool {
    let table = cluster::router(options, &format!("{classes}\n{ingress}\nhost a.example\nPrefix / web:80")).publish();
    ask::ask(&table, "a.example/") == "n/web:80"
}

#[test]
fn classes() {
    let named = || Options::new().with_classes(Classes::Named("ours".into()));
    let controlled = || Options::new().with_classes(Classes::Controller("example.com/ours".into()));
    let known = "class ours example.com/ours\nclass theirs example.com/theirs";
    let default = "class ours example.com/ours default\nclass theirs example.com/theirs";
    for (options, classes, ingress, expected) in [
        (Options::new(), "", "ingress n/i class=theirs", true),
        (Options::new(), "", "ingress n/i", true),
        (named(), "", "ingress n/i class=ours", true),
        (named(), "", "ingress n/i legacy=ours", true),
        (named(), "", "ingress n/i class=theirs", false),
        (named(), "", "ingress n/i", false),
        (named(), default, "ingress n/i", true),
        (controlled(), known, "ingress n/i class=ours", true),
        (controlled(), known, "ingress n/i class=theirs", false),
        (controlled(), known, "ingress n/i class=nobodys", false),
        (controlled(), known, "ingress n/i legacy=ours", true),
        // docs, "Deprecated annotation": the field takes precedence.
        (controlled(), known, "ingress n/i class=theirs legacy=ours", false),
        (controlled(), known, "ingress n/i", false),
        (controlled(), default, "ingress n/i", true),
        (controlled().with_classless(Classless::None), default, "ingress n/i", false),
        (controlled().with_classless(Classless::Every), known, "ingress n/i", true),
    ] {
        assert_eq!(taken(options.clone(), classes, ingress), expected, "{options:?} {classes} {ingress}");
        // In the other order: first the Ingress, then the classes.
        let mut router = Router::new(options.clone());
        router.apply_all(cluster::changes(&format!("{ingress}\nhost a.example\nPrefix / web:80")));
        router.apply_all(cluster::changes(classes));
        router.apply_all(Kind::ALL.map(Change::Synced));
        assert_eq!(
            ask::ask(&router.publish(), "a.example/") == "n/web:80",
            expected,
            "{options:?} {classes} {ingress}"
        );
    }
}

#[test]
fn of_identical_rules_the_oldest_ingress_has_the_one_that_counts() {
    for (first, second, winner) in [
        ("n/a @10", "n/b @20", "one"),
        ("n/a @20", "n/b @10", "two"),
        // Gateway API, HTTPRouteRule.matches: on equal age by namespace and name.
        ("n/a @10", "n/b @10", "one"),
        ("n/b @10", "n/a @10", "two"),
        ("m/a @10", "n/a @10", "one"),
        // Who has no age comes last.
        ("n/a", "n/b @10", "two"),
        ("n/a", "n/b", "one"),
    ] {
        let rules = |service| format!("host a.example\nPrefix /x {service}:80\nSpecific /x {service}-late:80");
        let text = format!("ingress {first}\n{}\ningress {second}\n{}", rules("one"), rules("two"));
        let got = ask::ask(&cluster::table(&text), "a.example/x");
        assert!(got.ends_with(&format!("/{winner}:80")), "{first}, {second}: {got}");
    }
}

#[test]
fn until_every_kind_was_seen_nothing_is_forwarded() {
    let mut router = Router::new(Options::new());
    router.apply_all(cluster::changes("ingress n/i\ndefault web:80"));
    let asked = |router: &mut Router| ask::ask(&router.publish(), "a.example/");
    assert_eq!(asked(&mut router), "503 not read yet: Ingress, Service, EndpointSlice, Secret");
    router.apply_all([Kind::Ingress, Kind::EndpointSlice, Kind::Secret].map(Change::Synced));
    assert_eq!(asked(&mut router), "503 not read yet: Service");
    router.apply(Change::Synced(Kind::Service));
    assert_eq!(asked(&mut router), "n/web:80");
}

#[test]
fn access_annotations_close_their_ingress_alone() {
    let text = "
ingress n/guarded @1
annotation nginx.ingress.kubernetes.io/whitelist-source-range 10.0.0.0/8
default dflt:80
host a.example
  Prefix /guarded web:80
ingress n/open @2
annotation nginx.ingress.kubernetes.io/proxy-read-timeout 60
host a.example
  Prefix /open web:80
";
    let table = cluster::table(text);
    assert_eq!(ask::ask(&table, "a.example/guarded"), REFUSED);
    assert_eq!(ask::ask(&table, "a.example/elsewhere"), REFUSED, "its default backend");
    assert_eq!(ask::ask(&table, "a.example/open"), "n/web:80");
    assert_eq!(
        diagnostics(Options::new(), text),
        [
            "error: Ingress n/guarded: metadata.annotations[nginx.ingress.kubernetes.io/whitelist-source-range]: \
             limits access and has no effect here: requests for the Ingress get 503",
            "warning: Ingress n/open: metadata.annotations[nginx.ingress.kubernetes.io/proxy-read-timeout]: has no effect here",
        ]
    );
    let lifted = Options::new().with_access_annotations(AccessAnnotations::Ignore);
    let table = cluster::router(lifted, text).publish();
    assert_eq!(ask::ask(&table, "a.example/guarded"), "n/web:80");
}

#[test]
fn paths_that_the_api_server_refuses_have_no_rule() {
    // validation.go, validateIngressHTTPPath: rows of TestValidateIngress, and what it does not look at.
    for (path_type, path, refused) in [
        ("Exact", "/foo", false),
        ("Exact", "foo", true),
        ("Exact", "\"\"", true),
        ("Prefix", "\"\"", true),
        ("Prefix", "foo", true),
        ("Exact", "/foo//bar", true),
        ("Exact", "/foo/./bar", true),
        ("Exact", "/foo/../bar", true),
        ("Exact", "/foo%2fbar", true),
        ("Exact", "/foo%2Fbar", true),
        ("Exact", "/foo/..", true),
        ("Exact", "/foo/.", true),
        ("Prefix", "/foo//bar", true),
        ("Prefix", "/foo/./bar", true),
        ("Prefix", "/foo/../bar", true),
        ("Prefix", "/foo%2fbar", true),
        ("Prefix", "/foo%2Fbar", true),
        ("Prefix", "/foo/..", true),
        ("Prefix", "/foo/.", true),
        ("Specific", "\"\"", false),
        ("Specific", "foo", true),
        ("Specific", "/foo//bar", false),
        ("Specific", "/foo%2Fbar", false),
        // The API server takes these. No path in normal form has dot segments, a query or a fragment.
        ("Specific", "/foo/../bar", true),
        ("Exact", "/%2e%2e/x", true),
        ("Exact", "/foo?x=1", true),
        ("Exact", "/foo#x", true),
        ("Exact", "/100%", true),
        ("Exact", "/a%00", true),
        ("Exact", "/;x=1/.hidden/...", false),
    ] {
        let text = format!("ingress n/i\nhost a.example\nPrefix /ok web:80\n{path_type} {path} web:80");
        let told = diagnostics(Options::new(), &text);
        assert_eq!(told.len(), usize::from(refused), "{path_type} {path}: {told:?}");
        for told in told {
            assert!(told.starts_with("error: Ingress n/i: spec.rules[0].http.paths[1].path: "), "{told}");
        }
        assert_eq!(ask::ask(&cluster::table(&text), "a.example/ok"), "n/web:80", "the other rules stay");
    }
}

#[test]
fn implementation_specific_can_be_exact() {
    let options = Options::new().with_implementation_specific(ImplementationSpecific::Exact);
    let table = cluster::router(options, "ingress n/i\nhost a.example\nSpecific /foo web:80").publish();
    assert_eq!(ask::ask(&table, "a.example/foo"), "n/web:80");
    assert!(ask::ask(&table, "a.example/foo/x").starts_with("404"));
}
