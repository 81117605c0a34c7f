use ingress_routing::Upstream;

/// What an endpoint speaks, by `appProtocol` of the Service's port (Service API; KEP-3726 for the names of `kubernetes.io`):
///
/// | `appProtocol` | HTTP | TLS |
/// |---|---|---|
/// | none, `http`, `ws`, `kubernetes.io/ws`, anything else | 1.1 | no |
/// | `kubernetes.io/h2c`, `h2c`, `http2`, `grpc` | 2, with prior knowledge (RFC 9113 §3.3) | no |
/// | `https`, `wss`, `kubernetes.io/wss` | 1.1 | yes |
/// | `h2`, `grpcs` | 2 (ALPN `h2`) | yes |
///
/// `https` is HTTP/1.1, so that upgrades always work. Names are compared without regard to case, as those of IANA's registry are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndpointProtocol {
    http2: bool,
    tls: bool,
}

impl EndpointProtocol {
    /// The protocol of an upstream's endpoints.
    pub(crate) fn of(upstream: &Upstream) -> Self {
        upstream.app_protocol().map_or(Self { http2: false, tls: false }, Self::named)
    }

    fn named(name: &str) -> Self {
        let is = |names: &[&str]| names.iter().any(|of| name.eq_ignore_ascii_case(of));
        let over_tls = is(&["h2", "grpcs"]);
        Self {
            http2: over_tls || is(&["kubernetes.io/h2c", "h2c", "http2", "grpc"]),
            tls: over_tls || is(&["https", "wss", "kubernetes.io/wss"]),
        }
    }

    /// Whether requests go in HTTP/2.
    pub(crate) const fn is_http2(self) -> bool {
        self.http2
    }

    /// Whether connections are encrypted.
    pub(super) const fn is_tls(self) -> bool {
        self.tls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, http2, tls) in [
            ("http", false, false),
            ("kubernetes.io/h2c", true, false),
            ("kubernetes.io/ws", false, false),
            ("kubernetes.io/wss", false, true),
            ("https", false, true),
            ("HTTPS", false, true),
            ("grpc", true, false),
            ("grpcs", true, true),
            ("h2", true, true),
            ("mysql", false, false),
        ] {
            assert_eq!(EndpointProtocol::named(name), EndpointProtocol { http2, tls }, "{name}");
        }
    }
}
