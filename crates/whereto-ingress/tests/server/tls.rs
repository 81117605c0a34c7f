//! TLS: certificates by server name, tickets, exchange while running.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use ingress_routing::{HttpsRedirect, Options, RequestOptions, ServerNamePolicy};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, RootCertStore, StreamOwned};
use whereto_ingress::{Hsts, IngressServer};

use super::common::{Client, Cluster, Endpoint, Expect, Issued, Message};

struct Setup {
    cluster: Cluster,
    server: IngressServer,
    shop: Issued,
    blog: Issued,
    _endpoint: Endpoint,
}

fn setup(options: Options) -> Setup {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::new(options);
    cluster.service("web", None, &[endpoint.address]);
    let (shop, blog) = (Issued::for_host("shop.example"), Issued::for_host("blog.example"));
    for (name, host, issued) in [("shop", "shop.example", &shop), ("blog", "blog.example", &blog)] {
        cluster.tls_ingress(name, host, "web");
        cluster.secret(name, host, issued);
    }
    cluster.publish();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = cluster.serve(|config| {
        config
            .with_https(any)
            .with_hsts(Hsts::new(Duration::from_secs(60)))
            .with_workers(2)
            .with_shutdown(Duration::ZERO, Duration::from_secs(3600))
    });
    Setup { cluster, server, shop, blog, _endpoint: endpoint }
}

/// Trusts these certificates and no other.
fn trusting(issued: &[&Issued], versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for issued in issued {
        roots.add(issued.der.clone().into()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn connect(address: SocketAddr, config: &Arc<ClientConfig>, name: &str) -> Result<Stream, std::io::Error> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut session = ClientConnection::new(Arc::clone(config), name).unwrap();
    session.complete_io(&mut socket)?;
    Ok(StreamOwned::new(session, socket))
}

fn get(stream: &mut BufReader<Stream>, host: &str) -> Message {
    stream.get_mut().write_all(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    Message::read(stream, Expect::Response).unwrap().unwrap()
}

#[test]
fn each_host_has_its_certificate() {
    let setup = setup(Options::new());
    let address = setup.server.addresses().https[0];
    let trusting = trusting(&[&setup.shop, &setup.blog], &[&TLS13, &TLS12]);
    for (host, issued) in [("shop.example", &setup.shop), ("blog.example", &setup.blog)] {
        let stream = connect(address, &trusting, host).unwrap();
        assert_eq!(stream.conn.peer_certificates().unwrap()[0].as_ref(), issued.der);
        assert_eq!(stream.conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
        let response = get(&mut BufReader::new(stream), host);
        assert_eq!(response.status(), 200);
        assert_eq!(response.field("strict-transport-security"), Some("max-age=60"));
        assert!(response.text().contains("x-forwarded-proto: https"), "{}", response.text());
    }
    // Neither a Secret nor a default one.
    let error = connect(address, &trusting, "other.example").unwrap_err();
    assert!(error.to_string().contains("fatal alert"), "{error}");
    let default = Issued::for_host("other.example");
    setup.cluster.certificates.set_default(default.certificate.as_bytes(), default.key.as_bytes()).unwrap();
    let stream = connect(address, &self::trusting(&[&default], &[&TLS13]), "other.example").unwrap();
    assert_eq!(get(&mut BufReader::new(stream), "other.example").status(), 404);
}

#[test]
fn both_versions_are_resumed_by_tickets_on_any_worker() {
    let setup = setup(Options::new());
    let address = setup.server.addresses().https[0];
    for version in [&TLS13, &TLS12] {
        let trusting = trusting(&[&setup.shop], &[version]);
        let mut first = BufReader::new(connect(address, &trusting, "shop.example").unwrap());
        assert_eq!(get(&mut first, "shop.example").status(), 200);
        assert_eq!(first.get_ref().conn.handshake_kind(), Some(HandshakeKind::Full));
        // Enough that both workers get some; each gives new tickets.
        for _ in 0..8 {
            let mut next = BufReader::new(connect(address, &trusting, "shop.example").unwrap());
            assert_eq!(get(&mut next, "shop.example").status(), 200);
            assert_eq!(next.get_ref().conn.handshake_kind(), Some(HandshakeKind::Resumed), "{version:?}");
        }
    }
}

#[test]
fn a_new_certificate_counts_at_once_and_cuts_nothing() {
    let mut setup = setup(Options::new());
    let address = setup.server.addresses().https[0];
    let trusting_old = trusting(&[&setup.shop], &[&TLS13]);
    let mut open = BufReader::new(connect(address, &trusting_old, "shop.example").unwrap());
    let renewed = Issued::for_host("shop.example");
    setup.cluster.secret("shop", "shop.example", &renewed);
    setup.cluster.publish();
    let stream = connect(address, &trusting(&[&renewed], &[&TLS13]), "shop.example").unwrap();
    assert_eq!(stream.conn.peer_certificates().unwrap()[0].as_ref(), renewed.der);
    assert_eq!(get(&mut open, "shop.example").status(), 200);
}

#[test]
fn clear_text_is_sent_to_https() {
    let setup = setup(Options::new().with_https_redirect(HttpsRedirect::To { port: 8443 }));
    let address = setup.server.addresses().http[0];
    let response = Client::get(address, "shop.example", "/a/./b?c=d");
    assert_eq!((response.status(), response.field("location")), (308, Some("https://shop.example:8443/a/b?c=d")));
    assert_eq!(response.field("strict-transport-security"), None);
    assert_eq!(Client::get(address, "shop.example", "/.well-known/acme-challenge/x").status(), 200);
}

#[test]
fn another_host_than_the_server_name_is_routed_or_misdirected() {
    for (policy, status) in [(ServerNamePolicy::RouteByHost, 200), (ServerNamePolicy::Misdirect, 421)] {
        let mut request = RequestOptions::default();
        request.server_name = policy;
        let setup = setup(Options::new().with_request(request));
        let trusting = trusting(&[&setup.shop], &[&TLS13]);
        let stream = connect(setup.server.addresses().https[0], &trusting, "shop.example").unwrap();
        let mut stream = BufReader::new(stream);
        assert_eq!(get(&mut stream, "blog.example").status(), status, "{policy:?}");
        assert_eq!(get(&mut stream, "shop.example").status(), 200);
    }
}

#[test]
fn what_is_no_tls_is_cut() {
    let setup = setup(Options::new());
    let mut client = Client::connect(setup.server.addresses().https[0]);
    let _ = client.try_send(b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    let answer = client.try_receive();
    assert!(!matches!(&answer, Ok(Some(message)) if message.status() > 0), "{answer:?}");
}

#[test]
fn a_connection_without_a_request_ends_with_the_server() {
    let setup = setup(Options::new());
    let trust = trusting(&[&setup.shop], &[&TLS13]);
    let mut stream = connect(setup.server.addresses().https[0], &trust, "shop.example").unwrap();
    setup.server.handle().begin_shutdown();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    setup.server.wait();
}
