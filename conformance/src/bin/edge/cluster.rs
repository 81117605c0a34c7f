//! The cluster as the proxy sees it: a folder of manifests that are replaced in one go.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::certificates::Pair;

/// All objects' namespace.
const NAMESPACE: &str = "edge";

/// A folder of manifests.
#[derive(Debug)]
pub(crate) struct Cluster {
    manifests: PathBuf,
    /// Where files are written before they are renamed: the proxy reads all that is among the manifests.
    staging: PathBuf,
}

impl Cluster {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let (manifests, staging) = (folder.join("manifests"), folder.join("staging"));
        for folder in [&manifests, &staging] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Self { manifests, staging })
    }

    pub(crate) fn manifests(&self) -> &Path {
        &self.manifests
    }

    /// A Service with one port, 80.
    pub(crate) fn service(&self, name: &str, app_protocol: Option<&str>) -> Result<()> {
        self.write(
            &format!("service-{name}"),
            &json!({
                "apiVersion": "v1", "kind": "Service", "metadata": metadata(name),
                "spec": {"ports": [{"name": "http", "port": 80, "appProtocol": app_protocol}]},
            }),
        )
    }

    /// The endpoints of a Service, all of them: a slice for each, since a slice has one port for all.
    pub(crate) fn endpoints(&self, service: &str, addresses: &[SocketAddr]) -> Result<()> {
        let slice = |(number, address): (usize, &SocketAddr)| {
            let mut metadata = metadata(&format!("{service}-{number}"));
            metadata["labels"] = json!({"kubernetes.io/service-name": service});
            json!({
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4",
                "endpoints": [{"addresses": [address.ip()]}], "ports": [{"name": "http", "port": address.port()}],
            })
        };
        let items: Vec<Value> = addresses.iter().enumerate().map(slice).collect();
        self.write(&format!("endpoints-{service}"), &json!({"apiVersion": "v1", "kind": "List", "items": items}))
    }

    /// An Ingress that sends all of a host's requests to a Service; with a Secret, by TLS alone.
    pub(crate) fn ingress(&self, name: &str, hosts: &[&str], service: &str, secret: Option<&str>) -> Result<()> {
        let path = json!({"path": "/", "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": 80}}}});
        let rules: Vec<Value> = hosts.iter().map(|host| json!({"host": host, "http": {"paths": [path]}})).collect();
        let mut spec = json!({"rules": rules});
        if let Some(secret) = secret {
            spec["tls"] = json!([{"hosts": hosts, "secretName": secret}]);
        }
        self.write(
            &format!("ingress-{name}"),
            &json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata(name), "spec": spec}),
        )
    }

    pub(crate) fn remove_ingress(&self, name: &str) -> Result<()> {
        let file = self.manifests.join(format!("ingress-{name}.json"));
        fs::remove_file(&file).with_context(|| file.display().to_string())
    }

    pub(crate) fn secret(&self, name: &str, pair: &Pair) -> Result<()> {
        self.write(
            &format!("secret-{name}"),
            &json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": metadata(name), "type": "kubernetes.io/tls",
                "stringData": {"tls.crt": pair.certificate, "tls.key": pair.key},
            }),
        )
    }

    fn write(&self, name: &str, object: &Value) -> Result<()> {
        let file = format!("{name}.json");
        let staged = self.staging.join(&file);
        fs::write(&staged, object.to_string()).with_context(|| staged.display().to_string())?;
        fs::rename(&staged, self.manifests.join(&file)).with_context(|| staged.display().to_string())
    }
}

fn metadata(name: &str) -> Value {
    json!({"namespace": NAMESPACE, "name": name})
}
