//! Trailer fields.

use http::{HeaderMap, HeaderName};

use super::survey::{Role, is_plain, role};

/// Fields that a sender must not put behind the content (RFC 9110 §6.5.1): they say how to read, route, authenticate or answer a message, which
/// is settled by then. Whoever merges trailers into header fields would have them believed.
const FORBIDDEN: &[&str] = &[
    "age",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "date",
    "expires",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "location",
    "max-forwards",
    "pragma",
    "range",
    "retry-after",
    "set-cookie",
    "trailer",
    "vary",
    "warning",
    "www-authenticate",
];

/// Removes trailer fields that are not sent on, in either direction.
pub(crate) fn clean_trailers(trailers: &mut HeaderMap) {
    let forbidden = |name: &HeaderName| {
        let name = name.as_str();
        role(name) != Role::EndToEnd || FORBIDDEN.contains(&name) || (!is_plain(name) && super::survey::is_alias(name))
    };
    let doomed: Vec<HeaderName> = trailers.keys().filter(|name| forbidden(name)).cloned().collect();
    for name in doomed {
        trailers.remove(name);
    }
}
