use http::Version;
use ingress_routing::Scheme;

use super::{edit_from, fields};
use crate::forwarding::{ForwardedField, ForwardingOptions, Hop};

fn trusting(ranges: &[&str]) -> ForwardingOptions {
    let trusted_proxies = ranges.iter().map(|range| range.parse().unwrap()).collect();
    ForwardingOptions { trusted_proxies, ..ForwardingOptions::default() }
}

#[test]
fn who_asks() {
    let options = trusting(&["10.0.0.0/8", "2001:db8:1::/48"]);
    for (what, peer, received, client, scheme, passed_on) in [
        ("nobody says anything", "10.0.0.1", &[][..], "10.0.0.1", "http", "10.0.0.1"),
        (
            "a stranger's word",
            "192.0.2.1",
            &["x-forwarded-for: 192.0.2.9", "x-forwarded-proto: https"],
            "192.0.2.1",
            "http",
            "192.0.2.1",
        ),
        ("one trusted proxy", "10.0.0.1", &["x-forwarded-for: 192.0.2.9"], "192.0.2.9", "http", "192.0.2.9, 10.0.0.1"),
        (
            "two",
            "10.0.0.1",
            &["x-forwarded-for: 192.0.2.9, 10.0.0.2"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.2, 10.0.0.1",
        ),
        (
            "in two fields",
            "10.0.0.1",
            &["x-forwarded-for: 192.0.2.9", "x-forwarded-for: 10.0.0.2"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.2, 10.0.0.1",
        ),
        (
            "what the client made up is cut off",
            "10.0.0.1",
            &["x-forwarded-for: 10.9.9.9, 192.0.2.9, 10.0.0.2"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.2, 10.0.0.1",
        ),
        (
            "all are trusted: the first",
            "10.0.0.1",
            &["x-forwarded-for: 10.0.0.3, 10.0.0.2"],
            "10.0.0.3",
            "http",
            "10.0.0.3, 10.0.0.2, 10.0.0.1",
        ),
        (
            "what is no address ends it",
            "10.0.0.1",
            &["x-forwarded-for: 192.0.2.9, unknown, 10.0.0.2"],
            "10.0.0.2",
            "http",
            "10.0.0.2, 10.0.0.1",
        ),
        (
            "ports are not passed on",
            "10.0.0.1",
            &["x-forwarded-for: 192.0.2.9:4711"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.1",
        ),
        (
            "IPv6",
            "2001:db8:1::1",
            &["x-forwarded-for: 2001:db8:2::9"],
            "2001:db8:2::9",
            "http",
            "2001:db8:2::9, 2001:db8:1::1",
        ),
        (
            "IPv4 on a socket of IPv6",
            "::ffff:10.0.0.1",
            &["x-forwarded-for: 192.0.2.9"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.1",
        ),
        ("the scheme", "10.0.0.1", &["x-forwarded-proto: HTTPS"], "10.0.0.1", "https", "10.0.0.1"),
        ("no scheme of HTTP", "10.0.0.1", &["x-forwarded-proto: gopher"], "10.0.0.1", "http", "10.0.0.1"),
        ("which of them?", "10.0.0.1", &["x-forwarded-proto: https, http"], "10.0.0.1", "http", "10.0.0.1"),
        (
            "which of them?",
            "10.0.0.1",
            &["x-forwarded-proto: https", "x-forwarded-proto: https"],
            "10.0.0.1",
            "http",
            "10.0.0.1",
        ),
        // RFC 7239 §5.2, §5.4.
        (
            "Forwarded",
            "10.0.0.1",
            &["forwarded: for=10.9.9.9, for=192.0.2.9;proto=https, for=10.0.0.2;proto=http"],
            "192.0.2.9",
            "https",
            "192.0.2.9, 10.0.0.2, 10.0.0.1",
        ),
        ("Forwarded, broken", "10.0.0.1", &["forwarded: for=192.0.2.9;proto"], "10.0.0.1", "http", "10.0.0.1"),
        (
            "Forwarded, obscured",
            "10.0.0.1",
            &["forwarded: for=_x, for=10.0.0.2"],
            "10.0.0.2",
            "http",
            "10.0.0.2, 10.0.0.1",
        ),
        (
            "both: the older one",
            "10.0.0.1",
            &["forwarded: for=192.0.2.8", "x-forwarded-for: 192.0.2.9"],
            "192.0.2.9",
            "http",
            "192.0.2.9, 10.0.0.1",
        ),
    ] {
        let mut headers = fields(received);
        let seen = options.client(&headers, &Hop::new(&options, peer.parse().unwrap(), Scheme::Http));
        assert_eq!((seen.address.to_string().as_str(), seen.scheme.as_str()), (client, scheme), "{what}: {received:?}");
        edit_from(&options, &mut headers, peer, Some("a.example"), Version::HTTP_11, false);
        assert_eq!(
            (&headers["x-forwarded-for"], &headers["x-real-ip"]),
            (&passed_on.parse().unwrap(), &client.parse().unwrap()),
            "{what}"
        );
    }
}

#[test]
fn what_trusted_proxies_say() {
    let options = trusting(&["10.0.0.0/8"]);
    for (received, name, expected) in [
        ("x-forwarded-host: shop.example:8443", "x-forwarded-host", "shop.example:8443"),
        ("x-forwarded-host: shop.example, evil.example", "x-forwarded-host", "a.example"),
        ("x-forwarded-host: user@shop.example", "x-forwarded-host", "a.example"),
        ("x-forwarded-port: 8443", "x-forwarded-port", "8443"),
        ("x-forwarded-port: 0", "x-forwarded-port", "443"),
        ("x-forwarded-port: +80", "x-forwarded-port", "443"),
        ("x-forwarded-proto: http", "x-forwarded-port", "80"),
        ("x-forwarded-prefix: /shop", "x-forwarded-prefix", "/shop"),
        ("x-original-uri: /shop", "x-original-uri", "/shop"),
        ("x-forwarded-for: 192.0.2.9", "forwarded", "for=192.0.2.9;proto=https;host=\"a.example\", for=10.0.0.1"),
    ] {
        let options = ForwardingOptions { forwarded: ForwardedField::Write, ..options.clone() };
        let mut headers = fields(&[received]);
        edit_from(&options, &mut headers, "10.0.0.1", Some("a.example"), Version::HTTP_11, false);
        assert_eq!(headers[name], expected, "{received}");
        assert_eq!(headers.get_all(name).iter().count(), 1, "{received}");
    }
}
