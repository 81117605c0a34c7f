//! What becomes of a request for a backend: types.go, `IngressBackend`; EndpointSlice API.

use crate::common::{ask, cluster};

fn ask_backend(backend: &str, rest: &str) -> String {
    let table = cluster::table(&format!("ingress n/i\nhost a.example\nPrefix / {backend}\n{rest}"));
    ask::ask(&table, "a.example/")
}

#[test]
fn every_state_has_its_answer() {
    let no_endpoints = "503 the Service has no ready endpoint";
    let no_port = "503 the Service has no such TCP port";
    for (cites, backend, rest, expected) in [
        ("by number", "web:80", "service n/web http=80\nslice n/web http=8080 10.0.0.1", "n/web:80"),
        ("by name", "web:http", "service n/web http=80\nslice n/web http=8080 10.0.0.1", "n/web:http"),
        ("unnamed port", "web:80", "service n/web 80\nslice n/web 8080 10.0.0.1", "n/web:80"),
        ("no such number", "web:81", "service n/web http=80\nslice n/web http=8080 10.0.0.1", no_port),
        ("no such name", "web:https", "service n/web http=80\nslice n/web http=8080 10.0.0.1", no_port),
        ("a target port is no port", "web:8080", "service n/web http=80\nslice n/web http=8080 10.0.0.1", no_port),
        ("UDP carries no HTTP/1.1", "web:80", "service n/web udp:dns=80\nslice n/web udp:dns=80 10.0.0.1", no_port),
        (
            "one number, two protocols",
            "web:80",
            "service n/web udp:dns=80 http=80\nslice n/web http=8080 10.0.0.1",
            "n/web:80",
        ),
        (
            "slices have the port's name",
            "web:80",
            "service n/web http=80\nslice n/web other=8080 10.0.0.1",
            no_endpoints,
        ),
        ("no slice", "web:80", "service n/web http=80", no_endpoints),
        (
            "another namespace's",
            "web:80",
            "service m/web http=80\nslice m/web http=80 10.0.0.1\nservice n/web absent",
            "503 the Service does not exist",
        ),
        ("slice before Service", "web:80", "slice n/web http=80 10.0.0.1", "503 the Service does not exist"),
        ("conditions.ready", "web:80", "service n/web http=80\nslice n/web http=80 10.0.0.1!unready", no_endpoints),
        (
            "KEP-1669: serving while terminating",
            "web:80",
            "service n/web http=80\nslice n/web http=80 10.0.0.1!terminating",
            "n/web:80",
        ),
        (
            "KEP-1669: not serving any more",
            "web:80",
            "service n/web http=80\nslice n/web http=80 10.0.0.1!ended",
            no_endpoints,
        ),
        (
            "ExternalName",
            "web:80",
            "service n/web external db.example.com",
            "501 the Service is a name outside the cluster",
        ),
        ("types.go, IngressBackend.resource", "StorageBucket/icons", "", "501 the backend is not a Service"),
    ] {
        assert_eq!(ask_backend(backend, rest), expected, "{cites}: {backend} {rest}");
    }
}

#[test]
fn ready_endpoints_come_before_terminating_ones_and_each_once() {
    let table = cluster::table(
        "
ingress n/i
host a.example
  Prefix / web:80
service n/web http=80
slice n/web http=8080 10.0.0.3 10.0.0.1!terminating 10.0.0.2
slice n/web http=8080 10.0.0.2 ::ffff:10.0.0.4
slice n/web http=9090 2001:db8::1
",
    );
    let route = table.routes().next().unwrap();
    let upstream = table.upstream_of(ingress_routing::RouteMatch::Rule(route)).unwrap();
    let addresses: Vec<String> = upstream.endpoints().iter().map(|endpoint| endpoint.address.to_string()).collect();
    assert_eq!(addresses, ["10.0.0.2:8080", "10.0.0.3:8080", "10.0.0.4:8080", "[2001:db8::1]:9090"]);
}
