//! An Ingress as the table holds it.

use std::sync::Arc;

use object_change::{Diagnostic, ObjectKey, ObjectRef};

use crate::annotation::{self, Treatment};
use crate::host::{HostForm, HostPattern};
use crate::model::{Backend, Ingress, ServiceRef, Tls};
use crate::options::{AccessAnnotations, Options};
use crate::path_pattern::PathPattern;
use crate::table::{DefaultBackend, Destination, Owner, Route, Target, UpstreamId};

/// What an Ingress adds to a table.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) owner: Arc<Owner>,
    /// The hosts of its rules, each once, with and without paths.
    pub(crate) hosts: Vec<Arc<HostPattern>>,
    pub(crate) routes: Vec<Arc<Route>>,
    pub(crate) default: Option<Arc<DefaultBackend>>,
    pub(crate) tls: Vec<CompiledTls>,
    /// What of it could not be used.
    pub(crate) faults: Vec<Diagnostic>,
}

/// One entry of `spec.tls`.
#[derive(Debug)]
pub(crate) struct CompiledTls {
    /// Its place.
    pub(crate) entry: u32,
    /// None for every name of the certificate.
    pub(crate) hosts: Vec<HostPattern>,
    /// `None` for the default certificate.
    pub(crate) secret: Option<ObjectKey>,
}

impl Compiled {
    /// The Services' ports that it refers to, each as often as it does.
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = UpstreamId> {
        let destinations = self.routes.iter().map(|route| &route.destination);
        let default = self.default.iter().map(|default| &default.destination);
        destinations.chain(default).filter_map(Destination::upstream)
    }
}

/// Compiles one Ingress; `acquire` gives the number of a Service's port.
pub(crate) fn compile(
    key: &ObjectKey,
    ingress: &Ingress,
    options: &Options,
    acquire: impl FnMut(&ServiceRef) -> UpstreamId,
) -> Compiled {
    let owner = Arc::new(Owner { key: key.clone(), created: ingress.created });
    let mut compiler =
        Compiler { object: ObjectRef::new("Ingress", key.clone()), options, acquire, guard: None, faults: Vec::new() };
    compiler.read_annotations(ingress);
    if ingress.rules.is_empty() && ingress.default_backend.is_none() {
        compiler.warn("spec", "must specify at least one of rules and defaultBackend");
    }
    let default = ingress.default_backend.as_ref().map(|backend| {
        let destination = compiler.destination(backend, "spec.defaultBackend");
        Arc::new(DefaultBackend { owner: Some(Arc::clone(&owner)), backend: backend.clone(), destination })
    });
    let mut hosts: Vec<Arc<HostPattern>> = Vec::new();
    let mut routes = Vec::new();
    for (rule_index, rule) in ingress.rules.iter().enumerate() {
        let pattern = match HostPattern::parse(&rule.host) {
            Ok(pattern) => pattern,
            Err(error) => {
                compiler.fail(format!("spec.rules[{rule_index}].host"), format!("{:?}: {error}", rule.host));
                continue;
            }
        };
        let host = match hosts.iter().find(|host| ***host == pattern) {
            Some(host) => Arc::clone(host),
            None => {
                let host = Arc::new(pattern);
                hosts.push(Arc::clone(&host));
                host
            }
        };
        let Some(paths) = &rule.paths else { continue };
        if paths.is_empty() {
            compiler.warn(format!("spec.rules[{rule_index}].http.paths"), "no path: the host has its default backend");
        }
        for (path_index, rule) in paths.iter().enumerate() {
            let field = format!("spec.rules[{rule_index}].http.paths[{path_index}]");
            let meaning = options.implementation_specific;
            let path = match PathPattern::parse(&rule.path, rule.path_type, meaning, &options.request.path) {
                Ok(path) => path,
                Err(error) => {
                    compiler.fail(format!("{field}.path"), format!("{:?}: {error}", rule.path));
                    continue;
                }
            };
            routes.push(Arc::new(Route {
                owner: Arc::clone(&owner),
                host: Arc::clone(&host),
                path,
                path_type: rule.path_type,
                destination: compiler.destination(&rule.backend, &format!("{field}.backend")),
                backend: rule.backend.clone(),
                position: (rule_index as u32, path_index as u32),
            }));
        }
    }
    let tls = ingress.tls.iter().enumerate().filter_map(|(index, tls)| compiler.tls(index, tls, &hosts)).collect();
    Compiled { owner, hosts, routes, default, tls, faults: compiler.faults }
}

struct Compiler<'o, A> {
    object: ObjectRef,
    options: &'o Options,
    acquire: A,
    /// The annotation that closes the Ingress.
    guard: Option<Arc<str>>,
    faults: Vec<Diagnostic>,
}

impl<A: FnMut(&ServiceRef) -> UpstreamId> Compiler<'_, A> {
    fn warn(&mut self, field: impl Into<std::borrow::Cow<'static, str>>, reason: &'static str) {
        self.faults.push(Diagnostic::warning(self.object.clone(), field, reason));
    }

    fn fail(&mut self, field: String, reason: String) {
        self.faults.push(Diagnostic::error(self.object.clone(), field, reason));
    }

    fn read_annotations(&mut self, ingress: &Ingress) {
        for (name, value) in &ingress.annotations {
            let field = format!("metadata.annotations[{name}]");
            match (annotation::treatment(name, value), self.options.access_annotations) {
                (Treatment::Foreign, _) => {}
                (Treatment::Refused, AccessAnnotations::Refuse) => {
                    self.fail(
                        field,
                        "limits access and has no effect here: requests for the Ingress get 503".to_owned(),
                    );
                    self.guard.get_or_insert_with(|| name.as_ref().into());
                }
                (Treatment::Refused, AccessAnnotations::Ignore) => {
                    self.warn(field, "limits access and has no effect here: everybody may send requests");
                }
                (Treatment::Ignored, _) => self.warn(field, "has no effect here"),
            }
        }
    }

    fn destination(&mut self, backend: &Backend, field: &str) -> Destination {
        let target = match backend {
            Backend::Service(service) => Target::Upstream((self.acquire)(service)),
            Backend::Resource(_) => {
                self.fail(format!("{field}.resource"), "only Services are supported: requests get 501".to_owned());
                Target::Resource
            }
        };
        Destination { target, guard: self.guard.clone() }
    }

    fn tls(&mut self, index: usize, tls: &Tls, rule_hosts: &[Arc<HostPattern>]) -> Option<CompiledTls> {
        let mut hosts = Vec::new();
        for (host_index, host) in tls.hosts.iter().enumerate() {
            let field = format!("spec.tls[{index}].hosts[{host_index}]");
            match HostPattern::parse_tls(host) {
                Ok(pattern) => {
                    let ruled = |rule: &Arc<HostPattern>| {
                        rule.form() == HostForm::Any || rule.covers(&pattern) || pattern.covers(rule)
                    };
                    if !rule_hosts.is_empty() && !rule_hosts.iter().any(ruled) {
                        self.warn(field, "no rule of the Ingress is for this host");
                    }
                    hosts.push(pattern);
                }
                Err(error) => self.fail(field, format!("{host:?}: {error}")),
            }
        }
        // Where no host is left of several, the entry must not become one for all names.
        let usable = tls.hosts.is_empty() || !hosts.is_empty();
        let namespace = &self.object.key.namespace;
        let secret = tls.secret.as_ref().filter(|name| !name.is_empty());
        let secret = secret.map(|name| ObjectKey::new(namespace.clone(), name.clone()));
        usable.then_some(CompiledTls { entry: index as u32, hosts, secret })
    }
}
