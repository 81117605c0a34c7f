//! After any sequence of edits the state is that of a fresh load.
#![cfg(feature = "manifests")]

mod common;

use common::{Folder, Run};
use k8s_source::manifests::{ManifestOptions, NamespacePolicy};
use proptest::prelude::*;

/// Names and addresses are few, so that objects meet.
fn object() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("web"), Just("db"), Just("x")];
    let namespace = prop_oneof![Just("shop"), Just("bank")];
    (name, namespace, 0..14_u8, 0..3_u8).prop_map(|(name, namespace, form, number)| {
        let metadata = format!("metadata: {{name: {name}, namespace: {namespace}, labels: {{app: web}}}}");
        let service = |spec: &str| format!("apiVersion: v1\nkind: Service\n{metadata}\nspec: {{ports: [{{port: {}, targetPort: http}}]{spec}}}\n", 80 + number);
        match form {
            0 => service(", clusterIP: None"),
            1 => service(&format!(", clusterIP: 10.9.0.{}", number + 1)),
            2 => service(", selector: {app: web}"),
            3 => service(", clusterIP: None, selector: {app: web}, publishNotReadyAddresses: true"),
            4 => service(", type: ExternalName, externalName: a.example"),
            5 => service(", ipFamilyPolicy: PreferDualStack, selector: {app: web}"),
            6 | 7 => format!("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {name}-{number}, namespace: {namespace}, labels: {{kubernetes.io/service-name: {name}}}}}\naddressType: IPv4\nendpoints: [{{addresses: [10.1.0.{number}]}}]\n"),
            8 => format!("apiVersion: v1\nkind: Endpoints\n{metadata}\nsubsets: [{{addresses: [{{ip: 10.2.0.{number}}}], ports: [{{port: 1}}]}}]\n"),
            9 => format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n"),
            10..=12 => format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}-{number}, namespace: {namespace}, labels: {{app: {}}}}}\nspec: {{containers: [{{ports: [{{name: http, containerPort: {}}}]}}]}}\nstatus: {{phase: Running, podIPs: [{{ip: 10.3.0.{number}}}, {{ip: 'fd00::{number}'}}]}}\n", if form == 12 { "db" } else { "web" }, 8080 + u16::from(form)),
            _ => format!("apiVersion: multicluster.x-k8s.io/v1alpha1\nkind: ServiceImport\n{metadata}\nspec: {{type: Headless}}\n"),
        }
    })
}

#[derive(Clone, Debug)]
enum Edit {
    Write(u8, Vec<String>, bool),
    Remove(u8),
    Rename(u8, u8),
    Poll,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (0..4_u8, prop::collection::vec(object(), 0..5), any::<bool>()).prop_map(|(file, objects, list)| Edit::Write(file, objects, list)),
        1 => (0..4_u8).prop_map(Edit::Remove),
        1 => (0..4_u8, 0..4_u8).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => Just(Edit::Poll),
    ]
}

fn text(objects: &[String], as_list: bool) -> String {
    if !as_list || objects.is_empty() {
        return objects.join("---\n");
    }
    let item = |object: &String| format!("- {}\n", object.trim_end().replace('\n', "\n  "));
    format!("apiVersion: v1\nkind: List\nitems:\n{}", objects.iter().map(item).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn edits_equal_a_fresh_load(
        policy in prop_oneof![Just(NamespacePolicy::Auto), Just(NamespacePolicy::Implied), Just(NamespacePolicy::Strict)],
        small in any::<bool>(),
        edits in prop::collection::vec(edit(), 1..25),
    ) {
        let mut options = ManifestOptions::default().with_namespaces(policy);
        if small {
            // Addresses collide, and run out.
            options = options.with_service_cidr("10.9.0.0/29".parse().unwrap());
        }
        let folder = Folder::new();
        let file = |number: u8| format!("{}{number}.yaml", if number > 1 { "sub/" } else { "" });
        folder.write("sub/empty.yaml", "");
        let mut run = Run::load_with(&folder, options.clone());
        for edit in edits.iter().chain([&Edit::Poll]) {
            match edit {
                Edit::Write(number, objects, list) => folder.write(&file(*number), &text(objects, *list)),
                Edit::Remove(number) => {
                    let _ = std::fs::remove_file(folder.path().join(file(*number)));
                }
                Edit::Rename(from, to) => {
                    let _ = std::fs::rename(folder.path().join(file(*from)), folder.path().join(file(*to)));
                }
                Edit::Poll => {
                    run.poll();
                    let fresh = Run::load_with(&folder, options.clone());
                    prop_assert_eq!(&run.memory.objects, &fresh.memory.objects);
                    prop_assert_eq!(run.summary.objects, fresh.summary.objects);
                }
            }
        }
    }
}
