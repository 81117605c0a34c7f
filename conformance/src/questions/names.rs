//! The names to ask about.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::Asker;
use crate::cluster::{OWN_ADDRESS, key};

const ZONE: &str = "cluster.local.";
const BOTH: [&str; 2] = ["A", "AAAA"];
const THREE: [&str; 3] = ["A", "AAAA", "SRV"];

/// Texts in a Pod's place: addresses, nearly addresses, and others.
const POD_LABELS: [&str; 24] = [
    "1-2-3-4",
    "10-244-0-1",
    "256-1-1-1",
    "1-2-3",
    "1-2-3-4-5",
    "01-2-3-4",
    "2001-db8--1",
    "2001-db8--",
    "--1",
    "--",
    "1--2--3",
    "1-2--3-4",
    "2001-db8-0-0-0-0-0-1",
    "2001-DB8--A",
    "ffff--1-2-3-4",
    "--ffff-1-2-3-4",
    "-1-2-3-4",
    "1-2-3-4-",
    "fe80--1%25eth0",
    "0-0-0-0",
    "1.2.3.4",
    "web",
    "*",
    "nosuch",
];

impl Asker {
    /// Names that do not depend on the cluster.
    pub(super) fn fixed(&mut self) {
        self.ask(
            ZONE,
            &["A", "AAAA", "SRV", "TXT", "CNAME", "NS", "SOA", "MX", "PTR", "HTTPS", "ANY", "CAA", "DS", "NAPTR"],
        );
        self.ask("cLuSter.LoCal.", &["A", "NS", "SOA"]);
        self.ask("dns-version.cluster.local.", &["TXT", "A", "SRV", "ANY", "CNAME"]);
        self.ask("Dns-Version.Cluster.local.", &["TXT"]);
        self.ask("ns.dns.cluster.local.", &["A", "AAAA", "SRV", "TXT", "PTR", "NS", "SOA", "CNAME"]);
        self.ask("NS.dns.Cluster.local.", &BOTH);
        for name in [
            "dns",
            "x.ns.dns",
            "apex.dns",
            "svc",
            "pod",
            "SVC",
            "Pod",
            "foo",
            "x.foo",
            "svc.svc",
            "pod.pod",
            "svc.pod",
            "svc.svc.svc",
            "pod.pod.pod",
            "svc.svc.svc.svc",
            "*",
            "_tcp",
            "_tcp.svc",
            "any.any.svc",
            "*.*.svc",
            "*.svc",
            "cluster.local",
            "cluster.local.svc",
            "kubernetes.default.svc.cluster.local.svc",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            self.near(&format!("{name}.{ZONE}"), &["TXT", "SOA", "NS"]);
            self.probe(&format!("{name}.{ZONE}"));
        }
        for name in [
            "www.example.com.",
            "alias.example.com.",
            "nx.example.com.",
            "example.com.",
            "txt.example.com.",
            "a.b.wild.example.com.",
            "v6only.example.com.",
            "outside.test.",
            "local.",
            ".",
            "xcluster.local.",
            "cluster.",
            "cluster.local.example.com.",
            "arpa.",
            "localhost.",
        ] {
            self.ask(name, &["A"]);
            self.probe(name);
        }
        for zone in ["in-addr.arpa.", "ip6.arpa."] {
            self.ask(zone, &["A", "PTR", "SOA", "NS", "TXT", "ANY"]);
            for below in [
                "svc",
                "pod",
                "foo",
                "ns.dns",
                "dns-version",
                "default.svc",
                "kubernetes.default.svc",
                "1-2-3-4.default.pod",
            ] {
                self.near(&format!("{below}.{zone}"), &["A", "PTR"]);
                self.probe(&format!("{below}.{zone}"));
            }
        }
        for text in ["0.0.0.0", "255.255.255.255", "127.0.0.1", "10.96.0.10", "10.96.0.1"] {
            self.reverse(text);
        }
        for text in ["::", "::1", "::ffff:10.96.0.10", "2001:db8::dead"] {
            self.reverse(text);
        }
        self.reverse(&OWN_ADDRESS.to_string());
        for name in ["10.96.0.10.10", "256.0.96.10", "010.0.96.10", "a.0.96.10", "-1.0.96.10", "96.10", "10"] {
            self.near(&format!("{name}.in-addr.arpa."), &["PTR", "A"]);
        }
        self.ask("NS.DNS.IN-addr.arpa.", &["A"]);
    }

    pub(super) fn namespace(&mut self, namespace: &str) {
        for kind in ["svc", "pod"] {
            let node = format!("{namespace}.{kind}.{ZONE}");
            self.near(&node, &["A", "TXT"]);
            self.probe(&node);
            let node = self.chance.mixed_case(&node);
            self.probe(&node);
            for label in self.chance.sample(&POD_LABELS, if kind == "pod" { 12 } else { 4 }) {
                let label = label.replace('.', r"\.");
                self.probe(&format!("{label}.{namespace}.{kind}.{ZONE}"));
            }
        }
        // Labels in front of a Pod's name.
        for front in ["x", "_http._tcp", "a.b.c", "x.1-2-3-4"] {
            self.near(&format!("{front}.1-2-3-4.{namespace}.pod.{ZONE}"), &["A", "SRV"]);
        }
        self.probe(&format!("_tcp.{namespace}.svc.{ZONE}"));
        self.probe(&format!("*.{namespace}.svc.{ZONE}"));
        self.probe(&format!("{namespace}.{ZONE}"));
    }

    pub(super) fn service<'a>(&mut self, service: &Value, slices: impl Iterator<Item = &'a Value>) {
        let (namespace, name) = key(service);
        let own = format!("{name}.{namespace}.svc.{ZONE}");
        let alias = service["spec"]["type"] == "ExternalName";
        self.ask(&own, if alias { &["A", "AAAA", "CNAME"] } else { &THREE });
        self.near(&own, &["SRV", "CNAME", "TXT"]);
        self.probe(&own);
        let mixed = self.chance.mixed_case(&own);
        self.ask(&mixed, &THREE);
        // Small letters in front of a zone in capitals: only generated names show the difference.
        let zone = self.chance.mixed_case(ZONE);
        self.ask(&format!("{name}.{namespace}.svc.{zone}"), &["A", if alias { "CNAME" } else { "SRV" }]);
        for near in [
            format!("{name}.{namespace}.{ZONE}"),
            format!("{name}.{ZONE}"),
            format!("{name}.{namespace}.pod.{ZONE}"),
            format!("x{own}"),
            format!(r"{name}\.{namespace}.svc.{ZONE}"),
            format!(r"{name}\000.{namespace}.svc.{ZONE}"),
            format!("{own}{own}"),
            format!("_tcp.{own}"),
            format!("*.{own}"),
            format!("nosuch.{own}"),
            format!("_._.{own}"),
            format!("_nosuch._tcp.{own}"),
            format!("_http._any.{own}"),
            format!("a.b.c.{own}"),
            format!("x._http._tcp.{own}"),
        ] {
            self.probe(&near);
        }
        let mut ports: Vec<(String, String)> = port_names(&service["spec"]["ports"]);
        for slice in slices {
            ports.extend(port_names(&slice["ports"]));
            self.endpoints(slice, &own);
        }
        ports.sort_unstable();
        ports.dedup();
        for (port, protocol) in ports {
            self.port(&port, &protocol.to_ascii_lowercase(), &own);
        }
        for address in service["spec"]["clusterIPs"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.reverse(address);
        }
    }

    fn port(&mut self, port: &str, protocol: &str, own: &str) {
        self.ask(&format!("_{port}._{protocol}.{own}"), &["SRV", "A"]);
        self.probe(&format!("_{port}._{protocol}.{own}"));
        let other = if protocol == "tcp" { "udp" } else { "tcp" };
        for near in [
            format!("{port}.{protocol}.{own}"),
            format!("{port}._{protocol}.{own}"),
            format!("_{port}._{other}.{own}"),
            format!("_{port}._.{own}"),
            format!("_._{protocol}.{own}"),
            format!("_{port}._*.{own}"),
            format!("_*._{protocol}.{own}"),
            format!("_{port}.{own}"),
            format!("__{port}._{protocol}.{own}"),
        ] {
            if self.chance.percent(40) {
                self.probe(&near);
            }
        }
        let mixed = self.chance.mixed_case(&format!("_{port}._{protocol}.{own}"));
        self.ask(&mixed, &["SRV"]);
    }

    /// Asks about the endpoints of a slice under a Service's name.
    fn endpoints(&mut self, slice: &Value, own: &str) {
        for endpoint in slice["endpoints"].as_array().into_iter().flatten() {
            let mut labels: Vec<String> = Vec::new();
            labels.extend(endpoint["hostname"].as_str().map(str::to_owned));
            let named = !labels.is_empty();
            labels.extend(endpoint["targetRef"]["name"].as_str().map(str::to_owned));
            for address in endpoint["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                labels.extend(dashed(address));
            }
            let v6 = slice["addressType"] == "IPv6";
            for (at, label) in labels.iter().enumerate() {
                let name = format!("{label}.{own}");
                // The hostname is the endpoint's only name; otherwise it is the address, or the Pod's name if asked for.
                if at == 0 || !named && self.chance.percent(40) {
                    self.ask(&name, &[if v6 { "AAAA" } else { "A" }, "SRV"]);
                }
                self.probe(&name);
                if self.chance.percent(30) {
                    let mixed = self.chance.mixed_case(&name);
                    self.probe(&mixed);
                }
                if self.chance.percent(20) {
                    self.probe(&format!("_http._tcp.{name}"));
                    self.probe(&format!("x.{name}"));
                }
            }
        }
    }

    /// Asks about a slice as such: the addresses, and the name that its label says.
    pub(super) fn slice(&mut self, slice: &Value) {
        for endpoint in slice["endpoints"].as_array().into_iter().flatten() {
            for address in endpoint["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                self.reverse(address);
            }
        }
        let (namespace, slice_name) = key(slice);
        if let Some(name) = slice["metadata"]["labels"]["kubernetes.io/service-name"].as_str() {
            self.near(&format!("{name}.{namespace}.svc.{ZONE}"), &THREE);
        }
        self.probe(&format!("{slice_name}.{namespace}.svc.{ZONE}"));
    }

    pub(super) fn pod(&mut self, pod: &Value) {
        let (namespace, name) = key(pod);
        for address in pod["status"]["podIPs"].as_array().into_iter().flatten().filter_map(|ip| ip["ip"].as_str()) {
            for label in dashed(address) {
                self.ask(&format!("{label}.{namespace}.pod.{ZONE}"), &["A", "AAAA"]);
                self.near(&format!("{label}.{namespace}.pod.{ZONE}"), &["SRV", "TXT"]);
                self.probe(&format!("{label}.default.pod.{ZONE}"));
                let mixed = self.chance.mixed_case(&format!("{label}.{namespace}.pod.{ZONE}"));
                self.probe(&mixed);
            }
            self.reverse(address);
        }
        self.probe(&format!("{}.{namespace}.pod.{ZONE}", name.replace('.', r"\.")));
        self.probe(&format!("h1.web.{namespace}.svc.{ZONE}"));
    }

    /// Asks about an address' name in the reverse zone, names above it, and names below it.
    fn reverse(&mut self, address: &str) {
        let Some(name) = reverse_name(address) else { return };
        self.ask(&name, &["PTR"]);
        if self.chance.percent(50) {
            let kind = *self.chance.pick(&["A", "AAAA", "SRV", "TXT", "CNAME", "NS", "SOA", "ANY"]);
            self.near(&name, &[kind]);
        }
        if self.chance.percent(40) {
            let labels = name.split('.').count() - 3;
            let gone = self.chance.between(1, labels - 1);
            let above = name.splitn(gone + 1, '.').last().unwrap_or_default().to_owned();
            self.near(&above, &["PTR"]);
            self.probe(&above);
        }
        if self.chance.percent(30) {
            let below = *self.chance.pick(&["x", "1", "a.b", "0.0.0", "1.2.3.4"]);
            self.near(&format!("{below}.{name}"), &["PTR"]);
        }
        if self.chance.percent(20) {
            let mixed = self.chance.mixed_case(&name);
            self.ask(&mixed, &["PTR"]);
        }
    }
}

fn port_names(ports: &Value) -> Vec<(String, String)> {
    let ports = ports.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |port: &Value, field: &str| port[field].as_str().unwrap_or_default().to_owned();
    ports.iter().map(|port| (text(port, "name"), text(port, "protocol"))).filter(|(name, _)| !name.is_empty()).collect()
}

/// The labels that stand for an address, and for IPv6 others that might.
fn dashed(address: &str) -> Vec<String> {
    let plain = address.replace(['.', ':'], "-");
    let Ok(v6) = address.parse::<Ipv6Addr>() else { return vec![plain] };
    let written_out = v6.segments().map(|word| format!("{word:04x}")).join("-");
    vec![if plain.ends_with('-') { format!("{plain}0") } else { plain.clone() }, written_out, plain]
}

/// An address' name in the reverse zone.
fn reverse_name(address: &str) -> Option<String> {
    if let Ok(v4) = address.parse::<Ipv4Addr>() {
        let [a, b, c, d] = v4.octets();
        return Some(format!("{d}.{c}.{b}.{a}.in-addr.arpa."));
    }
    let v6: Ipv6Addr = address.parse().ok()?;
    let mut name = String::new();
    for byte in v6.octets().iter().rev() {
        let _ = write!(name, "{:x}.{:x}.", byte & 15, byte >> 4);
    }
    Some(name + "ip6.arpa.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(dashed("10.0.0.1"), ["10-0-0-1"]);
        assert_eq!(dashed("2001:db8::")[0], "2001-db8--0");
        assert_eq!(reverse_name("10.0.0.1").unwrap(), "1.0.0.10.in-addr.arpa.");
        assert!(reverse_name("2001:db8::1").unwrap().starts_with("1.0.0.0."));
        assert!(reverse_name("2001:db8::1").unwrap().ends_with("8.b.d.0.1.0.0.2.ip6.arpa."));
        assert_eq!(reverse_name("www.example.com"), None);
    }
}
