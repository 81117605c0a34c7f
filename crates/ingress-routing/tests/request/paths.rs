//! The normal form of paths.

use ingress_routing::{Escape, EscapeCase, NonAscii, PathError, PathOptions, Slashes};

fn normal(options: &PathOptions, path: impl AsRef<[u8]>) -> Result<String, PathError> {
    let mut buffer = Vec::new();
    let path = path.as_ref();
    let normal = options.normalise(path, &mut buffer)?;
    assert_eq!(normal.changed(), normal.as_str().as_bytes() != path, "{}", path.escape_ascii());
    Ok(normal.as_str().to_owned())
}

fn check(options: &PathOptions, rows: &[(&str, Result<&str, PathError>)]) {
    for (path, expected) in rows {
        assert_eq!(normal(options, path).as_deref(), expected.as_ref().copied(), "{path:?}");
    }
}

fn options(set: impl FnOnce(&mut PathOptions)) -> PathOptions {
    let mut options = PathOptions::default();
    set(&mut options);
    options
}

/// RFC 3986 §5.4.1 and §5.4.2: the references that are paths, merged with the base path `/b/c/d;p`.
#[test]
fn dot_segments() {
    let above = Err(PathError::AboveRoot);
    check(
        &PathOptions::default(),
        &[
            ("/b/c/g", Ok("/b/c/g")),
            ("/b/c/./g", Ok("/b/c/g")),
            ("/b/c/g/", Ok("/b/c/g/")),
            ("/g", Ok("/g")),
            ("/b/c/;x", Ok("/b/c/;x")),
            ("/b/c/g;x", Ok("/b/c/g;x")),
            ("/b/c/", Ok("/b/c/")),
            ("/b/c/.", Ok("/b/c/")),
            ("/b/c/./", Ok("/b/c/")),
            ("/b/c/..", Ok("/b/")),
            ("/b/c/../", Ok("/b/")),
            ("/b/c/../g", Ok("/b/g")),
            ("/b/c/../..", Ok("/")),
            ("/b/c/../../", Ok("/")),
            ("/b/c/../../g", Ok("/g")),
            // The abnormal examples: "/g" there, refused here, as by nginx: such a path is an attempt at something.
            ("/b/c/../../../g", above),
            ("/b/c/../../../../g", above),
            ("/../g", above),
            ("/./g", Ok("/g")),
            ("/b/c/g.", Ok("/b/c/g.")),
            ("/b/c/.g", Ok("/b/c/.g")),
            ("/b/c/g..", Ok("/b/c/g..")),
            ("/b/c/..g", Ok("/b/c/..g")),
            ("/b/c/./../g", Ok("/b/g")),
            ("/b/c/./g/.", Ok("/b/c/g/")),
            ("/b/c/g/./h", Ok("/b/c/g/h")),
            ("/b/c/g/../h", Ok("/b/c/h")),
            ("/b/c/g;x=1/./y", Ok("/b/c/g;x=1/y")),
            ("/b/c/g;x=1/../y", Ok("/b/c/y")),
            // RFC 3986 §5.2.4.
            ("/a/b/c/./../../g", Ok("/a/g")),
            ("/", Ok("/")),
            ("/.", Ok("/")),
            ("/./", Ok("/")),
            ("/..", above),
            ("/a/..", Ok("/")),
            ("/a/../..", above),
            ("/...", Ok("/...")),
        ],
    );
}

/// RFC 3986 §2.3, §6.2.2.2: unreserved characters only, once.
#[test]
fn escapes() {
    check(
        &PathOptions::default(),
        &[
            ("/%66oo", Ok("/foo")),
            ("/%41%5A%61%7a%30%39%2d%2E%5f%7E", Ok("/AZaz09-._~")),
            ("/%2e%2E/a", Err(PathError::AboveRoot)),
            ("/foo/%2e%2e/exact", Ok("/exact")),
            ("/foo/.%2E/exact", Ok("/exact")),
            ("/foo/%2e/exact", Ok("/foo/exact")),
            ("/foo%2Fbar", Ok("/foo%2Fbar")),
            ("/foo/..%2fexact", Ok("/foo/..%2fexact")),
            ("/a%20b%25%3F%23", Ok("/a%20b%25%3F%23")),
            // One decoding: what that yields is not decoded again.
            ("/%252e%252e/a", Ok("/%252e%252e/a")),
            ("/%25%32%65", Ok("/%252e")),
            ("/%c3%BC", Ok("/%c3%BC")),
            ("/%0d%0a", Ok("/%0d%0a")),
            ("/%zz", Err(PathError::Escape { at: 1 })),
            ("/a%", Err(PathError::Escape { at: 2 })),
            ("/a%4", Err(PathError::Escape { at: 2 })),
            ("/a%4/", Err(PathError::Escape { at: 2 })),
            ("/a%+4", Err(PathError::Escape { at: 2 })),
            ("/a%%41", Err(PathError::Escape { at: 2 })),
            ("/%u0041", Err(PathError::Escape { at: 1 })),
            ("/a%00", Err(PathError::Nul { at: 2 })),
        ],
    );
    // RFC 3986 §6.2.2: "eXAMPLE://a/./b/../b/%63/%7bfoo%7d" is "example://a/b/c/%7Bfoo%7D".
    let upper = options(|options| options.escape_case = EscapeCase::Upper);
    check(&upper, &[("/./b/../b/%63/%7bfoo%7d", Ok("/b/c/%7Bfoo%7D")), ("/%2f%C3%BC", Ok("/%2F%C3%BC"))]);
}

/// RFC 9112 §3.2: neither controls, nor spaces, nor fragments. What else RFC 3986 lacks is common and harmless.
#[test]
fn octets() {
    check(
        &PathOptions::default(),
        &[
            ("", Err(PathError::NotAbsolute)),
            ("a", Err(PathError::NotAbsolute)),
            ("*", Err(PathError::NotAbsolute)),
            ("/a\0", Err(PathError::Nul { at: 2 })),
            ("/a b", Err(PathError::Octet { at: 2 })),
            ("/a\tb", Err(PathError::Octet { at: 2 })),
            ("/a\r\n", Err(PathError::Octet { at: 2 })),
            ("/a\x7f", Err(PathError::Octet { at: 2 })),
            ("/a?b", Err(PathError::Octet { at: 2 })),
            ("/a#b", Err(PathError::Fragment)),
            ("/!$&'()*+,;=:@", Ok("/!$&'()*+,;=:@")),
            ("/\"<>^`{|}[]\\", Ok("/\"<>^`{|}[]\\")),
            // RFC 3987 §3.1.
            ("/ü", Ok("/%C3%BC")),
            ("/\u{fffd}/../b", Ok("/b")),
        ],
    );
    assert_eq!(normal(&PathOptions::default(), b"/\xff"), Ok("/%FF".into()));
    let refuse = options(|options| options.non_ascii = NonAscii::Refuse);
    check(&refuse, &[("/aü", Err(PathError::NonAscii { at: 2 })), ("/%C3%BC", Ok("/%C3%BC"))]);
}

#[test]
fn slashes() {
    check(
        &PathOptions::default(),
        &[
            ("//", Ok("//")),
            ("//foo//bar//", Ok("//foo//bar//")),
            // An empty element is one (RFC 3986 §5.2.4).
            ("/a//../b", Ok("/a/b")),
            ("//..", Ok("/")),
            ("/a/..//b", Ok("//b")),
            ("/.//a", Ok("//a")),
        ],
    );
    let merge = options(|options| options.slashes = Slashes::Merge);
    check(
        &merge,
        &[
            ("//", Ok("/")),
            ("//foo///bar//", Ok("/foo/bar/")),
            ("/a//../b", Ok("/b")),
            ("//..", Err(PathError::AboveRoot)),
            ("/a/..//b", Ok("/b")),
            ("/.//a", Ok("/a")),
            ("/foo", Ok("/foo")),
            ("/foo%2F/bar", Ok("/foo%2F/bar")),
        ],
    );
}

#[test]
fn encoded_slashes() {
    let decode = options(|options| options.encoded_slash = Escape::Decode);
    check(
        &decode,
        &[
            ("/foo%2Fbar", Ok("/foo/bar")),
            ("/foo/..%2fexact", Ok("/exact")),
            ("/foo%2f..%2f..%2fa", Err(PathError::AboveRoot)),
            ("/%2f", Ok("//")),
            ("/%252f", Ok("/%252f")),
        ],
    );
    let both = options(|options| (options.encoded_slash, options.slashes) = (Escape::Decode, Slashes::Merge));
    check(&both, &[("/%2f", Ok("/")), ("/a%2F/b", Ok("/a/b"))]);
    let refuse = options(|options| options.encoded_slash = Escape::Refuse);
    check(&refuse, &[("/a%2fb", Err(PathError::EncodedSlash)), ("/a/b%3B%5C\\", Ok("/a/b%3B%5C\\"))]);
}

#[test]
fn backslashes() {
    let slash = options(|options| options.backslash = Escape::Decode);
    check(&slash, &[("/a\\..\\b", Ok("/b")), ("/a%5C..%5Cb", Ok("/a%5C..%5Cb"))]);
    let decode = options(|options| options.encoded_backslash = Escape::Decode);
    check(&decode, &[("/a\\b%5Cc", Ok("/a\\b\\c"))]);
    let both = options(|options| (options.backslash, options.encoded_backslash) = (Escape::Decode, Escape::Decode));
    check(&both, &[("/a%5c..\\b", Ok("/b")), ("/\\..\\", Ok("/"))]);
    let refuse = options(|options| options.backslash = Escape::Refuse);
    check(&refuse, &[("/a\\b", Err(PathError::Backslash)), ("/a%5Cb", Ok("/a%5Cb"))]);
    let refuse = options(|options| options.encoded_backslash = Escape::Refuse);
    check(&refuse, &[("/a\\b", Ok("/a\\b")), ("/a%5Cb", Err(PathError::Backslash))]);
    let mixed = options(|options| (options.backslash, options.encoded_backslash) = (Escape::Refuse, Escape::Decode));
    check(&mixed, &[("/a%5Cb", Err(PathError::Backslash))]);
}

/// Servlet containers take `..;x` for `..`.
#[test]
fn semicolons() {
    let kept = [("/a/..;x/b", Ok("/a/..;x/b")), ("/a%3Bb;c", Ok("/a%3Bb;c")), ("/a/.;/b", Ok("/a/.;/b"))];
    check(&PathOptions::default(), &kept);
    let refuse = options(|options| options.dot_segment_parameters = Escape::Refuse);
    let refused = Err(PathError::DotSegmentParameters);
    check(
        &refuse,
        &[
            ("/a/..;x/b", refused),
            ("/a/..;", refused),
            ("/a/.;x=1", refused),
            ("/a/%2e.;x", refused),
            ("/a/..", Ok("/")),
            ("/a;..;x", Ok("/a;..;x")),
            ("/a/...;x", Ok("/a/...;x")),
        ],
    );
    let decode = options(|options| options.dot_segment_parameters = Escape::Decode);
    check(
        &decode,
        &[
            ("/a/..;x/b", Ok("/b")),
            ("/a/.;x/b;y", Ok("/a/b;y")),
            ("/..;", Err(PathError::AboveRoot)),
            ("/a/..%3Bx", Ok("/a/..%3Bx")),
        ],
    );
    let semicolon = options(|options| options.encoded_semicolon = Escape::Decode);
    check(&semicolon, &[("/a%3Bb", Ok("/a;b")), ("/a%3bb%2F", Ok("/a;b%2F"))]);
    let refuse = options(|options| options.encoded_semicolon = Escape::Refuse);
    check(&refuse, &[("/a%3Bb", Err(PathError::EncodedSemicolon)), ("/a;b", Ok("/a;b"))]);
    let both = options(|options| {
        (options.encoded_semicolon, options.dot_segment_parameters) = (Escape::Decode, Escape::Decode);
    });
    check(&both, &[("/a/..%3Bx/b", Ok("/b"))]);
}

/// The requests of which Envoy, Istio, Traefik and HAProxy saw one path and their backends another.
#[test]
fn split_views() {
    for (path, expected) in [
        // CVE-2019-9901 (Envoy).
        ("/public/../admin", Ok("/admin")),
        // CVE-2021-29492 (Envoy): told apart or refused, by choice; by default the backend sees the escape.
        ("/public%2F..%2Fadmin", Ok("/public%2F..%2Fadmin")),
        // CVE-2021-32779 (Envoy), CVE-2023-45539 (HAProxy).
        ("/admin#.png", Err(PathError::Fragment)),
        // CVE-2025-32431 (Traefik).
        ("/service-1/../service-2", Ok("/service-2")),
        // CVE-2025-66490 (Traefik): escapes of unreserved characters.
        ("/%61dmin", Ok("/admin")),
    ] {
        assert_eq!(normal(&PathOptions::default(), path).as_deref().map_err(|error| *error), expected, "{path}");
    }
}
