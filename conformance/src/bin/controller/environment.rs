//! Our program, as its manifest starts it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::{Api, ControlPlane, allow, local, render, told};
use whereto_conformance::process::Process;

use crate::arguments::Arguments;

/// The namespace of the controller itself.
pub(crate) const OWN: &str = "whereto-ingress";
/// The Lease in it.
pub(crate) const LEASE: &str = "/apis/coordination.k8s.io/v1/namespaces/whereto-ingress/leases/whereto-ingress";
/// How long a Lease holds: short, so that many takeovers fit in.
pub(crate) const LEASE_DURATION: Duration = Duration::from_secs(4);
/// How long the controller may take for anything else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Environment<'a> {
    pub(crate) control_plane: &'a ControlPlane,
    pub(crate) program: PathBuf,
    /// The manifest's objects.
    objects: Vec<Value>,
}

/// The controller, at work.
pub(crate) struct Controller {
    pub(crate) process: Process,
}

impl<'a> Environment<'a> {
    /// With the rights of the manifest that gives the most, and its IngressClass as the default one.
    pub(crate) fn new(control_plane: &'a ControlPlane, arguments: &Arguments) -> Result<Self> {
        let objects = render(&arguments.originals.join("kustomize"), &arguments.manifests.join("ingress/node-port"))?;
        for class in objects.iter().filter(|object| object["kind"] == "IngressClass") {
            let mut class = class.clone();
            class["metadata"]["annotations"] = json!({"ingressclass.kubernetes.io/is-default-class": "true"});
            control_plane.api.apply(&class, false)?;
        }
        let program = arguments.whereto.canonicalize().with_context(|| arguments.whereto.display().to_string())?;
        Ok(Self { control_plane, program, objects })
    }

    pub(crate) const fn api(&self) -> &Api {
        &self.control_plane.api
    }

    /// A kubeconfig for the controller's ServiceAccount, with a token of its own.
    pub(crate) fn kubeconfig(&self, name: &str) -> Result<PathBuf> {
        allow(self.control_plane, &self.objects, name)
    }

    /// Starts the controller with these words besides, and waits until it is ready. Its port for that must be nobody else's.
    pub(crate) fn start(&self, name: &str, admin: u16, words: &[&str]) -> Result<Controller> {
        let kubeconfig = self.kubeconfig(name)?.display().to_string();
        let (admin, seconds) = (local(admin), LEASE_DURATION.as_secs().to_string());
        let address = admin.to_string();
        let common =
            ["ingress", "--kube", "--kubeconfig", &kubeconfig, "--admin", &address, "--lease-duration", &seconds];
        let words: Vec<String> = common.iter().chain(words).map(|&word| word.to_owned()).collect();
        let mut process = self.control_plane.start_program(name, &self.program, &words)?;
        process.wait(PATIENCE, || told(admin, "/ready").is_ok_and(|(status, _)| status == 200))?;
        Ok(Controller { process })
    }

    /// What has to become so; gives how long that took.
    pub(crate) fn await_that(&self, what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<Duration> {
        let begin = Instant::now();
        while !is_so()? {
            ensure!(begin.elapsed() < PATIENCE, "not so after {PATIENCE:?}: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(begin.elapsed())
    }
}
