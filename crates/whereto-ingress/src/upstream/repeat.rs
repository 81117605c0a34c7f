//! Requests that may have to be sent a second time.

use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};

/// What a request without content was. The fields are kept as octets: nearly no request is sent twice, and to write them one after another is
/// a fraction of the work that cloning their map is. Extensions are left out: those belong to who receives the request.
#[derive(Debug)]
pub(super) struct Original {
    method: Method,
    uri: Uri,
    version: Version,
    /// Of each field: whether it is sensitive, its name, a colon, its value, a line feed; no name has a colon, no value a line feed (RFC 9110
    /// §5.1, §5.5).
    fields: Vec<u8>,
}

/// Octets that a field has in the mean, or more.
const FIELD: usize = 48;

impl Original {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let mut fields = Vec::with_capacity(request.headers().len() * FIELD);
        for (name, value) in request.headers() {
            fields.push(u8::from(value.is_sensitive()));
            fields.extend_from_slice(name.as_str().as_bytes());
            fields.push(b':');
            fields.extend_from_slice(value.as_bytes());
            fields.push(b'\n');
        }
        Self { method: request.method().clone(), uri: request.uri().clone(), version: request.version(), fields }
    }

    /// The request once more.
    pub(super) fn again<B>(&self, body: B) -> Request<B> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = self.version;
        *request.headers_mut() = self.fields.split(|octet| *octet == b'\n').filter_map(field).collect();
        request
    }
}

fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let (sensitive, line) = line.split_first()?;
    let colon = line.iter().position(|octet| *octet == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let mut value = HeaderValue::from_bytes(value.get(1..)?).ok()?;
    value.set_sensitive(*sensitive == u8::from(true));
    Some((HeaderName::from_bytes(name).ok()?, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_what_it_was() {
        let mut secret = HeaderValue::from_static("Basic eDp5");
        secret.set_sensitive(true);
        let request = Request::builder()
            .method("PROPFIND")
            .uri("/a?b=c:d")
            .version(Version::HTTP_2)
            .header("host", "shop.example:8080")
            .header("cookie", "a=1")
            .header("x-empty", "")
            .header("cookie", "b=2")
            .header("x-octets", HeaderValue::from_bytes(b"\xe4\t: \"\\").unwrap())
            .header("authorization", secret)
            .body(())
            .unwrap();
        let again = Original::of(&request).again(());
        assert_eq!(again.method(), request.method());
        assert_eq!(again.uri(), request.uri());
        assert_eq!(again.version(), request.version());
        assert_eq!(again.headers(), request.headers());
        assert!(again.headers()["authorization"].is_sensitive() && !again.headers()["host"].is_sensitive());
        assert_eq!(again.headers().get_all("cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    }
}
