use std::net::IpAddr;

use super::case::{Case, only_in, record};
use super::reverse::is_of_missing_service;
use crate::deviation::asked::Asked;
use crate::deviation::facts::End;

pub(super) fn host_name(case: &Case<'_>) -> bool {
    // Of the name asked for, or of that to which aliases lead from it.
    let (links, end) = case.facts.chain(case.name);
    let name = links.last().map_or(case.name, |(_, target)| target);
    let asked = Asked::of(name);
    let Some((service, _)) = asked.as_ref().and_then(|asked| asked.service()) else { return false };
    let (gone, new) =
        (only_in(&case.theirs.answer, &case.ours.answer), only_in(&case.ours.answer, &case.theirs.answer));
    // An alias, or what an alias led to.
    let aliased = |line: &&str| {
        record(line).is_some_and(|(owner, kind, _)| {
            let is_link = links.iter().any(|(alias, _)| alias.eq_ignore_ascii_case(owner));
            !is_link && (kind == "CNAME" || !owner.eq_ignore_ascii_case(name))
        })
    };
    let says_so = match case.ours.rcode.as_str() {
        "NXDOMAIN" => case.ours.answer.len() == links.len() && (links.is_empty() || !gone.is_empty()),
        "NOERROR" => !gone.is_empty(),
        _ => false,
    };
    end == End::Inside
        && case.facts.has_hosts(service)
        && case.kind != "SOA"
        && case.theirs.rcode == "NOERROR"
        && says_so
        && new.is_empty()
        && gone.iter().all(aliased)
        && case.same_flags()
}

pub(super) fn dotted_pod_name(case: &Case<'_>) -> bool {
    let Some(asked) = &case.asked else { return false };
    if let Some(address) = asked.address() {
        return case.kind == "PTR" && case.same_flags() && pointers(case, address);
    }
    let Some((service, left)) = asked.service() else { return false };
    let dotted: Vec<(String, String)> = case
        .facts
        .dotted(service)
        .map(|(address, target)| (name_of(&dashed(address), service), name_of(target, service)))
        .collect();
    if case.ours.rcode != "NOERROR" || dotted.is_empty() {
        return false;
    }
    if let [label] = left {
        // The address's own name, which theirs does not know, or knows as that of another endpoint alone. Of ANY they
        // would find nothing anyway.
        let asked = case.kind != "ANY" && dotted.iter().any(|(ours, _)| *ours == name_of(label, service));
        let added =
            case.theirs.rcode == "NXDOMAIN" || case.kind == "SRV" && case.ours.answer.len() >= case.theirs.answer.len();
        return asked && added && case.same_flags();
    }
    if case.kind != "SRV" || case.theirs.rcode != "NOERROR" {
        return false;
    }
    let has = |line: &str, name: &str| line.to_ascii_lowercase().split(' ').any(|word| word == name);
    let moved = |theirs: &[String], ours: &[String]| {
        only_in(theirs, ours).iter().all(|line| dotted.iter().any(|(_, old)| has(line, old)))
            && only_in(ours, theirs).iter().all(|line| dotted.iter().any(|(new, _)| has(line, new)))
    };
    let (theirs, ours) = (&case.theirs, &case.ours);
    case.same_flags()
        && moved(&theirs.answer, &ours.answer)
        && moved(&theirs.additional, &ours.additional)
        && theirs.answer != ours.answer
}

fn pointers(case: &Case<'_>, address: IpAddr) -> bool {
    let targets = |lines: Vec<&str>| -> Vec<String> {
        lines.iter().filter_map(|line| record(line)).map(|(_, _, target)| target.to_ascii_lowercase()).collect()
    };
    let gone: Vec<&str> = only_in(&case.theirs.answer, &case.ours.answer)
        .into_iter()
        .filter_map(|line| record(line).map(|(_, _, target)| target))
        .collect();
    let new = targets(only_in(&case.ours.answer, &case.theirs.answer));
    // The names made from the address, and those that they stand for.
    let (mut standing, mut replaced) = (Vec::new(), Vec::new());
    for target in targets(case.ours.answer.iter().map(String::as_str).collect()) {
        let Some(name) = Asked::of(&target) else { return false };
        let Some((service, [label])) = name.service() else { continue };
        if *label == dashed(address) {
            replaced.extend(
                case.facts.dotted(service).filter(|(at, _)| *at == address).map(|(_, pod)| name_of(pod, service)),
            );
            standing.push(target);
        }
    }
    // Names of Services that are not there may be gone besides.
    let moved = gone.iter().any(|name| replaced.iter().any(|old| old == name))
        && gone.iter().all(|name| replaced.iter().any(|old| old == name) || is_of_missing_service(case, name))
        && new.iter().all(|name| standing.contains(name));
    new.len() <= gone.len() && moved && case.ours.rcode == "NOERROR"
}

pub(super) fn glue_left_out(case: &Case<'_>) -> bool {
    case.theirs == case.ours && !case.ours.answer.is_empty() && case.theirs_cut && !case.ours_cut
}

/// An endpoint's name in small letters.
pub(super) fn name_of(label: &str, (namespace, service): (&str, &str)) -> String {
    format!("{label}.{service}.{namespace}.svc.cluster.local.")
}

/// The label that stands for an address.
pub(super) fn dashed(address: IpAddr) -> String {
    let label = address.to_string().replace(['.', ':'], "-");
    // A label may not end in a dash.
    if label.ends_with('-') { label + "0" } else { label }
}
