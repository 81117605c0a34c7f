//! Random requests: some for what the rules name, some odd.

use std::fmt;

use ingress_routing::{RequestHead, Version};
use whereto_conformance::chance::Chance;

use crate::rules::{ELEMENTS, Route, RuleSet, one, path};

/// Hosts that rules may have, others, and addresses.
const HOSTS: [&str; 12] =
    ["a.e", "b.e", "e", "q.w.e", "z.b.e", "y", "x.y", "shop.example", "none.test", "192.0.2.1", "[::1]", "a_b.e"];

/// What no path ends in.
const ODD_ENDS: [&[u8]; 7] = [b"\xc3\xbc", b"#top", b"\x01", b"\x7f", b" b", b"?#a", b"%c3"];
const QUERIES: [&str; 6] = ["?", "?a=/foo", "?/../b", "?a=//%zz", "??", "?a=%2F&b=:"];

/// A request as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) target: Vec<u8>,
    /// The values of its Host fields.
    pub(crate) hosts: Vec<Vec<u8>>,
    /// By HTTP/1.0 rather than HTTP/1.1.
    pub(crate) old: bool,
}

impl Request {
    /// What our table is asked.
    pub(crate) fn head(&self) -> RequestHead<'_> {
        let head = RequestHead::new("GET", &self.target);
        let head = if self.old { head.with_version(Version::Http10) } else { head };
        self.hosts.iter().fold(head, RequestHead::with_host)
    }

    /// What a server is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let version: &[u8] = if self.old { b" HTTP/1.0\r\n" } else { b" HTTP/1.1\r\n" };
        let mut bytes = [b"GET ", &*self.target, version].concat();
        for host in &self.hosts {
            bytes.extend([b"Host: ", &**host, b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes
    }

    /// Authority and path of a target in absolute form.
    pub(crate) fn absolute(&self) -> Option<(&[u8], &[u8])> {
        let rest = self.target.strip_prefix(b"http://")?;
        let end = rest.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        rest.split_at_checked(end)
    }

    pub(crate) fn random(chance: &mut Chance, rules: &RuleSet) -> Self {
        let routes: Vec<&Route> = rules.ingresses.iter().flatten().collect();
        let route = *chance.pick(&routes);
        let mut host = if chance.percent(60) { host_of(chance, route.host) } else { one(chance, &HOSTS).to_owned() };
        host = decorated_host(chance, host);
        let mut path = if chance.percent(75) { path_near(chance, &route.path) } else { path(chance, 4) + "/" };
        if chance.percent(35) {
            path = decorated_path(chance, path);
        }
        let mut target = path.into_bytes();
        if chance.percent(4) {
            target.extend(*chance.pick(&ODD_ENDS));
        }
        if chance.percent(15) {
            target.extend_from_slice(one(chance, &QUERIES).as_bytes());
        }
        let mut request = Self { target, hosts: vec![host.clone().into_bytes()], old: chance.percent(4) };
        if chance.percent(4) {
            let mut named = host.clone();
            if chance.percent(15) {
                let alike = host.split(':').next().filter(|alike| !alike.starts_with('[')).unwrap_or(&host);
                match chance.below(3) {
                    0 => request.hosts = vec![alike.into()],
                    1 => named = alike.to_owned(),
                    _ => request.hosts = vec![one(chance, &HOSTS).into()],
                }
            }
            let rest = if chance.percent(15) { &b""[..] } else { &request.target };
            request.target = [b"http://", named.as_bytes(), rest].concat();
        }
        if chance.percent(5) {
            let other = one(chance, &HOSTS).as_bytes().to_vec();
            match chance.below(4) {
                0 => (request.hosts, request.old) = (Vec::new(), chance.percent(50)),
                1 => request.hosts.push(host.into_bytes()),
                2 => request.hosts.push(other),
                _ => request.hosts = vec![other],
            }
        }
        request
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bytes().escape_ascii())
    }
}

/// A host that the host of a rule is for.
fn host_of(chance: &mut Chance, host: &str) -> String {
    match host.strip_prefix('*') {
        Some(rest) => format!("{}{rest}", one(chance, &["a", "zz", "c-d", "_x", "b"])),
        None if host.is_empty() => one(chance, &HOSTS).to_owned(),
        None => host.to_owned(),
    }
}

/// The host in other letters, with a port, or odd.
fn decorated_host(chance: &mut Chance, mut host: String) -> String {
    if chance.percent(20) {
        host = chance.mixed_case(&host);
    }
    if chance.percent(5) {
        host.push('.');
    }
    if chance.percent(15) {
        host += one(chance, &[":80", ":8080", ":", ":0080"]);
    }
    if !chance.percent(6) {
        return host;
    }
    match chance.below(15) {
        0 => host + ":x",
        1 => host + ":99999",
        2 => format!("user@{host}"),
        3 => format!("user:word@{host}"),
        4 => host + "..",
        5 => format!(".{host}"),
        6 => format!("a..{host}"),
        7 => format!("x.y, {host}"),
        8 => format!("{host},a.e"),
        9 => "::1".to_owned(),
        10 => format!("{host} x"),
        11 => "*.e".to_owned(),
        12 => host + "%2e",
        13 => String::new(),
        _ => host.replacen('.', "\u{fc}.", 1),
    }
}

/// The path of a rule, or one that begins as it does.
fn path_near(chance: &mut Chance, rule: &str) -> String {
    let path = rule.to_owned();
    match chance.below(8) {
        0 | 1 => path,
        2 => path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&path).to_owned(),
        3 => path + "/",
        4 => path + "x",
        5 => path.to_ascii_uppercase(),
        6 => path[..chance.between(1, path.len())].to_owned(),
        _ => format!("{path}/{}", one(chance, &ELEMENTS)),
    }
}

/// A path written in another way, or with what is no part of a plain one.
fn decorated_path(chance: &mut Chance, mut path: String) -> String {
    for _ in 0..chance.between(1, 2) {
        let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
        let slash = *chance.pick(&slashes);
        match chance.below(9) {
            // An escape of a character that needs none.
            0 | 1 => {
                let at = chance.below(path.len());
                let octet = path.as_bytes()[at];
                if octet.is_ascii_alphanumeric() || octet == b'.' {
                    let escape = if chance.percent(50) { format!("%{octet:02x}") } else { format!("%{octet:02X}") };
                    path.replace_range(at..=at, &escape);
                }
            }
            2 | 3 => {
                let dots = ["/.", "/..", "/x/..", "/%2e", "/%2E.", "/..;", "/.;x=1", "/..."];
                path.insert_str(slash, one(chance, &dots));
            }
            4 => path.insert(slash, '/'),
            5 if slash > 0 => path.replace_range(slash..=slash, one(chance, &["%2F", "%2f"])),
            5 => path.insert_str(0, one(chance, &["/..", "/../b", "/%2e%2e"])),
            6 => path += one(chance, &["/.", "/..", "/%2e%2e", "/..%2f", "%2F..", "//"]),
            7 => path += one(chance, &["%zz", "%", "%00", "%4", "/%252e%252e", "%25"]),
            _ => path += one(chance, &["\\", "%5C..", ";x=1", "%3Bx", "%20", "~", "*", "+", ":", "@"]),
        }
    }
    path
}
