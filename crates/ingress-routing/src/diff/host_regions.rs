use std::collections::BTreeMap;

use crate::host::{Host, HostBuffer, HostForm, HostPattern};

/// All hosts, parted by patterns: a host belongs to the most specific that matches it.
#[derive(Debug, Default)]
pub(super) struct HostRegions {
    exact: BTreeMap<Box<str>, HostPattern>,
    /// By what follows `*.`.
    wildcard: BTreeMap<Box<str>, HostPattern>,
}

impl HostRegions {
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p HostPattern>) -> Self {
        let mut regions = Self::default();
        for pattern in patterns {
            let Some(name) = pattern.name() else { continue };
            if pattern.form() == HostForm::Wildcard {
                regions.wildcard.insert(name.into(), pattern.clone());
            } else if Host::parse(name, &mut HostBuffer::new()).is_ok_and(|host| host.name().is_some()) {
                // What is written as an address matches no name.
                regions.exact.insert(name.into(), pattern.clone());
            }
        }
        regions
    }

    /// The region of a request's host.
    pub(super) fn of(&self, host: Option<&Host<'_>>) -> &HostPattern {
        let name = host.and_then(Host::name);
        let exact = name.and_then(|name| self.exact.get(name.as_str()));
        let wildcard = || name.and_then(|name| self.wildcard.get(name.parent()?));
        exact.or_else(wildcard).unwrap_or(&HostPattern::ANY)
    }

    /// Each region with one of its hosts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&HostPattern, String)> {
        let exact = self.exact.iter().map(|(name, pattern)| (pattern, name.to_string()));
        let wildcard = self.wildcard.iter().filter_map(move |(name, pattern)| {
            let mut hosts = (0..).map(|number| format!("w{number}.{name}"));
            Some((pattern, hosts.find(|host| !self.exact.contains_key(host.as_str()))?))
        });
        let other = (0..).map(|number| (format!("any.w{number}.invalid"), format!("w{number}.invalid")));
        let other = other.filter(|(host, parent)| {
            !self.exact.contains_key(host.as_str()) && !self.wildcard.contains_key(parent.as_str())
        });
        exact.chain(wildcard).chain(other.take(1).map(|(host, _)| (&HostPattern::ANY, host)))
    }
}
