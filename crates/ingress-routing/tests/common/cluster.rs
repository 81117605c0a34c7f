//! A cluster in a few lines.
//!
//! ```text
//! ingress shop/web @100 class=nginx        a new Ingress, created at second 100
//!   annotation NAME VALUE
//!   default web:80
//!   tls web-tls shop.example *.shop.example
//!   host shop.example                      a new rule; `host *` for one without host
//!     Prefix /cart cart:80
//!     Exact /cart cart:http
//!     Specific /x cart:80                  ImplementationSpecific
//!     Prefix /files bucket/files           a resource
//! class nginx example.com/controller default
//! service shop/cart http=80 tcp:admin=81   instead of the one that is made for every backend
//! service shop/cart sticky http=80         sessionAffinity: ClientIP
//! slice shop/cart http=8080 10.0.0.1 10.0.0.2!terminating 10.0.0.3!unready
//! ```

use std::collections::BTreeSet;

use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, IngressClass, Kind, PathRule, PathType, PortRef,
    Protocol, ResourceRef, Rule, Service, ServicePort, ServiceRef, SessionAffinity, Tls,
};
use ingress_routing::{Options, Router, RoutingTable};
use object_change::{Delta, ObjectKey};

/// The changes that make the cluster, without those that say that all is there.
pub(crate) fn changes(text: &str) -> Vec<Change> {
    let mut reader = Reader::default();
    for line in text.lines() {
        reader.read(line);
    }
    reader.finish()
}

/// A router that has seen the whole cluster.
pub(crate) fn router(options: Options, text: &str) -> Router {
    let mut router = Router::new(options);
    router.apply_all(changes(text));
    router.apply_all(Kind::ALL.map(Change::Synced));
    router
}

/// The table of a cluster, with the default options.
pub(crate) fn table(text: &str) -> std::sync::Arc<RoutingTable> {
    router(Options::new(), text).publish()
}

pub(crate) fn key(text: &str) -> ObjectKey {
    let (namespace, name) = text.split_once('/').unwrap_or_else(|| panic!("{text}: no namespace"));
    ObjectKey::new(namespace, name)
}

pub(crate) fn port(text: &str) -> PortRef {
    text.parse().map_or_else(|_| PortRef::Name(text.into()), PortRef::Number)
}

fn with_ports(ports: &[&str]) -> Service {
    ports.iter().fold(Service::new(), |service, port| service.with_port(service_port(port)))
}

pub(crate) fn service_ref(text: &str) -> ServiceRef {
    let (name, port_text) = text.split_once(':').unwrap_or_else(|| panic!("{text}: no port"));
    ServiceRef::new(name, port(port_text))
}

#[derive(Default)]
struct Reader {
    changes: Vec<Change>,
    ingress: Option<(ObjectKey, Ingress)>,
    /// Services that are not to be made.
    stated: BTreeSet<ObjectKey>,
    /// Services that backends name, with their ports.
    named: BTreeSet<(ObjectKey, PortRef)>,
}

impl Reader {
    fn read(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match *words.as_slice() {
            [] => {}
            ["ingress", name, ref rest @ ..] => {
                self.end_ingress();
                let mut ingress = Ingress::new();
                for word in rest {
                    ingress = if let Some(created) = word.strip_prefix('@') {
                        ingress.with_created(created.parse().unwrap())
                    } else if let Some(class) = word.strip_prefix("class=") {
                        ingress.with_class(class)
                    } else if let Some(class) = word.strip_prefix("legacy=") {
                        ingress.with_legacy_class(class)
                    } else {
                        panic!("{line}")
                    };
                }
                self.ingress = Some((key(name), ingress));
            }
            ["annotation", name, value] => self.edit(|ingress| ingress.with_annotation(name, value)),
            ["default", backend] => {
                let backend = self.backend(backend);
                self.edit(|ingress| ingress.with_default_backend(backend));
            }
            ["tls", secret, ref hosts @ ..] => {
                let tls = hosts.iter().fold(Tls::new(secret), |tls, host| tls.with_host(*host));
                self.edit(|ingress| ingress.with_tls(tls));
            }
            ["host", host] => {
                let host = if host == "*" { "" } else { host };
                self.edit(|ingress| ingress.with_rule(Rule::new(host)));
            }
            ["class", name, controller, ref rest @ ..] => {
                let class = IngressClass::new(controller).with_default(rest.contains(&"default"));
                self.changes.push(Change::IngressClass(Delta::Upsert(ObjectKey::cluster_scoped(name), class)));
            }
            ["service", name, ref ports @ ..] => self.service(name, ports),
            ["slice", name, port, ref endpoints @ ..] => self.slice(name, port, endpoints),
            [path_type, path, backend] => {
                let path_type = match path_type {
                    "Specific" => PathType::ImplementationSpecific,
                    other => other.parse().unwrap_or_else(|_| panic!("{line}")),
                };
                let path = PathRule::new(if path == "\"\"" { "" } else { path }, path_type, self.backend(backend));
                self.edit(|mut ingress| {
                    ingress.rules.last_mut().unwrap().paths.get_or_insert_default().push(path);
                    ingress
                });
            }
            _ => panic!("{line}"),
        }
    }

    fn edit(&mut self, edit: impl FnOnce(Ingress) -> Ingress) {
        let (key, ingress) = self.ingress.take().unwrap();
        self.ingress = Some((key, edit(ingress)));
    }

    fn end_ingress(&mut self) {
        if let Some((key, ingress)) = self.ingress.take() {
            self.changes.push(Change::Ingress(Delta::Upsert(key, ingress)));
        }
    }

    fn backend(&mut self, text: &str) -> Backend {
        if let Some((kind, name)) = text.split_once('/') {
            return Backend::Resource(ResourceRef::new("", kind, name));
        }
        let service = service_ref(text);
        let namespace = self.ingress.as_ref().unwrap().0.namespace.clone();
        self.named.insert((ObjectKey::new(namespace, service.name.clone()), service.port.clone()));
        Backend::Service(service)
    }

    fn service(&mut self, name: &str, ports: &[&str]) {
        self.end_ingress();
        self.stated.insert(key(name));
        let service = match ports {
            ["absent"] => return,
            ["external", host] => Service::external_name(*host),
            ["sticky", ports @ ..] => with_ports(ports).with_session_affinity(SessionAffinity::ClientIp),
            ports => with_ports(ports),
        };
        self.changes.push(Change::Service(Delta::Upsert(key(name), service)));
    }

    fn slice(&mut self, name: &str, port: &str, endpoints: &[&str]) {
        self.end_ingress();
        let service = key(name);
        self.stated.insert(service.clone());
        let mut slice = EndpointSlice::new(service.name.clone());
        let port = service_port(port);
        slice = slice.with_port(EndpointPort::new(port.name, port.number).with_protocol(port.protocol));
        for endpoint in endpoints {
            let (address, state) = endpoint.split_once('!').unwrap_or((endpoint, ""));
            let made = Endpoint::new(address.parse().unwrap());
            slice = slice.with_endpoint(match state {
                "" => made,
                "unready" => made.with_ready(false),
                "terminating" => made.with_terminating(),
                "ended" => made.with_terminating().with_serving(false),
                _ => panic!("{endpoint}"),
            });
        }
        let name = format!("{}-{}", service.name, self.changes.len());
        self.changes.push(Change::EndpointSlice(Delta::Upsert(ObjectKey::new(service.namespace, name), slice)));
    }

    fn finish(mut self) -> Vec<Change> {
        self.end_ingress();
        let mut services: Vec<(ObjectKey, Service)> = Vec::new();
        for (service, port) in std::mem::take(&mut self.named) {
            if self.stated.contains(&service) {
                continue;
            }
            let port = match port {
                PortRef::Number(number) => ServicePort::new(format!("p{number}"), number),
                PortRef::Name(name) => ServicePort::new(name, 8000),
                _ => unreachable!(),
            };
            match services.last_mut().filter(|(last, _)| *last == service) {
                Some((_, last)) => last.ports.push(port),
                None => services.push((service, Service::new().with_port(port))),
            }
        }
        for (key, service) in services {
            let mut slice = EndpointSlice::new(key.name.clone()).with_endpoint(Endpoint::new([10, 0, 0, 1].into()));
            for port in &service.ports {
                slice = slice.with_port(EndpointPort::new(port.name.clone(), 8080));
            }
            self.changes.push(Change::EndpointSlice(Delta::Upsert(key.clone(), slice)));
            self.changes.push(Change::Service(Delta::Upsert(key, service)));
        }
        self.changes
    }
}

/// `[PROTOCOL:][NAME=]NUMBER`.
fn service_port(text: &str) -> ServicePort {
    let (protocol, text) = match text.split_once(':') {
        Some((protocol, text)) => (protocol.to_uppercase().parse().unwrap(), text),
        None => (Protocol::Tcp, text),
    };
    let (name, number) = text.split_once('=').unwrap_or(("", text));
    ServicePort::new(name, number.parse().unwrap()).with_protocol(protocol)
}
