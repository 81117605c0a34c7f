use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;

/// An authority as PEM, and an endpoint with a certificate of it for a name.
async fn endpoint_tls(name: &str, http2: bool) -> (String, SocketAddr) {
    let mut of_authority = CertificateParams::new(Vec::new()).unwrap();
    of_authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(of_authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    config.alpn_protocols = vec![if http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = endpoint(move |connection, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(connection.0).await else { return };
            if http2 {
                return http2::serve(stream).await;
            }
            let mut buffer = [0; 1024];
            while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{name}", name.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    (authority.pem(), address)
}

#[test]
fn endpoints_that_speak_tls() {
    on_worker(async {
        let (right, address) = endpoint_tls("web.shop.svc", false).await;
        let (_, elsewhere) = endpoint_tls("web.shop.svc", false).await;
        let (of_other, other_name) = endpoint_tls("web.other.svc", false).await;
        let authorities = |pem: &str| EndpointVerification::authorities(pem.as_bytes()).unwrap();
        for (what, verification, address, expected) in [
            ("anybody", EndpointVerification::None, address, true),
            ("the right authority", authorities(&right), address, true),
            ("another authority", authorities(&right), elsewhere, false),
            ("another name", authorities(&of_other), other_name, false),
        ] {
            let worker = Worker::new(UpstreamOptions { verification, ..UpstreamOptions::default() });
            let table = table(&[address], Some("https"));
            let expected = if expected { Ok("web.shop.svc".to_owned()) } else { Err(FailureKind::Tls) };
            for _ in 0..2 {
                let result = worker.get(&table).await.map(|(_, text)| text).map_err(|failure| failure.kind);
                assert_eq!(result, expected, "{what}");
            }
            assert_eq!(worker.number("connections_opened"), u64::from(expected.is_ok()), "{what}");
        }
    });
}

#[test]
fn http2_over_tls() {
    on_worker(async {
        let (_, address) = endpoint_tls("web.shop.svc", true).await;
        let worker = Worker::new(UpstreamOptions::default());
        let text = worker.get(&table(&[address], Some("grpcs"))).await.unwrap().1;
        assert_eq!(text, "https://shop.example/path?query false");
        // RFC 9113 §3.2: only what was agreed on.
        let (_, address) = endpoint_tls("web.shop.svc", false).await;
        assert_eq!(worker.get(&table(&[address], Some("grpcs"))).await.unwrap_err().kind, FailureKind::Tls);
    });
}

#[test]
fn clear_text_is_no_tls() {
    on_worker(async {
        let worker = Worker::new(UpstreamOptions::default());
        let address =
            endpoint(|mut connection, _| async move { connection.write("HTTP/1.1 400 Bad\r\n\r\n").await }).await;
        assert_eq!(worker.get(&table(&[address], Some("https"))).await.unwrap_err().kind, FailureKind::Tls);
    });
}

#[test]
fn authorities() {
    assert!(EndpointVerification::authorities(b"").is_err());
    assert!(EndpointVerification::authorities(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").is_err());
}
