//! A request on its way to an endpoint.

use std::fmt::{self, Write};
use std::net::IpAddr;

use http::header::{CONNECTION, COOKIE, EXPECT, FORWARDED, HOST, TE, UPGRADE, VIA};
use http::{HeaderMap, HeaderValue, Version};
use ingress_routing::{Authority, HostBuffer, Scheme};

use super::hop_by_hop::Findings;
use super::survey::{
    Role, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PROTO, X_REAL_IP, is_alias, is_plain,
    listed, members,
};
use super::{Client, FieldNames, ForwardedField, ForwardingOptions, Hop, address_value};

/// What else is known of a request that is sent on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onward<'a> {
    /// For which host it is; `None` for a request of HTTP/1.0 that says none.
    pub(crate) authority: Option<Authority<'a>>,
    /// The version that it came in.
    pub(crate) version: Version,
    /// Whether the endpoint gets it in HTTP/2.
    pub(crate) to_http2: bool,
}

/// An upgrade that a client asks an endpoint for: protocols, the most wanted first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upgrade(HeaderValue);

impl Upgrade {
    /// What the client asks for and an endpoint can give it; `None` if there is none.
    fn asked(headers: &HeaderMap) -> Option<Self> {
        if !listed(headers).any(|name| name.eq_ignore_ascii_case(b"upgrade")) {
            return None;
        }
        let mut kept = Vec::new();
        for protocol in members(headers, &UPGRADE) {
            let name = protocol.split(|octet| *octet == b'/').next().unwrap_or_default();
            // Versions of HTTP and TLS are agreed on with this server (RFC 9110 §7.8; RFC 2817, RFC 9113 §3.1).
            let of_connection = ["h2c", "h2", "http", "tls"].iter().any(|of| name.eq_ignore_ascii_case(of.as_bytes()));
            if !protocol.is_empty() && !of_connection {
                if !kept.is_empty() {
                    kept.extend_from_slice(b", ");
                }
                kept.extend_from_slice(protocol);
            }
        }
        if kept.is_empty() { None } else { HeaderValue::from_bytes(&kept).ok().map(Self) }
    }

    /// Whether a protocol was asked for.
    pub(super) fn includes(&self, protocol: &[u8]) -> bool {
        let mut asked = self.0.as_bytes().split(|octet| *octet == b',').map(<[u8]>::trim_ascii);
        asked.any(|asked| asked.eq_ignore_ascii_case(protocol))
    }
}

impl ForwardingOptions {
    /// Makes the fields of a request those that the endpoint gets. Returns the upgrade that it asks for.
    pub(crate) fn edit_request(
        &self,
        headers: &mut HeaderMap,
        hop: &Hop,
        client: &Client,
        onward: Onward<'_>,
    ) -> Option<Upgrade> {
        let findings = Findings::of(headers, |name, role| match role {
            Role::Forwarded => true,
            Role::Claim => !hop.trusted,
            _ if is_plain(name) => false,
            _ => self.field_names == FieldNames::Plain || is_alias(name),
        });
        // RFC 9110 §7.8: not from HTTP/1.0. HTTP/2 has other means (RFC 8441).
        let upgradable = findings.has(Role::Upgrade) && onward.version == Version::HTTP_11 && !onward.to_http2;
        let upgrade = if upgradable { Upgrade::asked(headers) } else { None };
        let trailers =
            findings.has(Role::Te) && members(headers, &TE).any(|coding| coding.eq_ignore_ascii_case(b"trailers"));
        findings.remove(headers);

        if trailers {
            headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        if let Some(upgrade) = &upgrade {
            let connection = if trailers { "upgrade, te" } else { "upgrade" };
            headers.insert(CONNECTION, HeaderValue::from_static(connection));
            headers.insert(UPGRADE, upgrade.0.clone());
        } else if trailers && !onward.to_http2 {
            headers.insert(CONNECTION, HeaderValue::from_static("te"));
        }
        if findings.has(Role::Expect) && expects_continue(headers) {
            headers.remove(EXPECT);
        }
        if findings.has(Role::Cookie) {
            join_cookies(headers);
        }
        self.tell_of_client(headers, hop, client, onward.authority);
        if let Some(via) = self.via.as_ref().and_then(|name| name.via(onward.version)) {
            headers.append(VIA, via);
        }
        upgrade
    }

    /// Writes the fields by which the endpoint learns who asks, and for what.
    fn tell_of_client(&self, headers: &mut HeaderMap, hop: &Hop, client: &Client, authority: Option<Authority<'_>>) {
        let host_value = host_value(authority, headers.get(HOST));
        let (client_value, all) = if client.passed.is_empty() {
            (hop.peer_value.clone(), hop.peer_value.clone())
        } else {
            (address_value(client.address), list(&client.passed, &hop.peer_value))
        };
        if !hop.trusted || !is_authority(headers) {
            if authority.is_some() {
                headers.insert(X_FORWARDED_HOST.clone(), host_value.clone());
            } else {
                headers.remove(&X_FORWARDED_HOST);
            }
        }
        if !hop.trusted || !is_port(headers) {
            let port = authority.and_then(|authority| authority.port).unwrap_or_else(|| client.scheme.default_port());
            headers.insert(X_FORWARDED_PORT.clone(), port_value(port));
        }
        if self.forwarded == ForwardedField::Write {
            let addresses: Vec<IpAddr> = client.passed.iter().copied().chain([hop.peer]).collect();
            let host = host_value.to_str().unwrap_or_default();
            if let Some(value) = super::forwarded_field::write(&addresses, client.scheme, host) {
                headers.insert(FORWARDED, value);
            }
        }
        headers.insert(HOST, host_value);
        headers.insert(X_FORWARDED_FOR.clone(), all);
        headers.insert(X_REAL_IP.clone(), client_value);
        headers.insert(X_FORWARDED_PROTO.clone(), HeaderValue::from_static(client.scheme.as_str()));
    }
}

/// The value of the Host field: the authority in normal form, the value as it came where that is the same, or an empty one where there is none.
fn host_value(authority: Option<Authority<'_>>, received: Option<&HeaderValue>) -> HeaderValue {
    let Some(authority) = authority else { return HeaderValue::from_static("") };
    if let Some(same) = received.filter(|value| is_written_as(&authority, value.as_bytes())) {
        return same.clone();
    }
    // A host in normal form is a field value.
    HeaderValue::try_from(authority.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Whether something is displayed as this text.
fn is_written_as(value: &impl fmt::Display, text: &[u8]) -> bool {
    struct Left<'a>(&'a [u8]);
    impl Write for Left<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(piece.as_bytes()).ok_or(fmt::Error)?;
            Ok(())
        }
    }
    let mut left = Left(text);
    write!(left, "{value}").is_ok() && left.0.is_empty()
}

/// RFC 9110 §10.1.1: the one expectation that there is.
fn expects_continue(headers: &HeaderMap) -> bool {
    members(headers, &EXPECT).all(|expected| expected.eq_ignore_ascii_case(b"100-continue"))
}

/// Joins the crumbs into which HTTP/2 may cut the field, so that endpoints see one (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let mut values = headers.get_all(COOKIE).iter();
    let (Some(first), Some(second)) = (values.next(), values.next()) else { return };
    let mut joined = first.as_bytes().to_vec();
    for value in [second].into_iter().chain(values) {
        joined.extend_from_slice(b"; ");
        joined.extend_from_slice(value.as_bytes());
    }
    // What was valid in parts is valid joined.
    if let Ok(joined) = HeaderValue::from_bytes(&joined) {
        headers.insert(COOKIE, joined);
    }
}

/// `X-Forwarded-For`: the client first.
fn list(passed: &[IpAddr], peer: &HeaderValue) -> HeaderValue {
    let mut out = String::new();
    for address in passed {
        let _ = write!(out, "{address}, ");
    }
    out.push_str(peer.to_str().unwrap_or_default());
    HeaderValue::try_from(out).unwrap_or_else(|_| peer.clone())
}

/// Whether there is one `X-Forwarded-Host`, and it is a host with or without a port.
fn is_authority(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(&X_FORWARDED_HOST).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    Authority::parse(value.as_bytes(), &mut HostBuffer::new()).is_ok()
}

/// Whether there is one `X-Forwarded-Port`, and it is a port.
fn is_port(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(&X_FORWARDED_PORT).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let digits = value.as_bytes().iter().all(u8::is_ascii_digit);
    digits && value.to_str().is_ok_and(|text| text.parse::<u16>().is_ok_and(|port| port > 0))
}

fn port_value(port: u16) -> HeaderValue {
    if port == Scheme::Http.default_port() {
        HeaderValue::from_static("80")
    } else if port == Scheme::Https.default_port() {
        HeaderValue::from_static("443")
    } else {
        HeaderValue::from(port)
    }
}
