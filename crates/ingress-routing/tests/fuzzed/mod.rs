//! What must hold whatever octets come: shared by the fuzz targets, the replay of their seeds and the property tests.

use ingress_routing::{
    AbsoluteFormHost, Authority, Escape, EscapeCase, Host, HostBuffer, HostPattern, NonAscii, PathOptions,
    RequestBuffer, RequestHead, RequestOptions, Scheme, ServerNamePolicy, Slashes, Version,
};

fn escape(bits: u8) -> Escape {
    [Escape::Keep, Escape::Decode, Escape::Refuse, Escape::Keep][usize::from(bits & 3)]
}

fn path_options(first: u8, second: u8) -> PathOptions {
    let mut options = PathOptions::default();
    options.encoded_slash = escape(first);
    options.encoded_backslash = escape(first >> 2);
    options.backslash = escape(first >> 4);
    options.encoded_semicolon = escape(first >> 6);
    options.dot_segment_parameters = escape(second);
    options.slashes = if second & 4 == 0 { Slashes::Keep } else { Slashes::Merge };
    options.escape_case = if second & 8 == 0 { EscapeCase::Keep } else { EscapeCase::Upper };
    options.non_ascii = if second & 16 == 0 { NonAscii::Encode } else { NonAscii::Refuse };
    options
}

fn split(octets: &[u8], count: usize) -> (&[u8], &[u8]) {
    octets.split_at(count.min(octets.len()))
}

/// Two octets of options, then a path.
pub(crate) fn path_normalise(octets: &[u8]) {
    let (&[first, second], path) = octets.split_first_chunk().unwrap_or((&[0, 0], b""));
    check_path(&path_options(first, second), path);
}

fn check_path(options: &PathOptions, path: &[u8]) {
    let (mut buffer, mut again) = (b"left over".to_vec(), Vec::new());
    let Ok(normal) = options.normalise(path, &mut buffer) else { return };
    let text = normal.as_str();
    // Borrowed if and only if nothing changed.
    assert_eq!(normal.changed(), text.as_bytes() != path);
    assert_eq!(normal.changed(), text.as_ptr() != path.as_ptr());
    // The normal form's normal form is itself.
    let twice = options.normalise(text, &mut again).expect("a normal form");
    assert_eq!((twice.as_str(), twice.changed()), (text, false));
    assert!(
        text.starts_with('/') && text.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'?' | b'#'))
    );
    assert!(normal.elements().all(|element| element != "." && element != ".." && !element.contains('/')));
    // The elements are the path.
    let mut joined: String = normal.elements().flat_map(|element| ["/", element]).collect();
    if normal.ends_in_slash() {
        joined.push('/');
    }
    assert_eq!(joined, text);
    if options.slashes == Slashes::Merge {
        assert!(!text.contains("//"));
    }
    if options.dot_segment_parameters != Escape::Keep {
        assert!(normal.elements().all(|element| !element.starts_with(".;") && !element.starts_with("..;")));
    }
}

/// The text as host, authority, rule host, TLS host and certificate name.
pub(crate) fn host_text(octets: &[u8]) {
    let (mut buffer, mut again) = (HostBuffer::new(), HostBuffer::new());
    if let Ok(host) = Host::parse(octets, &mut buffer) {
        let text = host.to_string();
        assert_eq!(Host::parse(&text, &mut again), Ok(host));
        assert_eq!(text, text.to_ascii_lowercase());
        assert!(HostPattern::ANY.matches(&host));
    }
    if let Ok(authority) = Authority::parse(octets, &mut buffer) {
        assert_eq!(Authority::parse(&authority.to_string(), &mut again), Ok(authority));
    }
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let [rule, tls, name] =
        [HostPattern::parse, HostPattern::parse_tls, HostPattern::parse_certificate].map(|parse| parse(text));
    // What a rule takes, tls takes too, but for the empty host; and certificates take more.
    if let Ok(pattern) = &rule {
        assert!(tls.as_ref() == Ok(pattern) || text.is_empty());
    }
    if let Ok(pattern) = &tls
        && name.is_ok()
    {
        assert_eq!(name.as_ref(), Ok(pattern));
    }
    for pattern in [&rule, &tls, &name].into_iter().flatten() {
        let Some(base) = pattern.name() else { continue };
        let written = pattern.to_string();
        assert_eq!(HostPattern::parse_certificate(&written), name);
        // One that it matches, and one that it does not.
        let below = format!("x.{base}");
        let (matched, other) = if written.starts_with('*') { (&*below, base) } else { (base, &*below) };
        if let Ok(host @ Host::Name(_)) = Host::parse(matched, &mut buffer) {
            assert!(pattern.matches(&host));
        }
        if let Ok(host) = Host::parse(other, &mut again) {
            assert!(!pattern.matches(&host));
        }
        assert!(HostPattern::ANY.covers(pattern) && pattern.covers(pattern) && !pattern.covers(&HostPattern::ANY));
    }
}

/// Four octets of options and lengths, then method, authority, Host, server name and target, a line each.
pub(crate) fn request_head(octets: &[u8]) {
    let (&[how, more, first, second], text) = octets.split_first_chunk().unwrap_or((&[0; 4], octets));
    let mut lines = text.splitn(5, |&octet| octet == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let method = std::str::from_utf8(line()).unwrap_or("GET");
    let (authority, host, server_name, target) = (line(), line(), line(), line());
    let mut head = RequestHead::new(method, target);
    head = head.with_version([Version::Http10, Version::Http11, Version::Http2, Version::Http3][usize::from(how & 3)]);
    head = if how & 4 == 0 { head } else { head.with_authority(authority) };
    head = if how & 8 == 0 { head } else { head.with_host(host) };
    head = if how & 16 == 0 { head } else { head.with_host(split(host, 3).0) };
    head = if how & 32 == 0 { head } else { head.with_server_name(server_name) };
    head = if how & 64 == 0 { head } else { head.with_scheme(Scheme::Https) };
    let mut options = RequestOptions::default();
    options.path = path_options(first, second);
    options.absolute_form_host = if more & 1 == 0 { AbsoluteFormHost::Ignore } else { AbsoluteFormHost::Refuse };
    options.server_name = if more & 2 == 0 { ServerNamePolicy::RouteByHost } else { ServerNamePolicy::Misdirect };
    let mut buffer = RequestBuffer::new();
    let Ok(request) = head.read(&options, &mut buffer) else { return };
    assert!(request.host().is_some() || head.version == Version::Http10);
    // What is forwarded is read again as the same request.
    let mut forwarded = Vec::new();
    request.write_target(&mut forwarded);
    assert!(!forwarded.iter().any(|octet| matches!(octet, 0..=b' ' | 0x7f | b'#')));
    let written = request.authority().map(|authority| authority.to_string());
    let mut second_head = head;
    (second_head.target, second_head.authority) = (RequestHead::new("", &forwarded).target, None);
    second_head.hosts = written.iter().map(|text| text.as_bytes()).collect();
    let mut again = RequestBuffer::new();
    let second = second_head.read(&options, &mut again).expect("what was accepted before");
    assert_eq!(second.authority(), request.authority());
    assert_eq!((second.path().as_str(), second.query()), (request.path().as_str(), request.query()));
    assert!(!second.path().changed());
}
