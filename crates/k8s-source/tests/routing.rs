//! What conversions for routing make of objects.
#![cfg(feature = "ingress")]

use std::net::IpAddr;

use ingress_routing::model::{Backend, Exposure, Ingress, PathType, PortRef, Protocol, SessionAffinity, TlsSecret};
use k8s_source::convert::routing;
use k8s_source::objects;
use object_change::{Diagnostic, Severity};
use serde::de::DeserializeOwned;

fn object<T: DeserializeOwned>(rest: &str) -> T {
    let comma = if rest.is_empty() { "" } else { "," };
    serde_json::from_str(&format!(r#"{{"metadata":{{"namespace":"shop","name":"web"}}{comma}{rest}}}"#)).unwrap()
}

fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let mark = match diagnostic.severity {
                Severity::Info => "info ",
                Severity::Error => "",
                _ => "warning ",
            };
            format!("{mark}{}: {}", diagnostic.field, diagnostic.reason)
        })
        .collect()
}

fn ingress(rest: &str) -> (Ingress, Vec<String>) {
    let (key, value, found) = routing::ingress(&object(rest));
    assert_eq!(key.to_string(), "shop/web");
    (value.expect("an Ingress"), told(&found))
}

/// An Ingress of one path with this backend.
fn with_backend(api_version: &str, backend: &str) -> (Option<Backend>, Vec<String>) {
    let (value, told) = ingress(&format!(
        r#""apiVersion":"{api_version}","spec":{{"rules":[{{"http":{{"paths":[{{"path":"/","pathType":"Prefix","backend":{backend}}}]}}}}]}}"#
    ));
    let paths = value.rules[0].paths.as_ref().expect("a rule with http");
    (paths.first().map(|path| path.backend.clone()), told)
}

const V1: &str = "networking.k8s.io/v1";
const V1_BETA1: [&str; 2] = ["networking.k8s.io/v1beta1", "extensions/v1beta1"];

#[test]
fn backends_of_v1() {
    let place = "spec.rules[0].http.paths[0].backend";
    for (backend, expected, wrong) in [
        (r#"{"service":{"name":"web","port":{"number":80}}}"#, Some("web:80"), None),
        (r#"{"service":{"name":"web","port":{"name":"http"}}}"#, Some("web:http"), None),
        (r#"{"resource":{"apiGroup":"k8s.example","kind":"Bucket","name":"icons"}}"#, Some("Bucket icons"), None),
        (r#"{"service":{"name":"web"}}"#, None, Some(".service.port: missing: the backend is not used")),
        (r#"{"service":{"port":{"number":80}}}"#, None, Some(".service.name: missing: the backend is not used")),
        (
            r#"{"service":{"name":"web","port":{"number":70000}}}"#,
            None,
            Some(".service.port.number: 70000 is not a port number (1–65535): the port is not used"),
        ),
        (
            r#"{"service":{"name":"web","port":{"number":80,"name":"http"}}}"#,
            None,
            Some(".service.port: has a name and a number: it is not used"),
        ),
        (
            r#"{"service":{"name":"web","port":{"number":80}},"resource":{"kind":"Bucket","name":"icons"}}"#,
            None,
            Some(".resource: there is a Service beside it: neither is used"),
        ),
        ("{}", None, Some(": names neither a Service nor a resource: it is not used")),
        ("null", None, Some(": missing: the path is not used")),
    ] {
        let (value, told) = with_backend(V1, backend);
        assert_eq!(value.map(|backend| backend.to_string()).as_deref(), expected, "{backend}");
        assert_eq!(told, wrong.map(|wrong| format!("{place}{wrong}")).into_iter().collect::<Vec<_>>(), "{backend}");
    }
}

/// networking/v1beta1 `IngressBackend` and its conversion (pkg/apis/networking/v1beta1/conversion.go).
#[test]
fn backends_of_v1beta1() {
    let place = "spec.rules[0].http.paths[0].backend";
    for version in V1_BETA1 {
        for (backend, expected, wrong) in [
            (r#"{"serviceName":"web","servicePort":80}"#, Some("web:80"), None),
            (r#"{"serviceName":"web","servicePort":"http"}"#, Some("web:http"), None),
            // A text is a name, also one of digits.
            (r#"{"serviceName":"web","servicePort":"80"}"#, Some("web:80"), None),
            (r#"{"resource":{"kind":"Bucket","name":"icons"}}"#, Some("Bucket icons"), None),
            (r#"{"serviceName":"web"}"#, None, Some(".servicePort: missing: the backend is not used")),
            (r#"{"servicePort":80}"#, None, Some(".serviceName: missing: the backend is not used")),
            (
                r#"{"serviceName":"web","servicePort":0}"#,
                None,
                Some(".servicePort: 0 is not a port number (1–65535): the port is not used"),
            ),
        ] {
            let (value, told) = with_backend(version, backend);
            assert_eq!(value.map(|backend| backend.to_string()).as_deref(), expected, "{backend}");
            assert_eq!(told, wrong.map(|wrong| format!("{place}{wrong}")).into_iter().collect::<Vec<_>>(), "{backend}");
        }
        let (Some(Backend::Service(service)), _) = with_backend(version, r#"{"serviceName":"web","servicePort":"80"}"#)
        else {
            panic!("a Service");
        };
        assert_eq!(service.port, PortRef::Name("80".into()));
    }
}

#[test]
fn fields_of_the_other_version_have_no_effect() {
    let place = "spec.rules[0].http.paths[0].backend";
    let old = r#"{"serviceName":"web","servicePort":80}"#;
    let new = r#"{"service":{"name":"web","port":{"number":80}}}"#;
    let nothing = format!("{place}: names neither a Service nor a resource: it is not used");
    let no_effect = "is of v1beta1: it has no effect in networking.k8s.io/v1";
    let expected =
        vec![format!("{place}.serviceName: {no_effect}"), format!("{place}.servicePort: {no_effect}"), nothing.clone()];
    assert_eq!(with_backend(V1, old), (None, expected));
    let expected = vec![format!("{place}.service: is of networking.k8s.io/v1: it has no effect in v1beta1"), nothing];
    assert_eq!(with_backend(V1_BETA1[0], new), (None, expected));
    // In a list without a version, what is there counts.
    for backend in [old, new] {
        assert_eq!(with_backend("", backend), (Some(Backend::service("web", 80)), Vec::new()));
    }
    for (version, used, unused) in [(V1, "defaultBackend", "backend"), (V1_BETA1[1], "backend", "defaultBackend")] {
        let backend = if version == V1 { new } else { old };
        let (value, told) = ingress(&format!(r#""apiVersion":"{version}","spec":{{"{used}":{backend}}}"#));
        assert_eq!((value.default_backend, told), (Some(Backend::service("web", 80)), Vec::new()));
        let (value, told) = ingress(&format!(r#""apiVersion":"{version}","spec":{{"{unused}":{backend}}}"#));
        assert_eq!(value.default_backend, None);
        assert!(told[0].starts_with(&format!("spec.{unused}: is of ")), "{told:?}");
    }
}

#[test]
fn path_types() {
    let backend = r#""backend":{"resource":{"kind":"Bucket","name":"icons"}}"#;
    let with = |version: &str, path_type: &str| {
        let comma = if path_type.is_empty() { "" } else { "," };
        let (value, told) = ingress(&format!(
            r#""apiVersion":"{version}","spec":{{"rules":[{{"http":{{"paths":[{{{path_type}{comma}{backend}}}]}}}}]}}"#
        ));
        (value.rules[0].paths.as_ref().expect("a rule with http").first().map(|path| path.path_type), told.len())
    };
    assert_eq!(with(V1, r#""pathType":"Exact""#), (Some(PathType::Exact), 0));
    assert_eq!(with(V1, r#""pathType":"Prefix""#), (Some(PathType::Prefix), 0));
    assert_eq!(with(V1, r#""pathType":"exact""#), (None, 1));
    // Required in v1, ImplementationSpecific by default in v1beta1 (SetDefaults_HTTPIngressPath).
    assert_eq!(with(V1, ""), (Some(PathType::ImplementationSpecific), 1));
    assert_eq!(with(V1_BETA1[0], ""), (Some(PathType::ImplementationSpecific), 0));
    assert_eq!(with(V1_BETA1[1], r#""pathType":"Prefix""#), (Some(PathType::Prefix), 0));
}

#[test]
fn the_rest_of_an_ingress() {
    let ingress: objects::Ingress = serde_json::from_str(
        r#"{"apiVersion":"networking.k8s.io/v1","metadata":{"namespace":"shop","name":"web","creationTimestamp":"2026-01-01T00:00:00Z",
            "annotations":{"kubernetes.io/ingress.class":"nginx","example.com/team":"a","nginx.ingress.kubernetes.io/whitelist-source-range":"10.0.0.0/8"}},
            "spec":{"ingressClassName":"main","rules":[{"host":"shop.example"},{"host":"empty.example","http":{"paths":[]}}],
            "tls":[{"hosts":["shop.example"],"secretName":"web-tls"},{"secretName":""}]}}"#,
    )
    .unwrap();
    let (_, value, found) = routing::ingress(&ingress);
    let value = value.unwrap();
    assert_eq!(value.created, Some(1_767_225_600));
    assert_eq!((value.class.as_deref(), value.legacy_class.as_deref()), (Some("main"), Some("nginx")));
    assert_eq!(value.annotations.len(), 1, "only what routing reads is kept: {:?}", value.annotations);
    assert_eq!(value.rules[0].paths, None);
    assert_eq!(value.rules[1].paths, None);
    assert_eq!(told(&found), ["spec.rules[1].http.paths: missing: the host goes to the default backend"]);
    assert_eq!((&*value.tls[0].hosts[0], value.tls[0].secret.as_deref()), ("shop.example", Some("web-tls")));
    assert_eq!(value.tls[1].secret, None);
}

#[test]
fn times() {
    for (text, expected, wrong) in [
        ("2026-01-01T00:00:00Z", Some(1_767_225_600), 0),
        ("2026-01-01T01:00:00+01:00", Some(1_767_225_600), 0),
        ("1969-12-31T23:59:59Z", Some(-1), 0),
        ("", None, 0),
        ("yesterday", None, 1),
    ] {
        let class: objects::IngressClass = serde_json::from_str(&format!(
            r#"{{"metadata":{{"name":"main","creationTimestamp":"{text}"}},"spec":{{"controller":"a.example/b"}}}}"#
        ))
        .unwrap();
        let (_, value, found) = routing::ingress_class(&class);
        assert_eq!((value.unwrap().created, found.len()), (expected, wrong), "{text}");
    }
}

#[test]
fn classes() {
    let class = |annotation: &str, controller: &str| {
        let text = format!(
            r#"{{"metadata":{{"name":"main","namespace":"ignored","annotations":{{"ingressclass.kubernetes.io/is-default-class":{annotation}}}}},"spec":{{"controller":"{controller}"}}}}"#
        );
        let (key, value, found) = routing::ingress_class(&serde_json::from_str(&text).unwrap());
        assert_eq!(key.to_string(), "main");
        (value.unwrap().is_default, found.len())
    };
    assert_eq!(class("\"true\"", "a.example/b"), (true, 0));
    assert_eq!(class("\"false\"", "a.example/b"), (false, 0));
    assert_eq!(class("\"True\"", "a.example/b"), (false, 1));
    assert_eq!(class("\"true\"", ""), (true, 1));
}

#[test]
fn services() {
    let (_, value, found) = routing::service(&object(
        r#""spec":{"type":"NodePort","clusterIP":"None","ports":[{"name":"h2","port":80,"appProtocol":"kubernetes.io/h2c"},{"port":53,"protocol":"UDP"},{"port":0},{"port":1,"protocol":"tcp"}]}"#,
    ));
    let value = value.unwrap();
    assert_eq!(value.exposure, Exposure::Endpoints);
    assert_eq!(value.ports.len(), 2);
    assert_eq!(value.ports[0].app_protocol.as_deref(), Some("kubernetes.io/h2c"));
    assert_eq!((value.ports[1].protocol, value.ports[1].number), (Protocol::Udp, 53));
    let fields: Vec<_> = found.iter().map(|found| found.field.to_string()).collect();
    assert_eq!(fields, ["spec.ports[2].port", "spec.ports[3].protocol"]);
    let (_, value, _) = routing::service(&object(r#""spec":{"type":"ExternalName","externalName":"db.example"}"#));
    assert_eq!(value.unwrap().exposure, Exposure::ExternalName("db.example".into()));
}

/// core/v1, `ServiceSpec.sessionAffinity`; pkg/apis/core/validation, `ValidateService`, and pkg/apis/core/v1/defaults.go.
#[test]
fn session_affinity_of_services() {
    let place = "spec.sessionAffinityConfig";
    let timeout =
        |seconds| format!(r#""ClientIP","sessionAffinityConfig":{{"clientIP":{{"timeoutSeconds":{seconds}}}}}"#);
    let out_of_range = |seconds| {
        format!("{place}.clientIP.timeoutSeconds: {seconds} is not a number of seconds from 1 to 86400: it is not used")
    };
    let no_effect = format!("warning {place}: has no effect: sessionAffinity is not ClientIP");
    let stateless = format!(
        "info {place}.clientIP.timeoutSeconds: has no effect: the client's address alone chooses the endpoint, for as long as that is there"
    );
    let wrong = "spec.sessionAffinity: \"clientIP\" is not one of None, ClientIP: read as None".to_owned();
    let (none, client_ip) = (SessionAffinity::None, SessionAffinity::ClientIp);
    for (text, expected, told_of) in [
        (r#""""#.to_owned(), none, vec![]),
        ("null".to_owned(), none, vec![]),
        (r#""None""#.to_owned(), none, vec![]),
        (r#""ClientIP""#.to_owned(), client_ip, vec![]),
        (r#""clientIP""#.to_owned(), none, vec![wrong]),
        // What the API server writes where nothing was said.
        (timeout(10_800), client_ip, vec![]),
        (timeout(60), client_ip, vec![stateless.clone()]),
        (timeout(86_400), client_ip, vec![stateless]),
        (timeout(0), client_ip, vec![out_of_range(0)]),
        (timeout(86_401), client_ip, vec![out_of_range(86_401)]),
        (r#""ClientIP","sessionAffinityConfig":{"clientIP":{}}"#.to_owned(), client_ip, vec![]),
        (r#""ClientIP","sessionAffinityConfig":{}"#.to_owned(), client_ip, vec![]),
        (r#""None","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}}"#.to_owned(), none, vec![no_effect]),
    ] {
        let (_, value, found) =
            routing::service(&object(&format!(r#""spec":{{"ports":[{{"port":80}}],"sessionAffinity":{text}}}"#)));
        assert_eq!((value.unwrap().session_affinity, told(&found)), (expected, told_of), "{text}");
    }
    // A name elsewhere has no endpoint to stay at.
    let spec = r#""spec":{"type":"ExternalName","externalName":"db.example","sessionAffinity":"ClientIP"}"#;
    assert_eq!(routing::service(&object(spec)).1.unwrap().session_affinity, none);
}

/// discovery/v1 `EndpointConditions`.
#[test]
fn conditions_of_endpoints() {
    for (conditions, ready, serving, terminating) in [
        ("{}", true, true, false),
        ("null", true, true, false),
        (r#"{"ready":false}"#, false, false, false),
        (r#"{"ready":true,"serving":true,"terminating":false}"#, true, true, false),
        (r#"{"ready":false,"serving":true,"terminating":true}"#, false, true, true),
    ] {
        let slice = format!(
            r#"{{"metadata":{{"namespace":"shop","name":"web-x","labels":{{"kubernetes.io/service-name":"web"}}}},"addressType":"IPv4",
                "ports":[{{"name":"http","port":8080}},{{"name":"any"}}],
                "endpoints":[{{"addresses":["10.1.0.1","10.1.0.2"],"conditions":{conditions},"zone":"a"}},{{"addresses":["ten"]}},{{"addresses":[]}}]}}"#
        );
        let (_, value, found) = routing::endpoint_slice(&serde_json::from_str(&slice).unwrap());
        let value = value.unwrap();
        assert_eq!(value.endpoints.len(), 1);
        let endpoint = &value.endpoints[0];
        assert_eq!(
            (endpoint.ready, endpoint.serving, endpoint.terminating),
            (ready, serving, terminating),
            "{conditions}"
        );
        assert_eq!(endpoint.address, "10.1.0.1".parse::<IpAddr>().unwrap());
        assert_eq!((endpoint.zone.as_deref(), value.ports.len()), (Some("a"), 1));
        let fields: Vec<_> = found.iter().map(|found| found.field.to_string()).collect();
        assert_eq!(fields, ["endpoints[1].addresses[0]", "endpoints[2].addresses"]);
    }
    for text in [
        r#"{"metadata":{"namespace":"shop","name":"x"},"addressType":"IPv4"}"#,
        r#"{"metadata":{"namespace":"shop","name":"x","labels":{"kubernetes.io/service-name":"web"}},"addressType":"FQDN"}"#,
    ] {
        assert_eq!(routing::endpoint_slice(&serde_json::from_str(text).unwrap()).1, None);
    }
}

#[test]
fn other_secrets_are_left_alone() {
    let value = |text: &str| routing::secret(&object(text)).1;
    assert_eq!(value(r#""type":"Opaque","data":{"password":"c2VjcmV0"}"#), None);
    assert_eq!(value(r#""type":"Opaque","data":{"tls.crt":"c2VjcmV0"}"#), None);
    for (data, reason) in [
        (r#""type":"kubernetes.io/tls""#, "there is no tls.crt"),
        (r#""type":"kubernetes.io/tls","data":{"tls.crt":""}"#, "there is no tls.key"),
        (r#""type":"kubernetes.io/tls","data":{"tls.crt":"","tls.key":"?"}"#, "tls.key is not base64"),
        (r#""type":"kubernetes.io/tls","data":{"tls.crt":"","tls.key":""}"#, "there is no certificate in PEM"),
        (r#""data":{"tls.crt":"c2Vj\ncmV0\n","tls.key":"c2VjcmV0"}"#, "there is no certificate in PEM"),
        (
            r#""data":{"tls.crt":"c2VjcmV0","tls.key":"x"},"stringData":{"tls.key":"y"}"#,
            "there is no certificate in PEM",
        ),
    ] {
        assert_eq!(value(data), Some(TlsSecret::Broken(reason.into())), "{data}");
    }
}

#[test]
fn keys_are_not_shown() {
    let secret: objects::Secret =
        object(r#""data":{"tls.crt":"Y2VydA==","tls.key":"c2VjcmV0"},"stringData":{"tls.key":"secret"}"#);
    let shown = format!("{secret:?} {:?}", routing::tls_pem(&secret).unwrap());
    assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0") && shown.contains("tls.key"), "{shown}");
}
