//! The forms in which manifests come.
#![cfg(feature = "manifests")]

mod common;

use common::{Folder, Run, service};
use k8s_source::Kind;

const SERVICE_JSON: &str = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":80}]}}"#;

fn services(name: &str, text: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.write(name, text);
    let run = Run::load(&folder);
    assert_eq!(run.errors(&folder), Vec::<String>::new(), "{text}");
    assert_eq!(run.warnings(&folder), Vec::<String>::new(), "{text}");
    // The others are not asked for.
    let is_told = |kind: &Kind| {
        matches!(kind, Kind::Namespace | Kind::Service | Kind::EndpointSlice | Kind::Pod | Kind::ServiceImport)
    };
    assert_eq!(run.memory.synced, Kind::ALL.into_iter().filter(is_told).collect::<Vec<_>>());
    assert_eq!(run.memory.published, 1);
    run.memory.names(Kind::Service).into_iter().map(str::to_owned).collect()
}

fn item(name: &str) -> String {
    SERVICE_JSON.replace("\"web\"", &format!("\"{name}\""))
}

#[test]
fn yaml_documents() {
    let text = format!(
        "# first\n---\n{}---\n# nothing\n---\n\n{}...\n---\r\n{}",
        service("a", "10.0.0.1"),
        service("b", "10.0.0.2"),
        service("c", "None").replace('\n', "\r\n")
    );
    assert_eq!(services("a.yaml", &text), ["shop/a", "shop/b", "shop/c"]);
    assert_eq!(
        services("a.yml", "--- # one\n{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}\n"),
        ["default/a"]
    );
    assert_eq!(
        services(
            "a.yaml",
            "%YAML 1.2\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: None}\n"
        ),
        ["default/a"]
    );
    assert_eq!(
        services("a.yaml", "--- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}\n"),
        ["default/a"]
    );
    assert_eq!(
        services("a.yaml", "\u{feff}{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}\n"),
        ["default/a"]
    );
    assert_eq!(services("a.yaml", ""), Vec::<String>::new());
}

#[test]
fn json_documents() {
    assert_eq!(services("a.json", SERVICE_JSON), ["shop/web"]);
    assert_eq!(services("a.yaml", SERVICE_JSON), ["shop/web"]);
    assert_eq!(
        services("a.json", &format!("{}{}\n{}", item("a"), item("b"), item("c"))),
        ["shop/a", "shop/b", "shop/c"]
    );
    assert_eq!(services("a.yaml", &format!("{}\n---\n{}", item("a"), item("b"))), ["shop/a", "shop/b"]);
    assert_eq!(services("a.yaml", &format!("{}\n---\n{}", service("a", "None"), item("b"))), ["shop/a", "shop/b"]);
}

#[test]
fn lists_in_json() {
    let items = format!("[{},\n {}]", item("a"), item("b"));
    let without_kind = items.replace(r#""apiVersion":"v1","kind":"Service","#, "");
    for text in [
        format!(r#"{{"apiVersion":"v1","kind":"List","items":{items}}}"#),
        format!(r#"{{"apiVersion":"v1","items":{items},"kind":"List","metadata":{{"resourceVersion":""}}}}"#),
        format!(r#"{{"kind":"ServiceList","apiVersion":"v1","metadata":{{}},"items":{without_kind}}}"#),
        format!(r#"{{"items":{without_kind},"apiVersion":"v1","kind":"ServiceList"}}"#),
        format!(r#"{{"kind":"List","apiVersion":"v1","items":[{{"kind":"List","apiVersion":"v1","items":{items}}}]}}"#),
    ] {
        assert_eq!(services("a.json", &text), ["shop/a", "shop/b"], "{text}");
    }
    assert_eq!(services("a.json", r#"{"kind":"List","apiVersion":"v1","items":null}"#), Vec::<String>::new());
    assert_eq!(services("a.json", r#"{"kind":"List","apiVersion":"v1","items":[]}"#), Vec::<String>::new());
    // Something else that has items.
    assert_eq!(services("a.json", r#"{"apiVersion":"x/v1","items":[{"a":1}],"kind":"Menu"}"#), Vec::<String>::new());
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    text.lines().enumerate().map(|(at, line)| format!("{}{line}\n", if at == 0 { first } else { rest })).collect()
}

#[test]
fn lists_in_yaml() {
    let (a, b) = (service("a", "10.0.0.1"), service("b", "10.0.0.2"));
    let kubectl = format!(
        "apiVersion: v1\nitems:\n{}{}kind: List\nmetadata:\n  resourceVersion: \"\"\n",
        indented(&a, "- ", "  "),
        indented(&b, "- ", "  ")
    );
    let deeper = format!(
        "apiVersion: v1\nkind: List\nitems: # all\n\n# one\n{}\n    # two\n{}",
        indented(&a, "  - ", "    "),
        indented(&b, "  -   ", "      ")
    );
    let alone = format!(
        "kind: List\napiVersion: v1\nitems:\n{}{}",
        indented(&a, "-\n   ", "   "),
        indented(&b, "-\n   ", "   ")
    );
    let typed = kubectl
        .replace("apiVersion: v1\n  kind: Service\n  metadata", "metadata")
        .replace("kind: List", "kind: ServiceList");
    let flow = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}, spec: {clusterIP: None}}, {apiVersion: v1, kind: Service, metadata: {name: b, namespace: shop}, spec: {clusterIP: None}}]}";
    let half_flow = "apiVersion: v1\nkind: List\nitems: [\n{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}, spec: {clusterIP: None}}, {apiVersion: v1, kind: Service, metadata: {name: b, namespace: shop}, spec: {clusterIP: None}}]\n";
    let anchors = "apiVersion: v1\nkind: List\nitems:\n- &one\n  apiVersion: v1\n  kind: Service\n  metadata: {name: a, namespace: shop}\n  spec: &spec {clusterIP: None}\n- <<: *one\n  metadata: {name: b, namespace: shop}\n  spec: *spec\n";
    for text in [&*kubectl, &*deeper, &*alone, &*typed, flow, half_flow, anchors] {
        assert_eq!(services("a.yaml", text), ["shop/a", "shop/b"], "{text}");
    }
    assert_eq!(services("a.yaml", &format!("{kubectl}---\n{}", service("c", "None"))), ["shop/a", "shop/b", "shop/c"]);
    assert_eq!(services("a.yaml", "apiVersion: v1\nkind: List\nitems:\nmetadata: {}\n"), Vec::<String>::new());
}

#[test]
fn a_long_list_is_told_while_it_is_read() {
    // More than what is read before the first item is told.
    let padding = format!("  # {}\n", "x".repeat(1000));
    let mut items = String::new();
    for at in 0..2_000 {
        let text = service(&format!("s{at}"), &format!("10.1.{}.{}", at / 250, at % 250));
        items += &indented(&text.replace("apiVersion: v1\nkind: Service\n", ""), "- ", "  ");
        items += &padding;
    }
    let last = services("a.yaml", &format!("items:\n{items}kind: ServiceList\napiVersion: v1\n"));
    assert_eq!(last.len(), 2_000);
    let first = services("a.yaml", &format!("kind: ServiceList\napiVersion: v1\nitems:\n{items}"));
    assert_eq!(first.len(), 2_000);
}

#[test]
fn block_scalars_hide_what_looks_like_structure() {
    let config = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data:\n    text: |\n      - apiVersion: v1\n      kind: Service\n      items:\n      - *a &b\n";
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{config}{}", indented(&service("a", "None"), "- ", "  "));
    assert_eq!(services("a.yaml", &text), ["shop/a"]);
}

#[test]
fn other_kinds_are_skipped_and_counted() {
    let folder = Folder::new();
    folder.write("a.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: x}\nspec: {template: {}}\n---\napiVersion: apps/v1\nkind: Deployment\nspec: {}\n");
    folder.write("kustomization.yaml", "resources: [a.yaml]\n");
    let run = Run::load(&folder);
    assert_eq!(run.summary.skipped, 2);
    assert_eq!(run.summary.objects, 0);
    assert_eq!(
        run.warnings(&folder),
        ["kustomization.yaml:1: warning: document 1: kind: missing: this is no Kubernetes object"]
    );
}

#[test]
fn folders_are_read_in_order_and_dots_left_out() {
    let folder = Folder::new();
    folder.write("b.yaml", &service("x", "10.0.0.2"));
    folder.write("a.yml", &service("x", "10.0.0.1"));
    folder.write("sub/c.json", &item("y"));
    folder.write(".git/d.yaml", &service("z", "10.0.0.3"));
    folder.write(".e.yaml", &service("z", "10.0.0.3"));
    folder.write("notes.txt", "hello");
    let run = Run::load(&folder);
    assert_eq!(run.memory.names(Kind::Service), ["shop/x", "shop/y"]);
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.2"));
    assert_eq!(run.warnings(&folder), ["b.yaml:1: warning: Service shop/x: also in a.yml:1: this later one is used"]);
}
