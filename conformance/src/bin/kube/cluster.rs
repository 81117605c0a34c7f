//! The servers. The namespace is ours alone, so the ports are fixed.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use whereto_conformance::cluster::{OWN_ADDRESS, SERVICE_RANGES};
use whereto_conformance::variant::{Surroundings, Variant};

use crate::api::Api;
use crate::arguments::Arguments;
use crate::certificates;
use crate::compare;
use crate::process::Process;

const fn local(port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

pub(crate) const UPSTREAM: SocketAddr = local(10054);
pub(crate) const COREDNS: SocketAddr = local(10053);
pub(crate) const OURS: SocketAddr = local(10153);
/// Another of ours, that reads everything anew.
pub(crate) const FRESH: SocketAddr = local(10253);
/// Where the proxy in front of the API server listens.
pub(crate) const PROXY: SocketAddr = local(16444);
pub(crate) const API: SocketAddr = local(16443);
const ETCD: SocketAddr = local(12379);
const ETCD_PEER: SocketAddr = local(12380);

/// Who wrote statuses and Leases, and when; in the cluster's folder.
pub(crate) const AUDIT_LOG: &str = "audit.log";

/// What our server may do: list and watch, the rule for each API group apart.
const RULES: [(&str, &[&str]); 2] =
    [("", &["namespaces", "pods", "services"]), ("discovery.k8s.io", &["endpointslices"])];

#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) api: Api,
    /// For our server: as a user who may only read.
    pub(crate) kubeconfig: PathBuf,
    /// The same through the proxy.
    pub(crate) proxied: PathBuf,
    folder: PathBuf,
    originals: PathBuf,
    program: PathBuf,
    apiserver: Option<Process>,
    _etcd: Process,
}

impl Cluster {
    pub(crate) fn start(arguments: &Arguments, folder: &Path) -> Result<Self> {
        certificates::write(folder)?;
        let etcd = Process::start(
            "etcd",
            &arguments.originals.join("etcd"),
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
        let mut cluster = Self {
            api: Api::new(API, folder)?,
            kubeconfig: kubeconfig(folder, "direct", API)?,
            proxied: kubeconfig(folder, "proxied", PROXY)?,
            folder: folder.to_owned(),
            originals: arguments.originals.clone(),
            program: arguments.whereto.clone(),
            apiserver: None,
            _etcd: etcd,
        };
        cluster.start_api()?;
        cluster.allow(true)?;
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}]
        });
        cluster.put("clusterrolebindings", &binding)?;
        Ok(cluster)
    }

    /// Starts the API server and waits until it is ready.
    pub(crate) fn start_api(&mut self) -> Result<()> {
        let policy = json!({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
            "rules": [
                {"level": "Metadata", "verbs": ["patch"], "resources": [{"group": "networking.k8s.io", "resources": ["ingresses/status"]}]},
                {"level": "Metadata", "verbs": ["create", "update"], "resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}]},
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

    pub(crate) fn kill_api(&mut self) {
        self.apiserver = None;
    }

    /// Forgets what happened in the store: a watch can't go on from there.
    pub(crate) fn compact(&self) -> Result<()> {
        let etcd = |path: &str, body: serde_json::Value| -> Result<serde_json::Value> {
            let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
            let mut answer = agent.post(format!("http://{ETCD}/v3/kv/{path}")).send(body.to_string())?;
            Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
        };
        // A key that nobody has, base64.
        let range = etcd("range", json!({"key": "bm8="}))?;
        let revision = range["header"]["revision"].as_str().context("etcd's revision")?.to_owned();
        etcd("compaction", json!({"revision": revision, "physical": true})).map(drop)
    }

    /// Lets our server read everything it needs, or all but EndpointSlices.
    pub(crate) fn allow(&self, with_slices: bool) -> Result<()> {
        let rules: Vec<_> = RULES
            .iter()
            .filter(|(group, _)| with_slices || group.is_empty())
            .map(|(group, plurals)| json!({"apiGroups": [group], "resources": plurals, "verbs": ["list", "watch"]}))
            .collect();
        let role = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "reader"}, "rules": rules
        });
        self.put("clusterroles", &role)
    }

    /// Creates or replaces an object of RBAC.
    fn put(&self, plural: &str, object: &serde_json::Value) -> Result<()> {
        let path = format!("/apis/rbac.authorization.k8s.io/v1/{plural}");
        let (mut status, mut answer) = self.api.call("POST", &path, "application/json", Some(object))?;
        if status == 409 {
            (status, answer) = self.api.call("PUT", &format!("{path}/reader"), "application/json", Some(object))?;
        }
        ensure!(status < 300, "{path}: {status} {}", answer["message"]);
        Ok(())
    }

    /// A file of the cluster's.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file for who has a token.
    pub(crate) fn kubeconfig_with_token(&self, name: &str, namespace: &str, token: &str) -> Result<PathBuf> {
        write_kubeconfig(&self.folder, name, API, namespace, &json!({"token": token}))
    }

    /// A program of ours with these words, without waiting for it.
    pub(crate) fn start_program(&self, name: &str, program: &Path, words: &[String]) -> Result<Process> {
        Process::start(name, program, &self.folder, words)
    }

    /// CoreDNS, without waiting for it.
    pub(crate) fn start_coredns(&self, variant: Variant) -> Result<Process> {
        let file = self.folder.join("corefile");
        let around =
            Surroundings { port: COREDNS.port(), api: API, certificates: &self.folder, upstream: UPSTREAM, ttl: None };
        fs::write(&file, variant.corefile(around))?;
        let arguments = [Path::new("-conf"), &file];
        Process::start("coredns", &self.originals.join("coredns"), &self.folder, arguments)
    }

    /// The same, knowing the cluster.
    pub(crate) fn coredns(&self, variant: Variant) -> Result<Process> {
        compare::answering(self.start_coredns(variant)?, COREDNS)
    }

    /// Our server, watching, without waiting for it.
    pub(crate) fn start_whereto(&self, listen: SocketAddr, variant: Variant, kubeconfig: &Path) -> Result<Process> {
        let mut arguments = vec!["dns".to_owned(), "--kube".to_owned(), "--kubeconfig".to_owned()];
        arguments.push(kubeconfig.display().to_string());
        let ours = format!(
            "--watch-timeout 3 --listen {listen} --admin 127.0.0.1:{} --conformance coredns --forward {UPSTREAM} --own-address \
             {OWN_ADDRESS} --no-cache --transfer-to 127.0.0.0/8",
            admin(listen).port()
        );
        arguments.extend(ours.split_whitespace().map(str::to_owned));
        arguments.extend(variant.flags());
        Process::start(&format!("whereto-{}", listen.port()), &self.program, &self.folder, arguments)
    }

    /// The same, knowing the cluster.
    pub(crate) fn whereto(&self, listen: SocketAddr, variant: Variant, kubeconfig: &Path) -> Result<Process> {
        compare::answering(self.start_whereto(listen, variant, kubeconfig)?, listen)
    }
}

/// Where a server of ours tells about itself.
pub(crate) const fn admin(listen: SocketAddr) -> SocketAddr {
    local(listen.port() + 1)
}

/// What `/ready` and `/metrics` say: the status and the text.
pub(crate) fn told(listen: SocketAddr, path: &str) -> Result<(u16, String)> {
    fetched(admin(listen).port(), path)
}

/// The same of whoever listens on a port.
pub(crate) fn fetched(port: u16, path: &str) -> Result<(u16, String)> {
    TcpStream::connect_timeout(&local(port), Duration::from_secs(1)).context("the admin address")?;
    let agent = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(format!("http://{}{path}", local(port))).call()?;
    Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
}

fn kubeconfig(folder: &Path, name: &str, server: SocketAddr) -> Result<PathBuf> {
    let path = |name: &str| folder.join(name).display().to_string();
    let reader = json!({"client-certificate": path("reader.crt"), "client-key": path("reader.key")});
    write_kubeconfig(folder, name, server, "default", &reader)
}

fn write_kubeconfig(
    folder: &Path,
    name: &str,
    server: SocketAddr,
    namespace: &str,
    user: &serde_json::Value,
) -> Result<PathBuf> {
    let file = folder.join(format!("{name}.kubeconfig"));
    let authority = folder.join("ca.crt").display().to_string();
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": format!("https://{server}"), "certificate-authority": authority}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": namespace}}]
    });
    fs::write(&file, config.to_string()).with_context(|| format!("writing {}", file.display()))?;
    Ok(file)
}
