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
use whereto_conformance::cluster::GIVEN_NAMESPACES;

/// Kind, API and plural of what a cluster consists of, but for Namespaces.
const KINDS: [(&str, &str, &str); 3] = [
    ("Service", "/api/v1", "services"),
    ("EndpointSlice", "/apis/discovery.k8s.io/v1", "endpointslices"),
    ("Pod", "/api/v1", "pods"),
];

#[derive(Debug)]
pub(crate) struct Api {
    agent: Agent,
    base: String,
}

impl Api {
    pub(crate) fn new(server: SocketAddr, certificates: &Path) -> Result<Self> {
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
    pub(crate) fn call(&self, method: &str, path: &str, kind: &str, body: Option<&Value>) -> Result<(u16, Value)> {
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

    fn done(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.call(method, path, "application/json", body)?;
        ensure!(status < 300, "{method} {path}: {status} {}", answer["message"]);
        Ok(answer)
    }

    /// Whether the server is ready and has made its own objects.
    pub(crate) fn is_ready(&self) -> bool {
        let made = |path: &str| self.call("GET", path, "", None).is_ok_and(|(status, _)| status == 200);
        made("/readyz")
            && made("/api/v1/namespaces/default/services/kubernetes")
            && GIVEN_NAMESPACES.iter().all(|name| made(&format!("/api/v1/namespaces/{name}")))
    }

    /// Creates the objects. Those refused are returned with the reason.
    pub(crate) fn load(&self, objects: &[Value]) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for object in objects {
            let kind = object["kind"].as_str().unwrap_or_default();
            let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
            let path = match KINDS.iter().find(|(known, ..)| *known == kind) {
                Some((_, api, plural)) => format!("{api}/namespaces/{}/{plural}", text("namespace")),
                None => "/api/v1/namespaces".to_owned(),
            };
            let (status, answer) = self.call("POST", &path, "application/json", Some(object))?;
            if status >= 300 {
                refused.push(format!(
                    "{path}/{}: {status} {}",
                    text("name"),
                    answer["message"].as_str().unwrap_or_default()
                ));
                continue;
            }
            let Some(part) = object.get("status") else { continue };
            let path = format!("{path}/{}/status", text("name"));
            let change = json!({"status": part});
            let (status, answer) = self.call("PATCH", &path, "application/merge-patch+json", Some(&change))?;
            if status >= 300 {
                refused.push(format!("{path}: {status} {}", answer["message"].as_str().unwrap_or_default()));
            }
        }
        Ok(refused)
    }

    /// Everything as one `v1` `List`.
    pub(crate) fn dump(&self) -> Result<Value> {
        let mut items = Vec::new();
        for (kind, api, plural) in [("Namespace", "/api/v1", "namespaces")].into_iter().chain(KINDS) {
            let mut answer = self.done("GET", &format!("{api}/{plural}"), None)?;
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
    pub(crate) fn clear(&self) -> Result<()> {
        let namespaces = self.done("GET", "/api/v1/namespaces", None)?;
        for namespace in namespaces["items"].as_array().into_iter().flatten() {
            let name = namespace["metadata"]["name"].as_str().context("a namespace without a name")?;
            for (_, api, plural) in KINDS {
                let path = format!("{api}/namespaces/{name}/{plural}");
                let own = if plural == "services" && name == "default" {
                    "&fieldSelector=metadata.name!=kubernetes"
                } else {
                    ""
                };
                self.done("DELETE", &format!("{path}?gracePeriodSeconds=0{own}"), None)?;
            }
            if GIVEN_NAMESPACES.contains(&name) {
                continue;
            }
            let path = format!("/api/v1/namespaces/{name}");
            self.done("DELETE", &path, None)?;
            // What a controller would do, had we one.
            let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": []}});
            self.done("PUT", &format!("{path}/finalize"), Some(&body))?;
        }
        Ok(())
    }
}
