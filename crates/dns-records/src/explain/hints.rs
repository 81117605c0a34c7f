//! What may have been meant.

use super::Hint;
use crate::name::{FoldedName, Name, NameRef};
use crate::place::{Absence, Place};
use crate::record_set::View;
use crate::snapshot::Snapshot;
use crate::store::ServiceNode;

/// Hints are few: a person reads them.
const MOST: usize = 4;
/// How far apart names may be to count as misspelt.
const DISTANCE: usize = 2;

/// The Service that a name gets as far as.
pub(super) fn nearest_node<'s>(view: &View<'s, '_>, folded: &FoldedName) -> Option<&'s ServiceNode> {
    let (_, apex) = view.snapshot.config.zones.find(folded)?;
    let key = folded.wire(apex.checked_sub(3)?, apex - 1);
    view.snapshot.indexes.services.get(key).map(|node| &**node)
}

/// For a name in none of the zones: perhaps the zone is missing.
pub(super) fn outside(snapshot: &Snapshot, name: NameRef<'_>) -> Vec<Hint> {
    let labels = lower_labels(name);
    let mut hints = Hints::new(snapshot);
    hints.offer_parts(&labels, "the name as a Service of the cluster, with the cluster's zone at its end");
    hints.done()
}

/// For a name that does not exist.
pub(super) fn missing(snapshot: &Snapshot, name: NameRef<'_>, folded: &FoldedName, absence: Absence) -> Vec<Hint> {
    let mut hints = Hints::new(snapshot);
    let Some((zone, apex)) = snapshot.config.zones.find(folded) else { return hints.done() };
    if zone.is_reverse() {
        return hints.done();
    }
    let labels: Vec<String> = lower_labels(name).into_iter().take(apex).collect();
    // The zone twice, or with a tree behind it: `web.shop.svc.cluster.local.pod.cluster.local`.
    let zone_labels = lower_labels(zone.name());
    if let Some(at) = labels.windows(zone_labels.len().max(1)).position(|window| window == zone_labels) {
        let head: Vec<&str> = labels.iter().take(at).map(String::as_str).collect();
        hints.offer(&head.join("."), "the zone stands in the name twice");
    }
    let text = |index: usize| labels.get(index).map(String::as_str).unwrap_or_default();
    match absence {
        Absence::NoTree => hints.offer_parts(&labels, "with svc between namespace and zone"),
        Absence::NoNamespace => {
            let namespace = text(apex - 2);
            let rest = labels.iter().take(apex.saturating_sub(2)).map(String::as_str).collect::<Vec<_>>().join(".");
            hints.offer_namespaces(&rest, namespace, text(apex - 1));
            if apex == 3 {
                hints.offer(&format!("{}.{}.svc", namespace, text(0)), "namespace and Service the other way round");
            }
            hints.create(format!("a Namespace {namespace:?} does not exist or is not served"));
        }
        Absence::NoService => {
            let (service, namespace) = (text(apex - 3), text(apex - 2));
            hints.offer_endpoint(service, namespace);
            hints.offer_services(service, namespace);
            hints.create(format!("a Service {service:?} in namespace {namespace:?} would make it exist"));
        }
        Absence::NoReadyEndpoint => {
            if let Some(node) = hints.node(text(apex - 3), text(apex - 2)) {
                let unready = node.endpoints.unready();
                let slices = node.slices.len();
                hints.create(format!(
                    "the Service has {slices} EndpointSlices with {unready} endpoints that are not ready"
                ));
            }
        }
        Absence::NoEndpoint | Absence::NoPort => {
            hints.offer_below(text(apex - 3), text(apex - 2));
        }
        Absence::PodsDisabled => hints.create("Pod names are served with pods insecure or verified".to_owned()),
        Absence::TooLong => {
            let last: Vec<&str> = labels.iter().skip(apex.saturating_sub(3)).map(String::as_str).collect();
            hints.offer(&last.join("."), "without the labels in front");
        }
        _ => {}
    }
    hints.done()
}

struct Hints<'s> {
    snapshot: &'s Snapshot,
    found: Vec<Hint>,
}

impl<'s> Hints<'s> {
    const fn new(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, found: Vec::new() }
    }

    fn done(mut self) -> Vec<Hint> {
        self.found.truncate(MOST);
        self.found
    }

    fn create(&mut self, why: String) {
        self.found.push(Hint { name: None, why });
    }

    /// Offers a name below the primary zone, if it exists.
    fn offer(&mut self, relative: &str, why: &str) {
        let Some(primary) = self.snapshot.config.zones.primary() else { return };
        let Ok(name) = format!("{relative}.{}", primary.name()).parse::<Name>() else { return };
        let folded = FoldedName::new(name.as_ref());
        let exists = self
            .snapshot
            .resolve(name.as_wire(), &folded)
            .is_some_and(|(_, place)| !matches!(place, Place::Missing(_) | Place::Empty(_)));
        let known = self.found.iter().any(|hint| hint.name.as_ref() == Some(&name));
        if exists && !known {
            self.found.push(Hint { name: Some(name), why: why.to_owned() });
        }
    }

    /// Offers what labels could mean that lack `svc` or the zone, or have too much at the end.
    fn offer_parts(&mut self, labels: &[String], why: &str) {
        for end in (2..=labels.len()).rev() {
            let head = labels.get(..end).unwrap_or_default().join(".");
            self.offer(&head, why);
            self.offer(&format!("{head}.svc"), why);
        }
        if let [name] = labels {
            for namespace in self.namespaces() {
                self.offer(&format!("{name}.{namespace}.svc"), "the namespace is missing");
            }
        }
    }

    fn node(&self, service: &str, namespace: &str) -> Option<&'s ServiceNode> {
        let key = crate::store::service_key(service, namespace)?;
        self.snapshot.indexes.services.get(&key).map(|node| &**node)
    }

    fn services(&self) -> impl Iterator<Item = &'s ServiceNode> + use<'s> {
        self.snapshot.indexes.services.iter().filter(|node| node.exposure.is_some())
    }

    fn namespaces(&self) -> Vec<String> {
        let exposed = self.snapshot.indexes.namespaces.iter().filter(|(_, state)| state.exposed);
        let mut names: Vec<String> = exposed.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
        names.sort();
        names
    }

    fn offer_namespaces(&mut self, rest: &str, namespace: &str, tree: &str) {
        for other in self.namespaces() {
            if distance(&other, namespace) <= DISTANCE {
                self.offer(&format!("{rest}.{other}.{tree}"), "a namespace of a similar name");
            }
        }
        for other in self.namespaces() {
            self.offer(&format!("{rest}.{other}.{tree}"), "the same in another namespace");
        }
    }

    /// `web-0.shop.svc`: an endpoint's label where its Service's name belongs.
    fn offer_endpoint(&mut self, label: &str, namespace: &str) {
        let mut nodes: Vec<_> = self.services().map(|node| (node.object_key(), node)).collect();
        nodes.retain(|(key, node)| {
            let table = &*node.endpoints;
            let named = !table.find_name(label.as_bytes()).is_empty();
            let dashed = crate::store::address_of_label(label.as_bytes())
                .is_some_and(|address| !table.find_address(address).is_empty());
            *key.namespace == *namespace && (named || dashed)
        });
        nodes.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, _) in nodes {
            self.offer(
                &format!("{label}.{}.{namespace}.svc", key.name),
                "an endpoint's name goes before its Service's",
            );
        }
    }

    fn offer_services(&mut self, service: &str, namespace: &str) {
        let mut keys: Vec<_> = self.services().map(ServiceNode::object_key).collect();
        keys.sort_by_cached_key(|key| (distance(&key.name, service), key.clone()));
        for key in &keys {
            if *key.namespace == *namespace && distance(&key.name, service) <= DISTANCE {
                self.offer(&format!("{}.{namespace}.svc", key.name), "a Service of a similar name");
            }
        }
        for key in keys.iter().filter(|key| *key.name == *service) {
            self.offer(&format!("{service}.{}.svc", key.namespace), "the same in another namespace");
        }
        self.offer(&format!("{namespace}.{service}.svc"), "namespace and Service the other way round");
    }

    /// Offers the ports and endpoints of a Service.
    fn offer_below(&mut self, service: &str, namespace: &str) {
        let Some(node) = self.node(service, namespace) else { return };
        let ports = node.endpoints.groups().chain([&*node.ports]).flatten();
        let ports: Vec<String> = ports
            .filter(|port| !port.name.is_empty())
            .map(|port| format!("_{}._{}", port.name, port.protocol.label()))
            .collect();
        for port in ports {
            self.offer(&format!("{port}.{service}.{namespace}.svc"), "a port of the Service");
        }
        let labels: Vec<String> =
            node.endpoints
                .entries()
                .iter()
                .take(MOST)
                .map(|entry| match node.endpoints.name(entry) {
                    Some(name) => String::from_utf8_lossy(name.get(1..).unwrap_or_default()).into_owned(),
                    None => String::from_utf8_lossy(crate::store::EndpointLabel::of(entry.address()).as_bytes())
                        .into_owned(),
                })
                .collect();
        for label in labels {
            self.offer(&format!("{label}.{service}.{namespace}.svc"), "an endpoint of the Service");
        }
    }
}

fn lower_labels(name: NameRef<'_>) -> Vec<String> {
    name.labels().map(|label| String::from_utf8_lossy(label).to_ascii_lowercase()).collect()
}

/// Edits between two texts, where swapping two neighbours is one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut left = i + 1;
        for (j, (to, pair)) in b.iter().zip(last.windows(2)).enumerate() {
            let [diagonal, above] = *pair else { continue };
            left = (above + 1).min(left + 1).min(diagonal + usize::from(from != to));
            let swapped = j > 0 && i > 0 && b.get(j - 1) == Some(from) && a.get(i - 1) == Some(to);
            if swapped && let Some(cost) = before.get(j - 1) {
                left = left.min(cost + 1);
            }
            row.push(left);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}
