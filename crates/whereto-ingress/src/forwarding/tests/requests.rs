use http::Version;

use super::{edit, edit_from, fields, lines};
use crate::forwarding::{FieldNames, ForwardedField, ForwardingOptions, Pseudonym};

const H1: (Version, bool) = (Version::HTTP_11, false);
const H2: (Version, bool) = (Version::HTTP_2, true);
const H2_TO_H1: (Version, bool) = (Version::HTTP_2, false);
const H1_TO_H2: (Version, bool) = (Version::HTTP_11, true);
const H1_0: (Version, bool) = (Version::HTTP_10, false);

#[test]
fn what_endpoints_get() {
    for (source, (version, to_http2), received, expected) in [
        ("nothing but what is known", H1, &[][..], &[][..]),
        ("others stay", H1, &["accept: */*", "authorization: Bearer x"], &["accept: */*", "authorization: Bearer x"]),
        // Hop by hop.
        ("RFC 9110 §7.6.1: Connection", H1, &["connection: close"], &[]),
        ("RFC 9110 §7.6.1: what it lists", H1, &["connection: x-a, x-b", "x-a: 1", "x-b: 2", "x-c: 3"], &["x-c: 3"]),
        (
            "RFC 9110 §7.6.1: in any case, in several fields",
            H1,
            &["connection: X-A", "connection: , x-B", "x-a: 1", "x-b: 2"],
            &[],
        ),
        ("RFC 9110 §7.6.1: what is no name", H1, &["connection: x a, \u{e4}", "x-a: 1"], &["x-a: 1"]),
        (
            "RFC 9110 §7.6.1: Keep-Alive and Proxy-Connection unlisted",
            H1,
            &["keep-alive: timeout=5", "proxy-connection: keep-alive"],
            &[],
        ),
        (
            "what is set here cannot be listed away",
            H1,
            &["connection: host, x-forwarded-for, x-real-ip, x-forwarded-proto"],
            &[],
        ),
        ("RFC 9113 §8.2.2: a field that HTTP/2 must not have", H2, &["keep-alive: timeout=5"], &[]),
        (
            "RFC 7540 §3.2.1",
            H1,
            &["connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAMAAABk"],
            &[],
        ),
        ("RFC 9110 §11.7.2", H1, &["proxy-authorization: Basic eDp5"], &[]),
        ("CVE-2016-5385", H1, &["proxy: http://192.0.2.66"], &[]),
        // Framing.
        ("RFC 9112 §6.1: Transfer-Encoding is of the connection", H1, &["transfer-encoding: chunked"], &[]),
        ("RFC 9112 §6.3: and overrides Content-Length", H1, &["transfer-encoding: chunked", "content-length: 4"], &[]),
        ("RFC 9112 §6.2: Content-Length alone stays", H1, &["content-length: 4"], &["content-length: 4"]),
        // TE.
        (
            "RFC 9110 §10.1.4: trailers, with its connection option",
            H1,
            &["connection: te", "te: trailers, deflate;q=0.5"],
            &["connection: te", "te: trailers"],
        ),
        ("RFC 9110 §10.1.4: nothing else", H1, &["connection: te", "te: gzip"], &[]),
        ("RFC 9113 §8.2.2: trailers without Connection", H2, &["te: trailers"], &["te: trailers"]),
        ("RFC 9113 §8.2.2: from HTTP/2", H2_TO_H1, &["te: trailers"], &["connection: te", "te: trailers"]),
        ("RFC 9113 §8.2.2: to HTTP/2", H1_TO_H2, &["connection: te", "te: trailers"], &["te: trailers"]),
        // Upgrade.
        (
            "RFC 6455 §4.1",
            H1,
            &["connection: keep-alive, Upgrade", "upgrade: websocket"],
            &["connection: upgrade", "upgrade: websocket"],
        ),
        (
            "RFC 9110 §7.8: several",
            H1,
            &["connection: upgrade", "upgrade: IRC/6.9, h2c, RTA/x11"],
            &["connection: upgrade", "upgrade: IRC/6.9, RTA/x11"],
        ),
        ("RFC 9110 §7.8: not without the option", H1, &["upgrade: websocket"], &[]),
        ("RFC 9110 §7.8: not from HTTP/1.0", H1_0, &["connection: upgrade", "upgrade: websocket"], &[]),
        (
            "RFC 2817 §3: TLS is agreed on with the proxy",
            H1,
            &["connection: upgrade", "upgrade: TLS/1.0, HTTP/1.1"],
            &[],
        ),
        ("RFC 9113 §8.6: HTTP/2 has no Upgrade", H1_TO_H2, &["connection: upgrade", "upgrade: websocket"], &[]),
        (
            "RFC 9110 §7.8 with §10.1.4",
            H1,
            &["connection: upgrade, te", "upgrade: websocket", "te: trailers"],
            &["connection: upgrade, te", "te: trailers", "upgrade: websocket"],
        ),
        // Expect.
        ("RFC 9110 §10.1.1", H1, &["expect: 100-Continue", "content-length: 4"], &["content-length: 4"]),
        (
            "RFC 9110 §10.1.1: others are the endpoint's",
            H1,
            &["expect: 100-continue, more"],
            &["expect: 100-continue, more"],
        ),
        // Host and cookies.
        ("RFC 9110 §7.2", H1, &["host: Shop.Example"], &[]),
        ("RFC 9113 §8.2.3", H2_TO_H1, &["cookie: a=b", "cookie: c=d", "cookie: e=f"], &["cookie: a=b; c=d; e=f"]),
        ("RFC 6265 §5.4", H1, &["cookie: a=b; c=d"], &["cookie: a=b; c=d"]),
        // What only trusted proxies may say.
        ("X-Forwarded-For of a client", H1, &["x-forwarded-for: 10.0.0.1"], &[]),
        (
            "X-Forwarded-*, known or not",
            H1,
            &[
                "x-forwarded-proto: http",
                "x-forwarded-host: evil.example",
                "x-forwarded-port: 1",
                "x-forwarded-prefix: /a",
                "x-forwarded-client-cert: Hash=1",
            ],
            &[],
        ),
        ("RFC 7239 §8.1", H1, &["forwarded: for=10.0.0.1"], &[]),
        (
            "others' names for it",
            H1,
            &["x-real-ip: 10.0.0.1", "true-client-ip: 10.0.0.1", "x-original-url: /admin", "x-rewrite-url: /admin"],
            &[],
        ),
        ("RFC 3875 §4.1.18: aliases", H1, &["x_forwarded_for: 10.0.0.1", "x_a: 1", "x.b: 2"], &[]),
    ] {
        let mut headers = fields(received);
        edit(&ForwardingOptions::default(), &mut headers, version, to_http2);
        assert_eq!(lines(&headers), expected, "{source}: {received:?}");
    }
}

#[test]
fn options() {
    let plain = ForwardingOptions::default;
    let any = ForwardingOptions { field_names: FieldNames::Any, ..plain() };
    let written = ForwardingOptions { forwarded: ForwardedField::Write, ..plain() };
    let via = ForwardingOptions { via: Pseudonym::new("edge"), ..plain() };
    for (options, version, received, expected) in [
        (&any, Version::HTTP_11, &["x_a: 1", "x.b: 2"][..], &["x.b: 2", "x_a: 1"][..]),
        // Whatever the names: what endpoints could take for fields of this proxy's.
        (
            &any,
            Version::HTTP_11,
            &[
                "x_forwarded_for: 10.0.0.1",
                "x-forwarded.for: 10.0.0.1",
                "content_length: 1",
                "transfer_encoding: x",
                "ho_st: a",
            ],
            &["ho_st: a"],
        ),
        (
            &written,
            Version::HTTP_11,
            &["forwarded: for=10.0.0.1"],
            &["forwarded: for=192.0.2.7;proto=https;host=\"shop.example\""],
        ),
        (&via, Version::HTTP_11, &["via: 1.0 fred"], &["via: 1.0 fred", "via: 1.1 edge"]),
        (&via, Version::HTTP_2, &[], &["via: 2.0 edge"]),
        (&via, Version::HTTP_10, &[], &["via: 1.0 edge"]),
    ] {
        let mut headers = fields(received);
        edit(options, &mut headers, version, false);
        assert_eq!(lines(&headers), expected, "{received:?}");
    }
}

#[test]
fn the_host() {
    for (source, authority, expected) in [
        ("RFC 9110 §7.2: with its port", Some("Shop.example:8443"), ["shop.example:8443", "shop.example:8443", "8443"]),
        ("a port that need not be written", Some("shop.example:443"), ["shop.example:443", "shop.example:443", "443"]),
        ("RFC 3986 §3.2.2", Some("[2001:DB8::1]"), ["[2001:db8::1]", "[2001:db8::1]", "443"]),
        ("RFC 9112 §3.2: none", None, ["", "-", "443"]),
    ] {
        let mut headers = fields(&["host: whatever.example"]);
        edit_from(&ForwardingOptions::default(), &mut headers, "192.0.2.7", authority, Version::HTTP_11, false);
        let value = |name: &str| headers.get(name).map_or("-", |value| value.to_str().unwrap());
        assert_eq!(["host", "x-forwarded-host", "x-forwarded-port"].map(value), expected, "{source}");
    }
}
