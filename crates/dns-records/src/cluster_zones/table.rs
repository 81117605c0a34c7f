//! A slice as a table of its ready endpoints.

use object_change::{Diagnostic, ObjectRef};

use crate::config::{Conformance, EndpointNames, ZonalNames, ZoneConfig};
use crate::model::{Endpoint, EndpointHost, EndpointPort, EndpointSlice, SliceOwner};
use crate::name::{MAX_LABEL, Name};
use crate::store::{EndpointLabel, EndpointTable, Port, PortLists, TableBuilder, Tag};

pub(super) fn build(
    config: &ZoneConfig,
    lists: &mut PortLists,
    slice: EndpointSlice,
    object: &ObjectRef,
    diagnostics: &mut Vec<Diagnostic>,
) -> EndpointTable {
    let mut builder = TableBuilder::default();
    let port = |port: EndpointPort| Port { name: port.name, protocol: port.protocol, number: port.port };
    let ports = lists.intern(slice.ports.into_iter().map(port).collect());
    let group = builder.group(&ports).unwrap_or_default();
    let cluster = match &slice.owner {
        SliceOwner::Import { cluster, .. } => wire_labels(cluster).map(|wire| builder.tag(&wire)),
        SliceOwner::Service(_) | SliceOwner::Nobody => None,
    };
    for (index, endpoint) in slice.endpoints.iter().enumerate() {
        if !endpoint.ready {
            builder.add_unready(1);
            continue;
        }
        let tag = cluster.or_else(|| zone_tag(config, endpoint, &mut builder));
        let name = own_name(config, endpoint).and_then(|name| {
            let wire = wire_labels(name);
            // RFC 2782: a target must have addresses, which a name with dots can't be asked for here.
            let dotted = name.contains('.') && config.conformance == Conformance::Rfc;
            if wire.is_none() || dotted {
                let reason = format!("{name:?} is not a DNS label; the address with dashes serves instead");
                diagnostics.push(Diagnostic::warning(object.clone(), format!("endpoints[{index}]"), reason));
            }
            wire.filter(|_| !dotted)
        });
        for host in &endpoint.hosts {
            match host {
                EndpointHost::Address(address) => {
                    let address = address.to_canonical();
                    let label = EndpointLabel::of(address);
                    // A name that is what the label would be anyway needs no room.
                    let name = name.as_deref().filter(|name| name.get(1..) != Some(label.as_bytes()));
                    builder.add(address, name, group, tag);
                }
                EndpointHost::Name(target) => {
                    add_host(config, &mut builder, target, name.as_deref(), group);
                }
            }
        }
    }
    builder.build()
}

/// The name that an endpoint has besides its address.
fn own_name<'e>(config: &ZoneConfig, endpoint: &'e Endpoint) -> Option<&'e str> {
    let target = || endpoint.target_name.as_deref().filter(|name| name.len() <= MAX_LABEL);
    match (endpoint.hostname.as_deref().filter(|name| !name.is_empty()), config.endpoint_names) {
        (Some(hostname), _) => Some(hostname),
        (None, EndpointNames::PodName) => target(),
        (None, EndpointNames::Address) => None,
    }
}

fn zone_tag(config: &ZoneConfig, endpoint: &Endpoint, builder: &mut TableBuilder) -> Option<Tag> {
    let zone = endpoint.zone.as_deref().filter(|_| config.zonal == ZonalNames::Serve)?;
    Some(builder.tag(&wire_labels(&zone.to_ascii_lowercase())?))
}

/// The standards know no alias besides other records (RFC 1034 §3.6.2), so only the original serves these.
fn add_host(config: &ZoneConfig, builder: &mut TableBuilder, target: &str, name: Option<&[u8]>, group: u16) {
    if config.conformance != Conformance::CoreDns {
        return;
    }
    let Ok(wire) = target.parse::<Name>() else { return };
    let label = match name {
        Some(name) => Some(name.to_vec()),
        None if target.contains('.') => wire_labels(&target.replace('.', "-")),
        None => None,
    };
    // A name without dots has no label in the original: no name leads to this endpoint alone.
    builder.add_host(wire, label.as_deref().unwrap_or_default(), group);
}

/// Labels separated by dots, in wire form without the root label.
fn wire_labels(text: &str) -> Option<Vec<u8>> {
    let mut wire = Vec::with_capacity(text.len() + 1);
    for label in text.split('.') {
        if label.is_empty() || label.len() > MAX_LABEL {
            return None;
        }
        wire.push(label.len() as u8);
        wire.extend_from_slice(label.as_bytes());
    }
    (wire.len() <= 2 * (MAX_LABEL + 1)).then_some(wire)
}
