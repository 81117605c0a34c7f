//! Random clusters: objects that a real API server accepts, with the names and shapes that trip name servers.

mod pods;
mod services;
mod slices;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use crate::chance::Chance;

/// The address at which the servers run, as if it were their Pod's.
pub const OWN_ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 244, 0, 53);

/// The ranges that the API server has to be started with.
pub const SERVICE_RANGES: [&str; 2] = ["10.96.0.0/12", "fd00:96::/112"];

/// The namespaces that an API server makes itself.
pub const GIVEN_NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Words that mean something in a cluster's DNS names, and others that look like something else.
const WORDS: [&str; 34] = [
    "svc",
    "pod",
    "cluster",
    "local",
    "tcp",
    "udp",
    "dns",
    "ns",
    "any",
    "apex",
    "http",
    "in-addr",
    "arpa",
    "a",
    "e",
    "f",
    "z9",
    "0",
    "10",
    "123",
    "0svc",
    "web",
    "web-0",
    "db",
    "api",
    "cache",
    "metrics",
    "dns-version",
    "1-2-3-4",
    "x1-2-3-4",
    "10-0-0-1",
    "a-b-c-d",
    "q--q",
    "2001-db8--1",
];

/// The longest label.
const LONG: &str = "lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll";

/// The objects of the cluster of `seed`, in an order in which they can be created. A `status` has to be set after
/// creation. Some clusters hold an object that an API server refuses.
#[must_use]
pub fn generate(seed: u64) -> Vec<Value> {
    let mut maker = Maker::new(seed);
    let mut objects: Vec<Value> = maker
        .namespaces
        .iter()
        .filter(|name| !GIVEN_NAMESPACES.contains(&name.as_str()))
        .map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
        .collect();
    let services = maker.services();
    let slices = maker.slices(&services);
    objects.extend(services);
    objects.extend(slices);
    objects.extend(maker.pods());
    objects
}

/// What the objects of one cluster have in common.
struct Maker {
    chance: Chance,
    namespaces: Vec<String>,
    /// Addresses of endpoints and Pods: few, so that several objects share one.
    v4: Vec<Ipv4Addr>,
    v6: Vec<Ipv6Addr>,
    /// The Services' addresses.
    asked: Vec<IpAddr>,
    serial: usize,
}

impl Maker {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut namespaces: Vec<String> = GIVEN_NAMESPACES.iter().map(|name| (*name).to_owned()).collect();
        for _ in 0..chance.between(1, 6) {
            let name = match chance.below(10) {
                0 => "x".repeat(63),
                1 => "team-b".to_owned(),
                _ => (*chance.pick(&WORDS)).to_owned(),
            };
            if !namespaces.contains(&name) {
                namespaces.push(name);
            }
        }
        let v4 = (0..chance.between(10, 60))
            .map(|_| Ipv4Addr::new(10, 244, chance.below(4) as u8, chance.below(256) as u8))
            .collect();
        // Compressed at the start, at the end, in the middle, twice compressible, and not at all.
        let mut v6: Vec<Ipv6Addr> =
            ["::1:2:3", "2001:db8::", "fd00::", "2001:db8:0:0:1::", "2001:db8:1:2:3:4:5:6", "2001:db8::1"]
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect();
        for _ in 0..chance.between(5, 40) {
            let mut word = || if chance.percent(40) { 0 } else { chance.below(0x1_0000) as u16 };
            v6.push(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, word(), word(), word(), word()));
        }
        Self { chance, namespaces, v4, v6, asked: Vec::new(), serial: 0 }
    }

    fn namespace(&mut self) -> String {
        // The API server's own are seldom used, so that some stay empty.
        if self.chance.percent(70) && self.namespaces.len() > GIVEN_NAMESPACES.len() {
            let own = &self.namespaces[GIVEN_NAMESPACES.len()..];
            return self.chance.pick(own).clone();
        }
        self.chance.pick(&self.namespaces).clone()
    }

    fn serial(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    fn address_v4(&mut self) -> String {
        match self.chance.below(50) {
            0 => OWN_ADDRESS.to_string(),
            // The address of a Service, which then hides the endpoint in the reverse zone.
            1 => self.service_address(true).unwrap_or_else(|| OWN_ADDRESS.to_string()),
            _ => self.chance.pick(&self.v4).to_string(),
        }
    }

    fn address_v6(&mut self) -> String {
        if self.chance.percent(2)
            && let Some(address) = self.service_address(false)
        {
            return address;
        }
        self.chance.pick(&self.v6).to_string()
    }

    /// The address of some Service.
    fn service_address(&mut self, v4: bool) -> Option<String> {
        let all: Vec<IpAddr> = self.asked.iter().copied().filter(|address| address.is_ipv4() == v4).collect();
        (!all.is_empty()).then(|| self.chance.pick(&all).to_string())
    }
}

/// Metadata of an object in a namespace.
fn meta(namespace: &str, name: &str) -> Value {
    json!({"namespace": namespace, "name": name})
}

/// The namespace and name of an object.
pub(crate) fn key(object: &Value) -> (&str, &str) {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
    (text("namespace"), text("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_cluster() {
        assert_eq!(generate(5), generate(5));
        assert_ne!(generate(5), generate(6));
    }

    #[test]
    fn every_shape_occurs() {
        let text: String = (0..30).flat_map(generate).map(|object| object.to_string()).collect();
        for shape in [
            r#""clusterIP":"None""#,
            r#""type":"NodePort""#,
            r#""type":"LoadBalancer""#,
            "RequireDualStack",
            "chain13",
            "ring2",
            r#""addressType":"FQDN""#,
            r#""endpoints":[]"#,
            r#""hostname":"#,
            r#""ready":false"#,
            "Succeeded",
            "10.244.0.53",
            r#""ports":null"#,
            r#""kubernetes.io/service-name":"A""#,
        ] {
            assert!(text.contains(shape), "{shape}");
        }
    }
}
