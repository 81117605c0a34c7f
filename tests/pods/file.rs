//! `whereto resolv-conf`: the Pod's file, and what its node makes of it.

use serde_json::json;

use crate::common::{Folder, stderr, stdout, whereto};
use crate::json_of;

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
