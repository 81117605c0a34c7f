//! What becomes of the header fields of a request and of its response on their way through.
//!
//! | fields | to the endpoint | to the client |
//! |---|---|---|
//! | `Connection` and what it lists, `Keep-Alive`, `Proxy-Connection`, `Transfer-Encoding`, `Upgrade`, `HTTP2-Settings` | end here (RFC 9110 §7.6.1) | end here |
//! | `Proxy-Authenticate`, `Proxy-Authorization`, `Proxy-Authentication-Info` | end here: of the client and this proxy (RFC 9110 §11.7) | end here |
//! | `Content-Length` beside `Transfer-Encoding` | removed (RFC 9112 §6.3) | removed |
//! | `Upgrade` of HTTP/1.1 to HTTP/1.1 | sent on with `Connection: upgrade`, but for `h2c` and TLS, which are matters of a connection (RFC 9110 §7.8) | with status 101, sent on if the client asked for it |
//! | `TE` | `trailers` alone, with `Connection: te` in HTTP/1.1 (RFC 9110 §10.1.4) | |
//! | `Expect: 100-continue` | removed: the server answers it as soon as the endpoint's connection takes content (RFC 9110 §10.1.1) | |
//! | `Host` | the request's authority, in normal form, empty where there is none (RFC 9112 §3.2) | |
//! | `Cookie` | several fields joined to one (RFC 9113 §8.2.3, RFC 6265 §5.4) | |
//! | `X-Forwarded-For`, `X-Real-IP` | the client and the trusted proxies behind it; the client alone | |
//! | `X-Forwarded-Proto`, `-Host`, `-Port` | what a trusted proxy says, else what the request came with | |
//! | `Forwarded` | removed, or written anew ([`ForwardedField`]) | |
//! | other fields that tell of the client or of the way so far ([`survey::CLAIMS`]) | removed, unless a trusted proxy sent them | |
//! | `Proxy` | removed: CGI programs take it for their own setting (CVE-2016-5385) | |
//! | names with other characters than letters, digits, hyphens | removed ([`FieldNames`]) | sent on |
//! | `Via` | none, unless [`ForwardingOptions::via`] is set | as to the endpoint |
//! | `Date` | | the endpoint's, else the server's own (RFC 9110 §6.6.1) |
//! | `Server` | | the endpoint's ([`ServerField`]) |
//! | `Trailer` and trailer fields | sent on, but for those that say how to read, route or trust a message (RFC 9110 §6.5.1) | the same |
//! | everything else | sent on, in the same order | the same |
//!
//! **Who is the client.** Proxies add the address that they were called from at the end of `X-Forwarded-For`. So from its end on, each address is
//! believed that a trusted proxy added; the first one that is not itself a trusted proxy is the client. What stands before it was claimed by the
//! client, and is cut off: whatever an endpoint reads of the field, it was added by somebody who is trusted. The same holds for `Forwarded`,
//! which is read where there is no `X-Forwarded-For`.

mod chain;
mod forwarded_field;
mod hop_by_hop;
mod request;
mod response;
mod survey;
mod trailers;
mod trust;

use std::net::IpAddr;

use http::HeaderValue;
use ingress_routing::Scheme;
use ipnet::IpNet;

pub(crate) use request::{Onward, Upgrade};
pub(crate) use trailers::clean_trailers;
pub(crate) use trust::Client;

/// How header fields are changed on their way through.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ForwardingOptions {
    /// The proxies in front of this one: what they say of the client is believed. None by default, so that nobody can pass for somebody else.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether endpoints get a `Forwarded` field.
    pub forwarded: ForwardedField,
    /// Which field names of requests are sent on.
    pub field_names: FieldNames,
    /// The name of this proxy in `Via`, as RFC 9110 §7.6.3 asks of gateways. None by default, as with other ingress proxies: servers take the
    /// field for a sign that its sender does not understand compression, and send without.
    pub via: Option<Pseudonym>,
    /// Whether clients learn of the endpoints' software.
    pub server: ServerField,
}

/// Whether endpoints get a `Forwarded` field (RFC 7239) beside the `X-Forwarded-` ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedField {
    /// No: one account of the way is enough, and two may differ.
    #[default]
    Remove,
    /// Yes, one element for each address of `X-Forwarded-For`; the first has the client's scheme and host.
    Write,
}

/// Which field names of requests are sent on to endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldNames {
    /// Those of letters, digits and hyphens. Programs behind CGI and its heirs (RFC 3875 §4.1.18: hyphens become underscores) cannot tell
    /// `X_Forwarded_For` from the field that this proxy answers for.
    #[default]
    Plain,
    /// All, such as gRPC metadata with underscores and dots, but for those that could be taken for a field that this proxy answers for.
    Any,
}

/// Whether clients learn of the endpoints' software.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerField {
    /// The `Server` field of an endpoint is sent on: it is the origin's (RFC 9110 §10.2.4).
    #[default]
    Keep,
    /// It is removed.
    Remove,
}

/// A name for `Via`: a token (RFC 9110 §7.6.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudonym(Box<str>);

impl Pseudonym {
    /// A name; `None` if it is no token (RFC 9110 §5.6.2).
    ///
    /// ```
    /// use whereto_ingress::Pseudonym;
    /// assert!(Pseudonym::new("edge-1").is_some());
    /// assert!(Pseudonym::new("edge 1").is_none());
    /// ```
    pub fn new(name: &str) -> Option<Self> {
        let token = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        (!name.is_empty() && name.bytes().all(token)).then(|| Self(name.into()))
    }

    /// The member of `Via` for a message that was received in this version.
    fn via(&self, version: http::Version) -> Option<HeaderValue> {
        let version = match version {
            http::Version::HTTP_10 => "1.0",
            http::Version::HTTP_2 => "2.0",
            _ => "1.1",
        };
        HeaderValue::try_from(format!("{version} {}", self.0)).ok()
    }
}

/// The connection that requests come by.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    peer: IpAddr,
    peer_value: HeaderValue,
    scheme: Scheme,
    trusted: bool,
}

impl Hop {
    /// Who is at the other end, and how requests come: by TLS or in clear text. Made once for a connection.
    pub(crate) fn new(options: &ForwardingOptions, peer: IpAddr, scheme: Scheme) -> Self {
        let peer = peer.to_canonical();
        let trusted = options.trusts(peer);
        Self { peer, peer_value: address_value(peer), scheme, trusted }
    }
}

impl ForwardingOptions {
    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|range| range.contains(&address))
    }
}

/// An address as a field value.
fn address_value(address: IpAddr) -> HeaderValue {
    // Digits, dots and colons are a field value, always.
    HeaderValue::try_from(address.to_string()).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests;
