//! How often a request may still be forwarded, as who looks for the way of requests says (RFC 9110 §7.6.2).

use http::header::MAX_FORWARDS;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use super::own::OwnAnswer;
use super::reason::Why;

/// Counts a TRACE or OPTIONS down, and answers it where it is not to be forwarded any more. With other methods the field says nothing.
///
/// TRACE is not answered with what came, which may hold secrets of the client.
pub(super) fn count_down(parts: &mut Parts) -> Result<(), OwnAnswer> {
    if !matches!(parts.method, Method::TRACE | Method::OPTIONS) {
        return Ok(());
    }
    let Some(value) = parts.headers.get(MAX_FORWARDS) else { return Ok(()) };
    // `Max-Forwards = 1*DIGIT`: what is anything else is nothing to this server, and what is too large is as good as the largest.
    let digits =
        value.to_str().ok().filter(|text| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit()));
    let Some(left) = digits.map(|digits| digits.parse::<u64>().unwrap_or(u64::MAX)) else { return Ok(()) };
    let Some(left) = left.checked_sub(1) else {
        let status = if parts.method == Method::OPTIONS { StatusCode::NO_CONTENT } else { StatusCode::NOT_IMPLEMENTED };
        return Err(OwnAnswer::new(status, Why::Refused("it is not to be forwarded (Max-Forwards)")));
    };
    parts.headers.insert(MAX_FORWARDS, HeaderValue::from(left));
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn traces_and_options_are_counted_down() {
        let largest = u64::MAX.to_string();
        for (method, value, expected) in [
            (Method::OPTIONS, "0", Err(204)),
            (Method::TRACE, "0", Err(501)),
            (Method::TRACE, "00", Err(501)),
            (Method::OPTIONS, "1", Ok("0")),
            (Method::TRACE, "10", Ok("9")),
            (Method::TRACE, &largest, Ok("18446744073709551614")),
            (Method::TRACE, "99999999999999999999", Ok("18446744073709551614")),
            // "The Max-Forwards header field MUST be ignored for all other request methods", but for extensions that say otherwise.
            (Method::GET, "0", Ok("0")),
            (Method::POST, "1", Ok("1")),
            (Method::OPTIONS, "", Ok("")),
            (Method::OPTIONS, "+1", Ok("+1")),
            (Method::OPTIONS, "-1", Ok("-1")),
        ] {
            let request = Request::builder().method(method.clone()).header(MAX_FORWARDS, value).body(()).unwrap();
            let (mut parts, ()) = request.into_parts();
            let result = count_down(&mut parts).map_err(|answer| answer.status.as_u16());
            let left = result.map(|()| parts.headers[MAX_FORWARDS].to_str().unwrap());
            assert_eq!(left, expected, "{method} {value}");
        }
    }

    #[test]
    fn without_the_field_nothing_is_said() {
        let (mut parts, ()) = Request::builder().method(Method::TRACE).body(()).unwrap().into_parts();
        assert_eq!(count_down(&mut parts), Ok(()));
        assert!(parts.headers.is_empty());
    }
}
