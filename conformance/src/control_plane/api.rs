//! A client of the API server: loads a cluster, reads it back, removes it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

use crate::cluster::GIVEN_NAMESPACES;

/// Kind, API and plural of what a cluster's names are made of, but for Namespaces.
const KINDS: [(&str, &str, &str); 3] = [
    ("Service", "/api/v1", "services"),
    ("EndpointSlice", "/apis/discovery.k8s.io/v1", "endpointslices"),
    ("Pod", "/api/v1", "pods"),
];

/// The same of what its routes are made of besides.
const ROUTING: [(&str, &str, &str); 2] =
    [("Ingress", "/apis/networking.k8s.io/v1", "ingresses"), ("Secret", "/api/v1", "secrets")];
/// What [`Api::call`] says that a body is.
pub const JSON: &str = "application/json";
/// The same of what changes some fields of an object (RFC 7386).
pub const MERGE: &str = "application/merge-patch+json";
const APPLY: &str = "application/apply-patch+yaml";

/// A connection to the API server as who may do everything.
#[derive(Debug)]
pub struct Api {
    agent: Agent,
    base: String,
}

impl Api {
    pub(super) fn new(server: SocketAddr, certificates: &Path) -> Result<Self> {
        let read = |name: &str| fs::read(certificates.join(name)).with_context(|| format!("reading {name}"));
        let client = ClientCert::new_with_certs(
            &[Certificate::from_pem(&read("admin.crt")?)?],
            PrivateKey::from_pem(&read("admin.key")?)?,
        );
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::new_with_certs(&[Certificate::from_pem(&read("ca.crt")?)?]))
            .client_cert(Some(client))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Ok(Self { agent, base: format!("https://{server}") })
    }

    /// One request. The status, and the body as JSON where it is JSON.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn call(&self, method: &str, path: &str, kind: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let request =
            Request::builder().method(method).uri(format!("{}{path}", self.base)).header("content-type", kind);
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut response =
            if text.is_empty() { self.agent.run(request.body(())?) } else { self.agent.run(request.body(text)?) }
                .with_context(|| format!("{method} {path}"))?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    fn done(&self, method: &str, path: &str, kind: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.call(method, path, kind, body)?;
        ensure!(status < 300, "{method} {path}: {status} {}", answer["message"]);
        Ok(answer)
    }

    /// What is at a path.
    ///
    /// # Errors
    /// When there is nothing, or no answer.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.done("GET", path, "", None)
    }

    /// Creates an object, and gives it as it was taken.
    ///
    /// # Errors
    /// When it is refused.
    pub fn create(&self, object: &Value) -> Result<Value> {
        self.done("POST", &collection(object)?, JSON, Some(object))
    }

    /// Changes fields of what is at a path, of a subresource too.
    ///
    /// # Errors
    /// When that is refused.
    pub fn merge(&self, path: &str, change: &Value) -> Result<Value> {
        self.done("PATCH", path, MERGE, Some(change))
    }

    /// Creates or changes an object by server-side apply, with unknown fields refused; or only asks whether that would be taken.
    ///
    /// # Errors
    /// When it is refused.
    pub fn apply(&self, object: &Value, is_dry: bool) -> Result<()> {
        let dry = if is_dry { "&dryRun=All" } else { "" };
        let path = format!("{}?fieldManager=conformance&force=true&fieldValidation=Strict{dry}", path(object)?);
        self.done("PATCH", &path, APPLY, Some(object)).map(drop)
    }

    /// Removes an object at once, if it is there.
    ///
    /// # Errors
    /// When that is refused.
    pub fn delete(&self, path: &str) -> Result<()> {
        let (status, answer) = self.call("DELETE", &format!("{path}?gracePeriodSeconds=0"), "", None)?;
        ensure!(status < 300 || status == 404, "DELETE {path}: {status} {}", answer["message"]);
        Ok(())
    }

    /// Whether the server is ready and has made its own objects.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let made = |path: &str| self.call("GET", path, "", None).is_ok_and(|(status, _)| status == 200);
        made("/readyz")
            && made("/api/v1/namespaces/default/services/kubernetes")
            && GIVEN_NAMESPACES.iter().all(|name| made(&format!("/api/v1/namespaces/{name}")))
    }

    /// Creates the objects, and writes their status. Those refused are returned with the reason.
    ///
    /// # Errors
    /// When there is no answer, or something is no object.
    pub fn load(&self, objects: &[Value]) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for object in objects {
            let path = path(object)?;
            let mut told = self.call("POST", &collection(object)?, JSON, Some(object))?;
            if let (true, Some(part)) = (told.0 < 300, object.get("status")) {
                told = self.call("PATCH", &format!("{path}/status"), MERGE, Some(&json!({"status": part})))?;
            }
            if told.0 >= 300 {
                refused.push(format!("{path}: {} {}", told.0, told.1["message"].as_str().unwrap_or_default()));
            }
        }
        Ok(refused)
    }

    /// Everything that names are made of, as one `v1` `List`.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn dump(&self) -> Result<Value> {
        let mut items = Vec::new();
        for (kind, api, plural) in [("Namespace", "/api/v1", "namespaces")].into_iter().chain(KINDS) {
            let mut answer = self.get(&format!("{api}/{plural}"))?;
            for item in answer["items"].as_array_mut().into_iter().flatten() {
                // The items of a typed list do not say what they are.
                item["kind"] = json!(kind);
                item["apiVersion"] = json!(api.rsplit_once("apis/").map_or("v1", |(_, group)| group));
                if let Some(meta) = item["metadata"].as_object_mut() {
                    meta.remove("managedFields");
                }
                items.push(item.take());
            }
        }
        Ok(json!({"apiVersion": "v1", "kind": "List", "items": items}))
    }

    /// Removes everything but what the server made itself.
    ///
    /// # Errors
    /// When that is refused.
    pub fn clear(&self) -> Result<()> {
        let namespaces = self.get("/api/v1/namespaces")?;
        for namespace in namespaces["items"].as_array().into_iter().flatten() {
            self.remove_namespace(namespace["metadata"]["name"].as_str().context("a namespace without a name")?)?;
        }
        Ok(())
    }

    /// Removes a namespace and what is in it: there is no controller that would. Of those that the server makes itself, only what is in it.
    ///
    /// # Errors
    /// When that is refused.
    pub fn remove_namespace(&self, name: &str) -> Result<()> {
        for (kind, api, plural) in KINDS.into_iter().chain(ROUTING) {
            let own =
                if kind == "Service" && name == "default" { "&fieldSelector=metadata.name!=kubernetes" } else { "" };
            self.done("DELETE", &format!("{api}/namespaces/{name}/{plural}?gracePeriodSeconds=0{own}"), "", None)?;
        }
        if GIVEN_NAMESPACES.contains(&name) {
            return Ok(());
        }
        let path = format!("/api/v1/namespaces/{name}");
        self.done("DELETE", &path, "", None)?;
        let body =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": []}});
        self.done("PUT", &format!("{path}/finalize"), JSON, Some(&body)).map(drop)
    }
}

/// Where the API has the objects of an object's kind and namespace.
fn collection(object: &Value) -> Result<String> {
    let (version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
    ensure!(!version.is_empty() && !kind.is_empty(), "{object}: no object");
    let api = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
    let plural = format!("{}{}", kind.to_lowercase(), if kind.ends_with('s') { "es" } else { "s" });
    Ok(match text(&object["metadata"]["namespace"]) {
        "" => format!("{api}/{plural}"),
        namespace => format!("{api}/namespaces/{namespace}/{plural}"),
    })
}

/// Where the API has an object.
///
/// # Errors
/// When it says too little of itself.
pub fn path(object: &Value) -> Result<String> {
    let name = text(&object["metadata"]["name"]);
    ensure!(!name.is_empty(), "{object}: no name");
    Ok(format!("{}/{name}", collection(object)?))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As in the API reference.
    #[test]
    fn paths() {
        for (version, kind, namespace, expected) in [
            ("v1", "Service", "shop", "/api/v1/namespaces/shop/services/web"),
            ("v1", "Namespace", "", "/api/v1/namespaces/web"),
            ("networking.k8s.io/v1", "Ingress", "shop", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web"),
            ("networking.k8s.io/v1", "IngressClass", "", "/apis/networking.k8s.io/v1/ingressclasses/web"),
            (
                "discovery.k8s.io/v1",
                "EndpointSlice",
                "shop",
                "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web",
            ),
        ] {
            let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}});
            if !namespace.is_empty() {
                object["metadata"]["namespace"] = json!(namespace);
            }
            assert_eq!(path(&object).unwrap(), expected);
        }
        assert!(path(&json!({"apiVersion": "v1", "kind": "Service"})).is_err());
    }
}
