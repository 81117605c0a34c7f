//! `whereto search`: candidates and queries of a name.

use serde_json::{Value, json};

use crate::common::{Folder, stdout, whereto, whereto_with};
use crate::json_of;

#[test]
fn a_search_lists_candidates_and_queries() {
    let search = |args: &[&str]| json_of(&[&["search", "-o", "json"], args].concat());
    let names = |name: &str| {
        ["shop.svc.cluster.local.", "svc.cluster.local.", "cluster.local.", ""]
            .map(|domain| if domain.is_empty() { format!("{name}.") } else { format!("{name}.{domain}") })
    };
    let outside = search(&["example.com", "--pod", "shop/web-0"]);
    assert_eq!(outside["candidates"], json!(names("example.com")));
    let queries: Vec<Value> = names("example.com")
        .into_iter()
        .flat_map(|name| ["A", "AAAA"].map(|kind| json!({"name": name, "type": kind})))
        .collect();
    assert_eq!(outside["queries"], json!(queries));
    // musl searches no name with as many dots as ndots.
    let short = search(&["db.data.svc", "--pod", "shop/deployment/checkout", "--resolver", "musl"]);
    assert_eq!(short["candidates"], json!(["db.data.svc."]));
    let glibc = search(&["db.data.svc", "--pod", "shop/deployment/checkout"]);
    assert_eq!(glibc["candidates"].as_array().map(Vec::len), Some(4));
    assert_eq!(search(&["192.0.2.1", "--namespace", "shop"])["address"], "192.0.2.1");
    assert_eq!(search(&["localhost", "--namespace", "shop", "--resolver", "c-ares"])["loopback"], true);
    let refused = whereto(&["search", "a..b", "--namespace", "shop"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("refused: EAI_NONAME"), "{}", stdout(&refused));
}

#[test]
fn a_search_reads_any_file_and_shows_a_table() {
    let folder = Folder::new("search");
    let file = folder.write("resolv.conf", "search a.example\nnameserver 192.0.2.1\noptions ndots:2\n");
    assert_eq!(
        stdout(&whereto(&["search", "web", "--resolv-conf", &file])),
        "web  glibc:2.36, ndots 2, dots 0\n  1  web.a.example.  A AAAA   search entry 1\n  2  web.            A AAAA   as it is\n\
         4 queries if none of them exists\n"
    );
    let servers =
        folder.write("three", "search a.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
    // Each is sent to all servers, and is one query.
    let musl = json_of(&["search", "web", "--resolv-conf", &servers, "--resolver", "musl", "-o", "json"]);
    assert_eq!(musl["queries"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_batch_of_searches_has_a_line_for_each() {
    let folder = Folder::new("search-batch");
    let path = folder.write("resolv.conf", "search b.example\nnameserver 192.0.2.1\n");
    let lines = [
        json!({"name": "web", "resolv_conf": "search a.example\nnameserver 192.0.2.1\n", "resolver": "musl:1.2.3"}),
        json!({"name": "web", "resolv_conf": path}),
        json!({"name": "web", "resolv_conf": "", "resolver": "go"}),
        json!({"name": "web"}),
        json!({"name": "web", "resolv_conf": "", "resolver": "x"}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let output = whereto_with(&["search", "--batch", "-"], &input);
    let answers: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers[0]["candidates"], json!(["web.a.example.", "web."]));
    assert_eq!(answers[0]["queries"][0], json!({"name": "web.a.example.", "type": "A"}));
    assert_eq!(answers[1]["candidates"], json!(["web.b.example.", "web."]));
    assert_eq!(answers[2]["candidates"], json!(["web."]));
    assert_eq!(answers[3]["error"], "line 4: resolv_conf is missing");
    assert!(answers[4]["error"].as_str().is_some_and(|error| error.starts_with("line 5: resolver \"x\"")));
    assert_eq!(output.status.code(), Some(2));
    let output = whereto_with(&["search", "--batch", "-", "--namespace", "shop"], "{\"name\":\"web\"}\n");
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("{\"candidates\":[\"web.shop.svc.cluster.local.\","), "{}", stdout(&output));
}
