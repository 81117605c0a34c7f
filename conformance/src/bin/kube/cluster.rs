//! The servers. The namespace is ours alone, so the ports are fixed.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use whereto_conformance::cluster::OWN_ADDRESS;
use whereto_conformance::control_plane::{self, API, ControlPlane, local};
use whereto_conformance::process::Process;
use whereto_conformance::variant::{Surroundings, Variant};

use crate::arguments::Arguments;
use crate::compare;

pub(crate) const UPSTREAM: SocketAddr = local(10054);
pub(crate) const COREDNS: SocketAddr = local(10053);
pub(crate) const OURS: SocketAddr = local(10153);
/// Another of ours, that reads everything anew.
pub(crate) const FRESH: SocketAddr = local(10253);
/// Where the proxy in front of the API server listens.
pub(crate) const PROXY: SocketAddr = local(16444);

/// How long a server may take to know the cluster.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What our server may do: list and watch, the rule for each API group apart.
const RULES: [(&str, &[&str]); 2] =
    [("", &["namespaces", "pods", "services"]), ("discovery.k8s.io", &["endpointslices"])];

#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) control_plane: ControlPlane,
    /// For our server: as a user who may only read.
    pub(crate) kubeconfig: PathBuf,
    /// The same through the proxy.
    pub(crate) proxied: PathBuf,
    folder: PathBuf,
    originals: PathBuf,
    program: PathBuf,
}

impl Cluster {
    pub(crate) fn start(arguments: &Arguments, folder: &Path) -> Result<Self> {
        let control_plane = ControlPlane::start(&arguments.originals, folder)?;
        let cluster = Self {
            kubeconfig: control_plane.kubeconfig_with_certificate("direct", API, "reader")?,
            proxied: control_plane.kubeconfig_with_certificate("proxied", PROXY, "reader")?,
            control_plane,
            folder: folder.to_owned(),
            originals: arguments.originals.clone(),
            program: arguments.whereto.clone(),
        };
        cluster.allow(true)?;
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}]
        });
        cluster.control_plane.api.apply(&binding, false)?;
        Ok(cluster)
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
        self.control_plane.api.apply(&role, false)
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

    /// The same, knowing all of the cluster: as the original does, it answers for what it has read before it has read everything.
    pub(crate) fn whereto(&self, listen: SocketAddr, variant: Variant, kubeconfig: &Path) -> Result<Process> {
        let mut process = self.start_whereto(listen, variant, kubeconfig)?;
        process.wait(PATIENCE, || told(listen, "/ready").is_ok_and(|(status, _)| status == 200))?;
        Ok(process)
    }
}

/// Where a server of ours tells about itself.
pub(crate) const fn admin(listen: SocketAddr) -> SocketAddr {
    local(listen.port() + 1)
}

/// What `/ready` and `/metrics` say: the status and the text.
pub(crate) fn told(listen: SocketAddr, path: &str) -> Result<(u16, String)> {
    control_plane::told(admin(listen), path)
}
