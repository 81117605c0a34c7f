//! Targets, authorities and what becomes of them.

use ingress_routing::{
    AbsoluteFormHost, AuthoritySource, HostError, Malformed, PathError, RequestBuffer, RequestHead, RequestOptions,
    Scheme, ServerNamePolicy, Unroutable, Version,
};

/// Authority and target as forwarded.
fn read(options: &RequestOptions, head: &RequestHead<'_>) -> Result<(Option<String>, String), Unroutable> {
    let mut buffer = RequestBuffer::new();
    let request = head.read(options, &mut buffer)?;
    let mut target = Vec::new();
    request.write_target(&mut target);
    Ok((request.authority().map(|authority| authority.to_string()), String::from_utf8(target).expect("ASCII was sent")))
}

fn malformed(reason: Malformed) -> Result<(Option<String>, String), Unroutable> {
    Err(Unroutable::Malformed(reason))
}

fn to(authority: &str, target: &str) -> Result<(Option<String>, String), Unroutable> {
    Ok((Some(authority.into()), target.into()))
}

/// RFC 9112 §3.2.1–§3.2.4.
#[test]
fn forms_of_http1_targets() {
    let path = |error| malformed(Malformed::Path(error));
    for (method, target, expected) in [
        ("GET", "/where?q=now", to("www.example.org", "/where?q=now")),
        ("GET", "/", to("www.example.org", "/")),
        ("GET", "/?", to("www.example.org", "/?")),
        ("GET", "/a?b?c/../%zz", to("www.example.org", "/a?b?c/../%zz")),
        ("BREW", "/pot", to("www.example.org", "/pot")),
        ("OPTIONS", "/a", to("www.example.org", "/a")),
        ("GET", "http://other.example/pub/WWW/TheProject.html", to("other.example", "/pub/WWW/TheProject.html")),
        ("GET", "HTTPS://Other.Example:8001/", to("other.example:8001", "/")),
        ("GET", "http://other.example", to("other.example", "/")),
        ("GET", "http://other.example?x", to("other.example", "/?x")),
        ("GET", "http://other.example#x", path(PathError::Fragment)),
        ("GET", "http://other.example/#x", path(PathError::Fragment)),
        ("GET", "http://user@other.example/", malformed(Malformed::UserInfo)),
        ("GET", "http:///", malformed(Malformed::Host(HostError::Empty))),
        ("GET", "http:/a", malformed(Malformed::Target)),
        ("GET", "ftp://other.example/", malformed(Malformed::Scheme)),
        ("GET", "://other.example/", malformed(Malformed::Scheme)),
        ("OPTIONS", "*", Err(Unroutable::ServerWide)),
        ("OPTIONS", "http://www.example.org:8001", Err(Unroutable::ServerWide)),
        ("OPTIONS", "http://www.example.org:8001/", to("www.example.org:8001", "/")),
        ("OPTIONS", "http://www.example.org:8001?x", to("www.example.org:8001", "/?x")),
        ("GET", "*", malformed(Malformed::Target)),
        ("options", "*", malformed(Malformed::Target)),
        ("CONNECT", "www.example.com:80", Err(Unroutable::Connect)),
        ("CONNECT", "/foo", malformed(Malformed::Target)),
        ("CONNECT", "www.example.com", malformed(Malformed::Target)),
        ("CONNECT", "http://www.example.com:80/", malformed(Malformed::Target)),
        ("GET", "www.example.com:80", malformed(Malformed::Target)),
        ("GET", "", malformed(Malformed::Target)),
        ("GET", "foo", malformed(Malformed::Target)),
        ("GET", "?x", malformed(Malformed::Target)),
        ("GET", "/a#b", path(PathError::Fragment)),
        ("GET", "/a?b#c", malformed(Malformed::Query)),
        ("GET", "/a?b c", malformed(Malformed::Query)),
        ("GET", "/a?b\0", malformed(Malformed::Query)),
        ("GET", "/a/../..", path(PathError::AboveRoot)),
    ] {
        let head = RequestHead::new(method, target).with_host("www.example.org");
        assert_eq!(read(&RequestOptions::default(), &head), expected, "{method} {target:?}");
    }
}

/// RFC 9112 §3.2, §3.2.2; RFC 9110 §7.2.
#[test]
fn hosts_of_http1() {
    let missing = || malformed(Malformed::MissingHost);
    let several = || malformed(Malformed::SeveralHosts);
    let host = |error| malformed(Malformed::Host(error));
    let cases: [(Version, &str, &[&str], _); 22] = [
        (Version::Http11, "/", &["Foo.example:8080"], to("foo.example:8080", "/")),
        (Version::Http11, "/", &["foo."], to("foo", "/")),
        (Version::Http11, "/", &["foo:"], to("foo", "/")),
        (Version::Http11, "/", &["foo:abc"], malformed(Malformed::Port)),
        (Version::Http11, "/", &["[::1]:80"], to("[::1]:80", "/")),
        (Version::Http11, "/", &["::1"], host(HostError::Octet { at: 0 })),
        (Version::Http11, "/", &[], missing()),
        (Version::Http11, "/", &[""], host(HostError::Empty)),
        (Version::Http11, "/", &["foo", "foo"], several()),
        (Version::Http11, "/", &["foo", "bar"], several()),
        (Version::Http11, "/", &["a, b"], host(HostError::Octet { at: 1 })),
        (Version::Http11, "/", &["a\0b"], host(HostError::Octet { at: 1 })),
        (Version::Http11, "/", &["user@foo"], malformed(Malformed::UserInfo)),
        (Version::Http11, "/", &["foo/bar"], host(HostError::Octet { at: 3 })),
        (Version::Http11, "http://foo/", &[], missing()),
        (Version::Http11, "http://foo/", &["bar"], to("foo", "/")),
        (Version::Http11, "http://foo/", &["b r"], host(HostError::Octet { at: 1 })),
        (Version::Http11, "http://foo/", &["foo", "foo"], several()),
        (Version::Http10, "/", &[], Ok((None, "/".into()))),
        (Version::Http10, "/", &["foo"], to("foo", "/")),
        (Version::Http10, "http://foo/", &[], to("foo", "/")),
        (Version::Http10, "/", &["foo", "bar"], several()),
    ];
    for (version, target, hosts, expected) in cases {
        let head = RequestHead::new("GET", target).with_version(version);
        let head = hosts.iter().fold(head, |head, host| head.with_host(host));
        assert_eq!(read(&RequestOptions::default(), &head), expected, "{version:?} {target} {hosts:?}");
    }
}

#[test]
fn absolute_form_against_host_field() {
    let mut options = RequestOptions::default();
    options.absolute_form_host = AbsoluteFormHost::Refuse;
    let differ = || malformed(Malformed::AuthoritiesDiffer);
    for (target, host, expected) in [
        ("http://foo/", "foo", to("foo", "/")),
        ("http://foo/", "FOO.:80", to("foo", "/")),
        ("http://foo/", "bar", differ()),
        ("http://foo/", "foo:81", differ()),
    ] {
        assert_eq!(read(&options, &RequestHead::new("GET", target).with_host(host)), expected, "{target} {host}");
    }
}

/// RFC 9113 §8.3.1, §8.5; RFC 8441 §4.
#[test]
fn http2() {
    let host = |error| malformed(Malformed::Host(error));
    let cases: [(&str, &str, Option<&str>, &[&str], _); 17] = [
        ("GET", "/a?b", Some("Foo:443"), &[], to("foo:443", "/a?b")),
        ("GET", "/", None, &["foo"], to("foo", "/")),
        ("GET", "/", Some("foo"), &["foo"], to("foo", "/")),
        // The scheme's port is the same as none (RFC 3986 §6.2.3).
        ("GET", "/", Some("foo"), &["FOO:443"], to("foo", "/")),
        ("GET", "/", Some("foo"), &["foo:80"], malformed(Malformed::AuthoritiesDiffer)),
        ("GET", "/", Some("foo"), &["bar"], malformed(Malformed::AuthoritiesDiffer)),
        ("GET", "/", Some("foo"), &["foo", "foo"], malformed(Malformed::SeveralHosts)),
        ("GET", "/", None, &[], malformed(Malformed::MissingHost)),
        ("GET", "/", Some(""), &[], host(HostError::Empty)),
        ("GET", "/", Some("user@foo"), &[], malformed(Malformed::UserInfo)),
        ("GET", "", Some("foo"), &[], malformed(Malformed::Target)),
        ("GET", "*", Some("foo"), &[], malformed(Malformed::Target)),
        ("GET", "http://foo/", Some("foo"), &[], malformed(Malformed::Target)),
        ("OPTIONS", "*", Some("foo"), &[], Err(Unroutable::ServerWide)),
        ("CONNECT", "", Some("foo:80"), &[], Err(Unroutable::Connect)),
        ("CONNECT", "/chat", Some("foo"), &[], to("foo", "/chat")),
        ("CONNECT", "foo:80", Some("foo"), &[], malformed(Malformed::Target)),
    ];
    for version in [Version::Http2, Version::Http3] {
        for (method, target, authority, hosts, expected) in &cases {
            let mut head = RequestHead::new(method, *target).with_version(version).with_scheme(Scheme::Https);
            head = authority.iter().fold(head, |head, authority| head.with_authority(*authority));
            head = hosts.iter().fold(head, |head, host| head.with_host(host));
            assert_eq!(&read(&RequestOptions::default(), &head), expected, "{method} {target} {authority:?} {hosts:?}");
        }
    }
    // Elsewhere there is no such thing.
    let head = RequestHead::new("GET", "/").with_host("foo").with_authority("bar");
    assert_eq!(read(&RequestOptions::default(), &head), to("foo", "/"));
}

#[test]
fn where_the_authority_was_found_is_told() {
    let mut buffer = RequestBuffer::new();
    for (head, expected) in [
        (RequestHead::new("GET", "/").with_host("a"), Some(AuthoritySource::HostField)),
        (RequestHead::new("GET", "http://a/").with_host("b"), Some(AuthoritySource::AbsoluteForm)),
        (
            RequestHead::new("GET", "/").with_authority("a").with_version(Version::Http2),
            Some(AuthoritySource::PseudoHeader),
        ),
        (RequestHead::new("GET", "/").with_version(Version::Http10), None),
    ] {
        assert_eq!(head.read(&RequestOptions::default(), &mut buffer).unwrap().authority_source(), expected);
    }
}

/// RFC 9110 §15.5.20; the Ingress API routes by host (networking.k8s.io/v1 `IngressTLS.hosts`).
#[test]
fn server_names() {
    let mut misdirect = RequestOptions::default();
    misdirect.server_name = ServerNamePolicy::Misdirect;
    let head = RequestHead::new("GET", "/").with_host("Foo.example:8443").with_scheme(Scheme::Https);
    for (server_name, allowed) in [
        (Some("foo.example"), true),
        (Some("FOO.example."), true),
        (Some("bar.example"), false),
        (Some(""), false),
        (None, true),
    ] {
        let head = server_name.iter().fold(head, |head, name| head.with_server_name(*name));
        let expected = to("foo.example:8443", "/");
        assert_eq!(read(&RequestOptions::default(), &head), expected, "{server_name:?}");
        assert_eq!(
            read(&misdirect, &head),
            if allowed { expected } else { Err(Unroutable::Misdirected) },
            "{server_name:?}"
        );
    }
    let hostless = RequestHead::new("GET", "/").with_version(Version::Http10).with_server_name("foo.example");
    assert!(read(&misdirect, &hostless).is_ok());
}

#[test]
fn statuses() {
    for (unroutable, status) in [
        (Unroutable::Malformed(Malformed::Target), 400),
        (Unroutable::Misdirected, 421),
        (Unroutable::ServerWide, 204),
        (Unroutable::Connect, 501),
    ] {
        assert_eq!(unroutable.status(), status);
    }
}

#[cfg(feature = "http")]
mod parts {
    use super::*;

    fn parts(build: http::request::Builder) -> http::request::Parts {
        build.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn requests_of_the_crate_http() {
        let get = |uri: &str| http::Request::get(uri);
        let h2 = |uri: &str| get(uri).version(http::Version::HTTP_2);
        for (build, expected) in [
            (get("/%61?b#c").header("host", "Foo"), to("foo", "/a?b")),
            (get("/").header("host", "a").header("host", "a"), malformed(Malformed::SeveralHosts)),
            (get("http://Foo:80/a?b").header("host", "bar"), to("foo:80", "/a?b")),
            (get("http://foo").header("host", "bar"), to("foo", "/")),
            (get("http://user@foo/").header("host", "bar"), malformed(Malformed::UserInfo)),
            (get("ftp://foo/").header("host", "bar"), malformed(Malformed::Scheme)),
            (get("/"), malformed(Malformed::MissingHost)),
            (get("/").version(http::Version::HTTP_10), Ok((None, "/".into()))),
            (get("*").method("OPTIONS").header("host", "a"), Err(Unroutable::ServerWide)),
            (get("a:80").method("CONNECT").header("host", "a"), Err(Unroutable::Connect)),
            (get("a:80").header("host", "a"), malformed(Malformed::Target)),
            (h2("https://foo/a?b"), to("foo", "/a?b")),
            (h2("https://foo/a?b").header("host", "bar"), malformed(Malformed::AuthoritiesDiffer)),
            (h2("/a").header("host", "bar"), to("bar", "/a")),
            (h2("foo:80").method("CONNECT"), Err(Unroutable::Connect)),
            (h2("https://foo/chat").method("CONNECT"), to("foo", "/chat")),
        ] {
            let parts = parts(build);
            let head = RequestHead::from(&parts);
            assert_eq!(read(&RequestOptions::default(), &head), expected, "{parts:?}");
        }
    }
}
