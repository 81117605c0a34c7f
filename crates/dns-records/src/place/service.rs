use super::{Absence, Emptiness, Finder, Place, PortFilter, Selection};
use crate::config::{Conformance, EmptyServices, ZonalNames};
use crate::name::FoldedName;
use crate::store::{NodeExposure, ServiceNode};

/// The label that anchors names by topology zone.
const ZONE: &[u8] = b"_zone";

impl<'s> Finder<'s> {
    /// `…SERVICE.NAMESPACE.svc`: at least the namespace is there.
    pub(super) fn find_service<'q>(self, name: &'q FoldedName, multicluster: bool, apex: usize) -> Place<'s, 'q> {
        let services = if multicluster { &self.indexes.imports } else { &self.indexes.services };
        // The Service first: a miss is the commonest question of all, and needs no look at the namespace.
        let node = if apex > 2 { services.get(name.wire(apex - 3, apex - 1)) } else { None };
        let Some(node) = node else {
            // Missing either way: whether the namespace is there makes the reason, not the answer.
            return match apex {
                2 if self.indexes.is_exposed(name.label(0)) => Place::Namespace,
                2 => Place::Missing(Absence::NoNamespace),
                _ => Place::Missing(Absence::NoService),
            };
        };
        let node: &'s ServiceNode = node;
        if !self.indexes.is_exposed_id(node.namespace) {
            return Place::Missing(Absence::NoNamespace);
        }
        match &node.exposure {
            None => Place::Missing(Absence::NoService),
            Some(NodeExposure::Unusable) => Place::Missing(Absence::UnusableAlias),
            Some(NodeExposure::Alias(target)) if apex == 3 => Place::Alias(target.as_ref()),
            // An empty port and protocol are none to the original.
            Some(NodeExposure::Alias(target))
                if apex == 5
                    && self.config.conformance == Conformance::CoreDns
                    && PortFilter::new(name.label(0), name.label(1)).is_any() =>
            {
                Place::Alias(target.as_ref())
            }
            Some(NodeExposure::Alias(_)) => Place::Missing(Absence::BelowAlias),
            Some(NodeExposure::Headless) => self.find_endpoints(node, name, multicluster, apex),
            Some(NodeExposure::ClusterIp(_) | NodeExposure::Unallocated) => {
                if self.config.empty_services == EmptyServices::Ignore && node.endpoints.is_empty() {
                    return Place::Missing(Absence::EmptyService);
                }
                self.find_cluster_ip(node, name, multicluster, apex)
            }
        }
    }

    fn find_cluster_ip<'q>(
        self,
        node: &'s ServiceNode,
        name: &'q FoldedName,
        multicluster: bool,
        apex: usize,
    ) -> Place<'s, 'q> {
        let ports = match apex {
            3 => PortFilter::default(),
            4 => return self.find_endpoint(node, name, multicluster),
            5 if is_cluster_name(name, multicluster) => return find_imported_endpoint(node, name),
            5 => PortFilter::new(name.label(0), name.label(1)),
            _ => return Place::Missing(Absence::TooLong),
        };
        // To the original an import without ports is nothing, although there may be endpoints below it.
        let portless = multicluster && node.ports.is_empty() && self.config.conformance == Conformance::CoreDns;
        if portless || !ports.is_any() && ports.count(&node.ports) == 0 {
            return Place::Missing(Absence::NoPort);
        }
        match node.cluster_ips() {
            Some(_) => Place::ClusterIp { node, ports },
            None => Place::Empty(Emptiness::Unallocated),
        }
    }

    fn find_endpoints<'q>(
        self,
        node: &'s ServiceNode,
        name: &'q FoldedName,
        multicluster: bool,
        apex: usize,
    ) -> Place<'s, 'q> {
        let table = &*node.endpoints;
        let (ports, absence) = match apex {
            3 => (PortFilter::default(), Absence::NoReadyEndpoint),
            4 => return self.find_endpoint(node, name, multicluster),
            5 if is_cluster_name(name, multicluster) => return find_imported_endpoint(node, name),
            5 if self.is_zonal(name, apex, multicluster) && matches!(name.label(0), b"pin" | b"prefer") => {
                if table.is_empty() {
                    return Place::Missing(Absence::NoReadyEndpoint);
                }
                return self.rfc_only(Emptiness::NonTerminal, Absence::NoPort);
            }
            5 => (PortFilter::new(name.label(0), name.label(1)), Absence::NoPort),
            _ if self.is_zonal(name, apex, multicluster) => return self.find_zonal(node, name, apex),
            _ => return Place::Missing(Absence::TooLong),
        };
        let selection = Selection::all(table, ports);
        if selection.is_empty(table) {
            return Place::Missing(if table.is_empty() { Absence::NoReadyEndpoint } else { absence });
        }
        Place::Endpoints { node, selection }
    }

    /// `ENDPOINT.SERVICE…`, for Services with cluster IPs too.
    fn find_endpoint<'q>(self, node: &'s ServiceNode, name: &'q FoldedName, multicluster: bool) -> Place<'s, 'q> {
        let table = &*node.endpoints;
        let label = name.label(0);
        if !multicluster {
            let selection = Selection::labelled(table, label);
            if !selection.is_empty(table) {
                return Place::Endpoints { node, selection };
            }
        }
        let absence = if table.is_empty() { Absence::NoReadyEndpoint } else { Absence::NoEndpoint };
        if self.config.conformance == Conformance::CoreDns {
            return Place::Missing(absence);
        }
        // RFC 8020: `_tcp.SERVICE` exists where `_http._tcp.SERVICE` does.
        let protocol = PortFilter::new(b"", label);
        let below = match node.exposure {
            Some(NodeExposure::Headless) => {
                // Of the groups of ports, some may be no endpoint's.
                table.groups().any(|ports| protocol.count(ports) > 0)
                    && !Selection::all(table, protocol).is_empty(table)
                    || self.is_zonal(name, 4, multicluster) && !table.is_empty()
            }
            _ => protocol.count(&node.ports) > 0,
        };
        let cluster = multicluster && table.find_tag(name.wire(0, 1)).is_some();
        if below || cluster { Place::Empty(Emptiness::NonTerminal) } else { Place::Missing(absence) }
    }

    /// `ZONE.pin._zone.SERVICE…` and `ZONE.prefer._zone.SERVICE…`; the zone may span labels.
    fn find_zonal<'q>(self, node: &'s ServiceNode, name: &'q FoldedName, apex: usize) -> Place<'s, 'q> {
        let table = &*node.endpoints;
        let prefer = match name.label(apex - 5) {
            b"pin" => false,
            b"prefer" => true,
            _ => return Place::Missing(Absence::TooLong),
        };
        if table.is_empty() && self.config.conformance == Conformance::Rfc {
            return Place::Missing(Absence::NoReadyEndpoint);
        }
        let all = Selection::all(table, PortFilter::default());
        let zone = table.find_tag(name.wire(0, apex - 5)).map(|tag| all.clone().with_tag(tag));
        match zone {
            Some(selection) => Place::Endpoints { node, selection },
            None if prefer && !all.is_empty(table) => Place::Endpoints { node, selection: all },
            None => Place::Empty(Emptiness::NoEndpointInZone),
        }
    }

    fn is_zonal(self, name: &FoldedName, apex: usize, multicluster: bool) -> bool {
        self.config.zonal == ZonalNames::Serve && !multicluster && name.label(apex - 4) == ZONE
    }
}

/// In a multicluster zone two labels without underscores are an endpoint and its cluster.
fn is_cluster_name(name: &FoldedName, multicluster: bool) -> bool {
    multicluster && !name.label(0).starts_with(b"_") && !name.label(1).starts_with(b"_")
}

/// `ENDPOINT.CLUSTER.SERVICE…`
fn find_imported_endpoint<'s, 'q>(node: &'s ServiceNode, name: &'q FoldedName) -> Place<'s, 'q> {
    let table = &*node.endpoints;
    let found = table
        .find_tag(name.wire(1, 2))
        .map(|tag| Selection::labelled(table, name.label(0)).with_tag(tag))
        .filter(|selection| !selection.is_empty(table));
    match found {
        Some(selection) => Place::Endpoints { node, selection },
        None => Place::Missing(Absence::NoEndpoint),
    }
}
