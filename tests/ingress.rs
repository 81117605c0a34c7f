//! `whereto ingress`: what the command adds to the server.

mod common;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::thread;

use common::serving::{Serving, exchange, get, until};
use common::{Folder, stderr, whereto};

/// A running `whereto ingress` on free ports.
struct Proxy {
    process: Serving,
    http: SocketAddr,
    https: SocketAddr,
    admin: SocketAddr,
}

impl Proxy {
    fn start(args: &[&str]) -> Self {
        let process = Serving::start(&[&["ingress", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"], args].concat());
        let [http, https, admin] = process.ready(["http", "https", "admin"]);
        Self { process, http, https, admin }
    }

    /// Status line, fields and content of the response to a request for a host.
    fn ask(&self, host: &str, target: &str, fields: &str) -> String {
        exchange(self.http, &format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{fields}\r\n"))
    }
}

#[test]
fn the_demo_cluster_answers_what_it_was_asked() {
    let proxy = Proxy::start(&[]);
    let checkout = proxy.ask("plain.localhost", "/checkout?x=1", "");
    assert!(checkout.starts_with("HTTP/1.1 200 "), "{checkout}");
    assert!(checkout.contains("\r\n\r\nshop/checkout at 10.244.1.30:8080\nGET /checkout?x=1 HTTP/1.1\n"), "{checkout}");
    assert!(checkout.contains("\nx-forwarded-for: 127.0.0.1\n"), "{checkout}");
    // Two Pods are ready, one is not.
    let pods: std::collections::BTreeSet<String> = (0..16)
        .filter_map(|_| {
            proxy.ask("plain.localhost", "/", "").split("\r\n\r\n").nth(1)?.lines().next().map(str::to_owned)
        })
        .collect();
    assert_eq!(pods.into_iter().collect::<Vec<_>>(), ["shop/web at 10.244.1.10:8080", "shop/web at 10.244.2.10:8080"]);
    // https is served where it is, with a certificate for the host.
    let redirected = proxy.ask("shop.localhost", "/cart", "");
    assert!(
        redirected.contains(&format!("location: https://shop.localhost:{}/cart\r\n", proxy.https.port())),
        "{redirected}"
    );
    for (host, target, status) in [
        ("nope.localhost", "/", 404),
        ("search.localhost", "/", 503),
        ("admin.localhost", "/", 503),
        ("plain.localhost", "/%zz", 400),
    ] {
        let response = proxy.ask(host, target, "");
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{host}{target}: {response}");
    }
    assert!(get(proxy.admin, "/ready").starts_with("HTTP/1.1 200 "));
    assert!(get(proxy.admin, "/metrics").contains("whereto_ingress_requests_total"));
}

#[test]
fn manifests_are_followed() {
    let folder = Folder::new("ingress-reload");
    let backend = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = backend.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in backend.incoming().map_while(Result::ok) {
            let mut octets = [0; 4096];
            let _ = stream.read(&mut octets);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
        }
    });
    let objects = |host: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, namespace: shop}}\nspec:\n  rules:\n  - host: {host}\n    \
             http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {{ports: [{{port: 80}}]}}\n---\n\
             apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-a, namespace: shop, labels: {{kubernetes.io/service-name: web}}}}\n\
             addressType: IPv4\nports: [{{port: {port}}}]\nendpoints: [{{addresses: [127.0.0.1]}}]\n"
        )
    };
    folder.write("web.yaml", &objects("a.example"));
    let proxy = Proxy::start(&["--manifests", folder.path(), "--reload-interval", "0.05", "--max-body-size", "1K"]);
    assert!(proxy.ask("a.example", "/", "").ends_with("\r\n\r\nhello"));
    assert!(proxy.ask("b.example", "/", "").starts_with("HTTP/1.1 404 "));
    assert!(proxy.ask("a.example", "/", "content-length: 1025\r\n").starts_with("HTTP/1.1 413 "));
    folder.write("web.yaml", &objects("b.example"));
    until("the changed host", || proxy.ask("b.example", "/", "").contains("hello"));
    assert!(proxy.ask("a.example", "/", "").starts_with("HTTP/1.1 404 "));
}

#[test]
fn the_first_signal_ends_in_good_order_and_the_second_at_once() {
    let proxy = Proxy::start(&["--lame-duck", "30"]);
    proxy.process.signal("TERM");
    until("not ready", || get(proxy.admin, "/ready").starts_with("HTTP/1.1 503 "));
    assert!(proxy.ask("plain.localhost", "/", "").starts_with("HTTP/1.1 200 "), "lame ducks serve on");
    proxy.process.signal("INT");
    assert_eq!(proxy.process.wait().code(), Some(130));

    let proxy = Proxy::start(&["--lame-duck", "0", "--grace", "1"]);
    proxy.process.signal("TERM");
    assert_eq!(proxy.process.wait().code(), Some(0));
}

#[test]
fn bad_input_and_taken_ports_have_their_exit_codes() {
    let folder = Folder::new("ingress-bad");
    let file = folder
        .write("bad.yaml", "kind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: {name: a}\nspec: {rules: 7}\n");
    let ports = ["ingress", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--no-admin"];
    let output = whereto(&[&ports[..], &["--manifests", &file]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    for wrong in [
        &["--default-backend", "web"][..],
        &["--trusted-proxy", "10.0.0.0/33"],
        &["--max-body-size", "many"],
        &["--default-certificate", "web"],
        &["--via", "a b"],
        &["--hsts-preload"],
        &["--workers", "0"],
        &["--endpoint-ca", "no/such/file"],
        &["--affinity", "cookie", "--affinity-cookie", "a b"],
    ] {
        assert_eq!(whereto(&[&ports[..], wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = whereto(&["ingress", "--http", &address, "--https", "127.0.0.1:0", "--no-admin"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}
