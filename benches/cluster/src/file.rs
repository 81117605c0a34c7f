use std::io::{self, Write};
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::cluster::{Cluster, PORTS, Role, SERVER, Service, ZONE};

const TTL: u32 = 5;
const CREATED: &str = "2026-01-01T00:00:00Z";

impl Cluster {
    /// Writes a v1 `List` of Namespaces, Services and EndpointSlices; of the slices those alone that `with_slice` lets through.
    ///
    /// # Errors
    /// When `to` fails.
    pub fn write_json(&self, to: &mut dyn Write, with_slice: &dyn Fn(usize) -> bool) -> io::Result<()> {
        write!(to, r#"{{"apiVersion":"v1","kind":"List","items":["#)?;
        let namespaces = self
            .namespaces()
            .map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(&name, None)}));
        let objects = self.services.iter().enumerate().flat_map(|(index, service)| {
            let slice = (!service.endpoints.is_empty() && with_slice(index)).then(|| service.slice_json(0));
            [Some(service.service_json()), slice].into_iter().flatten()
        });
        let mut comma = "";
        for object in namespaces.chain(objects) {
            write!(to, "{comma}\n{object}")?;
            comma = ",";
        }
        writeln!(to, "\n]}}")
    }

    /// Writes the cluster's zone as a master file, with the records that the queries ask for.
    ///
    /// # Errors
    /// When `to` fails.
    pub fn write_zone(&self, to: &mut dyn Write) -> io::Result<()> {
        write_apex(to, ZONE)?;
        writeln!(to, "ns.dns.{ZONE} {TTL} IN A {SERVER}")?;
        writeln!(to, "dns-version.{ZONE} {TTL} IN TXT \"1.1.0\"")?;
        for service in &self.services {
            let name = service.fqdn();
            match &service.role {
                Role::External(target) => writeln!(to, "{name} {TTL} IN CNAME {target}.")?,
                Role::ClusterIp(address) => {
                    writeln!(to, "{name} {TTL} IN A {address}")?;
                    for (port, number, _) in PORTS {
                        writeln!(to, "_{port}._tcp.{name} {TTL} IN SRV 0 100 {number} {name}")?;
                    }
                }
                Role::Headless => {
                    let weight = (100 / service.endpoints.len().max(1)).max(1);
                    for (index, address) in service.endpoints.iter().enumerate() {
                        let host = format!("{}.{name}", service.pod(index));
                        writeln!(to, "{name} {TTL} IN A {address}")?;
                        writeln!(to, "{host} {TTL} IN A {address}")?;
                        for (port, _, number) in PORTS {
                            writeln!(to, "_{port}._tcp.{name} {TTL} IN SRV 0 {weight} {number} {host}")?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the reverse zone of 10.0.0.0/8 as a master file.
    ///
    /// # Errors
    /// When `to` fails.
    pub fn write_reverse_zone(&self, to: &mut dyn Write) -> io::Result<()> {
        write_apex(to, "10.in-addr.arpa.")?;
        for service in &self.services {
            let name = service.fqdn();
            match &service.role {
                Role::External(_) => {}
                Role::ClusterIp(address) => writeln!(to, "{} {TTL} IN PTR {name}", reverse_name(*address))?,
                Role::Headless => {
                    for (index, address) in service.endpoints.iter().enumerate() {
                        let host = service.pod(index);
                        writeln!(to, "{} {TTL} IN PTR {host}.{name}", reverse_name(*address))?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Service {
    /// The EndpointSlice at a revision ([`Self::slice_change`]).
    #[must_use]
    pub fn slice_json(&self, revision: usize) -> Value {
        let endpoint = |(index, address): (usize, Ipv4Addr)| {
            let mut endpoint = json!({
                "addresses": [address],
                "conditions": {"ready": true, "serving": true, "terminating": false},
                "targetRef": {"kind": "Pod", "namespace": self.namespace, "name": self.pod(index)},
            });
            if self.role == Role::Headless {
                endpoint["hostname"] = self.pod(index).into();
            }
            endpoint
        };
        let endpoints: Vec<_> = self.addresses(revision).enumerate().map(endpoint).collect();
        let ports = PORTS.map(|(name, _, number)| json!({"name": name, "port": number, "protocol": "TCP"}));
        let mut metadata = metadata(&self.slice(), Some(&self.namespace));
        metadata["labels"] = json!({"kubernetes.io/service-name": self.name});
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
            "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
        })
    }

    fn service_json(&self) -> Value {
        let spec = match &self.role {
            Role::External(target) => json!({"type": "ExternalName", "externalName": target}),
            Role::ClusterIp(address) => self.spec(&address.to_string()),
            Role::Headless => self.spec("None"),
        };
        let metadata = metadata(&self.name, Some(&self.namespace));
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    }

    fn spec(&self, cluster_ip: &str) -> Value {
        let ports = PORTS.map(
            |(name, number, target)| json!({"name": name, "port": number, "protocol": "TCP", "targetPort": target}),
        );
        json!({
            "type": "ClusterIP", "clusterIP": cluster_ip, "clusterIPs": [cluster_ip], "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack", "selector": {"app": self.name}, "ports": ports,
        })
    }
}

/// The name whose PTR record tells an address' name.
pub(crate) fn reverse_name(address: Ipv4Addr) -> String {
    let [first, second, third, fourth] = address.octets();
    format!("{fourth}.{third}.{second}.{first}.in-addr.arpa.")
}

fn write_apex(to: &mut dyn Write, apex: &str) -> io::Result<()> {
    writeln!(to, "{apex} {TTL} IN SOA ns.dns.{ZONE} hostmaster.{ZONE} 1 7200 1800 86400 5")?;
    writeln!(to, "{apex} {TTL} IN NS ns.dns.{ZONE}")
}

fn metadata(name: &str, namespace: Option<&str>) -> Value {
    let mut metadata = json!({"name": name, "creationTimestamp": CREATED});
    if let Some(namespace) = namespace {
        metadata["namespace"] = namespace.into();
    }
    metadata
}
