use http::{StatusCode, Version};

use super::{edit, fields, lines};
use crate::forwarding::response::UnaskedUpgrade;
use crate::forwarding::{ForwardingOptions, Pseudonym, ServerField, clean_trailers};

const H1: Version = Version::HTTP_11;
const H2: Version = Version::HTTP_2;

#[test]
fn what_clients_get() {
    for (source, to, status, received, expected) in [
        (
            "others stay",
            H1,
            200,
            &["etag: \"a\"", "x_a: 1", "date: Sat, 21 Nov 2026 00:00:00 GMT", "server: x/1"][..],
            &["date: Sat, 21 Nov 2026 00:00:00 GMT", "etag: \"a\"", "server: x/1", "x_a: 1"][..],
        ),
        ("RFC 9110 §7.6.1", H1, 200, &["connection: close, x-a", "x-a: 1", "keep-alive: timeout=5"], &[]),
        ("RFC 9110 §11.7.1", H1, 407, &["proxy-authenticate: Basic"], &[]),
        ("RFC 9112 §6.3", H1, 200, &["transfer-encoding: chunked", "content-length: 4"], &[]),
        ("RFC 9110 §8.6: of a HEAD request too", H1, 200, &["content-length: 4"], &["content-length: 4"]),
        ("RFC 9110 §6.6.2", H2, 200, &["trailer: grpc-status"], &["trailer: grpc-status"]),
        (
            "RFC 9110 §7.8: what servers offer is of their connection",
            H1,
            200,
            &["connection: upgrade", "upgrade: h2,h2c"],
            &[],
        ),
        (
            "RFC 9110 §15.5.22",
            H1,
            426,
            &["connection: upgrade", "upgrade: websocket"],
            &["connection: upgrade", "upgrade: websocket"],
        ),
        ("RFC 9113 §8.2.2", H2, 426, &["connection: upgrade", "upgrade: websocket"], &[]),
        (
            "several cookies stay apart (RFC 6265 §3)",
            H1,
            200,
            &["set-cookie: a=1", "set-cookie: b=2"],
            &["set-cookie: a=1", "set-cookie: b=2"],
        ),
    ] {
        let mut headers = fields(received);
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(ForwardingOptions::default().edit_response(&mut headers, status, to, None), Ok(()), "{source}");
        assert_eq!(lines(&headers), expected, "{source}: {received:?}");
    }
}

/// RFC 9110 §7.8, §15.2.2.
#[test]
fn upgrades() {
    let options = ForwardingOptions::default();
    for (asked, answered, to, expected) in [
        ("websocket", "upgrade: websocket", H1, true),
        ("websocket", "upgrade: WebSocket", H1, true),
        ("IRC/6.9, RTA/x11", "upgrade: RTA/x11", H1, true),
        ("websocket", "upgrade: RTA/x11", H1, false),
        ("websocket, h2c", "upgrade: h2c", H1, false),
        ("websocket", "x-a: 1", H1, false),
        ("websocket", "upgrade: websocket", H2, false),
        ("", "upgrade: websocket", H1, false),
    ] {
        let mut request = fields(&["connection: upgrade", &format!("upgrade: {asked}")]);
        let upgrade = edit(&options, &mut request, H1, false);
        let mut headers = fields(&["connection: x-b, upgrade", answered, "sec-websocket-accept: x", "x-b: 1"]);
        let edited = options.edit_response(&mut headers, StatusCode::SWITCHING_PROTOCOLS, to, upgrade.as_ref());
        assert_eq!(edited, if expected { Ok(()) } else { Err(UnaskedUpgrade) }, "{asked} {answered}");
        if expected {
            assert_eq!(lines(&headers), ["connection: upgrade", "sec-websocket-accept: x", answered], "{asked}");
        }
    }
}

#[test]
fn options() {
    let options = ForwardingOptions { server: ServerField::Remove, via: Pseudonym::new("edge"), ..Default::default() };
    let mut headers = fields(&["server: x/1", "via: 1.1 inner"]);
    assert_eq!(options.edit_response(&mut headers, StatusCode::OK, H2, None), Ok(()));
    assert_eq!(lines(&headers), ["via: 1.1 edge", "via: 1.1 inner"]);
}

/// RFC 9110 §6.5.1.
#[test]
fn trailers() {
    let mut trailers = fields(&[
        "grpc-status: 0",
        "grpc-message: fine",
        "x_checksum: 1",
        "content-length: 4",
        "transfer-encoding: chunked",
        "host: evil.example",
        "authorization: Bearer x",
        "x-forwarded-for: 10.0.0.1",
        "x_forwarded_for: 10.0.0.1",
        "connection: x",
        "content_length: 4",
    ]);
    clean_trailers(&mut trailers);
    assert_eq!(lines(&trailers), ["grpc-message: fine", "grpc-status: 0", "x_checksum: 1"]);
}
