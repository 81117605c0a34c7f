//! What a request must be like before it is routed, beyond what the parsers of HTTP/1.1 and HTTP/2 see to.

use http::header::{CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Version};

use super::own::OwnAnswer;
use super::reason::Why;
use crate::config::Limits;

/// Octets that each field counts beside its name and value (RFC 9113 §6.5.2).
const FIELD_OVERHEAD: usize = 32;

/// Whether a request may be looked at further.
pub(super) fn check(parts: &Parts, limits: &Limits) -> Result<(), OwnAnswer> {
    let refuse = |status, why| Err(OwnAnswer::new(status, Why::Refused(why)).and_close());
    let target = parts.uri.path_and_query().map_or(0, |both| both.as_str().len())
        + parts.uri.authority().map_or(0, |authority| authority.as_str().len());
    if target > limits.target {
        return refuse(StatusCode::URI_TOO_LONG, "the target is too long");
    }
    // One look at all fields: most requests have none of those that are to be looked at more closely.
    let (mut octets, mut codes, mut expects) = (0, false, false);
    for (name, value) in &parts.headers {
        octets += name.as_str().len() + value.len() + FIELD_OVERHEAD;
        codes |= *name == TRANSFER_ENCODING;
        expects |= *name == EXPECT;
    }
    if parts.headers.len() > limits.fields || octets > limits.head {
        return refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "there are too many fields, or they are too long");
    }
    if codes && parts.version < Version::HTTP_2 {
        transfer_coding(&parts.headers)
            .or_else(|status| refuse(status, "the transfer coding is not `chunked` alone"))?;
    }
    if let Some(limit) = limits.body
        && declared(&parts.headers).is_some_and(|octets| octets > limit)
    {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "the content is too long");
    }
    // RFC 9110 §10.1.1: no other expectation is known.
    let known = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"100-continue");
    if expects && !parts.headers.get_all(EXPECT).iter().all(known) {
        return refuse(StatusCode::EXPECTATION_FAILED, "an expectation is unknown");
    }
    Ok(())
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Of a request that has transfer codings: the one is `chunked`, once (RFC 9112 §6.1, §7): of any other the end would be for the next reader to guess.
fn transfer_coding(headers: &HeaderMap) -> Result<(), StatusCode> {
    let codings = headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|octet| *octet == b','))
        .map(<[u8]>::trim_ascii);
    let (mut chunked, mut other) = (0, false);
    for coding in codings {
        if coding.eq_ignore_ascii_case(b"chunked") {
            chunked += 1;
        } else {
            other = true;
        }
    }
    match (chunked, other) {
        (1, false) => Ok(()),
        (_, true) => Err(StatusCode::NOT_IMPLEMENTED),
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http::request::Builder;

    use super::*;

    fn status(request: Builder, limits: &Limits) -> Option<u16> {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts, limits).err().map(|answer| answer.status.as_u16())
    }

    #[test]
    fn transfer_codings() {
        for (values, expected) in [
            (&["chunked"][..], None),
            (&["CHUNKED"], None),
            // RFC 9112 §7: "A sender MUST NOT apply the chunked transfer coding more than once".
            (&["chunked", "chunked"], Some(400)),
            (&["chunked, chunked"], Some(400)),
            // RFC 9112 §6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD respond with 501".
            (&["gzip, chunked"], Some(501)),
            (&["identity", "chunked"], Some(501)),
            (&["chunked", "identity"], Some(501)),
            (&["xchunked"], Some(501)),
            (&[""], Some(501)),
        ] {
            let request =
                values.iter().fold(Request::builder(), |request, value| request.header(TRANSFER_ENCODING, *value));
            assert_eq!(status(request, &Limits::new()), expected, "{values:?}");
        }
    }

    #[test]
    fn limits() {
        let limits = Limits::new().with_fields(3).with_head(4096).with_target(10).with_body(Some(5));
        let get = Request::builder;
        let many = get().header("a", "").header("a", "").header("b", "").header("c", "");
        for (name, request, expected) in [
            ("as many as allowed", get().uri("/123456789").header("a", "1").header("b", "2"), None),
            ("long target", get().uri("/1234567890"), Some(414)),
            ("many fields", many, Some(431)),
            ("long field", get().header("a", "x".repeat(4096)), Some(431)),
            ("short content", get().header("content-length", "5"), None),
            ("long content", get().header("content-length", "6"), Some(413)),
            ("known expectation", get().header("expect", "100-Continue"), None),
            ("unknown expectation", get().header("expect", "200-ok"), Some(417)),
        ] {
            assert_eq!(status(request, &limits), expected, "{name}");
        }
    }
}
