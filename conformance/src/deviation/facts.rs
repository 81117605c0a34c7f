//! What a cluster has, as far as conditions ask: read from the objects with code of its own, so that a condition does
//! not believe our server what our server says.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::asked::{Asked, Zone};

/// The objects of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    namespaces: BTreeSet<String>,
    services: BTreeMap<Key, Service>,
    endpoints: BTreeMap<Key, Vec<Endpoint>>,
}

/// Namespace and name.
type Key = (String, String);

#[derive(Clone, Debug)]
struct Service {
    exposure: Exposure,
    ports: Vec<Port>,
}

#[derive(Clone, Debug)]
enum Exposure {
    Virtual(Vec<IpAddr>),
    Headless,
    /// With the final dot; nothing where the target is an address.
    Alias(Option<String>),
}

#[derive(Clone, Debug)]
struct Port {
    name: String,
    protocol: String,
}

/// A ready address of an EndpointSlice.
#[derive(Clone, Debug)]
struct Endpoint {
    /// Nothing for a host name.
    address: Option<IpAddr>,
    /// Host name, or the target's name.
    hostname: Option<String>,
    target: Option<String>,
    ports: Vec<Port>,
}

/// Where a chain of aliases ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At a name in the zones that is no alias.
    Inside,
    /// At a name in none of the zones.
    Outside,
    /// Where it was before.
    Ring,
    /// Further than anybody follows.
    TooLong,
}

/// How many aliases of one chain are followed.
const FOLLOWED: usize = 11;

impl Facts {
    /// Reads a `v1` `List`.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(list: &[u8]) -> Result<Self> {
        Self::new(&serde_json::from_slice(list).context("no list of objects")?)
    }

    /// The same of a decoded list.
    ///
    /// # Errors
    /// Where it is none.
    pub fn new(list: &Value) -> Result<Self> {
        let mut facts = Self::default();
        for object in list["items"].as_array().context("no list of objects")? {
            let meta = &object["metadata"];
            let key = |name: &Value| (text(&meta["namespace"]), text(name));
            match object["kind"].as_str() {
                Some("Namespace") => drop(facts.namespaces.insert(text(&meta["name"]))),
                Some("Service") => drop(facts.services.insert(key(&meta["name"]), Service::new(&object["spec"]))),
                Some("EndpointSlice") => {
                    let owner = key(&meta["labels"]["kubernetes.io/service-name"]);
                    facts.endpoints.entry(owner).or_default().extend(endpoints(object));
                }
                _ => {}
            }
        }
        Ok(facts)
    }

    pub(super) fn has_namespace(&self, name: &str) -> bool {
        self.namespaces.contains(name)
    }

    fn service(&self, (namespace, name): (&str, &str)) -> Option<&Service> {
        self.services.get(&(namespace.to_owned(), name.to_owned())).filter(|_| self.has_namespace(namespace))
    }

    fn endpoints(&self, (namespace, name): (&str, &str)) -> &[Endpoint] {
        self.endpoints.get(&(namespace.to_owned(), name.to_owned())).map_or(&[], |found| found)
    }

    /// Whether the Service is an alias of a name.
    pub(super) fn is_alias(&self, service: (&str, &str)) -> bool {
        matches!(self.service(service), Some(Service { exposure: Exposure::Alias(Some(_)), .. }))
    }

    /// Whether a Service of that name is there.
    pub(super) fn has_service(&self, service: (&str, &str)) -> bool {
        self.service(service).is_some()
    }

    /// Whether the Service has a ready endpoint that is a host name. What endpoints an alias has does not matter.
    pub(super) fn has_hosts(&self, service: (&str, &str)) -> bool {
        self.has_service(service)
            && !self.is_alias(service)
            && self.endpoints(service).iter().any(|endpoint| endpoint.address.is_none())
    }

    /// The addresses of the Service's endpoints whose Pod's name has dots and serves as none of theirs.
    pub(super) fn dotted(&self, service: (&str, &str)) -> impl Iterator<Item = (IpAddr, &str)> {
        let named = self.endpoints(service).iter().filter(|endpoint| endpoint.hostname.is_none());
        named
            .filter_map(|endpoint| Some((endpoint.address?, endpoint.target.as_deref()?)))
            .filter(|(_, target)| target.contains('.'))
    }

    /// Whether the Service has a port of this protocol, `""` being any, so that names below the protocol's exist.
    pub(super) fn has_protocol(&self, service: (&str, &str), protocol: &str) -> bool {
        let Some(Service { exposure, ports }) = self.service(service) else { return false };
        let lets = |port: &Port| protocol.is_empty() || port.protocol.eq_ignore_ascii_case(protocol);
        match exposure {
            Exposure::Virtual(_) => ports.iter().any(lets),
            Exposure::Headless => self
                .endpoints(service)
                .iter()
                .any(|endpoint| endpoint.address.is_some() && endpoint.ports.iter().any(lets)),
            Exposure::Alias(_) => false,
        }
    }

    /// Whether an EndpointSlice has the address whose Service is not there.
    pub(super) fn has_endpoint_without_service(&self, wanted: IpAddr) -> bool {
        let orphans = self.endpoints.iter().filter(|(key, _)| !self.services.contains_key(*key));
        orphans.flat_map(|(_, endpoints)| endpoints).any(|endpoint| endpoint.address == Some(wanted))
    }

    /// Whether a Service or an endpoint of one has the address.
    pub(super) fn has_address(&self, wanted: IpAddr) -> bool {
        self.addresses().any(|address| address == wanted)
    }

    /// The addresses of Services and of endpoints of Services that are there.
    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let own = self.services.values().flat_map(|service| match &service.exposure {
            Exposure::Virtual(addresses) => &addresses[..],
            _ => &[],
        });
        let owned = self.endpoints.iter().filter(|(key, _)| self.services.contains_key(*key));
        own.copied().chain(owned.flat_map(|(_, endpoints)| endpoints.iter().filter_map(|endpoint| endpoint.address)))
    }

    /// The aliases from a Service's name on, as owner and target, and where they end.
    pub(super) fn chain(&self, name: &str) -> (Vec<(String, String)>, End) {
        let mut chain: Vec<(String, String)> = Vec::new();
        let mut name = name.to_ascii_lowercase();
        loop {
            let Some(asked) = Asked::of(&name) else { return (chain, End::Outside) };
            let target = match asked.service() {
                Some((service, [])) => match self.service(service) {
                    Some(Service { exposure: Exposure::Alias(Some(target)), .. }) => target.clone(),
                    _ => return (chain, End::Inside),
                },
                _ => return (chain, End::Inside),
            };
            if chain.iter().any(|(owner, _)| *owner == name) {
                return (chain, End::Ring);
            }
            if chain.len() == FOLLOWED {
                return (chain, End::TooLong);
            }
            chain.push((name, target.clone()));
            name = target;
        }
    }

    /// Whether the name certainly exists: a tree, a namespace, a Service or its address.
    pub(super) fn has_name(&self, asked: &Asked) -> bool {
        let fixed: [&[&str]; 4] = [&[], &["dns"], &["ns", "dns"], &["dns-version"]];
        if fixed.iter().any(|labels| asked.is(labels)) {
            return true;
        }
        if asked.zone != Zone::Cluster {
            let any_below = || self.addresses().any(|address| asked.is_above(address));
            return asked.address().map_or_else(any_below, |address| self.has_address(address));
        }
        if asked.is(&["svc"]) || asked.is(&["pod"]) {
            return true;
        }
        if let Some(namespace) = asked.namespace() {
            return self.has_namespace(namespace);
        }
        let Some((service, left)) = asked.service() else { return false };
        match (self.service(service).map(|service| &service.exposure), left) {
            (Some(Exposure::Virtual(_)), []) => true,
            (Some(Exposure::Headless), []) => self.endpoints(service).iter().any(|endpoint| endpoint.address.is_some()),
            (Some(Exposure::Alias(target)), []) => target.is_some(),
            (Some(_), [port, protocol]) => {
                let bare = |label: &str| label.strip_prefix('_').unwrap_or(label).to_owned();
                self.has_port(service, &bare(port), &bare(protocol))
            }
            _ => false,
        }
    }

    fn has_port(&self, service: (&str, &str), name: &str, protocol: &str) -> bool {
        let Some(Service { exposure, ports }) = self.service(service) else { return false };
        let lets = |port: &Port| {
            (name.is_empty() || port.name.eq_ignore_ascii_case(name))
                && (protocol.is_empty() || port.protocol.eq_ignore_ascii_case(protocol))
        };
        match exposure {
            Exposure::Virtual(_) => ports.iter().any(lets),
            Exposure::Headless => self
                .endpoints(service)
                .iter()
                .any(|endpoint| endpoint.address.is_some() && endpoint.ports.iter().any(lets)),
            Exposure::Alias(_) => false,
        }
    }
}

impl Service {
    fn new(spec: &Value) -> Self {
        let exposure = if spec["type"] == "ExternalName" {
            let target = text(&spec["externalName"]).to_ascii_lowercase();
            // With a final dot even an address is a name.
            let is_name = target.parse::<IpAddr>().is_err();
            Exposure::Alias(is_name.then(|| format!("{}.", target.trim_end_matches('.'))))
        } else if spec["clusterIP"] == "None" {
            Exposure::Headless
        } else {
            Exposure::Virtual(texts(&spec["clusterIPs"]).filter_map(|text| text.parse().ok()).collect())
        };
        Self { exposure, ports: ports(&spec["ports"]) }
    }
}

fn endpoints(slice: &Value) -> Vec<Endpoint> {
    let ports = ports(&slice["ports"]);
    let all = slice["endpoints"].as_array().into_iter().flatten();
    let ready = all.filter(|endpoint| endpoint["conditions"]["ready"].as_bool().unwrap_or(true));
    let each = ready.flat_map(|endpoint| {
        let name = |value: &Value| value.as_str().filter(|name| !name.is_empty()).map(str::to_ascii_lowercase);
        texts(&endpoint["addresses"]).map(move |address| Endpoint {
            address: address.parse::<IpAddr>().ok().map(|address| address.to_canonical()),
            hostname: name(&endpoint["hostname"]),
            target: name(&endpoint["targetRef"]["name"]),
            ports: Vec::new(),
        })
    });
    each.map(|endpoint| Endpoint { ports: ports.clone(), ..endpoint }).collect()
}

fn ports(list: &Value) -> Vec<Port> {
    let ports = list.as_array().into_iter().flatten();
    ports
        .map(|port| Port { name: text(&port["name"]), protocol: port["protocol"].as_str().unwrap_or("TCP").to_owned() })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
