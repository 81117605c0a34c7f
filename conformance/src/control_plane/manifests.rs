//! Manifests for a control plane, rendered as users do it, and the rights that they give.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{API, ControlPlane, JSON, path};

/// The objects that kustomize makes of a folder. Warnings count as errors: they are of fields that will be gone one day.
///
/// # Errors
/// When it fails.
pub fn render(kustomize: &Path, folder: &Path) -> Result<Vec<Value>> {
    let output = Command::new(kustomize).arg("build").arg(folder).output().context("kustomize")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && said.is_empty(), "kustomize build {}: {said}", folder.display());
    let text = String::from_utf8(output.stdout)?;
    serde_saphyr::from_multiple(&text).with_context(|| format!("what kustomize makes of {}", folder.display()))
}

/// Applies what of the objects concerns permissions, and gives a kubeconfig of this name for their ServiceAccount. Each has a token of its
/// own, whose identifier is in the audit log.
///
/// # Errors
/// When something is refused, or there is no ServiceAccount.
pub fn allow(control_plane: &ControlPlane, objects: &[Value], name: &str) -> Result<PathBuf> {
    const KINDS: [&str; 6] =
        ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    let api = &control_plane.api;
    // In this order: what is in a namespace comes after it.
    for kind in KINDS {
        for object in objects.iter().filter(|object| object["kind"] == kind) {
            api.apply(object, false)?;
        }
    }
    let account = objects.iter().find(|object| object["kind"] == "ServiceAccount").context("a ServiceAccount")?;
    let body =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}});
    let (status, answer) = api.call("POST", &format!("{}/token", path(account)?), JSON, Some(&body))?;
    ensure!(status < 300, "a token: {status} {}", answer["message"]);
    let token = answer["status"]["token"].as_str().context("a token")?;
    let namespace = account["metadata"]["namespace"].as_str().context("a namespace")?;
    control_plane.kubeconfig(name, API, namespace, &json!({"token": token}))
}
