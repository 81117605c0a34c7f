//! From the types of the crate `http`.

use ::http::request::Parts;
use ::http::{Version as HttpVersion, header};

use super::head::{HostValues, RequestHead, Version};
use super::target::RequestTarget;

/// What `Parts` no longer knows, this cannot know either:
///
/// - `Uri` drops a fragment, so a target with `#` is not refused.
/// - `Uri` has `/` for an absolute-form target without path, so `OPTIONS http://host` is not known to concern the server as a whole.
/// - Whether the connection has TLS, for which server name, and from whom it comes: [`RequestHead::with_scheme`],
///   [`RequestHead::with_server_name`] and [`RequestHead::with_peer`] tell. The scheme that the request claims is not believed.
/// - A version before 1.0 counts as HTTP/1.0.
impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        let version = match parts.version {
            HttpVersion::HTTP_3 => Version::Http3,
            HttpVersion::HTTP_2 => Version::Http2,
            HttpVersion::HTTP_11 => Version::Http11,
            _ => Version::Http10,
        };
        let path_and_query = parts.uri.path_and_query().map_or("", |both| both.as_str()).as_bytes();
        let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
        let target = match (parts.uri.scheme_str(), authority) {
            (Some(scheme), Some(authority)) if version.is_http1() => {
                RequestTarget::Absolute { scheme: scheme.as_bytes(), authority, path_and_query }
            }
            (None, Some(authority)) if version.is_http1() => RequestTarget::Authority(authority),
            _ => RequestTarget::Raw(path_and_query),
        };
        let hosts: HostValues<'a> = parts.headers.get_all(header::HOST).iter().map(|value| value.as_bytes()).collect();
        let mut head = Self::new(parts.method.as_str(), "").with_version(version);
        (head.target, head.hosts) = (target, hosts);
        head.authority = authority.filter(|_| !version.is_http1());
        head
    }
}
