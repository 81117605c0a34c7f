//! The scenarios in `data/ingress-controller`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

const FILES: [(&str, &str); 6] = [
    ("default-backend", include_str!("../../../data/ingress-controller/default-backend.toml")),
    ("host-rules", include_str!("../../../data/ingress-controller/host-rules.toml")),
    ("ingress-class", include_str!("../../../data/ingress-controller/ingress-class.toml")),
    ("load-balancing", include_str!("../../../data/ingress-controller/load-balancing.toml")),
    ("path-rules", include_str!("../../../data/ingress-controller/path-rules.toml")),
    ("documentation", include_str!("../../../data/ingress-controller/documentation.toml")),
];

/// A file: an Ingress, and what has to happen when it is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feature {
    pub(crate) title: String,
    /// Where it is written.
    #[serde(rename = "source")]
    pub(crate) _source: String,
    #[serde(default = "yes")]
    pub(crate) published: bool,
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, Vec<String>>,
    ingress: Ingress,
    #[serde(default)]
    pub(crate) scale: BTreeMap<String, u8>,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ingress {
    class: Option<String>,
    default_backend: Option<Backend>,
    #[serde(default)]
    tls: Vec<Tls>,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Backend {
    service: String,
    port: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    hosts: Vec<String>,
    secret: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    host: String,
    paths: Vec<Path>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Path {
    path: String,
    r#type: String,
    service: String,
    port: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) requests: Vec<Request>,
    /// Fields of each answer.
    #[serde(default)]
    pub(crate) response: BTreeMap<String, String>,
    /// Fields of each request as the Service saw it.
    #[serde(default)]
    pub(crate) request: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    #[serde(default = "get")]
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) redirects: usize,
    pub(crate) service: Option<String>,
    pub(crate) certificate: Option<String>,
    #[serde(default = "one")]
    pub(crate) times: usize,
    pub(crate) pods: Option<usize>,
}

const fn yes() -> bool {
    true
}

const fn one() -> usize {
    1
}

fn get() -> String {
    "GET".to_owned()
}

/// All of them.
pub(crate) fn read() -> Result<Vec<Feature>> {
    FILES.into_iter().map(|(name, text)| toml::from_str(text).with_context(|| format!("{name}.toml"))).collect()
}

impl Feature {
    /// The Ingress in a namespace.
    pub(crate) fn ingress(&self, namespace: &str) -> Value {
        let backend = |service: &str, port: &Value| {
            let port = if port.is_string() { json!({"name": port}) } else { json!({"number": port}) };
            json!({"service": {"name": service, "port": port}})
        };
        let mut spec = json!({});
        if let Some(class) = &self.ingress.class {
            spec["ingressClassName"] = json!(class);
        }
        if let Some(default) = &self.ingress.default_backend {
            spec["defaultBackend"] = backend(&default.service, &default.port);
        }
        for Tls { hosts, secret } in &self.ingress.tls {
            push(&mut spec["tls"], json!({"hosts": hosts, "secretName": secret}));
        }
        for Rule { host, paths } in &self.ingress.rules {
            let paths: Vec<Value> = paths
                .iter()
                .map(|path| json!({"path": path.path, "pathType": path.r#type, "backend": backend(&path.service, &path.port)}))
                .collect();
            push(&mut spec["rules"], json!({"host": host, "http": {"paths": paths}}));
        }
        let metadata = json!({"namespace": namespace, "name": "conformance"});
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec})
    }

    /// The Services that it names, each with its port.
    pub(crate) fn services(&self) -> BTreeMap<&str, &Value> {
        let paths = self.ingress.rules.iter().flat_map(|rule| &rule.paths);
        let paths = paths.map(|path| (path.service.as_str(), &path.port));
        let default = self.ingress.default_backend.iter().map(|default| (default.service.as_str(), &default.port));
        paths.chain(default).collect()
    }
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        other => *other = json!([item]),
    }
}

#[cfg(test)]
mod tests {
    /// A misspelt name would be a request that nothing is expected of.
    #[test]
    fn scenarios_name_what_is_there() {
        for feature in super::read().unwrap() {
            let services = feature.services();
            for request in feature.scenarios.iter().flat_map(|scenario| &scenario.requests) {
                let Some(service) = &request.service else {
                    assert_eq!(request.status, 404, "{}", request.url);
                    continue;
                };
                assert!(services.contains_key(service.as_str()), "{service}");
                assert!(request.certificate.as_ref().is_none_or(|name| feature.secrets.contains_key(name)));
            }
        }
    }
}
