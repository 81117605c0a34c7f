use std::sync::Arc;
use std::time::Duration;

use ingress_routing::{Balance, EjectionOptions};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

/// How requests are sent to endpoints. All defaults stand at the fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpstreamOptions {
    /// How the endpoint of a request is chosen; in turn by default.
    pub balance: Balance,
    /// Whether clients stay at an endpoint; only where the Service says so by default.
    pub affinity: Affinity,
    /// The zone of this proxy: endpoints there are preferred. None by default.
    pub zone: Option<Box<str>>,
    /// When failing endpoints are left out.
    pub ejection: EjectionOptions,
    /// To the end of the handshake of a new connection; 5 s by default.
    pub connect_timeout: Duration,
    /// To a response's fields, counted from the last octets that the endpoint took of the request, and not while the client is waited for;
    /// 60 s by default.
    pub first_byte_timeout: Duration,
    /// Which requests are sent again.
    pub retry: Retry,
    /// To how many endpoints a request is sent at most, the first included; 3 by default. 0 counts as 1.
    pub max_attempts: u32,
    /// How long a connection without requests is kept; 55 s by default, a little less than the minute after which many servers close.
    pub idle_timeout: Duration,
    /// How many connections of HTTP/1.1 without requests each worker keeps to one endpoint; 64 by default.
    pub max_idle: usize,
    /// How many requests go over one connection of HTTP/2 at a time; 100 by default, which servers should at least allow (RFC 9113 §6.5.2).
    pub max_streams: u32,
    /// How long a connection of HTTP/2 with requests may be silent before the endpoint is asked for a sign of life (PING, RFC 9113 §6.7); it is given
    /// up after as long again. By default it is not asked: servers may take that amiss (those of gRPC allow a PING in five minutes).
    pub ping_interval: Option<Duration>,
    /// Whether the certificates of endpoints that speak TLS are checked; not by default.
    pub verification: EndpointVerification,
}

impl Default for UpstreamOptions {
    fn default() -> Self {
        Self {
            balance: Balance::default(),
            affinity: Affinity::default(),
            zone: None,
            ejection: EjectionOptions::default(),
            connect_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(60),
            retry: Retry::default(),
            max_attempts: 3,
            idle_timeout: Duration::from_secs(55),
            max_idle: 64,
            max_streams: 100,
            ping_interval: None,
            verification: EndpointVerification::default(),
        }
    }
}

/// Whether clients stay at an endpoint.
///
/// Those of a Service with `sessionAffinity: ClientIP` do so by their address whatever is said here, unless the routing table is told to ignore it
/// ([`ServiceAffinity`](ingress_routing::ServiceAffinity)). A cookie comes first there too: the address places the clients that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Affinity {
    /// No, unless their Service says so.
    #[default]
    None,
    /// By their address: the same endpoint for the same address, as long as it is there and does not fail.
    ClientIp,
    /// By a cookie that names the endpoint without showing its address.
    Cookie(CookieAffinity),
}

/// A cookie for [`Affinity::Cookie`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieAffinity {
    pub(super) name: Box<str>,
    pub(super) secret: u64,
}

impl CookieAffinity {
    /// A cookie of this name, whose values are made with a secret; all proxies that share clients need the same. `None` if the name is no
    /// token (RFC 6265 §4.1.1).
    ///
    /// ```
    /// use whereto_ingress::CookieAffinity;
    /// assert!(CookieAffinity::new("endpoint", 0x5eed).is_some());
    /// assert!(CookieAffinity::new("end point", 0x5eed).is_none());
    /// ```
    pub fn new(name: &str, secret: u64) -> Option<Self> {
        let token = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        (!name.is_empty() && name.bytes().all(token)).then(|| Self { name: name.into(), secret })
    }
}

/// Which requests are sent again after an attempt failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Those of which nothing was sent: no endpoint can have acted on them (RFC 9110 §9.2.2).
    Unsent,
    /// Besides these, requests without content whose method is idempotent (RFC 9110 §9.2.2), when the connection broke before the response. Costs a
    /// copy of the fields of each such request. Without it every endpoint that closes an idle connection just as a request comes costs that request.
    #[default]
    Idempotent,
}

/// Whether the certificates of endpoints that speak TLS are checked. Endpoints are asked for, and checked as, `service.namespace.svc`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum EndpointVerification {
    /// No: traffic is encrypted, but anybody on its way may read it. As with other ingress proxies, because certificates inside of clusters are
    /// seldom issued by anybody whom a proxy could know.
    #[default]
    None,
    /// Against these authorities.
    Authorities(Arc<RootCertStore>),
}

impl EndpointVerification {
    /// Against the authorities of a PEM file's content.
    ///
    /// # Errors
    /// When it is no PEM, or has no certificate of an authority.
    pub fn authorities(pem: &[u8]) -> Result<Self, pem::Error> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            // Those that are no certificates are left out, and counted by their absence.
            let _ = roots.add(certificate?);
        }
        if roots.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(Self::Authorities(Arc::new(roots))) }
    }
}
