use std::collections::BTreeSet;
use std::net::IpAddr;

use super::case::{Case, has_soa_alone, record};
use super::endpoint::{dashed, name_of};
use crate::cluster::OWN_ADDRESS;
use crate::deviation::asked::{Asked, Zone};

pub(super) fn without_service(case: &Case<'_>) -> bool {
    // With capitals they would find nothing anyway.
    let Some(asked) = case.asked.as_ref().filter(|asked| !asked.has_capitals) else { return false };
    let own = OWN_ADDRESS.to_string();
    let zone = asked.zone.name();
    let host = format!("ns.dns.{zone}");
    let has = |line: &String, owner: &str, kind: &str, data: &str| record(line) == Some((owner, kind, data));
    let is_own = |line: &String| has(line, &host, "A", &own);
    let answered = match (&case.ours.answer[..], case.kind) {
        ([server], "NS") => {
            asked.is(&[])
                && has(server, zone, "NS", &host)
                && !case.ours.additional.is_empty()
                && case.ours.additional.iter().all(is_own)
        }
        ([address], "A") => asked.is(&["ns", "dns"]) && is_own(address) && case.ours.additional.is_empty(),
        _ => false,
    };
    answered
        && case.facts.has_endpoint_without_service(OWN_ADDRESS.into())
        && !case.facts.has_address(OWN_ADDRESS.into())
        && case.theirs.is_no_data()
        && has_soa_alone(&case.theirs)
        && case.ours.rcode == "NOERROR"
        && case.ours.authority.is_empty()
        && case.same_flags()
}

/// NS of a reverse zone.
pub(super) fn of_reverse_zone(case: &Case<'_>) -> bool {
    case.is_reverse() && as_it_should_be(case).is_some()
}

/// NS of a zone of Services, with no other difference than that theirs has records more than once.
pub(super) fn twice(case: &Case<'_>) -> bool {
    !case.is_reverse() && case.theirs != case.ours && as_it_should_be(case) == Some(Names::Askable)
}

/// NS of a zone of Services, with names among theirs that cannot be asked for.
pub(super) fn dotted(case: &Case<'_>) -> bool {
    !case.is_reverse() && as_it_should_be(case) == Some(Names::Dotted)
}

/// What names of endpoints theirs has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Askable,
    /// Some are of Pods whose names have dots.
    Dotted,
}

/// Whether our NS records and addresses are theirs, each once, below the zone where Services are, and where an endpoint's
/// name has dots by the name made from its address.
fn as_it_should_be(case: &Case<'_>) -> Option<Names> {
    let asked = case.asked.as_ref().filter(|asked| asked.is(&[]) && case.kind == "NS")?;
    let (mut targets, mut glue) = (BTreeSet::new(), BTreeSet::new());
    let mut names = Names::Askable;
    let mut askable = |name: &str, address: Option<&str>| {
        let name = below_services(asked.zone, name);
        let stands = dashed_names(case, &name, address.and_then(|address| address.parse().ok()));
        if stands.is_empty() {
            return BTreeSet::from([name]);
        }
        names = Names::Dotted;
        stands
    };
    for line in &case.theirs.answer {
        let (_, _, target) = record(line)?;
        targets.extend(askable(target, None));
    }
    for line in &case.theirs.additional {
        let (owner, _, address) = record(line)?;
        glue.extend(askable(owner, Some(address)).into_iter().map(|owner| (owner, address)));
    }
    let ours =
        case.ours.answer.iter().filter_map(|line| record(line)).map(|(_, _, target)| target.to_ascii_lowercase());
    let our_glue = case.ours.additional.iter().filter_map(|line| record(line));
    let our_glue = our_glue.map(|(owner, _, address)| (owner.to_ascii_lowercase(), address));
    // All in order, so each of ours is there once.
    let is_so = !targets.is_empty()
        && case.ours.rcode == "NOERROR"
        && case.same_flags()
        && sorted(ours).eq(targets)
        && sorted(our_glue).eq(glue);
    is_so.then_some(names)
}

/// The name of a Service or endpoint in the zone where they are. Where no Service has the server's address, `ns.dns` of
/// the zone itself has it.
fn below_services(zone: Zone, name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_suffix(zone.name()).filter(|below| zone != Zone::Cluster && !below.starts_with("ns.dns.")) {
        Some(below) => format!("{below}cluster.local."),
        None => name,
    }
}

/// The names made from the addresses of the endpoints whose Pod's name, with dots, is in this one; of one address alone
/// where it is given.
fn dashed_names(case: &Case<'_>, name: &str, address: Option<IpAddr>) -> BTreeSet<String> {
    let asked = Asked::of(name);
    let Some((service, left)) = asked.as_ref().and_then(|asked| asked.service()) else { return BTreeSet::new() };
    let pod = left.join(".");
    let named =
        case.facts.dotted(service).filter(|(at, target)| *target == pod && address.is_none_or(|one| one == *at));
    named.map(|(at, _)| name_of(&dashed(at), service)).collect()
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.into_iter()
}
