//! A client that goes to one address, whatever the URL says, as one does that reads an Ingress's status.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use ureq::config::Config;
use ureq::http::{HeaderMap, Request, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// What the published suite's client says that it is.
const USER_AGENT: &str = "Go-http-client/1.1";

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) protocol: String,
    pub(crate) fields: HeaderMap,
    /// The content as JSON, where it is JSON.
    pub(crate) body: Value,
    /// How often another URL was named.
    pub(crate) redirects: usize,
}

/// The parts of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) is_secure: bool,
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Url {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = text.split_once("://").with_context(|| text.to_owned())?;
        ensure!(scheme == "http" || scheme == "https", "{text}");
        let (host, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        Ok(Self { is_secure: scheme == "https", host: host.to_owned(), path: path.to_owned() })
    }
}

#[derive(Debug)]
struct Always(SocketAddr);

impl Resolver for Always {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

/// Sends a request on a new connection, and again where it is told to. Over TLS, this and no other certificate (PEM) is taken, if it is
/// valid for the host.
pub(crate) fn send(address: IpAddr, method: &str, url: &Url, certificate: Option<&str>) -> Result<Answer> {
    let answer = send_once(address, method, url, certificate)?;
    if !(300..400).contains(&answer.status) || answer.status == 304 {
        return Ok(answer);
    }
    let location = answer.fields.get("location").context("a redirect without location")?;
    let next = Url::parse(location.to_str()?)?;
    ensure!(next != *url, "a redirect to itself");
    let last = send(address, method, &next, certificate)?;
    Ok(Answer { redirects: last.redirects + 1, ..last })
}

fn send_once(address: IpAddr, method: &str, url: &Url, certificate: Option<&str>) -> Result<Answer> {
    let (scheme, port) = if url.is_secure { ("https", 443) } else { ("http", 80) };
    let roots = certificate.map(|pem| Certificate::from_pem(pem.as_bytes())).transpose()?;
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots.into_iter().collect::<Vec<_>>()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(10)))
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::default(), Always((address, port).into()));
    let host = if url.host.is_empty() { address.to_string() } else { url.host.clone() };
    let request = Request::builder().method(method).uri(format!("{scheme}://{host}{}", url.path));
    let mut response = agent.run(request.header("user-agent", USER_AGENT).body(())?)?;
    let body = response.body_mut().read_to_string()?;
    Ok(Answer {
        status: response.status().as_u16(),
        protocol: format!("{:?}", response.version()),
        fields: response.headers().clone(),
        body: serde_json::from_str(&body).unwrap_or_default(),
        redirects: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let url = |is_secure, host: &str, path: &str| Url { is_secure, host: host.to_owned(), path: path.to_owned() };
        assert_eq!(Url::parse("https://foo.bar.com").unwrap(), url(true, "foo.bar.com", "/"));
        assert_eq!(Url::parse("http:///resource/").unwrap(), url(false, "", "/resource/"));
        assert!(Url::parse("ftp://foo").is_err() && Url::parse("foo/bar").is_err());
    }
}
