//! A real kube-apiserver over a real etcd, for one program at a time.
//!
//! Everything is below one folder, and in a network namespace of its own ([`namespace`]), so the ports are fixed.

mod api;
mod certificates;
mod manifests;
pub mod namespace;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

pub use api::{Api, JSON, MERGE, path};
pub use manifests::{allow, render};

use crate::cluster::{OWN_ADDRESS, SERVICE_RANGES};
use crate::process::Process;

/// A port of 127.0.0.1.
#[must_use]
pub const fn local(port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

/// Where the API server listens.
pub const API: SocketAddr = local(16443);
const ETCD: SocketAddr = local(12379);
const ETCD_PEER: SocketAddr = local(12380);

/// Who wrote statuses, Leases and Events, and when; in the folder.
const AUDIT_LOG: &str = "audit.log";

/// The API server and its store. There are no controllers, but for those of the API server itself.
#[derive(Debug)]
pub struct ControlPlane {
    /// As who may do everything.
    pub api: Api,
    folder: PathBuf,
    originals: PathBuf,
    apiserver: Option<Process>,
    _etcd: Process,
}

impl ControlPlane {
    /// Starts both, of the folder of originals, in `folder`, which also gets the certificates: `ca`, and of the users `admin` (may
    /// everything) and `reader` (may nothing by itself).
    ///
    /// # Errors
    /// When one cannot be started, or does not come to be ready.
    pub fn start(originals: &Path, folder: &Path) -> Result<Self> {
        certificates::write(folder)?;
        let etcd = Process::start(
            "etcd",
            &originals.join("etcd"),
            folder,
            [
                "--data-dir=etcd".to_owned(),
                format!("--listen-client-urls=http://{ETCD}"),
                format!("--advertise-client-urls=http://{ETCD}"),
                format!("--listen-peer-urls=http://{ETCD_PEER}"),
                // Nothing has to survive.
                "--unsafe-no-fsync".to_owned(),
            ],
        )?;
        let (folder, originals) = (folder.to_owned(), originals.to_owned());
        let api = Api::new(API, &folder)?;
        let mut control_plane = Self { api, folder, originals, apiserver: None, _etcd: etcd };
        control_plane.start_api()?;
        Ok(control_plane)
    }

    /// Starts the API server and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started, or does not come to be ready.
    pub fn start_api(&mut self) -> Result<()> {
        let rule = |verbs: &[&str], group: &str, resource: &str| json!({"level": "Metadata", "verbs": verbs, "resources": [{"group": group, "resources": [resource]}]});
        let policy = json!({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
            "rules": [
                rule(&["patch"], "networking.k8s.io", "ingresses/status"),
                rule(&["create", "update"], "coordination.k8s.io", "leases"),
                rule(&["create"], "events.k8s.io", "events"),
                {"level": "None"}
            ]
        });
        fs::write(self.file("audit.json"), policy.to_string())?;
        let mut process = Process::start(
            "kube-apiserver",
            &self.originals.join("kube-apiserver"),
            &self.folder,
            [
                format!("--etcd-servers=http://{ETCD}"),
                "--bind-address=127.0.0.1".to_owned(),
                format!("--advertise-address={OWN_ADDRESS}"),
                format!("--secure-port={}", API.port()),
                "--tls-cert-file=server.crt".to_owned(),
                "--tls-private-key-file=server.key".to_owned(),
                "--client-ca-file=ca.crt".to_owned(),
                "--service-account-issuer=https://conformance.invalid".to_owned(),
                "--service-account-key-file=tokens.pub".to_owned(),
                "--service-account-signing-key-file=tokens.key".to_owned(),
                format!("--service-cluster-ip-range={}", SERVICE_RANGES.join(",")),
                "--authorization-mode=RBAC".to_owned(),
                "--audit-policy-file=audit.json".to_owned(),
                format!("--audit-log-path={AUDIT_LOG}"),
                // Pods without service accounts, and namespaces that come and go faster than their caches notice.
                "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle".to_owned(),
                // Every EndpointSlice is one of ours.
                "--endpoint-reconciler-type=none".to_owned(),
            ],
        )?;
        process.wait(Duration::from_secs(90), || self.api.is_ready())?;
        self.apiserver = Some(process);
        Ok(())
    }

    /// Ends the API server as if the machine had.
    pub fn kill_api(&mut self) {
        self.apiserver = None;
    }

    /// Forgets what happened in the store: a watch can't go on from there.
    ///
    /// # Errors
    /// When etcd refuses.
    pub fn compact(&self) -> Result<()> {
        let etcd = |path: &str, body: Value| -> Result<Value> {
            let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
            let mut answer = agent.post(format!("http://{ETCD}/v3/kv/{path}")).send(body.to_string())?;
            Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
        };
        // A key that nobody has, base64.
        let range = etcd("range", json!({"key": "bm8="}))?;
        let revision = range["header"]["revision"].as_str().context("etcd's revision")?.to_owned();
        etcd("compaction", json!({"revision": revision, "physical": true})).map(drop)
    }

    /// A file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts a program in the folder, without waiting for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_program(&self, name: &str, program: &Path, words: &[String]) -> Result<Process> {
        Process::start(name, program, &self.folder, words)
    }

    /// What the API server wrote down of who wrote statuses, Leases and Events, in no particular order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn audit(&self) -> Result<Vec<Value>> {
        let log = fs::read_to_string(self.file(AUDIT_LOG)).context("the audit log")?;
        // The last line may be on its way.
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        whole.lines().map(|line| serde_json::from_str(line).context("a line of the audit log")).collect()
    }

    /// Writes a kubeconfig for a user, as kubeconfig files describe one, who reaches the API server at `server`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn kubeconfig(&self, name: &str, server: SocketAddr, namespace: &str, user: &Value) -> Result<PathBuf> {
        let file = self.file(&format!("{name}.kubeconfig"));
        let authority = self.file("ca.crt").display().to_string();
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": format!("https://{server}"), "certificate-authority": authority}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": namespace}}]
        });
        fs::write(&file, config.to_string()).with_context(|| format!("writing {}", file.display()))?;
        Ok(file)
    }

    /// The same for who has a certificate in the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn kubeconfig_with_certificate(&self, name: &str, server: SocketAddr, user: &str) -> Result<PathBuf> {
        let path = |end: &str| self.file(&format!("{user}.{end}")).display().to_string();
        let user = json!({"client-certificate": path("crt"), "client-key": path("key")});
        self.kubeconfig(name, server, "default", &user)
    }
}

/// What an address of ours says at a path over HTTP, such as `/ready`: the status and the text.
///
/// # Errors
/// When nobody answers.
pub fn told(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).with_context(|| address.to_string())?;
    let agent = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(format!("http://{address}{path}")).call()?;
    Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
}
