//! `whereto route`, `routes`, `services`, `diff`, and what `lint` finds about Ingresses and Services.

mod common;

use common::{Folder, stderr, stdout, whereto, whereto_with};
use serde_json::{Value, json};

fn json_of(args: &[&str]) -> Value {
    let output = whereto(args);
    serde_json::from_str(&stdout(&output))
        .unwrap_or_else(|error| panic!("{error}: {} {}", stdout(&output), stderr(&output)))
}

#[test]
fn a_request_is_answered_in_the_form_that_scripts_rely_on() {
    let url = "https://shop.localhost/cart?x=1";
    assert_eq!(
        json_of(&["route", url, "-o", "json"]),
        json!({
            "outcome": "forward", "status": null, "location": null, "reason": null,
            "ingress": "shop/shop", "host_rule": "shop.localhost", "path_rule": "/cart", "path_type": "Prefix",
            "backend": {"namespace": "shop", "service": "checkout", "port": 80, "endpoints": ["10.244.1.30:8080"]},
            "forward_path": "/cart?x=1", "certificate": "shop/shop-tls"
        })
    );
    let text = stdout(&whereto(&["route", url]));
    assert_eq!(
        text,
        "GET https://shop.localhost/cart?x=1: shop/checkout:80\n  \
         by           shop.localhost Prefix /cart -> checkout:80 (shop/shop spec.rules[0].http.paths[1])\n  \
         endpoint     10.244.1.30:8080\n  certificate  shop/shop-tls\n"
    );
}

#[test]
fn outcomes_have_their_status_and_their_exit_code() {
    // Arguments, outcome, status, exit code.
    for (args, outcome, status, code) in [
        (&["http://plain.localhost/"][..], "forward", json!(null), 0),
        (&["POST", "http://shop.localhost/x"], "redirect", json!(308), 0),
        (&["http://shop.localhost/.well-known/acme-challenge/t"], "forward", json!(null), 0),
        (&["http://nope.localhost/"], "respond", json!(404), 1),
        (&["http://search.localhost/"], "respond", json!(503), 1),
        (&["http://admin.localhost/"], "respond", json!(503), 1),
        (&["http://admin.localhost/", "--ignore-access-annotations"], "forward", json!(null), 0),
        (&["http://admin.localhost/", "--class", "whereto"], "respond", json!(404), 1),
        (&["http://plain.localhost/", "--controller-name", "other.example/ingress"], "respond", json!(404), 1),
        (&["http://nope.localhost/", "--default-backend", "shop/web:http"], "forward", json!(null), 0),
        (&["http://shop.localhost/", "--https-redirect", "off"], "forward", json!(null), 0),
        (&["http://plain.localhost/%zz"], "malformed", json!(400), 1),
        (&["http://plain.localhost/a%2Fb", "--encoded-slash", "refuse"], "malformed", json!(400), 1),
        (&["/", "-H", "Host: plain.localhost"], "forward", json!(null), 0),
        (&["/"], "malformed", json!(400), 1),
        (&["http://a.localhost/", "-H", "host: a", "-H", "Host: a"], "malformed", json!(400), 1),
        (&["https://shop.localhost/", "--sni", "api.localhost", "--misdirect"], "respond", json!(421), 1),
        (&["OPTIONS", "*", "-H", "Host: plain.localhost"], "respond", json!(204), 0),
        (&["CONNECT", "plain.localhost:443"], "respond", json!(501), 1),
    ] {
        let args = [&["route", "-o", "json"], args].concat();
        let output = whereto(&args);
        let answer: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        assert_eq!((&answer["outcome"], &answer["status"]), (&json!(outcome), &status), "{args:?}: {answer}");
        assert_eq!(output.status.code(), Some(code), "{args:?}");
    }
    for wrong in [
        &["ftp://a/"][..],
        &["A B", "http://a/"],
        &["http://a/", "-H", "x"],
        &["http://a/", "--default-backend", "web"],
        &[],
    ] {
        assert_eq!(whereto(&[&["route"], wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn an_explanation_has_the_rules_the_choices_and_the_certificate() {
    let args = ["route", "https://shop.localhost/cart/", "--explain", "-H", "Cookie: a=b"];
    let text = stdout(&whereto(&args));
    for part in [
        "https://shop.localhost/cart/: shop/checkout:80\n",
        "/cart -> web:80 (shop/twin spec.rules[0].http.paths[0]): not chosen: of the other, its Ingress is older",
        "header fields: Host alone counts; no effect have Cookie",
        "  certificate shop/shop-tls\n    shop/shop-tls for shop.localhost by Ingress shop/shop: chosen\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let why = &json_of(&[&args[..], &["-o", "json"]].concat())["explanation"];
    assert_eq!(why["candidates"][0]["verdict"], "chosen");
    assert!(why["choices"].as_array().expect("a list").len() > 15, "{why}");
}

/// What of a Service's sessionAffinity is told, and that a client is one endpoint's.
#[test]
fn an_explanation_has_the_endpoint_of_a_client() {
    let text = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-a, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]
---
";
    let folder = Folder::new("affinity");
    let file = folder.write("all.yaml", &format!("{text}{}", ingress("a", "", &[("/", "web")])));
    let asked = |more: &[&str]| {
        let args = ["route", "http://a.example/", "--manifests", &file];
        whereto(&[&args[..], more].concat())
    };
    let told = |more: &[&str]| {
        let text = stdout(&asked(more));
        text.lines().find_map(|line| line.strip_prefix("  affinity: ")).expect(&text).to_owned()
    };
    let honoured = "of the Service, before the proxy's own balance; shop/web:80 has ClientIP:";
    assert_eq!(told(&["--explain"]), format!("{honoured} the client's address chooses"));
    let endpoint = |client: u8| {
        let address = format!("192.0.2.{client}");
        let line = told(&["--explain", "--client", &address]);
        let rest = line.strip_prefix(&format!("{honoured} {address} goes to 10.0.0.")).expect(&line);
        rest.strip_suffix(":8080 where it does not fail and no zone is preferred").expect(&line).to_owned()
    };
    let endpoints: Vec<String> = (1..=12).map(endpoint).collect();
    assert!(["1", "2"].iter().all(|one| endpoints.iter().any(|endpoint| endpoint == one)), "{endpoints:?}");
    assert_eq!(
        told(&["--explain", "--ignore-session-affinity"]),
        "that of Services is ignored: the proxy's own balance"
    );
    assert_eq!(asked(&["--client", "192.0.2.1"]).status.code(), Some(2));
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let lines = "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"api.localhost\",\"path\":\"/a\",\"headers\":{},\"sni\":\"shop.localhost\"}\n\n\
                 {\"host\":\"old.localhost\",\"path\":\"/\"}\n{\"path\":\"/\",\"headers\":{\"Host\":\"plain.localhost\"}}\n{\"host\":\"a\"}\n";
    let output = whereto_with(&["route", "--batch", "-"], lines);
    let answers: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // Routed by host, while the handshake has another name's certificate.
    assert_eq!((&answers[0]["ingress"], &answers[0]["certificate"]), (&json!("shop/api"), &json!("shop/shop-tls")));
    assert_eq!(answers[1]["location"], "https://old.localhost/");
    assert_eq!(answers[2]["backend"]["service"], "web");
    assert!(
        answers[3]["error"].as_str().expect("an error").starts_with("line 5: missing field `path`"),
        "{}",
        answers[3]
    );
    assert_eq!((answers.len(), output.status.code()), (4, Some(2)));
    let both = whereto(&["route", "--batch", "-", "--manifests", "-"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn routes_are_listed_in_the_order_in_which_they_are_tried() {
    let text = stdout(&whereto(&["routes"]));
    let shop: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.contains(" shop.localhost "))
        .map(|line| line.split_whitespace().skip(2).take(3).collect())
        .collect();
    assert_eq!(
        shop,
        [
            ["/cart/help", "Exact", "web:http"],
            ["/cart", "Prefix", "checkout:80"],
            ["/cart", "Prefix", "web:80"],
            ["/checkout", "Prefix", "chekout:80"],
            ["/metrics", "Prefix", "web:9090"],
            ["/", "Prefix", "web:http"],
        ]
    );
    assert!(text.starts_with("CLASS "), "{text}");
    assert!(text.lines().last().is_some_and(|line| line.contains("*.shop.localhost")), "{text}");

    let rows = json_of(&["routes", "-o", "json", "--default-backend", "shop/web:80"]);
    let find = |host: &str, path: &str, owner: &str| {
        let is_it = |row: &&Value| row["host"] == host && row["path"] == path && row["owner"] == owner;
        rows.as_array().expect("a list").iter().find(is_it).unwrap_or_else(|| panic!("{host}{path}")).clone()
    };
    assert_eq!(find("shop.localhost", "/cart", "shop/twin")["note"], "unused: shop/shop comes first");
    assert_eq!(find("search.localhost", "/", "data/search")["note"], "503: no endpoint is ready");
    let old = find("old.localhost", "/", "shop/old");
    assert_eq!((&old["class"], &old["certificate"]), (&json!("whereto"), &json!("shop/old-tls")));
    let own = rows.as_array().and_then(|rows| rows.last()).expect("a row").clone();
    assert_eq!((&own["host"], &own["owner"], &own["backend"]), (&json!(null), &json!(null), &json!("web:80")));
}

#[test]
fn services_are_listed_as_kubectl_users_know_them() {
    let text = stdout(&whereto(&["services"]));
    let cells = |name: &str| {
        let line = text.lines().find(|line| line.split_whitespace().nth(1) == Some(name));
        line.unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let checkout =
        ["shop", "checkout", "LoadBalancer", "10.96.10.30", "80:30080/TCP", "1/1", "checkout.shop.svc.cluster.local"];
    assert_eq!(cells("checkout"), checkout);
    assert_eq!(cells("search"), ["data", "search", "ClusterIP", "None", "9200/TCP", "0/1", "<none>"]);
    assert_eq!(cells("payments")[6..], ["payments.shop.svc.cluster.local", "->", "www.example.com"]);

    let rows = json_of(&["services", "-o", "json"]);
    let web = rows.as_array().expect("a list").iter().find(|row| row["name"] == "web").expect("there").clone();
    assert_eq!(
        web["ports"][0],
        json!({"name": "http", "port": 80, "protocol": "TCP", "target_port": "8080", "node_port": null, "app_protocol": null})
    );
    assert_eq!(
        web["endpoints"][2],
        json!({"address": "10.244.2.11", "ports": ["8080/TCP", "8443/TCP"], "ready": false, "zone": "zone-b"})
    );
    assert!(
        web["dns_names"].as_array().expect("a list").contains(&json!("_http._tcp.web.shop.svc.cluster.local.")),
        "{web}"
    );
}

const WEB: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, nodePort: 30080}], type: NodePort}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, nodePort: 30080}, {port: 81, nodePort: 30080, protocol: UDP}], type: NodePort}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {containers: []}
status: {podIP: 10.1.2.3, conditions: [{type: Ready, status: 'True'}]}
";

fn ingress(name: &str, rest: &str, paths: &[(&str, &str)]) -> String {
    let paths: Vec<String> = paths
        .iter()
        .map(|(path, service)| {
            format!(
                "{{path: {path}, pathType: Prefix, backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}"
            )
        })
        .collect();
    format!(
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  {rest}\n  \
         rules: [{{host: a.example, http: {{paths: [{}]}}}}]\n",
        paths.join(", ")
    )
}

#[test]
fn a_difference_has_a_request_that_shows_it() {
    let folder = Folder::new("diff");
    let before = folder.write("before.yaml", &format!("{WEB}{}", ingress("a", "", &[("/", "web"), ("/api", "api")])));
    let after = folder.write("after.yaml", &format!("{WEB}{}", ingress("a", "", &[("/", "web"), ("/api", "gone")])));
    let output = whereto(&["diff", &before, &after]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "a.example: shop/api:80 -> 503 the Service does not exist for /api, /api/, below /api/; such as http://a.example/api\n"
    );
    let output = whereto(&["diff", &before, &after, "-o", "json"]);
    let differences: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(
        differences,
        json!([{
            "host": "a.example", "paths": ["/api", "/api/", "below /api/"],
            "before": {"outcome": "forward", "status": null, "service": "shop/api", "port": 80, "app_protocol": null, "reason": null},
            "after": {"outcome": "respond", "status": 503, "service": null, "port": null, "app_protocol": null, "reason": "the Service does not exist"},
            "witness": {"method": "GET", "scheme": "http", "host": "a.example", "path": "/api"}
        }])
    );
    let same = whereto(&["diff", &before, &before]);
    assert_eq!((stdout(&same).as_str(), same.status.code()), ("", Some(0)));
    let missing = whereto(&["diff", &before, &format!("{}/none.yaml", folder.path())]);
    assert_eq!(missing.status.code(), Some(2), "{}", stderr(&missing));
    assert_eq!(whereto(&["diff", "-", "-"]).status.code(), Some(2));
    for (words, expected) in [
        (&["diff", &before][..], "<B>"),
        (&["diff", "--kube", &before, &after], "'--kube' cannot be used with '[B]'"),
        (&["diff", "--kubeconfig", "none", &before, &after], "cannot be used with"),
        (&["diff", "--kube", "--kubeconfig", "/nonexistent", &before], "/nonexistent"),
    ] {
        let refused = whereto(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(stderr(&refused).contains(expected), "{}", stderr(&refused));
    }
}

fn lint(name: &str, text: &str, more: &[&str]) -> (String, Option<i32>) {
    let folder = Folder::new(name);
    let file = folder.write("all.yaml", text);
    let output = whereto(&[&["lint", "--manifests", &file], more].concat());
    (stdout(&output), output.status.code())
}

#[test]
fn lint_finds_node_ports_given_twice_and_workloads_behind_one_selector() {
    let deployment = |name: &str| {
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  \
             template: {{metadata: {{labels: {{app: web, track: {name}}}}}, spec: {{containers: []}}}}\n"
        )
    };
    // The same Deployment by its template, its ReplicaSet and a Pod of one that is not there: one workload.
    let same = "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web-abc, namespace: shop, ownerReferences: [{kind: Deployment, name: web}]}\n\
                spec:\n  template: {metadata: {labels: {app: web}}, spec: {containers: []}}\n\
                ---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-def-x, namespace: shop, labels: {app: web, pod-template-hash: def}, \
                ownerReferences: [{kind: ReplicaSet, name: web-def}]}\nspec: {containers: []}\n";
    let (one, _) = lint("lint-one", &format!("{WEB}{}{same}", deployment("web")), &[]);
    assert!(!one.contains("takes Pods of"), "{one}");
    let (two, code) = lint("lint-two", &format!("{WEB}{}{same}{}", deployment("web"), deployment("mailer")), &[]);
    let found = "warning: Service shop/web: spec.selector: takes Pods of Deployment mailer and of Deployment web: requests go to any of them";
    assert!(two.contains(found), "{two}");
    assert!(
        two.contains(
            "error: Service shop/web: spec.ports[0].nodePort: 30080/TCP is also a node port of Service shop/api"
        ),
        "{two}"
    );
    assert!(!two.contains("30080/UDP"), "{two}");
    assert_eq!(code, Some(1));
}

#[test]
fn lint_keeps_classes_apart_and_asks_for_what_is_there() {
    let class = "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: CLASS}\nspec: {controller: CLASS.example/x}\n";
    let a = ingress("a", "ingressClassName: one", &[("/", "web")]);
    let b = ingress("b", "ingressClassName: two", &[("/", "web")]);
    let classes = class.replace("CLASS", "one") + &class.replace("CLASS", "two");
    let (text, _) = lint("lint-classes", &format!("{WEB}{a}{b}{classes}"), &[]);
    assert!(!text.contains("Ingress"), "{text}");
    let (text, _) = lint(
        "lint-class",
        &format!("{WEB}{a}{}{classes}", ingress("b", "ingressClassName: one", &[("/", "web")])),
        &[],
    );
    assert!(text.contains("error: Ingress shop/b: spec.rules[0].http.paths[0]: spec.rules[0].http.paths[0] of Ingress shop/a has the same"), "{text}");
    let (text, _) = lint("lint-unknown", &format!("{WEB}{a}{}", class.replace("CLASS", "two")), &[]);
    assert!(text.contains("warning: Ingress shop/a: spec.ingressClassName: there is no IngressClass one"), "{text}");
    let (text, _) =
        lint("lint-none", &format!("{WEB}{}{}", ingress("a", "", &[("/", "web")]), class.replace("CLASS", "two")), &[]);
    assert!(
        text.contains(
            "warning: Ingress shop/a: spec.ingressClassName: missing, and no IngressClass is the default one"
        ),
        "{text}"
    );

    // Manifests in version control: no classes, no Secrets, perhaps no Services. That is worth a hint, and no more.
    let tls = ingress("a", "tls: [{hosts: [a.example], secretName: a-tls}]", &[("/", "elsewhere")]);
    let (text, code) = lint("lint-git", &tls, &[]);
    for hint in [
        "info: Ingress shop/a: spec.ingressClassName: missing",
        "info: Ingress shop/a: spec.rules[0].http.paths[0].backend: elsewhere:80: the Service does not exist",
        "info: Ingress shop/a: spec.tls[0].secretName: Secret shop/a-tls does not exist",
    ] {
        assert!(text.contains(hint), "{hint} in\n{text}");
    }
    assert_eq!(code, Some(0), "{text}");
}
