//! `whereto resolv-conf`, `env`, `search`, and `resolve` and `lint` where Pods come in.

mod common;

use common::{Folder, service, stderr, stdout, whereto, whereto_with};
use serde_json::{Value, json};

fn json_of(args: &[&str]) -> Value {
    let output = whereto(args);
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", stderr(&output)))
}

const RESOLV_CONF: &str =
    "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";

#[test]
fn a_pods_file_is_printed_as_it_stands_in_the_pod() {
    let output = whereto(&["resolv-conf", "--pod", "shop/web-0"]);
    assert_eq!((stdout(&output), stderr(&output)), (RESOLV_CONF.to_owned(), String::new()));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&whereto(&["resolv-conf", "--namespace", "shop"])), RESOLV_CONF);
    let ndots = stdout(&whereto(&["resolv-conf", "--pod", "shop/deployment/checkout"]));
    assert_eq!(ndots, RESOLV_CONF.replace("ndots:5", "ndots:2"));

    let hosts = stdout(&whereto(&["resolv-conf", "--pod", "shop/web-0", "--hosts"]));
    assert!(hosts.starts_with("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"), "{hosts}");
    assert!(
        hosts.ends_with("10.244.1.10\tweb-0\n\n# Entries added by HostAliases.\n192.0.2.7\tlegacy.example.com\n"),
        "{hosts}"
    );
    assert!(stderr(&whereto(&["resolv-conf", "--pod", "data/db", "--hosts"])).contains("has no address yet"));
}

#[test]
fn the_node_decides_what_it_has() {
    let folder = Folder::new("node");
    let node = folder.write("resolv.conf", "nameserver 192.0.2.53\nsearch corp.example\noptions rotate\n");
    let with = |args: &[&str]| whereto(&[&["resolv-conf", "--host-resolv-conf", &node], args].concat());
    let cluster =
        stdout(&with(&["--pod", "shop/web-0", "--cluster-dns", "169.254.20.10", "--cluster-domain", "other.example"]));
    assert_eq!(
        cluster,
        "search shop.svc.other.example svc.other.example other.example corp.example\nnameserver 169.254.20.10\noptions ndots:5\n"
    );
    // In the node's network, ClusterFirst is Default.
    assert_eq!(stdout(&with(&["--pod", "shop/agent"])), "search corp.example\nnameserver 192.0.2.53\noptions rotate\n");
    let unknown = whereto(&["resolv-conf", "--pod", "shop/agent"]);
    assert_eq!(stdout(&unknown), "");
    assert!(stderr(&unknown).contains("a copy of its node's /etc/resolv.conf"), "{}", stderr(&unknown));
    assert_eq!(
        stdout(&whereto(&["resolv-conf", "--pod", "shop/agent", "--host-resolv-conf", ""])),
        "search .\nnameserver 127.0.0.1\n"
    );

    let broken = folder.write("broken", "nameserver\n");
    let output = whereto(&["resolv-conf", "--pod", "shop/web-0", "--host-resolv-conf", &broken]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("kubelet starts no Pod"), "{}", stderr(&output));
}

#[test]
fn events_are_told_beside_the_file() {
    let folder = Folder::new("events");
    let node = folder.write(
        "resolv.conf",
        "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
    );
    let args = ["resolv-conf", "--pod", "shop/agent", "--host-resolv-conf", &node];
    let output = whereto(&args);
    assert_eq!(stdout(&output), "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
    assert!(
        stderr(&output).contains("event on the Pod: Warning DNSConfigForming Nameserver limits were exceeded"),
        "{}",
        stderr(&output)
    );
    let given = json_of(&[&args[..], &["-o", "json"]].concat());
    assert_eq!(given["events"][0]["reason"], "DNSConfigForming");
    assert_eq!(given["nameservers"], json!(["192.0.2.1", "192.0.2.2", "192.0.2.3"]));
    assert_eq!((&given["dns_policy"], &given["host_network"]), (&json!("ClusterFirst"), &json!(true)));

    let mailer = whereto(&["resolv-conf", "--pod", "shop/mailer"]);
    assert!(
        stderr(&mailer).contains("ndots:5 and ndots:2: kubelet writes them in no certain order"),
        "{}",
        stderr(&mailer)
    );
}

#[test]
fn a_pod_that_is_not_there_is_bad_input() {
    for (args, told) in [
        (&["resolv-conf", "--pod", "shop/nobody"][..], "there are shop/web-0"),
        (&["resolv-conf", "--pod", "nowhere/nobody"], "has no Pods in the input"),
        (&["resolv-conf", "--pod", "shop/cronjob/web"], "there is no CronJob shop/web"),
        (&["resolv-conf", "--pod", "web-0"], "NAMESPACE/NAME"),
        (&["resolv-conf"], "--pod NAMESPACE/NAME"),
        (&["env", "--pod", "shop/nobody"], "there is no Pod shop/nobody"),
        (&["search", "web"], "--resolv-conf FILE"),
        (&["resolve", "web", "--pod", "shop/nobody"], "there is no Pod shop/nobody"),
        (&["resolve", "web", "--pod", "shop/web-0", "--resolver", "bionic"], "glibc, musl, go, c-ares, hickory"),
        (&["resolve", "web", "--pod", "shop/web-0", "-t", "SRV"], "add a final dot"),
        (&["resolve", "web", "--pod", "shop/agent"], "--host-resolv-conf"),
    ] {
        let output = whereto(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(told), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_pod_that_would_not_start_is_told() {
    let folder = Folder::new("not-starting");
    let text =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {hostname: A_b, containers: []}\n";
    let file = folder.write("pod.yaml", text);
    let output = whereto(&["resolv-conf", "--pod", "shop/a", "--manifests", &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("does not start: pod Hostname \"A_b\" is not a valid DNS label"),
        "{}",
        stderr(&output)
    );
    let lint = stdout(&whereto(&["lint", "--manifests", &file]));
    assert!(
        lint.contains("error: Pod shop/a: spec.hostname: Invalid value: \"A_b\": a lowercase RFC 1123 label"),
        "{lint}"
    );
}

#[test]
fn variables_name_the_services_of_the_namespace() {
    let output = whereto(&["env", "--pod", "shop/web-0"]);
    let text = stdout(&output);
    for line in [
        "API_SERVICE_PORT_GRPC=9090",
        "KUBERNETES_SERVICE_HOST=10.96.0.1",
        "METRICS_PORT=udp://10.96.10.40:8125",
        "WEB_PORT_80_TCP_ADDR=10.96.10.10",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} in\n{text}");
    }
    assert!(text.lines().is_sorted_by_key(|line| line.split('=').next().map(str::to_owned)), "{text}");
    assert!(!text.contains("DB_"), "headless Services and those of other namespaces have none: {text}");
    let environment = json_of(&["env", "--pod", "shop/web-0", "-o", "json"]);
    assert_eq!(environment["variables"].as_array().expect("a list").len(), text.lines().count());
    assert_eq!(environment["collisions"], json!([]));

    let folder = Folder::new("collision");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: []}\n---\n";
    let file = folder
        .write("all.yaml", &(pod.to_owned() + &service("foo", "10.96.0.1") + &service("foo-service", "10.96.0.2")));
    let output = whereto(&["env", "--pod", "shop/a", "--manifests", &file]);
    assert!(
        stderr(&output).contains("FOO_SERVICE_PORT is 80 for Service foo or tcp://10.96.0.2:80"),
        "{}",
        stderr(&output)
    );
    let lint = stdout(&whereto(&["lint", "--manifests", &file]));
    assert!(lint.contains("warning: Service shop/foo-service: metadata.name: in Pods, FOO_SERVICE_PORT is"), "{lint}");
}

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

#[test]
fn kubelets_have_to_agree_with_the_cluster() {
    let folder = Folder::new("agreement");
    let kubelet = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.11, 169.254.20.10]\nclusterDomain: other.example\n---\n";
    let dns = service("kube-dns", "10.96.0.10").replace("namespace: shop", "namespace: kube-system");
    let file = folder.write("all.yaml", &(kubelet.to_owned() + &dns));
    let lint = stdout(&whereto(&["lint", "--manifests", &file]));
    assert_eq!(
        lint,
        "warning: KubeletConfiguration kubelet: clusterDNS: 10.96.0.11 is not an address of Service kube-system/kube-dns, which has \
         10.96.0.10\nwarning: KubeletConfiguration kubelet: clusterDomain: other.example is not a zone of the DNS server \
         (cluster.local): search lists lead nowhere\n"
    );
    let flags = folder.write("dns.yaml", &dns);
    let lint = |args: &[&str]| stdout(&whereto(&[&["lint", "--manifests", &flags], args].concat()));
    assert_eq!(lint(&["--cluster-dns", "10.96.0.10", "--cluster-domain", "cluster.local"]), "");
    assert!(
        lint(&["--cluster-dns", "10.96.0.12"])
            .starts_with("warning: option --cluster-dns: 10.96.0.12 is not an address")
    );
    assert_eq!(lint(&["--zone", "other.example", "--cluster-domain", "other.example."]), "");
    assert!(
        lint(&["--cluster-domain", "other.example"])
            .starts_with("warning: option --cluster-domain: other.example is not a zone")
    );
}
