//! `whereto resolve`: text, JSON, batches, exit codes.

mod common;

use common::{Folder, service, stderr, stdout, whereto, whereto_with};
use serde_json::{Value, json};

#[test]
fn a_name_gets_its_records() {
    let output = whereto(&["resolve", "web.shop.svc.cluster.local."]);
    assert_eq!(stdout(&output), "web.shop.svc.cluster.local. 5 IN A 10.96.10.10\n");
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));

    let output = whereto(&["resolve", "-t", "SRV", "_postgres._tcp.db.data.svc.cluster.local.", "--ttl", "30"]);
    assert_eq!(
        stdout(&output),
        "_postgres._tcp.db.data.svc.cluster.local. 30 IN SRV 0 50 5432 db-0.db.data.svc.cluster.local.\n\
         _postgres._tcp.db.data.svc.cluster.local. 30 IN SRV 0 50 5432 db-1.db.data.svc.cluster.local.\n\
         ; additional: db-0.db.data.svc.cluster.local. 30 IN A 10.244.1.50\n\
         ; additional: db-1.db.data.svc.cluster.local. 30 IN A 10.244.2.50\n"
    );
}

#[test]
fn a_negative_answer_is_told_apart() {
    let output = whereto(&["resolve", "web.shop.svc.cluster.local.", "-t", "AAAA"]);
    assert!(stdout(&output).starts_with("; NODATA"), "{}", stdout(&output));
    assert!(stdout(&output).contains("; authority: cluster.local. 5 IN SOA "), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));

    let output = whereto(&["resolve", "nope.shop.svc.cluster.local."]);
    assert!(stdout(&output).starts_with("; NXDOMAIN"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));

    let output = whereto(&["resolve", "www.example.com."]);
    assert!(stdout(&output).starts_with("; OUTSIDE"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_relative_name_needs_a_dot() {
    let output = whereto(&["resolve", "web"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("Add a final dot"), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
}

#[test]
fn explanations_name_objects_and_what_may_have_been_meant() {
    let output = whereto(&["resolve", "--explain", "web.shop.svc."]);
    assert!(stdout(&output).contains("web.shop.svc.cluster.local."), "{}", stdout(&output));
    let output = whereto(&["resolve", "--explain", "-o", "json", "frontend.shop.svc.cluster.local."]);
    let value: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(value["explanation"]["aliases"], json!(["web.shop.svc.cluster.local."]));
    assert!(
        value["explanation"]["objects"]
            .as_array()
            .expect("a list")
            .contains(&json!({"kind": "Service", "namespace": "shop", "name": "web"}))
    );
}

#[test]
fn json_has_the_documented_shape() {
    let output = whereto(&["resolve", "web.shop.svc.cluster.local.", "-o", "json"]);
    assert_eq!(
        stdout(&output),
        concat!(
            r#"{"rcode":"NOERROR","aa":true,"answers":["web.shop.svc.cluster.local. 5 IN A 10.96.10.10"],"authority":[],"#,
            r#""additional":[],"queries":[{"name":"web.shop.svc.cluster.local.","type":"A","rcode":"NOERROR"}]}"#,
            "\n"
        )
    );
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let input = "{\"name\":\"payments.shop.svc.cluster.local.\",\"type\":\"AAAA\"}\n\n{\"name\":\"nope.default.svc.cluster.local.\"}\n";
    let output = whereto_with(&["resolve", "--batch", "-"], input);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["rcode"], Value::Null);
    assert_eq!(lines[0]["outcome"], "outside");
    assert_eq!(lines[0]["answers"], json!(["payments.shop.svc.cluster.local. 5 IN CNAME www.example.com."]));
    assert_eq!(lines[1]["rcode"], "NXDOMAIN");
    assert_eq!(lines[1].get("outcome"), None);
}

#[test]
fn a_line_that_can_not_be_read_keeps_its_place() {
    let folder = Folder::new("batch");
    let file =
        folder.write("batch.jsonl", "{\"name\":\"web\"}\n{\"name\":\"web.shop.svc.cluster.local.\"}\nnonsense\n");
    let output = whereto(&["resolve", "--batch", &file]);
    assert_eq!(output.status.code(), Some(2));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines[0]["error"].as_str().expect("an error").starts_with("line 1: "));
    assert_eq!(lines[1]["rcode"], "NOERROR");
    assert!(lines[2]["error"].as_str().expect("an error").starts_with("line 3: "));
}

#[test]
fn manifests_come_from_files_and_standard_input() {
    let folder = Folder::new("manifests");
    folder.write("web.yaml", &service("web", "10.96.0.7"));
    let name = "web.shop.svc.cluster.local.";
    let expected = "web.shop.svc.cluster.local. 5 IN A 10.96.0.7\n";
    assert_eq!(stdout(&whereto(&["resolve", "--manifests", folder.path(), name])), expected);
    let output = whereto_with(&["resolve", name, "--manifests", "-"], &service("web", "10.96.0.7"));
    assert_eq!(stdout(&output), expected);
    let output = whereto(&["resolve", name, "--manifests", folder.path(), "--strict-namespaces"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_bad_manifest_is_named_with_document_object_and_field() {
    let folder = Folder::new("bad-manifest");
    let text = service("good", "10.96.0.8") + &service("bad", "10.96.0.9").replace("port: 80", "port: eighty");
    let file = folder.write("shop.yaml", &text);
    let question = ["resolve", "good.shop.svc.cluster.local.", "--manifests", &file];
    let output = whereto(&question);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    for part in [file.as_str(), "document 2", "Service shop/bad", "spec.ports[0].port", "--keep-going"] {
        assert!(stderr(&output).contains(part), "{part} in {}", stderr(&output));
    }
    let output = whereto(&[&question[..], &["--keep-going"]].concat());
    assert_eq!(stdout(&output), "good.shop.svc.cluster.local. 5 IN A 10.96.0.8\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_an_api_server_takes_does_not_stop_us() {
    let folder = Folder::new("odd-object");
    let odd = "apiVersion: v1\nkind: Service\nmetadata: {name: odd, namespace: shop}\nspec: {type: ExternalName, externalName: 192.0.2.1}\n---\n";
    let file = folder.write("shop.yaml", &(odd.to_owned() + &service("good", "10.96.0.8")));
    let output = whereto(&["resolve", "good.shop.svc.cluster.local.", "--manifests", &file]);
    assert!(stderr(&output).contains("Service shop/odd: spec.externalName"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn options_that_do_not_fit_together_are_bad_input() {
    for args in [
        &["--zone", "in-addr.arpa"][..],
        &["--ttl", "3601"],
        &["--namespaces", "a", "--namespace-labels", "b=c"],
        &["--zonal", "--noendpoints"],
        &["--pods", "sometimes"],
        &["--fallthrough", "a", "--no-fallthrough"],
    ] {
        let output = whereto(&[&["resolve", "a."], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!stderr(&output).is_empty());
    }
}

#[test]
fn zone_options_change_answers() {
    let status = |args: &[&str]| whereto(&[&["resolve"], args].concat()).status.code();
    assert_eq!(status(&["10-0-0-1.shop.pod.cluster.local."]), Some(0));
    assert_eq!(status(&["10-0-0-1.shop.pod.cluster.local.", "--pods", "disabled"]), Some(1));
    assert_eq!(status(&["10-244-1-50.data.pod.cluster.local.", "--pods", "verified"]), Some(0));
    assert_eq!(status(&["10-0-0-1.data.pod.cluster.local.", "--pods", "verified"]), Some(1));
    assert_eq!(status(&["zone-a.pin._zone.cache.data.svc.cluster.local.", "--zonal"]), Some(0));
    assert_eq!(status(&["zone-a.pin._zone.cache.data.svc.cluster.local."]), Some(1));
    assert_eq!(status(&["db-0.db.data.svc.cluster.local.", "--noendpoints"]), Some(1));
    assert_eq!(status(&["web.shop.svc.cluster.local.", "--namespaces", "data,default"]), Some(1));
    assert_eq!(status(&["web.shop.svc.cluster.local.", "--labels", "tier=front"]), Some(0));
    assert_eq!(status(&["api.shop.svc.cluster.local.", "--labels", "tier=front"]), Some(1));
    assert_eq!(status(&["web.shop.svc.clusterset.local.", "--multicluster", "clusterset.local"]), Some(0));
    assert_eq!(status(&["db-0.east.db.data.svc.clusterset.local.", "--multicluster", "clusterset.local"]), Some(0));
    assert_eq!(status(&["-t", "NS", "cluster.local.", "--own-address", "192.0.2.53"]), Some(0));
}
