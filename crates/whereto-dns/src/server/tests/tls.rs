use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{LONG, config, framed, loopback, read_framed, start, until};
use crate::config::TlsConfig;
use crate::error::ServerError;
use crate::query_log::{QueryLogConfig, QueryLogFormat};
use crate::server::DnsServer;
use crate::testing::{Sink, query, read, snapshot};

/// Writes a new certificate and key for `dns.test`, and returns the certificate.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["dns.test".into()]).unwrap();
    std::fs::write(folder.join("tls.crt"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn connect(
    address: std::net::SocketAddr,
    trusted: &CertificateDer<'static>,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"dot".to_vec()];
    let name = ServerName::try_from("dns.test").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("whereto-dns-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn tls_is_served_and_certificates_are_exchanged() {
    let folder = folder("exchange");
    let first = write_certificate(&folder);
    let tls = TlsConfig::new(folder.join("tls.crt"), folder.join("tls.key")).with_listen(loopback());
    let running = start(config().with_tls(tls));
    let address = running.server.addresses().tls[0];
    let ask = |certificate: &CertificateDer<'static>| {
        let mut stream = connect(address, certificate);
        stream.write_all(&framed(&query("web.shop.svc.cluster.local.", "A"))).map(|()| {
            assert_eq!(stream.conn.alpn_protocol(), Some(&b"dot"[..]));
            assert_eq!(read(&read_framed(&mut stream)).answers.len(), 1);
        })
    };
    ask(&first).unwrap();
    let second = write_certificate(&folder);
    running.server.tls().unwrap().reload_certificate().unwrap();
    ask(&second).unwrap();
    assert!(ask(&first).is_err(), "the first is not used any more");
    // What can't be used is refused, and the one in use stays.
    std::fs::write(folder.join("tls.key"), "no key").unwrap();
    assert!(running.server.tls().unwrap().reload_certificate().is_err());
    ask(&second).unwrap();
    let counted = running.metric(&format!("coredns_dns_requests_total{{server=\"tls://{address}\""));
    assert_eq!(counted, 3.0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_query_log_tells_transports_apart() {
    let folder = folder("log");
    let certificate = write_certificate(&folder);
    let tls = TlsConfig::new(folder.join("tls.crt"), folder.join("tls.key")).with_listen(loopback());
    let log = Sink::default();
    let lines = QueryLogConfig::to_writer(QueryLogFormat::Json, log.clone());
    let running = start(config().with_tls(tls).with_query_log(lines));
    let asked = query("web.shop.svc.cluster.local.", "A");
    running.ask(&asked);
    let mut stream = running.connect();
    stream.write_all(&framed(&asked)).unwrap();
    read_framed(&mut stream);
    let mut encrypted = connect(running.server.addresses().tls[0], &certificate);
    encrypted.write_all(&framed(&asked)).unwrap();
    read_framed(&mut encrypted);
    until(|| log.text().lines().count() == 3);
    let text = log.text();
    let mut transports: Vec<_> = text.lines().map(|line| line.split("\"proto\":\"").nth(1).unwrap()).collect();
    transports.sort_unstable();
    for (line, name) in transports.into_iter().zip(["tcp", "tls", "udp"]) {
        assert_eq!(line.split('"').next(), Some(name));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn unusable_certificates_are_named() {
    let folder = folder("unusable");
    let start = |certificate: &str, key: &str| {
        let tls = TlsConfig::new(folder.join(certificate), folder.join(key)).with_listen(loopback());
        DnsServer::start(config().with_tls(tls), Arc::new(ArcSwap::new(snapshot()))).unwrap_err()
    };
    let missing = start("none.crt", "none.key");
    assert!(matches!(&missing, ServerError::Certificate { path, .. } if path.ends_with("none.crt")), "{missing}");
    write_certificate(&folder);
    std::fs::rename(folder.join("tls.key"), folder.join("old.key")).unwrap();
    write_certificate(&folder);
    let other = start("tls.crt", "old.key");
    assert!(matches!(&other, ServerError::Certificate { path, .. } if path.ends_with("old.key")), "{other}");
    std::fs::remove_dir_all(folder).unwrap();
}
