//! `whereto env`: the variables that name Services.

use serde_json::json;

use crate::common::{Folder, service, stderr, stdout, whereto};
use crate::json_of;

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
