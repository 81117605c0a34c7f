//! The commands that look at a live cluster and end: each tells of it what it tells of manifests with the same objects.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::API;

use crate::environment::Environment;
use crate::objects;

const NAMESPACE: &str = "commands";
const CLUSTER_IP: &str = "10.96.77.77";
const ENDPOINT: &str = "10.245.7.7";

/// A command, how it has to end, and what has to be in its answer: an object with these fields, in the list if it is one; or all of it,
/// where a list is expected.
type Row<'a> = (&'a [&'a str], i32, Value);

/// Whether all answered as they should.
pub(crate) fn run(environment: &Environment<'_>) -> Result<bool> {
    let api = environment.api();
    api.create(&objects::namespace(NAMESPACE))?;
    let metadata = json!({"namespace": NAMESPACE, "name": "web", "labels": {"kubernetes.io/service-name": "web"}});
    api.create(&json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata,
        "spec": {"clusterIP": CLUSTER_IP, "ports": [{"name": "http", "port": 8080, "targetPort": 3000}]}}))?;
    api.create(&json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4",
        "endpoints": [{"addresses": [ENDPOINT], "conditions": {"ready": true}}], "ports": [{"name": "http", "port": 3000}]}))?;
    api.create(&objects::ingress(NAMESPACE, "web", None, "commands.example"))?;
    api.create(&objects::ingress(NAMESPACE, "web-again", None, "commands.example"))?;
    // As an administrator, who may read all that is looked at.
    let kubeconfig = environment.control_plane.kubeconfig_with_certificate("admin", API, "admin")?;
    let (same, other) = (manifest(environment, "same", "web")?, manifest(environment, "other", "missing")?);
    let mut rows = rows();
    let (same, other) = (["diff", &same], ["diff", &other]);
    let forward = json!({"outcome": "forward", "service": "commands/web"});
    rows.extend([
        // Older than the other of this host, and of the same class, as in the cluster.
        (&same[..], 0, json!([])),
        (
            &other,
            1,
            json!({"host": "commands.example", "before": forward, "after": {"outcome": "respond", "status": 503}}),
        ),
    ]);
    let mut good = 0;
    for (words, code, expected) in &rows {
        match ask(&environment.program, words, &kubeconfig, *code, expected) {
            Ok(()) => {
                good += 1;
                println!("good    whereto {} --kube", words.join(" "));
            }
            Err(error) => println!("FAILED  whereto {} --kube: {error:#}", words.join(" ")),
        }
    }
    println!("{good} of {} commands good", rows.len());
    api.remove_namespace(NAMESPACE)?;
    Ok(good == rows.len())
}

/// A file with the first Ingress, for another Service, as it would be applied.
fn manifest(environment: &Environment<'_>, name: &str, service: &str) -> Result<String> {
    let mut ingress = objects::ingress(NAMESPACE, "web", None, "commands.example");
    let place = ingress.pointer_mut("/spec/rules/0/http/paths/0/backend/service/name").context("a backend")?;
    *place = json!(service);
    let file = environment.control_plane.file(&format!("{name}.json"));
    fs::write(&file, ingress.to_string())?;
    Ok(file.display().to_string())
}

fn rows() -> Vec<Row<'static>> {
    let backend = format!("{ENDPOINT}:3000");
    vec![
        (
            &["route", "http://commands.example/cart"],
            0,
            json!({"outcome": "forward", "ingress": "commands/web", "host_rule": "commands.example", "path_rule": "/",
                "backend": {"namespace": NAMESPACE, "service": "web", "port": 8080, "endpoints": [backend]}}),
        ),
        (&["route", "http://elsewhere.example/"], 1, json!({"outcome": "respond", "status": 404})),
        (
            &["routes"],
            0,
            json!({"class": "whereto", "host": "commands.example", "owner": "commands/web", "endpoints": [backend], "note": null}),
        ),
        (&["routes"], 0, json!({"owner": "commands/web-again", "note": "unused: commands/web comes first"})),
        (&["services"], 0, json!({"namespace": NAMESPACE, "name": "web", "cluster_ips": [CLUSTER_IP]})),
        (
            &["resolve", "web.commands.svc.cluster.local.", "--type", "A"],
            0,
            json!({"rcode": "NOERROR", "answers": [format!("web.commands.svc.cluster.local. 5 IN A {CLUSTER_IP}")]}),
        ),
        (&["resolve", "web.nowhere.svc.cluster.local.", "--type", "A"], 1, json!({"rcode": "NXDOMAIN", "answers": []})),
        (&["records"], 0, json!({"name": "web.commands.svc.cluster.local.", "type": "A", "data": CLUSTER_IP})),
        (
            &["lint"],
            1,
            json!({"severity": "error", "object": {"kind": "Ingress", "namespace": NAMESPACE, "name": "web-again"}}),
        ),
    ]
}

fn ask(program: &Path, words: &[&str], kubeconfig: &Path, code: i32, expected: &Value) -> Result<()> {
    let output = Command::new(program)
        .args(words)
        .args(["--output", "json", "--kube", "--kubeconfig"])
        .arg(kubeconfig)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(code), "{}: {said}", output.status);
    let told: Value = serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())?;
    if expected.is_array() {
        ensure!(told == *expected, "{told}");
        return Ok(());
    }
    let has = |told: &Value| {
        expected.as_object().into_iter().flatten().all(|(field, value)| match value {
            // An object has these fields, and may have more.
            Value::Object(parts) => parts.iter().all(|(part, value)| told[field][part] == *value),
            value => told.get(field) == Some(value),
        })
    };
    let is_there = told.as_array().map_or_else(|| has(&told), |list| list.iter().any(has));
    ensure!(is_there, "{expected} is not in {told}");
    Ok(())
}
