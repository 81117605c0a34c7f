//! What sources and consumers rely on.

use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef, Severity};

#[test]
fn keys_are_ordered_by_namespace_then_name() {
    let mut keys =
        [ObjectKey::new("b", "a"), ObjectKey::new("a", "z"), ObjectKey::cluster_scoped("z"), ObjectKey::new("a", "b")];
    keys.sort();
    assert_eq!(keys.map(|key| key.to_string()), ["z", "a/b", "a/z", "b/a"]);
}

#[test]
fn a_key_displays_without_an_empty_namespace() {
    assert_eq!(ObjectKey::new("shop", "web").to_string(), "shop/web");
    assert_eq!(ObjectKey::cluster_scoped("shop").to_string(), "shop");
    assert_eq!(ObjectKey::new("", "shop"), ObjectKey::cluster_scoped("shop"));
}

#[test]
fn map_converts_every_value_and_keeps_keys_and_order() {
    let key = |name: &str| ObjectKey::new("shop", name);
    let twice = |number: i32| number * 2;
    assert_eq!(Delta::Upsert(key("a"), 1).map(twice), Delta::Upsert(key("a"), 2));
    assert_eq!(Delta::<i32>::Delete(key("a")).map(twice), Delta::Delete(key("a")));
    let all = Delta::ReplaceAll(vec![(key("b"), 1), (key("a"), 2), (key("b"), 3)]);
    assert_eq!(all.map(twice), Delta::ReplaceAll(vec![(key("b"), 2), (key("a"), 4), (key("b"), 6)]));
    assert_eq!(Delta::<i32>::ReplaceAll(Vec::new()).map(twice), Delta::ReplaceAll(Vec::new()));
}

#[test]
fn severities_are_ordered_by_how_much_they_matter() {
    assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
}

#[test]
fn a_diagnostic_displays_what_it_knows() {
    let object = || ObjectRef::new("Service", ObjectKey::new("shop", "web"));
    for (diagnostic, text) in [
        (Diagnostic::info(object(), "spec.clusterIP", "assumed"), "info: Service shop/web: spec.clusterIP: assumed"),
        (Diagnostic::warning(object(), "", "odd"), "warning: Service shop/web: odd"),
        (Diagnostic::error(object(), "spec.ports[1].name", "bad"), "error: Service shop/web: spec.ports[1].name: bad"),
    ] {
        assert_eq!(diagnostic.to_string(), text);
    }
    let namespace = ObjectRef::new("Namespace", ObjectKey::cluster_scoped("shop"));
    assert_eq!(Diagnostic::info(namespace, "", "new").to_string(), "info: Namespace shop: new");
}

#[test]
fn diagnostics_sort_by_severity_first() {
    let of = |severity, name: &str| {
        Diagnostic::new(severity, ObjectRef::new("Service", ObjectKey::new("shop", name)), "", "reason")
    };
    let mut all = [of(Severity::Error, "a"), of(Severity::Info, "b"), of(Severity::Info, "a")];
    all.sort();
    assert_eq!(all, [of(Severity::Info, "a"), of(Severity::Info, "b"), of(Severity::Error, "a")]);
}
