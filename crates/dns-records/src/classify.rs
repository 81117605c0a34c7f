//! From a place and a record type to what is answered: here the two conformances part.

use crate::config::Conformance;
use crate::name::NameRef;
use crate::place::{Absence, Emptiness, Place};
use crate::record_set::{Family, RecordSet, View};
use crate::record_type::RecordType;

/// What a question gets.
#[derive(Clone, Debug)]
pub(crate) enum Outcome<'s, 'q> {
    /// Records, unless the set turns out to have none of the family or port: then no data.
    Records(RecordSet<'s, 'q>),
    /// The name is an alias.
    Alias(NameRef<'s>),
    /// The name exists without such records.
    NoData(Option<Emptiness>),
    /// The name does not exist.
    NxDomain(Absence),
}

/// Decides what a question of `record_type` at `place` gets.
#[inline(always)]
pub(crate) fn classify<'s, 'q>(view: &View<'s, 'q>, place: &Place<'s, 'q>, record_type: RecordType) -> Outcome<'s, 'q> {
    let original = view.snapshot.config.conformance == Conformance::CoreDns;
    if original && let Some(outcome) = quirk(view, place, record_type) {
        return outcome;
    }
    if let Place::Missing(absence) = place {
        return Outcome::NxDomain(*absence);
    }
    if !original && record_type == RecordType::ANY {
        return any(view, place);
    }
    let multicluster = view.zone.kind == crate::config::ZoneKind::Multicluster;
    let family = Family::of(record_type);
    let records = match (place, record_type) {
        (Place::Empty(emptiness), _) => return Outcome::NoData(Some(*emptiness)),
        (Place::Apex, RecordType::SOA) => RecordSet::Soa,
        (Place::Apex, RecordType::NS) => RecordSet::NameServers,
        (Place::Version, RecordType::TXT) => RecordSet::Version,
        (Place::Alias(target), RecordType::CNAME) => RecordSet::Alias(*target),
        (Place::Alias(target), _) => return Outcome::Alias(*target),
        (Place::ClusterIp { node, ports }, RecordType::SRV) => RecordSet::ClusterServices { node, ports: *ports },
        (Place::Endpoints { node, selection }, RecordType::SRV) => {
            RecordSet::EndpointServices { node, selection: selection.clone(), multicluster }
        }
        (Place::Pod { address, count, name }, RecordType::SRV) => {
            RecordSet::PodService { address: *address, count: *count, name }
        }
        (Place::Address(address), RecordType::PTR) => RecordSet::Pointers(*address),
        _ => match (place, family) {
            (Place::NameServer, Some(family)) => RecordSet::NameServerAddresses(family),
            (Place::ClusterIp { node, .. }, Some(family)) => RecordSet::ClusterIps { node, family },
            (Place::Endpoints { node, selection }, Some(family)) => {
                RecordSet::Endpoints { table: &node.endpoints, selection: selection.clone(), family }
            }
            (Place::Pod { address, .. }, Some(family)) if family.has(*address) => RecordSet::Address(*address),
            _ => return Outcome::NoData(None),
        },
    };
    Outcome::Records(records)
}

/// ANY gets one RRset, the one most asked for (RFC 8482 §4.1).
fn any<'s, 'q>(view: &View<'s, 'q>, place: &Place<'s, 'q>) -> Outcome<'s, 'q> {
    let choice = [
        RecordType::SOA,
        RecordType::CNAME,
        RecordType::A,
        RecordType::AAAA,
        RecordType::PTR,
        RecordType::TXT,
        RecordType::SRV,
    ];
    for record_type in choice {
        match classify(view, place, record_type) {
            Outcome::Records(records) => {
                if !records.is_empty(view) {
                    return Outcome::Records(records);
                }
            }
            Outcome::NxDomain(absence) => return Outcome::NxDomain(absence),
            Outcome::Alias(_) | Outcome::NoData(_) => {}
        }
    }
    Outcome::NoData(None)
}

/// Where the original departs from what the rest of this module says.
fn quirk<'s, 'q>(view: &View<'s, 'q>, place: &Place<'s, 'q>, record_type: RecordType) -> Option<Outcome<'s, 'q>> {
    let mixed_case = view.apex.iter().any(u8::is_ascii_uppercase);
    let nxdomain = Some(Outcome::NxDomain(Absence::NoTree));
    let nodata = Some(Outcome::NoData(None));
    match (place, record_type) {
        (Place::Apex, RecordType::SOA) => None,
        (_, RecordType::SOA) => nodata,
        (Place::Apex, RecordType::NS) if mixed_case => nodata,
        (Place::NameServer, _) if mixed_case => nxdomain,
        (Place::NameServer, RecordType::TXT | RecordType::PTR) => nxdomain,
        (Place::Version, RecordType::TXT) => None,
        (Place::Version, _) => nxdomain,
        (Place::Apex | Place::Tree | Place::Namespace, RecordType::TXT) => nxdomain,
        (Place::Address(_), RecordType::PTR) => None,
        (Place::Address(_), _) => nxdomain,
        (Place::Alias(_), RecordType::A | RecordType::AAAA | RecordType::CNAME) => None,
        (Place::Alias(_), _) => nodata,
        _ => None,
    }
}
