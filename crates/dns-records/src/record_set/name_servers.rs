//! The zone's name servers: the Services that this server is an endpoint of, else `ns.dns` with its own addresses.

use std::net::IpAddr;

use super::View;
use crate::config::Conformance;
use crate::record::RecordName;
use crate::store::{EndpointTable, NodeExposure, Owner, ServiceNode};

const DEFAULT: &[u8] = b"\x02ns\x03dns";

/// Computes the name servers of the zone that a question is about.
pub(crate) struct NameServers<'v, 's, 'q> {
    view: &'v View<'s, 'q>,
    /// The zone in which their names are.
    zone: &'v [u8],
}

impl<'v, 's, 'q: 's> NameServers<'v, 's, 'q> {
    pub(crate) fn of(view: &'v View<'s, 'q>) -> Self
    where
        's: 'v,
        'q: 'v,
    {
        let primary = view.snapshot.config.zones.primary().filter(|_| view.zone.is_reverse());
        let zone = match (view.snapshot.config.conformance, primary) {
            // Services have no names in reverse zones, whatever the original says.
            (Conformance::Rfc, Some(primary)) => primary.name().as_wire(),
            _ => view.apex,
        };
        Self { view, zone }
    }

    /// Each name once.
    pub(crate) fn names(&self, take: &mut impl FnMut(RecordName<'_>) -> bool) {
        let mut index = 0;
        self.each(&mut |name, _| {
            let mut seen = false;
            let mut at = 0;
            self.each(&mut |other, _| {
                seen |= at < index && same_name(&other, &name);
                at += 1;
                at < index && !seen
            });
            index += 1;
            seen || take(name)
        });
    }

    /// The names' addresses: the original repeats some of them, we do not.
    pub(crate) fn glue(&self, take: &mut impl FnMut(RecordName<'_>, IpAddr) -> bool) {
        let once = self.view.snapshot.config.conformance == Conformance::Rfc;
        let mut index = 0;
        self.each(&mut |name, address| {
            let seen =
                once && self.is_seen(index, |other, other_address| other_address == address && same_name(other, &name));
            index += 1;
            seen || take(name, address)
        });
    }

    /// Each address once.
    pub(crate) fn distinct_addresses(&self, take: &mut impl FnMut(IpAddr) -> bool) {
        let mut index = 0;
        self.each(&mut |_, address| {
            let seen = self.is_seen(index, |_, other| other == address);
            index += 1;
            seen || take(address)
        });
    }

    fn is_seen(&self, before: usize, mut same: impl FnMut(&RecordName<'_>, IpAddr) -> bool) -> bool {
        let mut seen = false;
        let mut at = 0;
        self.each(&mut |name, address| {
            seen |= at < before && same(&name, address);
            at += 1;
            at < before && !seen
        });
        seen
    }

    /// Every pair of name and address, some more than once.
    fn each(&self, take: &mut impl FnMut(RecordName<'_>, IpAddr) -> bool) {
        let indexes = &self.view.snapshot.indexes;
        let mut found = false;
        let mut any = false;
        for own in &*self.view.snapshot.own_addresses {
            for owner in indexes.addresses.owners(*own) {
                let Owner::Endpoint(id) = owner else { continue };
                let Some(node) = indexes.node(id) else { continue };
                for slice in node.slices.iter().filter(|slice| !slice.table.find_address(*own).is_empty()) {
                    found = true;
                    if !self.of_service(node, &slice.table, &mut |name, address| {
                        any = true;
                        take(name, address)
                    }) {
                        return;
                    }
                }
            }
        }
        // The original has no name server at all where its endpoints belong to a Service that is not there.
        let fallback = match self.view.snapshot.config.conformance {
            Conformance::Rfc => !any,
            Conformance::CoreDns => !found,
        };
        if fallback {
            for own in &*self.view.snapshot.own_addresses {
                if !take(RecordName::below(DEFAULT, self.view.apex), *own) {
                    return;
                }
            }
        }
    }

    fn of_service(
        &self,
        node: &ServiceNode,
        slice: &EndpointTable,
        take: &mut impl FnMut(RecordName<'_>, IpAddr) -> bool,
    ) -> bool {
        let service = self.view.service_name(node, self.zone);
        match &node.exposure {
            Some(NodeExposure::ClusterIp(ips)) => ips.iter().all(|address| take(service, address)),
            Some(NodeExposure::Headless) => slice
                .entries()
                .iter()
                .all(|entry| take(super::endpoints::name_of(slice, entry, &service), entry.address())),
            _ => true,
        }
    }
}

/// Whether two names of this module's making are the same; both are put together in the same way.
fn same_name(a: &RecordName<'_>, b: &RecordName<'_>) -> bool {
    a.dashed == b.dashed && a.parts == b.parts
}
