//! How an original reads a request that we read otherwise, as a request that both read alike. Where a known difference is
//! met, what our table says to that one has to be what the original answered.

use std::sync::Arc;

use ingress_routing::{
    Escape, Host, HostBuffer, RequestBuffer, RequestHead, RequestOptions, RoutingTable, Slashes, Unroutable,
};

use crate::original::{Original, Verdict};
use crate::requests::Request;
use crate::rules::RuleSet;

/// A host of no rule.
const ELSEWHERE: &[u8] = b"none.invalid";

/// One rule set's tables.
pub(crate) struct Tables<'a> {
    rules: &'a RuleSet,
    /// The one that is compared.
    pub(crate) ours: Arc<RoutingTable>,
    /// It reads paths as nginx does, to which `%2F` is a slash and several slashes are one.
    merged: Arc<RoutingTable>,
}

impl<'a> Tables<'a> {
    pub(crate) fn new(rules: &'a RuleSet) -> Self {
        let mut merging = RequestOptions::default();
        merging.path.slashes = Slashes::Merge;
        merging.path.encoded_slash = Escape::Decode;
        Self { rules, ours: rules.table(RequestOptions::default()), merged: rules.table(merging) }
    }

    /// What `original` answers to `request`.
    pub(crate) fn predict(&self, original: Original, request: &Request) -> Verdict {
        match original {
            Original::Nginx => self.nginx(request),
            Original::Haproxy => self.haproxy(request),
        }
    }

    /// Host and port end at the first colon, and what is no name is a name that no server has
    /// (`ngx_http_validate_host` in src/http/ngx_http_request.c).
    fn nginx(&self, request: &Request) -> Verdict {
        let (authority, rest) = request.absolute().unzip();
        // A target's authority has letters, digits, hyphens and dots alone (`sw_host` in src/http/ngx_http_parse.c).
        let plain = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
        if authority.is_some_and(|text| !text.starts_with(b"[") && !before(text, b':').iter().all(plain)) {
            return Verdict::Status(400);
        }
        let text = authority.or_else(|| request.hosts.first().map(|host| &**host)).unwrap_or(ELSEWHERE);
        let name = if text.starts_with(b"[") { text } else { before(text, b':') };
        // The host's final dot is dropped where it is the last one of the whole text.
        let dots = name.ends_with(b".") && text[name.len()..].contains(&b'.');
        let host = if !dots && Host::parse(name, &mut HostBuffer::new()).is_ok() { name } else { ELSEWHERE };
        // `#` ends path and query alike (`ngx_http_parse_complex_uri`).
        let target = before(rest.unwrap_or(&request.target), b'#');
        let target = if target.starts_with(b"/") { target.to_vec() } else { [b"/", target].concat() };
        Verdict::of(&self.merged, &RequestHead::new("GET", &target).with_host(host)).0
    }

    /// The path is compared as it is written, the host as the maps have it.
    fn haproxy(&self, request: &Request) -> Verdict {
        let absolute = request.absolute();
        let graphic = |octet: &u8| matches!(octet, b'!'..=0x7f) && *octet != b'#';
        if authority_differs(request) || !request.target.iter().all(graphic) {
            return Verdict::Status(400);
        }
        let path = before(absolute.map_or(&*request.target, |(_, rest)| rest), b'?');
        // Without Host field there is nothing to look up in the map of hosts, hence nothing in the maps of paths.
        if request.hosts.is_empty() || path.is_empty() {
            return self.rules.default.clone().map_or(Verdict::Status(404), Verdict::Backend);
        }
        // `req.hdr` takes the last element of a list.
        let text = request.hosts.last().and_then(|host| host.split(|octet| *octet == b',').next_back());
        let text = String::from_utf8_lossy(before(text.unwrap_or_default().trim_ascii(), b':')).to_lowercase();
        let hosts = self.rules.hosts();
        let parent = text.find('.').map(|dot| &text[dot..]).unwrap_or_default();
        // A wildcard's key is looked up as a host as well: `.e` is in the map for `*.e`.
        let wildcard = |rest: &str| rest.starts_with('.') && hosts.contains_key(&*format!("*{rest}"));
        let host = if hosts.contains_key(&*text) && !text.starts_with('*') {
            text
        } else if wildcard(&text) {
            format!("0{text}")
        } else if wildcard(parent) {
            format!("0{parent}")
        } else {
            String::new()
        };
        let host = if host.is_empty() { ELSEWHERE } else { host.as_bytes() };
        Verdict::of(&self.ours, &RequestHead::new("GET", &veiled(path)).with_host(host)).0
    }
}

/// A path that is in normal form and begins as any rule's path does exactly where `path` as it is written does. No rule
/// has `%`, DEL or a dot segment, nor what is put in their place.
fn veiled(path: &[u8]) -> Vec<u8> {
    let elements = path.split(|octet| *octet == b'/').map(|element| match element {
        b"." | b".." => [b"0", element].concat(),
        _ => element.iter().map(|octet| if matches!(octet, b'%' | 0x7f) { b'~' } else { *octet }).collect(),
    });
    elements.collect::<Vec<_>>().join(&b'/')
}

/// What stands before the first `delimiter`.
fn before(text: &[u8], delimiter: u8) -> &[u8] {
    text.split(|octet| *octet == delimiter).next().unwrap_or_default()
}

/// Whether our normal form of the request's path is another than what was sent.
pub(crate) fn normalised(request: &Request) -> bool {
    let mut buffer = RequestBuffer::new();
    let read: Result<_, Unroutable> = request.head().read(&RequestOptions::default(), &mut buffer);
    read.is_ok_and(|request| request.path().changed())
}

/// Whether the target, being in absolute form, has another authority than a Host field, as HAProxy compares them: letter
/// case, the target's user information and the port that is meant anyway aside (src/h1.c).
pub(crate) fn authority_differs(request: &Request) -> bool {
    let without_port = |text: &[u8]| {
        let text = text.to_ascii_lowercase();
        [&b":80"[..], b":"].iter().find_map(|port| text.strip_suffix(*port)).unwrap_or(&text).to_vec()
    };
    request.absolute().is_some_and(|(authority, _)| {
        let authority = authority.rsplit(|octet| *octet == b'@').next().unwrap_or_default();
        let differs = |host: &Vec<u8>| without_port(host) != without_port(authority);
        !authority.is_empty() && request.hosts.iter().any(differs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Route;

    #[test]
    fn each_original_reads_in_its_own_way() {
        let route = |host, path, backend| Route::new(host, path, false, backend);
        let routes = vec![route("a.e", "/a", "s1"), route("*.b.e", "/a/b", "s2"), route("", "/", "s3")];
        let rules = RuleSet { ingresses: vec![routes], default: Some("default".to_owned()) };
        let tables = Tables::new(&rules);
        for (target, host, nginx, haproxy) in [
            ("/a/x", "A.E:1", "s1", "s1"),
            ("/x/../a", "a.e", "s1", "default"),
            ("/%61", "a.e", "s1", "default"),
            ("//a", "a.e", "s1", "default"),
            ("/a%2Fx", "a.e", "s1", "default"),
            ("/a#x", "a.e", "s1", "400"),
            ("/a/..", "a.e", "default", "s1"),
            ("/a", "a.e.", "s1", "s3"),
            ("/a", "a.e:x", "s1", "s1"),
            ("/a", "a.e.:x.y", "s3", "s3"),
            ("/a", "user@a.e", "s3", "s3"),
            ("/a", "x.y, a.e", "s3", "s1"),
            ("/a/b", ".b.e", "s3", "s2"),
            ("/a/b", "q.b.e", "s2", "s2"),
            ("/a/b", "q.q.b.e", "s3", "s3"),
            ("http://a.e", "a.e", "default", "default"),
            ("http://a.e:80/a", "A.E", "s1", "s1"),
            ("http://x.y/a", "a.e", "s3", "400"),
            ("http://user@a.e/a", "a.e", "400", "s1"),
            ("http://user@a.e/a", "user@a.e", "400", "400"),
            ("http://a_b.e/", "a_b.e", "400", "s3"),
        ] {
            let request = Request { target: target.into(), hosts: vec![host.into()], old: false };
            let read = |original| tables.predict(original, &request).to_string();
            assert_eq!(read(Original::Nginx), nginx, "{request}");
            assert_eq!(read(Original::Haproxy), haproxy, "{request}");
        }
    }
}
