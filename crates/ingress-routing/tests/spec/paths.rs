//! Paths: docs, "Path types", "Examples" and "Multiple matches".

use crate::common::{ask, cluster};

/// A row of the docs' table: rules by path type, a request's path, and the rule that takes it; 404 for none.
struct Row {
    cites: &'static str,
    rules: &'static [&'static str],
    request: &'static str,
    takes: &'static str,
}

const fn row(cites: &'static str, rules: &'static [&'static str], request: &'static str, takes: &'static str) -> Row {
    Row { cites, rules, request, takes }
}

const ROWS: &[Row] = &[
    row("docs, Examples, row 1", &["Prefix /"], "/", "Prefix /"),
    row("docs, Examples, row 1", &["Prefix /"], "/any/path", "Prefix /"),
    row("docs, Examples, row 2", &["Exact /foo"], "/foo", "Exact /foo"),
    row("docs, Examples, row 3", &["Exact /foo"], "/bar", "404"),
    row("docs, Examples, row 4", &["Exact /foo"], "/foo/", "404"),
    row("docs, Examples, row 5", &["Exact /foo/"], "/foo", "404"),
    row("docs, Examples, row 6", &["Prefix /foo"], "/foo", "Prefix /foo"),
    row("docs, Examples, row 6", &["Prefix /foo"], "/foo/", "Prefix /foo"),
    row("docs, Examples, row 7", &["Prefix /foo/"], "/foo", "Prefix /foo/"),
    row("docs, Examples, row 7", &["Prefix /foo/"], "/foo/", "Prefix /foo/"),
    row("docs, Examples, row 8", &["Prefix /aaa/bb"], "/aaa/bbb", "404"),
    row("docs, Examples, row 9", &["Prefix /aaa/bbb"], "/aaa/bbb", "Prefix /aaa/bbb"),
    row("docs, Examples, row 10", &["Prefix /aaa/bbb/"], "/aaa/bbb", "Prefix /aaa/bbb/"),
    row("docs, Examples, row 11", &["Prefix /aaa/bbb"], "/aaa/bbb/", "Prefix /aaa/bbb"),
    row("docs, Examples, row 12", &["Prefix /aaa/bbb"], "/aaa/bbb/ccc", "Prefix /aaa/bbb"),
    row("docs, Examples, row 13", &["Prefix /aaa/bbb"], "/aaa/bbbxyz", "404"),
    row("docs, Examples, row 14", &["Prefix /", "Prefix /aaa"], "/aaa/ccc", "Prefix /aaa"),
    row("docs, Examples, row 15", &["Prefix /", "Prefix /aaa", "Prefix /aaa/bbb"], "/aaa/bbb", "Prefix /aaa/bbb"),
    row("docs, Examples, row 16", &["Prefix /", "Prefix /aaa", "Prefix /aaa/bbb"], "/ccc", "Prefix /"),
    row("docs, Examples, row 17", &["Prefix /aaa"], "/ccc", "404"),
    row("docs, Examples, row 18", &["Prefix /foo", "Exact /foo"], "/foo", "Exact /foo"),
    // Comparison "is case sensitive".
    row("docs, Path types, Exact", &["Exact /foo"], "/FOO", "404"),
    row("docs, Path types, Prefix", &["Prefix /foo"], "/FOO", "404"),
    row("docs, Path types, Prefix", &["Prefix /foo"], "/foo/BAR", "Prefix /foo"),
    // The query is no part of the path.
    row("types.go, HTTPIngressPath.path", &["Exact /foo"], "/foo?", "Exact /foo"),
    row("types.go, HTTPIngressPath.path", &["Exact /foo", "Prefix /x"], "/foo?a=/x", "Exact /foo"),
    row("types.go, HTTPIngressPath.pathType", &["Prefix /foo/bar"], "/foo/barbaz", "404"),
    row("types.go, HTTPIngressPath.pathType", &["Prefix /foo/bar"], "/foo/bar/baz", "Prefix /foo/bar"),
    // "the longest matching path (/foo/) is given priority".
    row("types.go, HTTPIngressPath.pathType", &["Prefix /foo", "Prefix /foo/"], "/foo", "Prefix /foo/"),
    row("types.go, HTTPIngressPath.pathType", &["Prefix /foo", "Prefix /foo/"], "/foo/", "Prefix /foo/"),
    row("types.go, HTTPIngressPath.pathType", &["Prefix /foo/", "Prefix /foo"], "/foo/x", "Prefix /foo/"),
    // Exact is for one path, so of two it is the more specific one; the literal "longest first" would take the prefix.
    row("docs, Multiple matches; Gateway API", &["Prefix /foo/", "Exact /foo"], "/foo", "Exact /foo"),
    row("docs, Multiple matches", &["Prefix /foo/", "Exact /foo"], "/foo/", "Prefix /foo/"),
    row("docs, Multiple matches", &["Prefix /foo", "Exact /foo/"], "/foo/", "Exact /foo/"),
    row("docs, Multiple matches", &["Prefix /foo", "Exact /foo/"], "/foo", "Prefix /foo"),
    row("docs, Multiple matches", &["Exact /", "Prefix /"], "/", "Exact /"),
    row("docs, Multiple matches", &["Exact /", "Prefix /"], "/x", "Prefix /"),
    row("docs, Multiple matches", &["Exact /a/b", "Prefix /a"], "/a/b/c", "Prefix /a"),
    // An element may be empty: the API server refuses such rules of the first two types only.
    row("docs, Path types, ImplementationSpecific", &["Specific /foo//bar"], "/foo//bar/x", "Specific /foo//bar"),
    row("docs, Path types, ImplementationSpecific", &["Specific /foo//bar"], "/foo/bar", "404"),
    row("docs, Path types, Prefix", &["Prefix /foo"], "/foo//bar", "Prefix /foo"),
    row("docs, Path types, Prefix", &["Prefix /foo"], "//foo", "404"),
    row("docs, Path types, ImplementationSpecific", &["Specific /foo"], "/foo/x", "Specific /foo"),
    row("validation.go, ImplementationSpecific may be empty", &["Specific \"\""], "/x", "Specific \"\""),
    row("docs, Path types, ImplementationSpecific", &["Exact /foo", "Specific /foo"], "/foo", "Exact /foo"),
    // Rules and requests are compared in one normal form (RFC 3986 §6.2.2).
    row("RFC 3986 §6.2.2.2", &["Exact /%66oo"], "/foo", "Exact /%66oo"),
    row("RFC 3986 §6.2.2.2", &["Exact /foo"], "/%66o%6F", "Exact /foo"),
    row("RFC 3986 §6.2.2.3", &["Exact /foo", "Prefix /"], "/x/../foo", "Exact /foo"),
    row("RFC 3987 §3.1", &["Exact /ü"], "/%C3%BC", "Exact /ü"),
    row("RFC 3986 §2.2", &["Prefix /a"], "/a%2Fb", "404"),
];

#[test]
fn every_row() {
    let mut wrong = String::new();
    for Row { cites, rules, request, takes } in ROWS {
        // Which rule takes a request is told by the rule's Service.
        let rules: Vec<String> = rules.iter().enumerate().map(|(index, rule)| format!("{rule} s{index}:80")).collect();
        let table = cluster::table(&format!("ingress n/i\nhost a.example\n{}", rules.join("\n")));
        let got = ask::ask(&table, &format!("a.example{request}"));
        let expected = rules.iter().position(|rule| rule.rsplit_once(' ').unwrap().0 == *takes);
        let expected = match expected {
            Some(index) => format!("n/s{index}:80"),
            None => "404 no rule matches and there is no default backend".to_owned(),
        };
        if got != expected {
            wrong += &format!("{cites}: {rules:?} {request}: expected {expected}, got {got}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Nothing limits how many paths a host has, how long they are and how many elements they have: docs, "Path types", know no other rule.
#[test]
fn many_long_and_deep_paths() {
    let deep = "/d".repeat(100);
    let long = format!("/{}", "l".repeat(40_000));
    let many: String = (0..40).map(|index| format!("Prefix /m{index} m{index}:80\n")).collect();
    let own = format!(
        "Prefix / root:80\nPrefix {deep} deep:80\nExact {deep}/e exact:80\nPrefix {long} long:80\nPrefix {long}/x x:80\n"
    );
    for rules in [own.clone(), own + &many] {
        let table = cluster::table(&format!("ingress n/i\nhost a\n{rules}"));
        let rows = [
            ("/", "root"),
            (&deep[2..], "root"),
            (&deep, "deep"),
            (&format!("{deep}/d/d/d"), "deep"),
            (&format!("{deep}/e"), "exact"),
            (&format!("{deep}/e/"), "deep"),
            (&format!("{deep}/e/f"), "deep"),
            (&long, "long"),
            (&long[..20_000], "root"),
            (&format!("{long}l"), "root"),
            (&format!("{long}/y/z"), "long"),
            (&format!("{long}/x/z"), "x"),
        ];
        for (path, service) in rows {
            assert_eq!(ask::ask(&table, &format!("a{path}")), format!("n/{service}:80"), "{path:.20}");
        }
        if rules.contains("m39") {
            assert_eq!(ask::ask(&table, "a/m39/x"), "n/m39:80");
            assert_eq!(ask::ask(&table, "a/m40"), "n/root:80");
        }
    }
}
