//! What is wrong in manifests, and what is said about it.
#![cfg(feature = "manifests")]

mod common;

use common::{Folder, Run, service};
use k8s_source::Kind;

fn load(text: &str) -> (Folder, Run) {
    let folder = Folder::new();
    folder.write("a.yaml", text);
    let run = Run::load(&folder);
    (folder, run)
}

#[test]
fn a_malformed_document_leaves_the_others_alone() {
    let mut text = String::new();
    for number in 1..=100 {
        text += "---\n";
        text += &if number == 57 {
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: [\n".to_owned()
        } else {
            service(&format!("s{number}"), "None")
        };
    }
    let (folder, run) = load(&text);
    assert_eq!(run.memory.names(Kind::Service).len(), 99);
    let errors = run.errors(&folder);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(run.summary.broken.len(), 1);
    let located = &run.told[0];
    assert_eq!(located.document, 57);
    // Each document has its `---` and seven lines.
    assert!((56 * 8 + 2..=56 * 8 + 7).contains(&located.line), "{located}");
    assert!(located.column.is_some(), "{located}");
    assert!(errors[0].contains(": error: document 57: "), "{errors:?}");
}

#[test]
fn a_malformed_item_leaves_the_list_alone() {
    let item = |name: &str| {
        format!("- apiVersion: v1\n  kind: Service\n  metadata: {{name: {name}}}\n  spec: {{clusterIP: None}}\n")
    };
    let (folder, run) = load(&format!(
        "kind: List\napiVersion: v1\nitems:\n{}- apiVersion: v1\n  kind: Service\n  metadata: {{name: \"b}}\n{}",
        item("a"),
        item("c")
    ));
    assert_eq!(run.memory.names(Kind::Service), ["default/a", "default/c"]);
    assert_eq!(run.errors(&folder).len(), 1);
    let json = r#"{"kind":"List","apiVersion":"v1","items":[
      {"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"clusterIP":"None"}},
      {"apiVersion":"v1","kind":"Service","metadata":{"name":nope},"spec":{"clusterIP":"None"}},
      {"apiVersion":"v1","kind":"Service","metadata":{"name":"c"},"spec":{"clusterIP":"None"}}]}"#;
    let (folder, run) = load(json);
    assert_eq!(run.memory.names(Kind::Service), ["default/a", "default/c"]);
    assert_eq!(run.errors(&folder).len(), 1);
    assert_eq!((run.told[0].line, run.summary.broken.len()), (3, 1));
}

#[test]
fn truncated_json_is_malformed() {
    let (folder, run) = load(
        r#"{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"clusterIP":"None"}},{"#,
    );
    assert_eq!(run.memory.names(Kind::Service), ["default/a"]);
    assert_eq!(run.errors(&folder).len(), 2, "{:?}", run.errors(&folder)); // the item, and the end
    assert_eq!(run.summary.broken.len(), 1);
}

#[test]
fn unknown_fields_are_told_with_their_path() {
    let (folder, run) = load(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, lables: {}}\nspec:\n  clusterIP: None\n  sessionAffinity: None\n  prots: []\n  ports:\n  - port: 1\n  - port: 2\n    nodePort: 3\n    porotcol: TCP\nstatus: {conditions: [{anything: 1}], loadBalancer: {anythin: 1}}\n",
    );
    assert_eq!(
        run.warnings(&folder),
        [
            "a.yaml:1: warning: Service default/a: metadata.lables: unknown field",
            "a.yaml:1: warning: Service default/a: spec.prots: unknown field",
            "a.yaml:1: warning: Service default/a: spec.ports[1].porotcol: unknown field",
            "a.yaml:1: warning: Service default/a: status.loadBalancer.anythin: unknown field",
        ]
    );
    assert_eq!(run.errors(&folder), Vec::<String>::new());
    assert_eq!(run.memory.names(Kind::Service), ["default/a"]);
}

#[test]
fn a_wrong_type_costs_that_object_only() {
    for (wrong, place) in [
        ("spec: {clusterIP: None, ports: [{port: 1}, {port: abc}]}", "spec.ports[1].port"),
        ("spec: {clusterIP: None, ports: [{port: \"80\"}]}", "spec.ports[0].port"),
        ("spec: {clusterIP: None, ports: {port: 80}}", "spec.ports"),
        ("spec: {clusterIP: None, ports: [{port: 99999999999}]}", "spec.ports[0].port"),
        ("spec: {clusterIP: None, selector: {app: true}}", "spec.selector.app"),
        ("spec: {clusterIP: None, selector: {app: 1.0}}", "spec.selector.app"),
        ("spec: {clusterIP: None, publishNotReadyAddresses: \"yes\"}", "spec.publishNotReadyAddresses"),
        ("spec: 5", "spec"),
    ] {
        let (folder, run) = load(&format!(
            "{}---\napiVersion: v1\nkind: Service\nmetadata: {{name: b, namespace: shop}}\n{wrong}\n---\n{}",
            service("a", "None"),
            service("c", "None")
        ));
        assert_eq!(run.memory.names(Kind::Service), ["shop/a", "shop/c"], "{wrong}");
        let errors = run.errors(&folder);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains(&format!("error: Service shop/b: {place}: ")), "{errors:?}");
        assert!(errors[0].starts_with("a.yaml:12:"), "{errors:?}");
        assert!(run.summary.broken.is_empty());
    }
}

#[test]
fn null_is_absent() {
    let (folder, run) = load(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: null, labels: null, creationTimestamp: null}\nspec: {clusterIP: None, ports: null, selector: ~, type: null}\nstatus:\n",
    );
    assert_eq!(run.errors(&folder), Vec::<String>::new());
    assert_eq!(run.memory.names(Kind::Service), ["default/a"]);
}

#[test]
fn names_that_look_like_other_types_need_quotes_only_where_kubectl_wants_them() {
    let (folder, run) = load(
        "apiVersion: v1\nkind: Service\nmetadata: {name: on-1, labels: {a: \"true\", b: v1.0, c: 1.2.3}}\nspec: {clusterIP: None}\n",
    );
    assert_eq!(run.errors(&folder), Vec::<String>::new());
    let (folder, run) = load("apiVersion: v1\nkind: Service\nmetadata: {name: 123}\nspec: {clusterIP: None}\n");
    assert_eq!(run.errors(&folder).len(), 1);
}

#[test]
fn an_object_without_a_name_is_told() {
    let (folder, run) = load("apiVersion: v1\nkind: Service\nmetadata: {generateName: a-}\nspec: {clusterIP: None}\n");
    assert_eq!(
        run.errors(&folder),
        ["a.yaml:1: error: Service default/: metadata.name: missing: the object is not used"]
    );
    assert!(run.summary.broken.is_empty());
}

#[test]
fn nesting_and_aliases_stay_limited() {
    let deep = format!("apiVersion: v1\nkind: ConfigMap\ndata: {}{}\n", "[".repeat(300), "]".repeat(300));
    let (folder, run) = load(&format!("{deep}---\n{}", service("a", "None")));
    assert_eq!(run.errors(&folder).len(), 1);
    assert_eq!(run.memory.names(Kind::Service), ["shop/a"]);
    let mut bomb = "apiVersion: v1\nkind: ConfigMap\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..10 {
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(","));
    }
    let (folder, run) = load(&format!("{bomb}---\n{}", service("a", "None")));
    assert_eq!(run.errors(&folder).len(), 1);
    assert_eq!(run.memory.names(Kind::Service), ["shop/a"]);
}

#[test]
fn a_missing_input_is_broken() {
    let folder = Folder::new();
    folder.write("a.yaml", &service("a", "None"));
    let mut source = k8s_source::manifests::ManifestSource::new(
        [folder.path().join("a.yaml"), folder.path().join("no.yaml")],
        Default::default(),
    );
    let mut memory = common::Memory::default();
    let summary = source.load(&mut memory, &mut |_| {});
    assert_eq!(summary.broken, [folder.path().join("no.yaml")]);
    assert_eq!((summary.errors, summary.objects), (1, 1));
}

#[test]
fn bytes_that_are_no_text_are_malformed() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("a.yaml"), b"apiVersion: v1\nkind: Service\nmetadata: {name: \xff}\n---\n")
        .unwrap();
    let run = Run::load(&folder);
    assert_eq!(run.errors(&folder), ["a.yaml:3: error: document 1: not UTF-8"]);
}
