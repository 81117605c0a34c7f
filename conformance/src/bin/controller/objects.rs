//! Objects as users write them.

use anyhow::Result;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::{Value, json};
use whereto_conformance::control_plane::path;

pub(crate) fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// An Ingress with one rule for everything below `/`. Without a class, the API server gives it the default one.
pub(crate) fn ingress(namespace: &str, name: &str, class: Option<&str>, host: &str) -> Value {
    let backend = json!({"service": {"name": "web", "port": {"number": 8080}}});
    let mut spec = json!({"rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]});
    if let Some(class) = class {
        spec["ingressClassName"] = json!(class);
    }
    let metadata = json!({"namespace": namespace, "name": name});
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec})
}

/// Where the status of an object is.
pub(crate) fn status(object: &Value) -> Result<String> {
    Ok(format!("{}/status", path(object)?))
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    Now,
    Over,
}

/// A Secret with a certificate for these names, signed by itself, and the certificate in PEM.
pub(crate) fn secret(namespace: &str, name: &str, names: &[&str], validity: Validity) -> Result<(Value, String)> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    if validity == Validity::Over {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let certificate = params.self_signed(&key)?.pem();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": namespace, "name": name}, "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate, "tls.key": key.serialize_pem()}
    });
    Ok((secret, certificate))
}
