//! `whereto resolve --pod`: a lookup from the hosts file to the last answer, for one resolver or all.

use serde_json::{Value, json};

use crate::common::{Folder, stderr, stdout, whereto, whereto_with};
use crate::json_of;

#[test]
fn a_lookup_is_the_whole_walk() {
    let output = whereto(&["resolve", "db.data", "--pod", "shop/web-0"]);
    assert_eq!(
        stdout(&output),
        "db.data  10.244.1.50 10.244.2.50  (db.data.svc.cluster.local.)\n\
         \x20 1  db.data.shop.svc.cluster.local.  search entry 1  A NXDOMAIN  AAAA NXDOMAIN\n\
         \x20 2  db.data.svc.cluster.local.       search entry 2  A found  AAAA NODATA\n\
         4 queries, glibc:2.36 in Pod shop/web-0\n"
    );
    assert_eq!(output.status.code(), Some(0));
    let found = json_of(&["resolve", "web", "--namespace", "shop", "-t", "A", "-o", "json"]);
    assert_eq!(
        found,
        json!({
            "rcode": "NOERROR", "aa": true, "answers": ["web.shop.svc.cluster.local. 5 IN A 10.96.10.10"], "authority": [], "additional": [],
            "queries": [{"name": "web.shop.svc.cluster.local.", "type": "A", "rcode": "NOERROR"}],
            "resolver": "glibc:2.36", "from": "dns", "addresses": ["10.96.10.10"], "name": "web.shop.svc.cluster.local.",
        })
    );
    let failed = json_of(&[
        "resolve",
        "nobody",
        "--namespace",
        "shop",
        "--resolver",
        "go",
        "--outside",
        "/dev/null",
        "-o",
        "json",
    ]);
    assert_eq!(
        (&failed["rcode"], &failed["outcome"], &failed["error"]),
        (&json!("NXDOMAIN"), &json!("failed"), &json!("no such host"))
    );
    assert_eq!(failed["queries"].as_array().map(Vec::len), Some(8));
}

#[test]
fn it_starts_with_the_hosts_file() {
    let from = |args: &[&str]| json_of(&[&["resolve", "--pod", "shop/web-0", "-o", "json"], args].concat());
    let own = from(&["web-0"]);
    assert_eq!(
        (&own["from"], &own["addresses"], &own["queries"]),
        (&json!("hosts"), &json!(["10.244.1.10"]), &json!([]))
    );
    let alias = from(&["legacy.example.com"]);
    assert_eq!((&alias["from"], &alias["addresses"]), (&json!("hosts"), &json!(["192.0.2.7"])));
    // hickory looks into the file for each name of its walk, which comes to this one last.
    let hickory = from(&["legacy.example.com", "--resolver", "hickory", "-t", "A"]);
    assert_eq!((&hickory["from"], hickory["queries"].as_array().map(Vec::len)), (&json!("hosts"), Some(3)));
    assert_eq!(from(&["localhost"])["from"], "hosts");
    assert_eq!(from(&["foo.localhost", "--resolver", "c-ares"])["from"], "loopback");
    assert_eq!(from(&["192.0.2.9"])["from"], "literal");
}

#[test]
fn names_outside_are_unknown_unless_told() {
    let args = ["resolve", "api.example.com", "--pod", "shop/web-0"];
    let output = whereto(&args);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(text.starts_with("api.example.com  unknown: only a server outside knows (--outside)\n"), "{text}");
    assert!(
        text.contains(
            "  4  api.example.com.                         as it is        A unknown  AAAA unknown\n8 queries"
        ),
        "{text}"
    );
    let unknown = json_of(&[&args[..], &["-o", "json"]].concat());
    assert_eq!((&unknown["rcode"], &unknown["outcome"]), (&Value::Null, &json!("outside")));

    let folder = Folder::new("outside");
    let table = folder.write("outside.zone", "api.example.com A 192.0.2.80\nwww.example.com CNAME api.example.com.\n");
    let told = |args: &[&str]| json_of(&[&["resolve", "--outside", &table, "-o", "json"], args].concat());
    let api = told(&["api.example.com", "--pod", "shop/web-0"]);
    assert_eq!(api["addresses"], json!(["192.0.2.80"]));
    // An alias of the cluster that leads outside, and out of there.
    let payments = told(&["payments", "--pod", "shop/web-0"]);
    assert_eq!(payments["addresses"], json!(["192.0.2.80"]));
    assert_eq!(payments["answers"].as_array().map(Vec::len), Some(3));
    assert_eq!(told(&["payments.shop.svc.cluster.local."])["answers"].as_array().map(Vec::len), Some(3));
    assert_eq!(told(&["none.example.com", "--pod", "shop/web-0"])["error"], "EAI_NONAME (-2)");
    let bad = folder.write("bad.zone", "api.example.com A nonsense\n");
    let output = whereto(&["resolve", "a", "--pod", "shop/web-0", "--outside", &bad]);
    assert!(stderr(&output).contains("bad.zone:1: \"nonsense\" is not an IPv4 address"), "{}", stderr(&output));
}

#[test]
fn a_servers_answers_are_its_own() {
    let folder = Folder::new("other-server");
    let node = folder.write("resolv.conf", "nameserver 192.0.2.53\n");
    let table = folder.write("outside.zone", "web.shop.svc.cluster.local A 192.0.2.80\n");
    // The node's server knows nothing of the cluster, but what the table says.
    let args =
        ["resolve", "web.shop.svc.cluster.local", "--pod", "shop/agent", "--host-resolv-conf", &node, "-o", "json"];
    assert_eq!(json_of(&args)["outcome"], "outside");
    assert_eq!(json_of(&[&args[..], &["--outside", &table]].concat())["addresses"], json!(["192.0.2.80"]));
}

#[test]
fn explanations_stand_below_each_name() {
    let text =
        stdout(&whereto(&["resolve", "db-2.db.data", "--pod", "shop/web-0", "--explain", "--outside", "/dev/null"]));
    assert!(text.contains("no ready endpoint of the Service has this name (Service data/db)"), "{text}");
    assert!(text.contains("\n  search shop.svc.cluster.local svc.cluster.local cluster.local\n"), "{text}");
}

#[test]
fn resolvers_are_compared_column_by_column() {
    let text = stdout(&whereto(&["resolve", "api.example.com", "--pod", "shop/web-0", "--compare"]));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].trim_start().starts_with("api.example.com"), "{text}");
    for resolver in ["glibc:2.36", "musl:1.2.6", "musl:1.2.3", "go", "c-ares", "hickory"] {
        assert!(lines[0].contains(resolver), "{text}");
    }
    assert!(lines[1].starts_with("  api.example.com.shop.svc.cluster.local.  1. NXDOMAIN"), "{text}");
    assert_eq!(lines.iter().filter(|line| line.starts_with('*')).count(), 0, "all are alike: {text}");
    assert_eq!(lines.last(), Some(&"unknown: only a server outside knows (--outside)"));

    // With ndots 2, musl asks for a name with two dots as it is and nothing else.
    let args = ["resolve", "db.data.svc", "--pod", "shop/checkout", "--compare", "--outside", "/dev/null"];
    let output = whereto(&args);
    let text = stdout(&output);
    let line = |start: &str| {
        text.lines().find(|line| line[2..].starts_with(start)).unwrap_or_else(|| panic!("{start} in {text}")).to_owned()
    };
    assert!(
        line("result").starts_with("* result")
            && line("result").contains("EAI_NONAME")
            && line("result").contains("10.244.1.50"),
        "{text}"
    );
    assert!(line("db.data.svc.cluster.local.").starts_with('*'), "{text}");
    assert!(text.ends_with("\n* not all of them do the same\n"), "{text}");
    assert_eq!(output.status.code(), Some(1));
    let compared = json_of(&[&args[..], &["-o", "json"]].concat());
    assert_eq!((&compared["differ"], &compared["pod"]), (&json!(true), &json!("shop/checkout")));
    assert_eq!(compared["resolvers"].as_array().map(Vec::len), Some(6));
    assert_eq!(compared["resolvers"][1]["resolver"], "musl:1.2.6");
}

#[test]
fn a_batch_walks_names_without_final_dot() {
    let input = "{\"name\":\"web\",\"type\":\"A\"}\n{\"name\":\"web.shop.svc.cluster.local.\",\"type\":\"A\"}\n{\"name\":\"www.example.com.\"}\n\
                 {\"name\":\"www.example.com\"}\n{\"name\":\"web\",\"type\":\"SRV\"}\n";
    let output = whereto_with(&["resolve", "--batch", "-", "--pod", "shop/web-0"], input);
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let queries = json!([{"name": "web.shop.svc.cluster.local.", "type": "A", "rcode": "NOERROR"}]);
    assert_eq!((&lines[0]["queries"], &lines[1]["queries"]), (&queries, &queries));
    assert_eq!(lines[0]["answers"], lines[1]["answers"]);
    assert_eq!((&lines[2]["rcode"], &lines[2]["outcome"]), (&Value::Null, &json!("outside")));
    assert_eq!((&lines[3]["rcode"], &lines[3]["outcome"]), (&Value::Null, &json!("outside")));
    assert_eq!(lines[3]["queries"].as_array().map(Vec::len), Some(8));
    assert!(lines[4]["error"].as_str().is_some_and(|error| error.starts_with("line 5: ")), "{:?}", lines[4]);
    assert_eq!(output.status.code(), Some(2));
}
