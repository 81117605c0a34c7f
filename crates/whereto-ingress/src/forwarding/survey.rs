//! One look at all names of a message: what each field is to a proxy.

use http::{HeaderMap, HeaderName};

pub(super) static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(super) static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(super) static X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
pub(super) static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) static X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// Fields that tell of the client or of the way so far, and that applications believe. Besides these, all that begin with `x-forwarded-`.
pub(crate) const CLAIMS: &[&str] = &[
    "cf-connecting-ip",
    "client-ip",
    "fastly-client-ip",
    "front-end-https",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-http-host-override",
    "x-original-forwarded-for",
    "x-original-forwarded-host",
    "x-original-host",
    "x-original-proto",
    "x-original-uri",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
    "x-scheme",
    "x-url-scheme",
];

/// What a field is to a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Sent on.
    EndToEnd,
    /// Ends here, whatever it says.
    HopByHop,
    /// Ends here, and with it what it lists.
    Connection,
    /// Ends here; what it says is done by the library.
    TransferEncoding,
    ContentLength,
    Upgrade,
    Te,
    Expect,
    Cookie,
    /// Said of the client or of the way so far.
    Claim,
    Forwarded,
}

pub(super) fn role(name: &str) -> Role {
    match name.as_bytes().first() {
        Some(b'c' | b'e' | b'f' | b'h' | b'k' | b'p' | b't' | b'u' | b'x') => {}
        _ => return Role::EndToEnd,
    }
    match name {
        "connection" => Role::Connection,
        // RFC 9110 §7.6.1 and, for the last, RFC 7540 §3.2.1.
        "keep-alive" | "proxy-connection" | "http2-settings" => Role::HopByHop,
        // RFC 9110 §11.7.
        "proxy-authenticate" | "proxy-authentication-info" | "proxy-authorization" => Role::HopByHop,
        "proxy" => Role::HopByHop,
        "transfer-encoding" => Role::TransferEncoding,
        "content-length" => Role::ContentLength,
        "upgrade" => Role::Upgrade,
        "te" => Role::Te,
        "expect" => Role::Expect,
        "cookie" => Role::Cookie,
        "forwarded" => Role::Forwarded,
        _ if is_claim(name) => Role::Claim,
        _ => Role::EndToEnd,
    }
}

fn is_claim(name: &str) -> bool {
    name.starts_with("x-forwarded-") || CLAIMS.contains(&name)
}

/// Whether a name has letters, digits and hyphens alone.
pub(super) fn is_plain(name: &str) -> bool {
    name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
}

/// Whether a name that is not plain could be taken for one that matters here.
pub(super) fn is_alias(name: &str) -> bool {
    let plain = name.bytes().map(|octet| if octet.is_ascii_alphanumeric() { char::from(octet) } else { '-' });
    let plain: String = plain.collect();
    role(&plain) != Role::EndToEnd || plain == "host"
}

/// The names that `Connection` lists.
pub(super) fn listed(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    members(headers, &http::header::CONNECTION)
}

/// The members of a field that is a list without quoted strings.
pub(super) fn members<'h>(headers: &'h HeaderMap, name: &'h HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let values = headers.get_all(name).iter();
    values.flat_map(|value| value.as_bytes().split(|octet| *octet == b',')).map(<[u8]>::trim_ascii)
}
