//! Redirects to https, and certificates as changes come and go.

use ingress_routing::model::{Change, TlsSecret};
use ingress_routing::{
    CertificateChoice, CertificateFacts, Fingerprint, Host, HostBuffer, HttpsRedirect, KeyKind, Options, Router,
    RoutingTable,
};
use object_change::Delta;

use crate::common::{ask, cluster};

const CLUSTER: &str = "
ingress n/i @10
tls web-tls a.example
host a.example
  Prefix / web:80
host b.example
  Prefix / web:80
";

fn secret(name: &str, hosts: &[&str]) -> Change {
    let facts = CertificateFacts::new(hosts.iter().copied(), 0, 1_000, KeyKind::Ed25519, Fingerprint([7; 32]));
    Change::Secret(Delta::Upsert(cluster::key(name), TlsSecret::Usable(facts)))
}

fn certificate(table: &RoutingTable, host: &str) -> Option<String> {
    let mut buffer = HostBuffer::new();
    let host = Host::parse(host, &mut buffer).unwrap();
    match table.certificate(Some(&host), 500) {
        CertificateChoice::Offered { offer, .. } => Some(offer.secret.to_string()),
        CertificateChoice::Default(_) => None,
        _ => unreachable!(),
    }
}

#[test]
fn clear_text_is_sent_to_https_where_a_certificate_names_the_host() {
    let mut router = cluster::router(Options::new(), CLUSTER);
    assert_eq!(ask::ask(&router.publish(), "http://a.example/x"), "n/web:80", "the Secret is not there yet");
    assert!(router.apply(secret("n/web-tls", &["a.example"])).changed);
    let table = router.publish();
    for (request, expected) in [
        ("http://a.example/x?y=%7E&z", "308 https://a.example/x?y=%7E&z"),
        ("http://A.example.:8080/./x", "308 https://a.example/x"),
        ("https://a.example/x", "n/web:80"),
        ("http://b.example/x", "n/web:80"),
        // RFC 8555 §8.3.
        ("http://a.example/.well-known/acme-challenge/token", "n/web:80"),
        ("http://a.example/.well-known/x/../acme-challenge/token", "n/web:80"),
        ("http://a.example/.well-known/acme-challenge", "308 https://a.example/.well-known/acme-challenge"),
    ] {
        assert_eq!(ask::ask(&table, request), expected, "{request}");
    }
    assert!(!router.apply(secret("n/web-tls", &["a.example"])).changed);
    assert!(router.apply(Change::Secret(Delta::Delete(cluster::key("n/web-tls")))).changed);
    assert_eq!(ask::ask(&router.publish(), "http://a.example/x"), "n/web:80");
    assert_eq!(ask::ask(&table, "http://a.example/x"), "308 https://a.example/x", "a table does not change");
}

#[test]
fn the_redirect_can_be_off_or_to_another_port() {
    for (redirect, expected) in
        [(HttpsRedirect::Off, "n/web:80"), (HttpsRedirect::To { port: 8443 }, "308 https://a.example:8443/x")]
    {
        let mut router = cluster::router(Options::new().with_https_redirect(redirect), CLUSTER);
        router.apply(secret("n/web-tls", &["a.example"]));
        assert_eq!(ask::ask(&router.publish(), "http://a.example/x"), expected);
    }
}

#[test]
fn a_request_that_goes_nowhere_is_not_redirected() {
    let text = "
ingress n/i @10
annotation nginx.ingress.kubernetes.io/auth-url http://x
tls web-tls
host a.example
  Prefix /x web:80
";
    let mut router = cluster::router(Options::new(), text);
    router.apply(secret("n/web-tls", &["a.example"]));
    let table = router.publish();
    assert!(ask::ask(&table, "http://a.example/other").starts_with("404"));
    // Access control comes before the redirect.
    assert!(ask::ask(&table, "http://a.example/x").starts_with("503"));
}

#[test]
fn certificates_follow_ingresses_and_secrets() {
    let mut router = Router::new(Options::new());
    router.apply(secret("n/web-tls", &["*.example"]));
    assert_eq!(certificate(&router.publish(), "a.example"), None, "no Ingress names it");
    router.apply_all(cluster::changes(CLUSTER));
    assert_eq!(certificate(&router.publish(), "a.example").as_deref(), Some("n/web-tls"));
    assert_eq!(certificate(&router.publish(), "b.example"), None, "not among the hosts");
    // Another namespace's Secret of that name is another.
    router.apply_all(cluster::changes("ingress m/i @1\ntls web-tls a.example\nhost a.example"));
    assert_eq!(certificate(&router.publish(), "a.example").as_deref(), Some("n/web-tls"));
    router.apply(secret("m/web-tls", &["a.example"]));
    assert_eq!(certificate(&router.publish(), "a.example").as_deref(), Some("m/web-tls"), "of the older Ingress");
    router.apply(Change::Ingress(Delta::Delete(cluster::key("m/i"))));
    assert_eq!(certificate(&router.publish(), "a.example").as_deref(), Some("n/web-tls"));
    // Without hosts a certificate is for all its names.
    router.apply_all(cluster::changes(&CLUSTER.replace("web-tls a.example", "web-tls")));
    assert_eq!(certificate(&router.publish(), "b.example").as_deref(), Some("n/web-tls"));
    let broken = TlsSecret::Broken("no PEM".into());
    router.apply(Change::Secret(Delta::Upsert(cluster::key("n/web-tls"), broken)));
    assert_eq!(certificate(&router.publish(), "b.example"), None);
    assert_eq!(router.publish().offers().count(), 1);
    router.apply(Change::Ingress(Delta::ReplaceAll(Vec::new())));
    assert_eq!(router.publish().offers().count(), 0);
}
