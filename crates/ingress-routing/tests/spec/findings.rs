//! `explain` and `conflicts`, word by word.

use ingress_routing::model::{Change, TlsSecret};
use ingress_routing::{CertificateFacts, Fingerprint, KeyKind, Options, RequestHead, Scheme};
use object_change::Delta;

use crate::common::cluster;

const CLUSTER: &str = "
ingress n/new @20
host a.example
  Prefix /foo late:80
  Exact /foo/ slash:80
  Prefix /Bar/x upper:80
ingress n/old @10
host a.example
  Prefix /foo web:80
  Prefix /foo/ shadow:80
  Exact /foo exact:80
host *
  Prefix / any:80
";

fn explain(text: &str, url_host: &str, path: &str) -> Vec<String> {
    let table = cluster::table(text);
    let why = table.explain(&RequestHead::new("GET", path).with_host(url_host).with_scheme(Scheme::Https));
    why.candidates.iter().map(|candidate| format!("{}: {}", candidate.route.field(), candidate.verdict)).collect()
}

#[test]
fn candidates_come_by_rank_with_what_decided() {
    assert_eq!(
        explain(CLUSTER, "a.example", "/foo"),
        [
            "spec.rules[0].http.paths[2]: chosen",
            "spec.rules[0].http.paths[1]: not chosen: of the other, Exact comes before Prefix",
            "spec.rules[0].http.paths[0]: not chosen: of the other, Exact comes before Prefix",
            "spec.rules[0].http.paths[0]: not chosen: of the other, Exact comes before Prefix",
            "spec.rules[1].http.paths[0]: not chosen: of the other, its host is more specific",
            "spec.rules[0].http.paths[1]: does not match: an Exact path has to have the same final slash",
        ]
    );
    assert_eq!(
        explain(CLUSTER, "a.example", "/foo/x"),
        [
            "spec.rules[0].http.paths[1]: chosen",
            "spec.rules[0].http.paths[0]: not chosen: of the other, of two equal prefixes the one with a final slash comes first",
            "spec.rules[0].http.paths[0]: not chosen: of the other, of two equal prefixes the one with a final slash comes first",
            "spec.rules[1].http.paths[0]: not chosen: of the other, its host is more specific",
            "spec.rules[0].http.paths[2]: does not match: an Exact path is not for what lies below it",
            "spec.rules[0].http.paths[1]: does not match: an Exact path is not for what lies below it",
        ]
    );
    assert_eq!(
        explain(CLUSTER, "a.example", "/bar/X"),
        [
            "spec.rules[1].http.paths[0]: not chosen: a more specific host has rules, none of them for the path",
            "spec.rules[0].http.paths[2]: does not match: letters differ in case",
        ]
    );
    assert_eq!(
        explain(CLUSTER, "a.example", "/foobar")[1..],
        [
            "spec.rules[0].http.paths[1]: does not match: a Prefix has to have whole elements in common",
            "spec.rules[0].http.paths[0]: does not match: a Prefix has to have whole elements in common",
            "spec.rules[0].http.paths[0]: does not match: a Prefix has to have whole elements in common",
        ]
    );
}

#[test]
fn an_explanation_names_every_choice() {
    let table = cluster::table(CLUSTER);
    let head = RequestHead::new("GET", "/./foo?x").with_host("A.example:8443").with_scheme(Scheme::Https);
    let text = table.explain(&head.with_server_name("b.example")).to_string();
    assert_eq!(
        text,
        "\
https://a.example/foo?x: n/exact:80
  by        a.example Exact /foo -> exact:80 (n/old spec.rules[0].http.paths[2])
  endpoint  10.0.0.1:8080
  rule      a.example Exact /foo -> exact:80 (n/old spec.rules[0].http.paths[2]): chosen
  rule      a.example Prefix /foo/ -> shadow:80 (n/old spec.rules[0].http.paths[1]): not chosen: of the other, Exact comes before Prefix
  rule      a.example Prefix /foo -> web:80 (n/old spec.rules[0].http.paths[0]): not chosen: of the other, Exact comes before Prefix
  rule      a.example Prefix /foo -> late:80 (n/new spec.rules[0].http.paths[0]): not chosen: of the other, Exact comes before Prefix
  rule      * Prefix / -> any:80 (n/old spec.rules[1].http.paths[0]): not chosen: of the other, its host is more specific
  rule      a.example Exact /foo/ -> slash:80 (n/new spec.rules[0].http.paths[1]): does not match: an Exact path has to have the same final slash
  profile: the Ingress API's own text
  class: all Ingresses
  precedence: Exact before Prefix, more elements before fewer, a Prefix with a final slash before one without
  final slash: ignored in a Prefix and in requests for it, part of an Exact path; no redirect adds it
  ImplementationSpecific: as Prefix
  wildcard: stands for one label, in rules and in certificates
  ties: the older Ingress, then the first by namespace and name, then the first in the Ingress; the others are conflicts
  conflicts: cost the rule that lost, nothing else
  statuses: 400 malformed, 404 no rule, 421 misdirected, 501 no Service, 503 not now
  regular expressions: none
  rewriting: none: the path that was matched is forwarded, with the query as it came
  order: access control before redirect to https before backend
  certificate: for the server name: a valid one, the more specific host, the older Ingress; else the default certificate
  time, chance: none: endpoint and certificate are chosen from a seed and a time that are brought in
  authority: absolute form before :authority before Host; one only; the port and a final dot do not count; from the Host field
  server name: for the certificate; the host for the route; b.example
  path: unreserved escapes decoded, dot segments removed, slashes kept, %2F kept, %5C kept, \\ kept, %3B kept, parameters of dot segments kept, letter case of escapes kept, others than ASCII encoded; changed to /foo
  host: the most specific one that has rules decides, without fall-back; a.example
  default backend: of the oldest Ingress with a rule for the host and one; the controller's; of the oldest Ingress with one; 404
  access control: other controllers' close the Ingress that has them: 503
  redirect to https: 308 to port 443 where a certificate names the host, but for /.well-known/acme-challenge/; the request came by https
  endpoints: the ready ones; if there are none, those that serve while they terminate; n/exact:80 has 1
  affinity: of the Service, before the proxy's own balance; n/exact:80 has none
"
    );
    let malformed = table.explain(&RequestHead::new("GET", "/%zz").with_host("a.example"));
    assert!(malformed.to_string().starts_with("400 "), "{malformed}");
}

#[test]
fn conflicts_name_loser_and_winner() {
    let text = format!(
        "{CLUSTER}
ingress n/tls @5
tls one t.example
tls two t.example
host t.example
  Prefix /x a/b
  Prefix x web:80
  Prefix /y web:81
  Prefix /z gone:80
host *.b.example
  Prefix /deep web:80
host x.b.example
  Prefix /own web:80
service n/gone absent
service n/web http=80
slice n/web http=80 10.0.0.1
"
    );
    let mut router = cluster::router(Options::new(), &text);
    for (name, hosts) in [("n/one", "t.example"), ("n/two", "t.example")] {
        let facts = CertificateFacts::new([hosts], 0, 1_000, KeyKind::Ed25519, Fingerprint([7; 32]));
        router.apply(Change::Secret(Delta::Upsert(cluster::key(name), TlsSecret::Usable(facts))));
    }
    let table = router.publish();
    let told: Vec<String> = table.conflicts().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "info: Ingress n/old: spec.rules[1].http.paths[0]: not used for https://w0.b.example/: *.b.example has rules of its own",
            "info: Ingress n/tls: spec.rules[1].http.paths[0]: not used for https://x.b.example/deep: x.b.example has rules of its own",
            "warning: Ingress n/old: spec.rules[0].http.paths[0]: never used: spec.rules[0].http.paths[1] of Ingress n/old is, for https://a.example/foo too",
            "warning: Ingress n/new: spec.rules[0].http.paths[0]: never used: spec.rules[0].http.paths[1] of Ingress n/old is, for https://a.example/foo too",
            "error: Ingress n/tls: spec.rules[0].http.paths[0].backend.resource: only Services are supported: requests get 501",
            "error: Ingress n/tls: spec.rules[0].http.paths[1].path: \"x\": must be an absolute path",
            "warning: Ingress n/tls: spec.tls[1]: several Secrets for t.example: n/one, n/two",
            "error: Ingress n/tls: spec.rules[0].http.paths[2].backend: web:81: the Service has no such TCP port: requests get 503",
            "error: Ingress n/tls: spec.rules[0].http.paths[3].backend: gone:80: the Service does not exist: requests get 503",
        ]
    );
}
