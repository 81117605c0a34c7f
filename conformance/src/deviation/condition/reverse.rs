use super::case::{Case, only_in, record};
use crate::deviation::asked::Asked;

pub(super) fn parent(case: &Case<'_>) -> bool {
    let Some(asked) = &case.asked else { return false };
    case.facts.addresses().any(|address| asked.is_above(address)) && case.exists_without_data()
}

pub(super) fn other_type(case: &Case<'_>) -> bool {
    let address = case.asked.as_ref().and_then(Asked::address);
    case.kind != "PTR" && address.is_some_and(|address| case.facts.has_address(address)) && case.exists_without_data()
}

pub(super) fn labels_below(case: &Case<'_>) -> bool {
    let below = case.asked.as_ref().and_then(Asked::address_below).is_some();
    let answered = !case.theirs.answer.is_empty() && case.theirs.rcode == "NOERROR";
    below && answered && case.ours.rcode == "NXDOMAIN" && case.ours.answer.is_empty() && case.same_flags()
}

pub(super) fn tree(case: &Case<'_>) -> bool {
    case.is_reverse() && (case.is(&["svc"]) || case.is(&["pod"])) && case.kind != "SOA" && case.does_not_exist()
}

pub(super) fn pointer_to_missing_service(case: &Case<'_>) -> bool {
    if case.asked.as_ref().and_then(Asked::address).is_none() || case.kind != "PTR" || !case.same_flags() {
        return false;
    }
    let (gone, new) =
        (only_in(&case.theirs.answer, &case.ours.answer), only_in(&case.ours.answer, &case.theirs.answer));
    let missing = |line: &&str| record(line).is_some_and(|(_, _, target)| is_of_missing_service(case, target));
    let rcode = if case.ours.answer.is_empty() { "NXDOMAIN" } else { "NOERROR" };
    case.ours.rcode == rcode && new.is_empty() && !gone.is_empty() && gone.iter().all(missing)
}

/// Whether the name is an endpoint's of a Service that is not there.
pub(super) fn is_of_missing_service(case: &Case<'_>, name: &str) -> bool {
    // Services have no capitals in their names, the labels of EndpointSlices may.
    let has_capitals = name.bytes().any(|byte| byte.is_ascii_uppercase());
    let name = Asked::of(name);
    let service = name.as_ref().and_then(Asked::service);
    service.is_some_and(|(service, _)| has_capitals || !case.facts.has_service(service))
}
