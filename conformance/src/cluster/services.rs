//! Services.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::{LONG, Maker, WORDS, key, meta};

const PORT_NAMES: [&str; 13] =
    ["http", "https", "dns", "dns-tcp", "metrics", "a", "tcp", "udp", "svc", "p1", "x-y", "8080a", "abcdefghijklmno"];
const PORTS: [u16; 7] = [1, 53, 80, 443, 8080, 9090, 65535];
const PROTOCOLS: [&str; 4] = ["TCP", "TCP", "UDP", "SCTP"];
const OUTSIDE: [&str; 12] = [
    "www.example.com",
    "www.example.com.",
    "alias.example.com",
    "v4only.example.com",
    "v6only.example.com",
    "nx.example.com",
    "txt.example.com",
    "a.b.wild.example.com",
    "outside.test",
    "localhost",
    "10.0.0.1.",
    "192.0.2.7",
];
const INSIDE: [&str; 7] = [
    "cluster.local",
    "svc.cluster.local",
    "ns.dns.cluster.local",
    "dns-version.cluster.local",
    "1-2-3-4.default.pod.cluster.local",
    "nosuch.nosuch.svc.cluster.local",
    "kubernetes.default.svc.cluster.local.",
];

impl Maker {
    pub(super) fn services(&mut self) -> Vec<Value> {
        let mut services: Vec<Value> = Vec::new();
        for _ in 0..self.chance.between(6, 45) {
            let namespace = self.namespace();
            let name = match self.chance.below(20) {
                0 => LONG.to_owned(),
                1..=8 => format!("s{}", self.chance.below(40)),
                9 => "kube-dns".to_owned(),
                _ => (*self.chance.pick(&WORDS)).to_owned(),
            };
            let known = namespace == "default" && name == "kubernetes";
            if known || services.iter().any(|service| key(service) == (namespace.as_str(), name.as_str())) {
                continue;
            }
            let spec = match self.chance.below(100) {
                0..18 => self.alias(&services),
                18..52 => self.headless(&name),
                _ => self.exposed(&name),
            };
            let mut service = json!({
                "apiVersion": "v1", "kind": "Service", "metadata": meta(&namespace, &name), "spec": spec,
            });
            if service["spec"]["type"] == "LoadBalancer" && self.chance.percent(60) {
                let number = self.chance.below(20);
                service["status"] = json!({"loadBalancer": {"ingress": [
                    {"ip": format!("198.51.100.{number}")}, {"hostname": "lb.example.com"},
                ]}});
            }
            services.push(service);
        }
        if self.chance.percent(60) {
            services.retain(|service| key(service) != ("kube-system", "kube-dns"));
            services.push(json!({
                "apiVersion": "v1", "kind": "Service", "metadata": meta("kube-system", "kube-dns"),
                "spec": {"clusterIP": "10.96.0.10", "selector": {"k8s-app": "kube-dns"}, "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
                ]},
            }));
        }
        if self.chance.percent(20) {
            self.chains(&mut services);
        }
        services
    }

    /// Aliases of aliases, too long a chain of them among them, and rings.
    fn chains(&mut self, services: &mut Vec<Value>) {
        let namespace = self.namespace();
        let end = match self.chance.below(3) {
            0 => "www.example.com".to_owned(),
            1 => "kubernetes.default.svc.cluster.local".to_owned(),
            _ => services
                .first()
                .map(key)
                .map_or_else(String::new, |(space, name)| format!("{name}.{space}.svc.cluster.local")),
        };
        let mut add = |name: String, target: String| {
            services.push(json!({
                "apiVersion": "v1", "kind": "Service", "metadata": meta(&namespace, &name),
                "spec": {"type": "ExternalName", "externalName": target},
            }));
        };
        let within = |name: String| format!("{name}.{namespace}.svc.cluster.local");
        for link in 0..13 {
            add(format!("chain{link}"), within(format!("chain{}", link + 1)));
        }
        add("chain13".to_owned(), end);
        for link in 0..3 {
            add(format!("ring{link}"), within(format!("ring{}", (link + 1) % 3)));
        }
        add("self".to_owned(), within("self".to_owned()));
    }

    fn alias(&mut self, services: &[Value]) -> Value {
        let target = match self.chance.below(20) {
            0..10 => (*self.chance.pick(&OUTSIDE)).to_owned(),
            10..13 => (*self.chance.pick(&INSIDE)).to_owned(),
            13 => format!("s{}.{}.svc.cluster.local", self.chance.below(40), self.namespace()),
            // Refused by an API server, as things are.
            14 if self.chance.percent(20) => "WWW.Example.COM".to_owned(),
            _ if services.is_empty() => "example.com".to_owned(),
            _ => {
                let (namespace, name) = key(self.chance.pick(services));
                let dot = if self.chance.percent(30) { "." } else { "" };
                format!("{name}.{namespace}.svc.cluster.local{dot}")
            }
        };
        let ports = if self.chance.percent(30) { self.ports() } else { json!(null) };
        json!({"type": "ExternalName", "externalName": target, "ports": ports})
    }

    fn headless(&mut self, name: &str) -> Value {
        let ports = if self.chance.percent(15) { json!(null) } else { self.ports() };
        let mut spec = json!({"type": "ClusterIP", "clusterIP": "None", "ports": ports});
        self.families(&mut spec);
        self.common(&mut spec, name);
        spec
    }

    fn exposed(&mut self, name: &str) -> Value {
        let kind = *self.chance.pick(&["ClusterIP", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer"]);
        let mut spec = json!({"type": kind, "ports": self.ports()});
        self.families(&mut spec);
        if spec["ipFamilyPolicy"] == "PreferDualStack" {
            spec["ipFamilies"] = json!(["IPv4", "IPv6"]);
        }
        // An API server would choose them at random, and a seed has to make one cluster.
        let families = spec["ipFamilies"].as_array().cloned().unwrap_or_default();
        spec["clusterIPs"] = families.iter().map(|family| self.cluster_address(family == "IPv6")).collect();
        spec["clusterIP"] = spec["clusterIPs"][0].clone();
        if self.chance.percent(10) {
            spec["externalIPs"] = json!([format!("203.0.113.{}", self.chance.below(256))]);
        }
        if kind != "ClusterIP" && self.chance.percent(20) {
            spec["externalTrafficPolicy"] = json!("Local");
        }
        self.common(&mut spec, name);
        spec
    }

    /// A cluster address that no other Service has.
    fn cluster_address(&mut self, v6: bool) -> String {
        loop {
            let number = if v6 { self.chance.between(0x100, 0xffff) } else { self.chance.between(1, 1023) } as u16;
            let address = if v6 {
                IpAddr::V6(Ipv6Addr::new(0xfd00, 0x96, 0, 0, 0, 0, 0, number))
            } else {
                let [third, fourth] = number.to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(10, 100, third, fourth))
            };
            if !self.asked.contains(&address) {
                self.asked.push(address);
                return address.to_string();
            }
        }
    }

    fn common(&mut self, spec: &mut Value, name: &str) {
        if self.chance.percent(70) {
            spec["selector"] = json!({"app": name});
        }
        if self.chance.percent(20) {
            spec["publishNotReadyAddresses"] = json!(true);
        }
        if self.chance.percent(15) {
            spec["sessionAffinity"] = json!("ClientIP");
        }
        if self.chance.percent(10) {
            spec["internalTrafficPolicy"] = json!("Local");
        }
    }

    fn families(&mut self, spec: &mut Value) {
        let (families, policy) = match self.chance.below(10) {
            0..5 => (json!(["IPv4"]), "SingleStack"),
            5..7 => (json!(["IPv6"]), "SingleStack"),
            7 => (json!(["IPv4", "IPv6"]), "RequireDualStack"),
            8 => (json!(["IPv6", "IPv4"]), "RequireDualStack"),
            _ => (json!(["IPv4"]), "PreferDualStack"),
        };
        spec["ipFamilies"] = families;
        spec["ipFamilyPolicy"] = json!(policy);
    }

    /// At least one port, with names unless there is only one, no number twice for a protocol.
    fn ports(&mut self) -> Value {
        let count = *self.chance.pick(&[1, 1, 1, 2, 2, 3, 4]);
        let names = self.chance.sample(&PORT_NAMES, count);
        let mut ports: Vec<Value> = Vec::new();
        for name in names {
            let (port, protocol) = (*self.chance.pick(&PORTS), *self.chance.pick(&PROTOCOLS));
            if ports.iter().any(|other| other["port"] == port && other["protocol"] == protocol) {
                continue;
            }
            let mut entry = json!({"name": name, "port": port, "protocol": protocol});
            if self.chance.percent(20) {
                entry["targetPort"] = if self.chance.percent(50) { json!("web") } else { json!(8081) };
            }
            if self.chance.percent(15) {
                entry["appProtocol"] = json!(*self.chance.pick(&["http", "kubernetes.io/h2c", "example.com/x"]));
            }
            ports.push(entry);
        }
        if let [only] = &mut ports[..]
            && self.chance.percent(30)
            && let Some(fields) = only.as_object_mut()
        {
            fields.remove("name");
        }
        Value::Array(ports)
    }
}
