use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use ingress_routing::model::{
    Backend, Change, Endpoint as SliceEndpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule,
    Service, ServicePort, SessionAffinity, Tls, TlsSecret,
};
use ingress_routing::{CertificateFacts, Fingerprint, HttpsRedirect, KeyKind, Options, Router, RoutingTable};
use object_change::{Delta, ObjectKey};
use whereto_ingress::{Certificates, IngressConfig, IngressServer};

/// Objects that change, and the tables that servers read.
pub(crate) struct Cluster {
    router: Router,
    pub(crate) tables: Arc<ArcSwap<RoutingTable>>,
    pub(crate) certificates: Arc<Certificates>,
}

/// A certificate that signs itself.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: Vec<u8>,
}

impl Issued {
    pub(crate) fn for_host(host: &str) -> Self {
        let issued = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
        Self {
            certificate: issued.cert.pem(),
            key: issued.signing_key.serialize_pem(),
            der: issued.cert.der().to_vec(),
        }
    }
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::new("shop", name)
}

impl Cluster {
    /// Empty, but known to be.
    pub(crate) fn new(options: Options) -> Self {
        let mut router = Router::new(options);
        router.apply_all(Kind::ALL.map(Change::Synced));
        let tables = Arc::new(ArcSwap::new(router.publish()));
        Self { router, tables, certificates: Arc::new(Certificates::new()) }
    }

    /// The host `shop.example`, all of it at one endpoint; no redirect.
    pub(crate) fn with_endpoint(address: SocketAddr) -> Self {
        let mut cluster = Self::new(Options::new().with_https_redirect(HttpsRedirect::Off));
        cluster.service("web", None, &[address]);
        cluster.ingress("web", "shop.example", "/", "web");
        cluster.publish();
        cluster
    }

    pub(crate) fn service(&mut self, name: &str, app_protocol: Option<&str>, endpoints: &[SocketAddr]) {
        let mut port = ServicePort::new("http", 80);
        if let Some(protocol) = app_protocol {
            port = port.with_app_protocol(protocol);
        }
        self.router.apply(Change::Service(Delta::Upsert(key(name), Service::new().with_port(port))));
        // One slice for each: ports may differ.
        for (index, address) in endpoints.iter().enumerate() {
            let slice = EndpointSlice::new(name)
                .with_port(EndpointPort::new("http", address.port()))
                .with_endpoint(SliceEndpoint::new(address.ip()));
            self.router.apply(Change::EndpointSlice(Delta::Upsert(key(&format!("{name}-{index}")), slice)));
        }
        for index in endpoints.len()..8 {
            self.router.apply(Change::EndpointSlice(Delta::Delete(key(&format!("{name}-{index}")))));
        }
    }

    /// Makes a Service one whose clients stay by their address, with the endpoints that it has.
    pub(crate) fn keep_clients(&mut self, name: &str) {
        let service = Service::new().with_port(ServicePort::new("http", 80));
        let service = service.with_session_affinity(SessionAffinity::ClientIp);
        self.router.apply(Change::Service(Delta::Upsert(key(name), service)));
    }

    pub(crate) fn ingress(&mut self, name: &str, host: &str, path: &str, service: &str) {
        let rule = Rule::new(host).with_path(PathRule::new(path, PathType::Prefix, Backend::service(service, 80)));
        self.router.apply(Change::Ingress(Delta::Upsert(key(name), Ingress::new().with_rule(rule))));
    }

    pub(crate) fn remove_ingress(&mut self, name: &str) {
        self.router.apply(Change::Ingress(Delta::Delete(key(name))));
    }

    /// An Ingress for a host whose certificate is in a Secret of the same name.
    pub(crate) fn tls_ingress(&mut self, name: &str, host: &str, service: &str) {
        let rule = Rule::new(host).with_path(PathRule::new("/", PathType::Prefix, Backend::service(service, 80)));
        let tls = Tls::new(name).with_host(host);
        self.router.apply(Change::Ingress(Delta::Upsert(key(name), Ingress::new().with_rule(rule).with_tls(tls))));
    }

    /// What is in a Secret.
    pub(crate) fn secret(&mut self, name: &str, host: &str, issued: &Issued) {
        self.certificates.insert(key(name), issued.certificate.as_bytes(), issued.key.as_bytes()).unwrap();
        let mut fingerprint = [0; 32];
        let tail = &issued.der[issued.der.len() - 32..];
        fingerprint.copy_from_slice(tail);
        let facts = CertificateFacts::new([host], 0, i64::MAX, KeyKind::EcdsaP256, Fingerprint(fingerprint));
        self.router.apply(Change::Secret(Delta::Upsert(key(name), TlsSecret::Usable(facts))));
    }

    pub(crate) fn publish(&mut self) {
        self.tables.store(self.router.publish());
    }

    /// A server in front of it: one worker, no lame duck.
    pub(crate) fn serve(&self, config: impl FnOnce(IngressConfig) -> IngressConfig) -> IngressServer {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let basic =
            IngressConfig::new().with_http(any).with_workers(1).with_shutdown(Duration::ZERO, Duration::from_secs(10));
        IngressServer::start(config(basic), Arc::clone(&self.tables), Arc::clone(&self.certificates)).unwrap()
    }

    /// The same over clear text alone, and its address.
    pub(crate) fn serve_http(&self) -> (IngressServer, SocketAddr) {
        let server = self.serve(|config| config);
        let address = server.addresses().http[0];
        (server, address)
    }
}
