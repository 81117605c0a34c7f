use super::unroutable::{Malformed, PathError};
use super::{Scheme, Version};

/// A request target before it is read: one text, or the parts that an HTTP library has split it into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestTarget<'a> {
    /// The text between method and version, or `:path`; empty where HTTP/2 has none.
    Raw(&'a [u8]),
    /// An absolute-form target in parts.
    Absolute {
        /// Before `://`.
        scheme: &'a [u8],
        /// Up to the path.
        authority: &'a [u8],
        /// The rest, which may be empty or begin with `?`.
        path_and_query: &'a [u8],
    },
    /// An authority-form target, for CONNECT.
    Authority(&'a [u8]),
}

/// The forms of RFC 9112 §3.2, what they hold not yet looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// Path, and query if any, that stand alone.
    Origin(&'a [u8]),
    /// With an authority of its own; path and query may be empty.
    Absolute { authority: &'a [u8], path_and_query: &'a [u8] },
    /// The end of a tunnel.
    Connect { authority: &'a [u8] },
    /// The server as a whole.
    Asterisk,
}

impl<'a> RequestTarget<'a> {
    /// Which form it is for this method and version.
    pub(super) fn form(self, method: &str, version: Version) -> Result<Form<'a>, Malformed> {
        if method == "CONNECT" {
            return match self {
                // Extended CONNECT (RFC 8441 §4, RFC 9220) has a path: a WebSocket, routed as any request. Whether `:protocol` was there is
                // for the HTTP library to see.
                Self::Raw(path) if !version.is_http1() && path.starts_with(b"/") => Ok(Form::Origin(path)),
                Self::Raw(b"") if !version.is_http1() => Ok(Form::Connect { authority: b"" }),
                Self::Raw(authority) | Self::Authority(authority) if version.is_http1() => {
                    Ok(Form::Connect { authority })
                }
                _ => Err(Malformed::Target),
            };
        }
        match self {
            Self::Raw(b"*") if method == "OPTIONS" => Ok(Form::Asterisk),
            Self::Raw(raw) if raw.starts_with(b"/") => Ok(Form::Origin(raw)),
            // `:path` is never absolute (RFC 9113 §8.3.1).
            Self::Raw(raw) if version.is_http1() => {
                let (scheme, authority, path_and_query) = split_absolute(raw).ok_or(Malformed::Target)?;
                absolute(scheme, authority, path_and_query)
            }
            Self::Absolute { scheme, authority, path_and_query } if version.is_http1() => {
                absolute(scheme, authority, path_and_query)
            }
            _ => Err(Malformed::Target),
        }
    }
}

fn absolute<'a>(scheme: &[u8], authority: &'a [u8], path_and_query: &'a [u8]) -> Result<Form<'a>, Malformed> {
    let known =
        [Scheme::Http, Scheme::Https].iter().any(|known| known.as_str().as_bytes().eq_ignore_ascii_case(scheme));
    if !known {
        return Err(Malformed::Scheme);
    }
    match path_and_query.first() {
        None | Some(b'/' | b'?') => Ok(Form::Absolute { authority, path_and_query }),
        Some(b'#') => Err(Malformed::Path(PathError::Fragment)),
        Some(_) => Err(Malformed::Target),
    }
}

/// Scheme, authority and the rest of `http://authority/rest`.
fn split_absolute(raw: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let colon = raw.iter().position(|&octet| octet == b':')?;
    let (scheme, rest) = raw.split_at_checked(colon)?;
    let rest = rest.strip_prefix(b"://")?;
    let end = rest.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let (authority, path_and_query) = rest.split_at_checked(end)?;
    Some((scheme, authority, path_and_query))
}
