use super::Condition;
use super::case::{Case, has_soa_alone, record};
use crate::deviation::facts::End;

/// Which of the conditions about aliases holds, if any does.
pub(super) fn kind_of(case: &Case<'_>) -> Option<Condition> {
    let (service, left) = case.asked.as_ref()?.service()?;
    if !left.is_empty() || !case.facts.is_alias(service) || matches!(case.kind, "ANY" | "CNAME") {
        return None;
    }
    let (chain, end) = case.facts.chain(case.name);
    let (mut shown, mut others) = (Vec::new(), 0);
    for line in &case.ours.answer {
        let (owner, kind, data) = record(line)?;
        let link = (owner.to_ascii_lowercase(), data.to_ascii_lowercase());
        if kind == "CNAME" && chain.contains(&link) {
            shown.push(link);
        } else {
            others += 1;
        }
    }
    let mut whole = chain;
    whole.sort_unstable();
    shown.sort_unstable();
    // Each link of the chain, once.
    if shown != whole || !case.same_flags() || case.theirs.rcode != "NOERROR" {
        return None;
    }
    let is_bare = others == 0 && case.ours.authority.is_empty() && case.ours.additional.is_empty();
    let is_denial = has_soa_alone(&case.ours) && case.ours.additional.is_empty();
    let is_silent = case.theirs.answer.is_empty();
    match (end, case.ours.rcode.as_str()) {
        (End::Ring, "NOERROR") if is_bare && is_silent => Some(Condition::AliasRing),
        (End::TooLong, "NOERROR") if is_bare && is_silent => Some(Condition::AliasChain),
        (End::Inside, "NXDOMAIN") if is_denial && others == 0 && is_silent => Some(Condition::AliasOfMissingName),
        (End::Outside, "NXDOMAIN") if is_denial => Some(Condition::AliasOfMissingNameOutside),
        (End::Inside | End::Outside, "NOERROR") => alive(case, end, others > 0, is_denial),
        _ => None,
    }
}

fn alive(case: &Case<'_>, end: End, has_others: bool, is_denial: bool) -> Option<Condition> {
    let is_address = matches!(case.kind, "A" | "AAAA");
    let is_silent = case.theirs.answer.is_empty();
    match end {
        _ if !is_address => (is_silent && (has_others || is_denial)).then_some(Condition::AliasForEveryType),
        End::Inside if !has_others => (is_silent && is_denial).then_some(Condition::AliasWithoutData),
        // Theirs is the same but for the SOA record.
        End::Outside if is_denial => (case.theirs.answer == case.ours.answer && case.theirs.authority.is_empty())
            .then_some(Condition::AliasWithoutDataOutside),
        _ => {
            let capitals = case.asked.as_ref().is_some_and(|asked| asked.has_capitals);
            (capitals && is_silent && has_others).then_some(Condition::AliasInCapitals)
        }
    }
}

pub(super) fn below(case: &Case<'_>) -> bool {
    let Some((service, [port, protocol])) = case.asked.as_ref().and_then(|asked| asked.service()) else { return false };
    let is_empty = |label: &str| label == "_";
    case.facts.is_alias(service)
        && is_empty(port)
        && is_empty(protocol)
        && case.kind != "SOA"
        && case.theirs.rcode == "NOERROR"
        && case.ours.rcode == "NXDOMAIN"
        && case.ours.answer.is_empty()
        && case.same_flags()
}
