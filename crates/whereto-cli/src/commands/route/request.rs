use ingress_routing::{
    CertificateExplanation, Host, HostBuffer, RequestBuffer, RequestHead, RequestOptions, RoutingTable, Scheme,
};

use crate::arguments::RouteArgs;

/// A request as it is asked about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) scheme: Scheme,
    /// The request target as it stands.
    pub(super) target: String,
    /// The values of the Host fields.
    pub(super) hosts: Vec<String>,
    /// Names of the other fields.
    pub(super) fields: Vec<String>,
    /// The server name of the handshake, where there is one.
    pub(super) server_name: Option<String>,
}

/// The server name that a request comes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServerName {
    /// As clients have it: the host.
    Host,
    /// This one, or none.
    Given(Option<String>),
}

impl Asked {
    /// A request to `authority`, whose place the Host fields take where there are any.
    ///
    /// # Errors
    /// When the method is none (RFC 9110 §9.1).
    pub(super) fn new(
        method: &str,
        scheme: Scheme,
        authority: Option<&str>,
        target: &str,
        fields: Vec<(String, String)>,
        server_name: ServerName,
    ) -> Result<Self, String> {
        if !is_token(method) {
            return Err(format!("{method:?} is not a method"));
        }
        let (mut hosts, mut others) = (Vec::new(), Vec::new());
        for (name, value) in fields {
            if !is_token(&name) {
                return Err(format!("{name:?} is not the name of a header field"));
            }
            if name.eq_ignore_ascii_case("host") {
                hosts.push(value);
            } else {
                others.push(name);
            }
        }
        let connected = authority.or_else(|| hosts.first().map(String::as_str));
        let server_name = match (scheme, server_name) {
            (Scheme::Http, _) => None,
            (Scheme::Https, ServerName::Given(name)) => name.filter(|name| !name.is_empty()),
            (Scheme::Https, ServerName::Host) => connected.and_then(host_name),
        };
        if hosts.is_empty() {
            hosts.extend(authority.map(str::to_owned));
        }
        Ok(Self { method: method.to_owned(), scheme, target: target.to_owned(), hosts, fields: others, server_name })
    }

    /// The request on the command line.
    ///
    /// # Errors
    /// When what is there is no request at all.
    pub(super) fn from_args(args: &RouteArgs) -> Result<Self, String> {
        let (method, url) = match args.request.as_slice() {
            [url] => ("GET", url.as_str()),
            [method, url] => (method.as_str(), url.as_str()),
            _ => return Err("a URL is missing".to_owned()),
        };
        let (scheme, authority, target) = split(method, url)?;
        let fields = args.headers.iter().map(|text| field(text)).collect::<Result<_, _>>()?;
        let server_name = args.sni.clone().map_or(ServerName::Host, |name| ServerName::Given(Some(name)));
        Self::new(method, scheme, authority, &target, fields, server_name)
    }

    /// What routing sees of it.
    pub(super) fn head(&self) -> RequestHead<'_> {
        let mut head = RequestHead::new(&self.method, &self.target).with_scheme(self.scheme);
        for host in &self.hosts {
            head = head.with_host(host);
        }
        match &self.server_name {
            Some(name) => head.with_server_name(name),
            None => head,
        }
    }

    /// Which certificate the handshake gets, at `now` in seconds since 1970; `None` in clear text.
    pub(super) fn certificate<'t>(&self, table: &'t RoutingTable, now: i64) -> Option<CertificateExplanation<'t>> {
        if self.scheme == Scheme::Http {
            return None;
        }
        let mut buffer = HostBuffer::new();
        let server_name = self.server_name.as_ref().and_then(|name| Host::parse(name, &mut buffer).ok());
        Some(table.certificates().explain(server_name.as_ref(), now))
    }
}

/// A token (RFC 9110 §5.6.2).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet))
}

/// Name and value of a header field.
fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or_else(|| format!("-H {text:?} is not of the form NAME: VALUE"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Scheme, authority and target of a URL, of which clients do not send the fragment.
fn split<'u>(method: &str, url: &'u str) -> Result<(Scheme, Option<&'u str>, String), String> {
    if url.is_empty() {
        return Err("the URL is empty".to_owned());
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|octet| octet.is_ascii_alphabetic()) => {
            let known =
                [Scheme::Http, Scheme::Https].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(scheme));
            (known.ok_or_else(|| format!("{scheme} is neither http nor https"))?, rest)
        }
        _ if url.starts_with('/') || url == "*" => return Ok((Scheme::Http, None, without_fragment(url).to_owned())),
        // A tunnel's end is both target and authority (RFC 9112 §3.2.3).
        _ if method == "CONNECT" => return Ok((Scheme::Http, Some(url), url.to_owned())),
        _ => (Scheme::Http, url),
    };
    let rest = without_fragment(rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let slash = if target.starts_with('/') { "" } else { "/" };
    Ok((scheme, Some(authority), format!("{slash}{target}")))
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

/// The host of an authority where it is a name: addresses are no server names (RFC 6066 §3).
fn host_name(authority: &str) -> Option<String> {
    let mut buffer = RequestBuffer::new();
    let request = RequestHead::new("GET", "/").with_host(authority).read(&RequestOptions::default(), &mut buffer);
    let request = request.ok()?;
    Some(request.host()?.name()?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_and_kept_as_they_are() {
        use Scheme::{Http, Https};
        for (method, url, scheme, authority, target) in [
            ("GET", "https://shop.example/cart?x=1", Https, Some("shop.example"), "/cart?x=1"),
            ("GET", "HTTP://Shop.Example:8080", Http, Some("Shop.Example:8080"), "/"),
            ("GET", "http://shop.example?x=1", Http, Some("shop.example"), "/?x=1"),
            ("GET", "shop.example/%zz/../a b", Http, Some("shop.example"), "/%zz/../a b"),
            ("GET", "http://shop.example/a#b", Http, Some("shop.example"), "/a"),
            ("GET", "http://[::1]:80/a", Http, Some("[::1]:80"), "/a"),
            ("GET", "http:///a", Http, Some(""), "/a"),
            ("GET", "/a?u=http://b", Http, None, "/a?u=http://b"),
            ("OPTIONS", "*", Http, None, "*"),
            ("CONNECT", "shop.example:443", Http, Some("shop.example:443"), "shop.example:443"),
        ] {
            assert_eq!(split(method, url), Ok((scheme, authority, target.to_owned())), "{url}");
        }
        assert!(split("GET", "").is_err());
        assert!(split("GET", "ftp://shop.example/").is_err());
    }

    #[test]
    fn the_host_field_takes_the_place_of_the_url_but_not_of_the_server_name() {
        let asked = |fields: &[&str], server_name| {
            let fields = fields.iter().map(|text| field(text).expect("a field")).collect();
            let asked = Asked::new("GET", Scheme::Https, Some("a.example:8443"), "/", fields, server_name);
            let asked = asked.expect("a request");
            (asked.hosts, asked.server_name)
        };
        let (a, b) = (|| "a.example:8443".to_owned(), || "b.example".to_owned());
        assert_eq!(asked(&[], ServerName::Host), (vec![a()], Some("a.example".to_owned())));
        assert_eq!(asked(&["host: b.example", "x: y"], ServerName::Host), (vec![b()], Some("a.example".to_owned())));
        assert_eq!(asked(&[], ServerName::Given(None)), (vec![a()], None));
        assert_eq!(asked(&[], ServerName::Given(Some(b()))), (vec![a()], Some(b())));
        assert_eq!(asked(&["Host: b.example", "Host: b.example"], ServerName::Host).0.len(), 2);
        assert_eq!(host_name("192.0.2.1:443"), None);
        for wrong in ["no colon", ": x", "a b: c"] {
            let fields = field(wrong).map(|field| vec![field]);
            let asked = fields.and_then(|fields| Asked::new("GET", Scheme::Http, None, "/", fields, ServerName::Host));
            assert!(asked.is_err(), "{wrong}");
        }
    }
}
