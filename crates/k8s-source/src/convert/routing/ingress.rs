use ingress_routing::model::{
    Backend, Ingress as Model, PathRule, PathType, PortRef, ResourceRef, Rule, ServiceRef, Tls,
};
use object_change::{Diagnostic, ObjectKey};

use super::created;
use crate::convert::Findings;
use crate::objects::{HTTPIngressPath, Ingress, IngressBackend, IntOrString};

/// Annotation that named the class before `spec.ingressClassName` did.
const LEGACY_CLASS: &str = "kubernetes.io/ingress.class";

/// An Ingress as routing reads it: networking.k8s.io/v1, or v1beta1 of that group or of extensions in terms of v1.
///
/// In v1beta1 `spec.backend` is the default backend, `serviceName` and `servicePort` are a backend, and `pathType` may be absent: it is
/// `ImplementationSpecific` then. A field of the other version has no effect, as in the API server, and is told. Hosts and paths are handed on as
/// they are: routing tells what is wrong with them.
///
/// ```
/// use k8s_source::{convert::routing, objects};
/// let ingress: objects::Ingress = serde_json::from_str(
///     r#"{"apiVersion":"extensions/v1beta1","metadata":{"namespace":"shop","name":"web"},
///         "spec":{"rules":[{"host":"shop.example","http":{"paths":[{"path":"/","backend":{"serviceName":"web","servicePort":"http"}}]}}]}}"#,
/// )?;
/// let (_, value, diagnostics) = routing::ingress(&ingress);
/// assert_eq!(value.and_then(|ingress| Some(ingress.rules[0].paths.as_ref()?[0].backend.to_string())).as_deref(), Some("web:http"));
/// assert!(diagnostics.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn ingress(ingress: &Ingress) -> (ObjectKey, Option<Model>, Vec<Diagnostic>) {
    let key = ingress.metadata.key();
    let mut reader = Reader { version: Version::of(&ingress.api_version), findings: Findings::new("Ingress", &key) };
    if !reader.findings.has_name() {
        return (key, None, reader.findings.found);
    }
    let (metadata, spec) = (&ingress.metadata, &ingress.spec);
    let mut value = Model::new();
    value.created = created(metadata, &mut reader.findings);
    value.class.clone_from(&spec.ingress_class_name);
    value.legacy_class = metadata.annotations.get(LEGACY_CLASS).map(Into::into);
    for (name, text) in metadata.annotations.iter() {
        value = value.with_annotation(name, text);
    }
    value.default_backend = reader.default_backend(ingress);
    for (index, rule) in spec.rules.iter().enumerate() {
        let place = format!("spec.rules[{index}]");
        let mut converted = Rule::new(rule.host.clone());
        if let Some(http) = &rule.http {
            if http.paths.is_empty() {
                reader.findings.error(format!("{place}.http.paths"), "missing: the host goes to the default backend");
            }
            for (index, path) in http.paths.iter().enumerate() {
                if let Some(path) = reader.path(&format!("{place}.http.paths[{index}]"), path) {
                    converted = converted.with_path(path);
                }
            }
            // None of the paths is usable: they answer as if they were not there, not as a rule without `http`.
            if !http.paths.is_empty() {
                converted.paths.get_or_insert_default();
            }
        }
        value = value.with_rule(converted);
    }
    for tls in &spec.tls {
        let mut converted = Tls::default();
        converted.hosts.clone_from(&tls.hosts);
        converted.secret = tls.secret_name.clone().filter(|name| !name.is_empty());
        value = value.with_tls(converted);
    }
    (key, Some(value), reader.findings.found)
}

/// The two forms that an Ingress may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V1Beta1,
    /// In a list that has no version either: by the fields that are there.
    Unknown,
}

impl Version {
    fn of(api_version: &str) -> Self {
        match api_version {
            "" => Self::Unknown,
            "networking.k8s.io/v1" => Self::V1,
            _ => Self::V1Beta1,
        }
    }
}

struct Reader {
    version: Version,
    findings: Findings,
}

/// What could not be used has been told.
struct Told;

impl Reader {
    /// Whether an object is read as v1beta1, where it may say by its fields.
    const fn is_v1beta1(&self, has_v1: bool, has_v1beta1: bool) -> bool {
        match self.version {
            Version::V1 => false,
            Version::V1Beta1 => true,
            Version::Unknown => has_v1beta1 && !has_v1,
        }
    }

    /// Tells of a field of the version that the object is not of.
    fn other_version(&mut self, is_v1beta1: bool, field: String) {
        self.findings.error(
            field,
            match is_v1beta1 {
                true => "is of networking.k8s.io/v1: it has no effect in v1beta1",
                false => "is of v1beta1: it has no effect in networking.k8s.io/v1",
            },
        );
    }

    fn default_backend(&mut self, ingress: &Ingress) -> Option<Backend> {
        let spec = &ingress.spec;
        let is_v1beta1 = self.is_v1beta1(spec.default_backend.is_some(), spec.backend.is_some());
        let (v1, v1beta1) = (("defaultBackend", &spec.default_backend), ("backend", &spec.backend));
        let ((name, backend), (other, unused)) = if is_v1beta1 { (v1beta1, v1) } else { (v1, v1beta1) };
        if unused.is_some() {
            self.other_version(is_v1beta1, format!("spec.{other}"));
        }
        self.backend(&format!("spec.{name}"), backend.as_ref()?)
    }

    fn path(&mut self, place: &str, path: &HTTPIngressPath) -> Option<PathRule> {
        let path_type = match path.path_type.as_deref() {
            None if self.version != Version::V1 => PathType::ImplementationSpecific,
            None => {
                let reason = "missing: required since networking.k8s.io/v1; read as ImplementationSpecific";
                self.findings.error(format!("{place}.pathType"), reason);
                PathType::ImplementationSpecific
            }
            Some(text) => match text.parse() {
                Ok(path_type) => path_type,
                Err(error) => {
                    let reason = format!("{text:?} is {error}: the path is not used");
                    self.findings.error(format!("{place}.pathType"), reason);
                    return None;
                }
            },
        };
        let Some(backend) = &path.backend else {
            self.findings.error(format!("{place}.backend"), "missing: the path is not used");
            return None;
        };
        let backend = self.backend(&format!("{place}.backend"), backend)?;
        Some(PathRule::new(path.path.clone(), path_type, backend))
    }

    fn backend(&mut self, place: &str, backend: &IngressBackend) -> Option<Backend> {
        let has_v1beta1 = backend.service_name.is_some() || backend.service_port.is_some();
        let is_v1beta1 = self.is_v1beta1(backend.service.is_some(), has_v1beta1);
        let unused = if is_v1beta1 {
            [("service", backend.service.is_some()), ("", false)]
        } else {
            [("serviceName", backend.service_name.is_some()), ("servicePort", backend.service_port.is_some())]
        };
        for (name, _) in unused.into_iter().filter(|(_, is_there)| *is_there) {
            self.other_version(is_v1beta1, format!("{place}.{name}"));
        }
        let service = if is_v1beta1 { self.service_of_v1beta1(place, backend) } else { self.service(place, backend) };
        match (service, &backend.resource) {
            (Err(Told), _) => None,
            (Ok(Some(service)), None) => Some(Backend::Service(service)),
            (Ok(None), Some(resource)) => {
                let (group, kind, name) = (resource.api_group.clone(), resource.kind.clone(), resource.name.clone());
                Some(Backend::Resource(ResourceRef::new(group, kind, name)))
            }
            (Ok(Some(_)), Some(_)) => {
                self.findings.error(format!("{place}.resource"), "there is a Service beside it: neither is used");
                None
            }
            (Ok(None), None) => {
                self.findings.error(place, "names neither a Service nor a resource: it is not used");
                None
            }
        }
    }

    fn service(&mut self, place: &str, backend: &IngressBackend) -> Result<Option<ServiceRef>, Told> {
        let Some(service) = &backend.service else { return Ok(None) };
        if service.name.is_empty() {
            return self.missing(format!("{place}.service.name"));
        }
        let port = match (&*service.port.name, service.port.number) {
            ("", 0) => return self.missing(format!("{place}.service.port")),
            ("", number) => {
                let field = || format!("{place}.service.port.number");
                PortRef::Number(self.findings.port(field, number).ok_or(Told)?)
            }
            (name, 0) => PortRef::Name(name.into()),
            (_, _) => {
                self.findings.error(format!("{place}.service.port"), "has a name and a number: it is not used");
                return Err(Told);
            }
        };
        Ok(Some(ServiceRef::new(service.name.clone(), port)))
    }

    fn service_of_v1beta1(&mut self, place: &str, backend: &IngressBackend) -> Result<Option<ServiceRef>, Told> {
        let name = backend.service_name.as_deref().unwrap_or_default();
        let port = match &backend.service_port {
            None if name.is_empty() => return Ok(None),
            None => return self.missing(format!("{place}.servicePort")),
            Some(IntOrString::String(port)) if port.is_empty() => return self.missing(format!("{place}.servicePort")),
            Some(IntOrString::String(port)) => PortRef::Name(port.clone()),
            Some(IntOrString::Int(number)) => {
                let number = i32::try_from(*number).unwrap_or(i32::MAX);
                PortRef::Number(self.findings.port(|| format!("{place}.servicePort"), number).ok_or(Told)?)
            }
        };
        if name.is_empty() {
            return self.missing(format!("{place}.serviceName"));
        }
        Ok(Some(ServiceRef::new(name, port)))
    }

    fn missing<T>(&mut self, field: String) -> Result<T, Told> {
        self.findings.error(field, "missing: the backend is not used");
        Err(Told)
    }
}
