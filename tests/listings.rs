//! `whereto records`, `lint`, `completions`, `man`, and what is common to all commands.

mod common;

use common::{Folder, command, service, stderr, stdout, whereto};
use serde_json::Value;

#[test]
fn records_are_listed_in_three_forms() {
    let zone_file = stdout(&whereto(&["records", "--zone-file"]));
    assert!(zone_file.starts_with("; cluster.local.\ncluster.local. 5 IN SOA "), "{zone_file}");
    assert!(zone_file.contains("\nweb.shop.svc.cluster.local. 5 IN A 10.96.10.10\n"));
    assert!(zone_file.contains("\n10.10.96.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local.\n"));

    let records: Value = serde_json::from_str(&stdout(&whereto(&["records", "-o", "json"]))).expect("JSON");
    let records = records.as_array().expect("a list");
    assert_eq!(records.len(), zone_file.lines().filter(|line| !line.starts_with(';')).count());
    assert!(
        records.iter().any(|record| record["name"] == "web.shop.svc.cluster.local." && record["data"] == "10.96.10.10")
    );

    let table = stdout(&whereto(&["records"]));
    assert_eq!(table.lines().count(), records.len());
    assert!(table.lines().all(|line| line.split_whitespace().count() >= 3), "{table}");
}

#[test]
fn the_demo_has_every_kind_of_record() {
    let records = stdout(&whereto(&["records", "--own-address", "10.244.0.2"]));
    for kind in ["SOA", "NS", "A", "AAAA", "CNAME", "SRV", "PTR", "TXT"] {
        assert!(records.lines().any(|line| line.split_whitespace().nth(1) == Some(kind)), "{kind}");
    }
}

#[test]
fn the_demo_has_findings_made_on_purpose() {
    let output = whereto(&["lint"]);
    assert_eq!(
        stdout(&output),
        "demo/06-ingress.yaml:125: warning: Ingress shop/admin: metadata.annotations[nginx.ingress.kubernetes.io/rewrite-target]: has no effect \
         here (document 7)\n\
         demo/06-ingress.yaml:125: error: Ingress shop/admin: metadata.annotations[nginx.ingress.kubernetes.io/whitelist-source-range]: limits \
         access and has no effect here: requests for the Ingress get 503 (document 7)\n\
         demo/06-ingress.yaml:145: warning: Ingress shop/old: apiVersion: networking.k8s.io/v1beta1 is not served since Kubernetes 1.22: \
         networking.k8s.io/v1 is (document 8)\n\
         demo/06-ingress.yaml:145: warning: Ingress shop/old: spec.rules[0].http.paths[0].pathType: missing: required in \
         networking.k8s.io/v1, and controllers differ in what they take for it (document 8)\n\
         error: CronJob data/report: spec.jobTemplate.spec.template.spec.dnsConfig: attempts:0: glibc sends nothing, musl dies of a \
         division by zero (attempts-zero)\n\
         warning: DaemonSet shop/agent: spec.template.spec.dnsPolicy: ClusterFirst means Default in the node's network: names of the \
         cluster do not resolve (ClusterFirstWithHostNet)\n\
         warning: Deployment shop/mailer: spec.template.spec.dnsConfig.options: ndots:5 and ndots:2 stand in the file in no certain \
         order: an option's name has no colon\n\
         warning: Ingress shop/admin: spec.ingressClassName: there is no IngressClass nginx in the input: no controller may take the \
         Ingress\n\
         warning: Ingress shop/old: spec.tls[0].secretName: the certificate of Secret shop/old-tls expired at 1735689600 (Unix seconds): \
         it is used where there is no valid one\n\
         warning: Ingress shop/old: spec.tls[1].hosts: the certificate of Secret shop/api-tls does not name older.localhost: clients get \
         the default certificate\n\
         error: Ingress shop/old: spec.tls[2].secretName: Secret shop/oldest-tls does not exist: clients get the default certificate\n\
         error: Ingress shop/twin: spec.rules[0].http.paths[0]: spec.rules[0].http.paths[1] of Ingress shop/shop has the same host and \
         path and is used instead: its Ingress is older\n\
         error: Ingress shop/twin: spec.rules[0].http.paths[1].backend: chekout:80: the Service does not exist: requests get 503\n\
         error: Ingress shop/twin: spec.rules[0].http.paths[2].backend: web:9090: the Service has no such TCP port: requests get 503\n\
         warning: KubeletConfiguration kubelet-edge: clusterDNS: 10.96.0.11 is not an address of Service kube-system/kube-dns, which \
         has 10.96.0.10\n\
         warning: Service data/search: none of its endpoints is ready: its name does not exist\n\
         warning: StatefulSet data/queue: spec.serviceName: there is no Service data/queue: its Pods have no name in DNS\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

const FAULTS: &str = "
kind: Namespace
apiVersion: v1
metadata: {name: shop}
---
kind: Service
apiVersion: v1
metadata: {name: a, namespace: shop}
spec: {clusterIP: 10.96.0.5, selector: {app: a}, ports: [{port: 80}]}
---
kind: Service
apiVersion: v1
metadata: {name: b, namespace: shop}
spec: {clusterIP: 10.96.0.5, selector: {app: b}, ports: [{port: 80}], colour: red}
---
kind: Service
apiVersion: v1
metadata: {name: lost, namespace: nowhere}
spec: {type: ExternalName, externalName: gone.shop.svc.cluster.local}
---
kind: Service
apiVersion: v1
metadata: {name: short, namespace: shop}
spec: {type: ExternalName, externalName: a.shop.svc}
---
kind: EndpointSlice
apiVersion: discovery.k8s.io/v1
metadata: {name: orphan, namespace: shop, labels: {kubernetes.io/service-name: nobody}}
addressType: IPv4
ports: []
endpoints: [{addresses: [10.244.0.9]}]
";

#[test]
fn lint_finds_faults_within_and_between_objects() {
    let folder = Folder::new("lint");
    let file = folder.write("faults.yaml", FAULTS);
    let output = whereto(&["lint", "--manifests", &file]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    for finding in [
        "warning: Service shop/b: spec.colour: unknown field (document 3)",
        "warning: Service shop/a: spec.selector: no Pod and no EndpointSlice is its",
        "error: Service shop/b: spec.clusterIPs: 10.96.0.5 is also the cluster IP of Service shop/a",
        "warning: Service nowhere/lost: metadata.namespace: there is no Namespace \"nowhere\"",
        "warning: Service nowhere/lost: spec.externalName: gone.shop.svc.cluster.local. does not exist",
        "warning: Service shop/short: spec.externalName: a.shop.svc. is asked for as it is",
        "warning: EndpointSlice shop/orphan: metadata.labels: there is no Service shop/nobody",
    ] {
        assert!(text.contains(finding), "{finding} in\n{text}");
    }
    let findings: Value =
        serde_json::from_str(&stdout(&whereto(&["lint", "--manifests", &file, "-o", "json"]))).expect("JSON");
    assert_eq!(findings.as_array().expect("a list").len(), text.lines().count());
    let unknown = findings.as_array().expect("a list").iter().find(|finding| finding["field"] == "spec.colour");
    assert_eq!(unknown.expect("the unknown field")["document"], 3);
}

const IMPORTS: &str = "
kind: Namespace
apiVersion: v1
metadata: {name: shop}
---
kind: ServiceImport
apiVersion: multicluster.x-k8s.io/v1alpha1
metadata: {name: web, namespace: shop}
spec: {type: ClusterSetIP, ips: [10.97.0.5], ports: [{port: 80}]}
---
kind: ServiceImport
apiVersion: multicluster.x-k8s.io/v1alpha1
metadata: {name: twin, namespace: shop}
spec: {type: ClusterSetIP, ips: [10.97.0.5], ports: [{port: 80}]}
---
kind: ServiceImport
apiVersion: multicluster.x-k8s.io/v1alpha1
metadata: {name: alone, namespace: shop}
spec: {type: Headless, ports: [{port: 80}]}
---
kind: ServiceImport
apiVersion: multicluster.x-k8s.io/v1alpha1
metadata: {name: db, namespace: shop}
spec: {type: Headless, ports: [{port: 80}]}
---
kind: ServiceImport
apiVersion: multicluster.x-k8s.io/v1alpha1
metadata: {name: lost, namespace: nowhere}
spec: {type: ClusterSetIP, ips: [10.97.0.6], ports: [{port: 80}]}
---
kind: EndpointSlice
apiVersion: discovery.k8s.io/v1
metadata: {name: db-a, namespace: shop, labels: {multicluster.kubernetes.io/service-name: db, multicluster.kubernetes.io/source-cluster: a}}
addressType: IPv4
ports: []
endpoints: [{addresses: [10.244.0.9]}]
---
kind: EndpointSlice
apiVersion: discovery.k8s.io/v1
metadata: {name: orphan, namespace: shop, labels: {multicluster.kubernetes.io/service-name: gone, multicluster.kubernetes.io/source-cluster: a}}
addressType: IPv4
ports: []
endpoints: [{addresses: [10.244.0.8]}]
";

#[test]
fn lint_looks_at_service_imports() {
    let folder = Folder::new("lint-imports");
    let file = folder.write("imports.yaml", IMPORTS);
    let output = whereto(&["lint", "--manifests", &file, "--multicluster", "clusterset.local"]);
    assert_eq!(
        stdout(&output),
        "\
warning: EndpointSlice shop/orphan: metadata.labels: there is no ServiceImport shop/gone: no name leads to these endpoints
warning: ServiceImport nowhere/lost: metadata.namespace: there is no Namespace \"nowhere\" in the input: the ServiceImport has no name
warning: ServiceImport shop/alone: no cluster has EndpointSlices of it: its name does not exist
error: ServiceImport shop/web: spec.ips: 10.97.0.5 is also an address of ServiceImport shop/twin
"
    );
    assert_eq!(output.status.code(), Some(1));

    let unserved = stdout(&whereto(&["lint", "--manifests", &file]));
    let finding = "info: ServiceImport shop/db: no zone serves ServiceImports (--multicluster): it has no name\n";
    assert!(unserved.contains(finding), "{unserved}");
    assert!(!unserved.contains("shop/alone: no cluster"), "{unserved}");
}

#[test]
fn lint_of_good_manifests_is_silent() {
    let folder = Folder::new("lint-clean");
    let file = folder.write("web.yaml", &service("web", "10.96.0.7"));
    let output = whereto(&["lint", "--manifests", &file]);
    assert_eq!(stdout(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn lint_of_nothing_is_bad_input_and_of_a_broken_file_a_finding() {
    let folder = Folder::new("lint-broken");
    let output = whereto(&["lint", "--manifests", &format!("{}/none.yaml", folder.path())]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let file = folder.write("broken.yaml", &(service("web", "10.96.0.7") + "a: [\n"));
    let output = whereto(&["lint", "--manifests", &file]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("error: document 2"), "{}", stdout(&output));
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = whereto(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("resolve"), "{shell}");
    }
    assert!(stdout(&whereto(&["man"])).contains(".TH whereto 1"));
    assert!(stdout(&whereto(&["man", "dns"])).contains("lame"));
    assert_eq!(whereto(&["man", "nothing"]).status.code(), Some(2));
}

#[test]
fn help_is_an_answer_and_a_wrong_flag_is_none() {
    assert_eq!(whereto(&["--version"]).status.code(), Some(0));
    for name in ["dns", "resolve", "records", "lint"] {
        let output = whereto(&[name, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("--manifests"), "{name}");
    }
    assert_eq!(whereto(&["dns", "--nonsense"]).status.code(), Some(2));
    assert_eq!(whereto(&[]).status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = command(&["records"]).spawn().expect("the command starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}
