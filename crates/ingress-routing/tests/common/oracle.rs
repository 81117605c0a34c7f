//! The rules of the standard, read word by word and tried one after another: slow, and with nothing in common with the crate but its input.

use std::collections::BTreeMap;

use ingress_routing::model::{Backend, Ingress, PathType, PortRef};
use object_change::ObjectKey;

/// Where a request goes: a Service, `closed` for an Ingress that is refused, or `none`.
pub(crate) fn route(ingresses: &BTreeMap<ObjectKey, Ingress>, fallback: bool, host: &str, path: &str) -> String {
    let mut by_age: Vec<(&ObjectKey, &Ingress)> = ingresses.iter().collect();
    // Stable: those of one age stay in the order of namespace and name.
    by_age.sort_by_key(|(_, ingress)| ingress.created.map_or((1, 0), |created| (0, created)));

    // Hosts that some rule has, the most specific first: "precise matches … or a wildcard", then none.
    let mut hosts: Vec<&str> = Vec::new();
    let parent = host.split_once('.').map(|(_, parent)| format!("*.{parent}"));
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    for wanted in [Some(host.to_owned()), parent, Some(String::new())].into_iter().flatten() {
        let rules = by_age.iter().flat_map(|(_, ingress)| &ingress.rules);
        let found = rules.map(|rule| &*rule.host).find(|rule_host| **rule_host == *wanted);
        hosts.extend(found.filter(|found| !is_address || found.is_empty()));
    }
    let tried = if fallback { hosts.len() } else { 1 };
    for host in hosts.iter().take(tried) {
        // (is Exact, number of elements, final slash), and among equals the first found: the oldest.
        let mut best: Option<((bool, usize, bool), String)> = None;
        for (key, ingress) in &by_age {
            for rule in ingress.rules.iter().filter(|rule| *rule.host == **host) {
                for candidate in rule.paths.iter().flatten() {
                    let exact = candidate.path_type == PathType::Exact;
                    let text = if candidate.path.is_empty() { "/" } else { &candidate.path };
                    let matches = if exact { text == path } else { is_prefix(&elements(text), &elements(path)) };
                    let rank = (exact, elements(text).len(), text.ends_with('/'));
                    if matches && best.as_ref().is_none_or(|(best, _)| rank > *best) {
                        best = Some((rank, place(key, ingress, &candidate.backend)));
                    }
                }
            }
        }
        if let Some((_, place)) = best {
            return place;
        }
    }
    let with_default = |of_host: Option<&str>| {
        let mut ours = by_age
            .iter()
            .filter(|(_, ingress)| of_host.is_none_or(|host| ingress.rules.iter().any(|rule| *rule.host == *host)));
        ours.find_map(|(key, ingress)| Some(place(key, ingress, ingress.default_backend.as_ref()?)))
    };
    let own = hosts.first().and_then(|host| with_default(Some(host)));
    own.or_else(|| with_default(None)).unwrap_or_else(|| "none".to_owned())
}

/// "Elements": what is between slashes; a slash at the end is ignored.
fn elements(path: &str) -> Vec<&str> {
    let mut elements: Vec<&str> = path.split('/').skip(1).collect();
    if elements.last() == Some(&"") {
        elements.pop();
    }
    elements
}

fn is_prefix(rule: &[&str], request: &[&str]) -> bool {
    rule.iter().enumerate().all(|(index, element)| request.get(index) == Some(element))
}

fn place(key: &ObjectKey, ingress: &Ingress, backend: &Backend) -> String {
    if ingress.annotations.iter().any(|(name, _)| name.ends_with("/auth-url")) {
        return "closed".to_owned();
    }
    match backend {
        Backend::Service(service) => {
            let PortRef::Number(port) = &service.port else { panic!("{service:?}") };
            format!("{}/{}:{port}", key.namespace, service.name)
        }
        other => panic!("{other:?}"),
    }
}
