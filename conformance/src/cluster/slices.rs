//! EndpointSlices.

use serde_json::{Value, json};

use super::{Maker, OWN_ADDRESS, key, meta};

const HOSTS: [&str; 11] = [
    "a",
    "b",
    "0",
    "tcp",
    "svc",
    "host",
    "web-0",
    "web-1",
    "x--y",
    "10-244-1-1",
    "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh",
];
/// Longer than a label may be.
const LONG_POD: &str = "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp";

impl Maker {
    pub(super) fn slices(&mut self, services: &[Value]) -> Vec<Value> {
        let mut slices = Vec::new();
        for service in services {
            let (namespace, name) = key(service);
            let headless = service["spec"]["clusterIP"] == "None";
            let count = match self.chance.below(10) {
                0..2 => 0,
                2..7 => 1,
                7 => 2,
                _ if headless => self.chance.between(2, 4),
                _ => 1,
            };
            for _ in 0..count {
                let mut slice = self.slice(namespace, Some(name), service);
                if service["spec"]["type"] == "ExternalName" {
                    without_own_address(&mut slice);
                }
                slices.push(slice);
            }
        }
        // Of Services that do not exist: no API server looks whether the label names one, or whether one could have
        // that name.
        for _ in 0..self.chance.below(4) {
            let namespace = self.namespace();
            let name = *self.chance.pick(&["ghost", "A", "Gone.x", "web", ""]);
            let slice = self.slice(&namespace, Some(name), &Value::Null);
            slices.push(slice);
        }
        if self.chance.percent(50) {
            let namespace = self.namespace();
            let slice = self.slice(&namespace, None, &Value::Null);
            slices.push(slice);
        }
        if services.iter().any(|service| key(service) == ("kube-system", "kube-dns")) && self.chance.percent(70) {
            let ready = self.chance.percent(60);
            slices.push(json!({
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                "metadata": {"namespace": "kube-system", "name": "kube-dns-abcde",
                    "labels": {"kubernetes.io/service-name": "kube-dns"}},
                "endpoints": [
                    {"addresses": ["10.244.0.53"], "conditions": {"ready": ready}},
                    {"addresses": ["10.244.0.54"], "conditions": {"ready": true}},
                ],
                "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}],
            }));
        }
        slices
    }

    fn slice(&mut self, namespace: &str, service: Option<&str>, object: &Value) -> Value {
        let v6_only = object["spec"]["ipFamilies"] == json!(["IPv6"]);
        let kind = match self.chance.below(20) {
            0 => "FQDN",
            1..8 => "IPv6",
            _ if v6_only && self.chance.percent(80) => "IPv6",
            _ => "IPv4",
        };
        let count = match self.chance.below(20) {
            0 => 0,
            1 => self.chance.between(25, 45),
            2..10 => self.chance.between(1, 2),
            _ => self.chance.between(2, 8),
        };
        // CoreDNS never answers for these, and waiting for nothing takes long.
        let count = if service.is_none_or(str::is_empty) { count.min(4) } else { count };
        let endpoints: Vec<Value> = (0..count).map(|_| self.endpoint(kind, namespace)).collect();
        let stem: String = service.unwrap_or("none").to_ascii_lowercase().chars().take(40).collect();
        let name = format!("{}-{}", if stem.is_empty() { "empty" } else { &stem }, self.serial());
        let mut meta = meta(namespace, &name);
        if let Some(service) = service {
            meta["labels"] = json!({"kubernetes.io/service-name": service});
        } else if self.chance.percent(50) {
            meta["labels"] = json!({"app": "x"});
        }
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "addressType": kind,
            "endpoints": endpoints, "ports": self.slice_ports(object),
        })
    }

    /// The Service's ports as a controller would write them, or none of that.
    fn slice_ports(&mut self, service: &Value) -> Value {
        let own = service["spec"]["ports"].as_array();
        match (self.chance.below(20), own) {
            (0, _) => json!(null),
            (1, _) => json!([]),
            (2, _) => json!([{"name": "", "port": null, "protocol": "TCP"}]),
            (3, _) => {
                json!([{"name": "tcp", "port": null, "protocol": "TCP"}, {"name": "http", "port": 80, "protocol": "TCP"}])
            }
            (4, _) | (_, None) => {
                json!([{"name": "http", "port": 9197, "protocol": "TCP"}, {"name": "a", "port": 53, "protocol": "UDP"}])
            }
            (_, Some(ports)) => ports
                .iter()
                .map(|port| {
                    let number = if self.chance.percent(60) {
                        port["port"].clone()
                    } else {
                        json!(self.chance.between(1024, 65535))
                    };
                    let name = port["name"].as_str().unwrap_or_default();
                    json!({"name": name, "port": number, "protocol": port["protocol"]})
                })
                .collect(),
        }
    }

    fn endpoint(&mut self, kind: &str, namespace: &str) -> Value {
        let count = if self.chance.percent(5) { 3 } else { 1 };
        let addresses: Vec<String> = (0..count).map(|_| self.address(kind)).collect();
        let mut endpoint = json!({"addresses": addresses});
        // Absent is ready.
        endpoint["conditions"] = match self.chance.below(20) {
            0..4 => json!({}),
            4 => json!({"serving": false}),
            5..7 => json!({"ready": false}),
            7 => json!({"ready": false, "serving": true, "terminating": true}),
            8 => json!({"ready": true, "serving": true, "terminating": true}),
            _ => json!({"ready": true, "serving": true, "terminating": false}),
        };
        if self.chance.percent(35) {
            endpoint["hostname"] = json!(*self.chance.pick(&HOSTS));
        }
        if self.chance.percent(40) {
            let name = match self.chance.below(6) {
                0 => LONG_POD.to_owned(),
                1 => "pod.with.dots".to_owned(),
                2 => "web".to_owned(),
                _ => format!("web-{}", self.chance.below(5)),
            };
            let kind = if self.chance.percent(80) { "Pod" } else { "Node" };
            endpoint["targetRef"] = json!({"kind": kind, "name": name, "namespace": namespace});
        }
        if self.chance.percent(20) {
            endpoint["nodeName"] = json!(format!("node-{}", self.chance.below(3)));
        }
        if self.chance.percent(20) {
            endpoint["zone"] = json!(*self.chance.pick(&["zone-a", "zone-b"]));
            if self.chance.percent(50) {
                endpoint["hints"] = json!({"forZones": [{"name": "zone-a"}]});
            }
        }
        endpoint
    }

    fn address(&mut self, kind: &str) -> String {
        match kind {
            "IPv6" => self.address_v6(),
            "FQDN" => match self.chance.below(4) {
                0 => "ep.example.com".to_owned(),
                1 => "www.example.com".to_owned(),
                2 => "bare.test".to_owned(),
                _ => format!("web.{}.svc.cluster.local", self.namespace()),
            },
            _ => self.address_v4(),
        }
    }
}

/// CoreDNS takes an ExternalName Service that has its own address among its endpoints for one of its names, looks for
/// its cluster address and answers `ns.dns AAAA` with `CNAME <nil>.` and `NS` with SERVFAIL. Nobody wants that compared.
fn without_own_address(slice: &mut Value) {
    for endpoint in slice["endpoints"].as_array_mut().into_iter().flatten() {
        for address in endpoint["addresses"].as_array_mut().into_iter().flatten() {
            if *address == OWN_ADDRESS.to_string() {
                *address = json!("10.244.0.52");
            }
        }
    }
}
