use super::case::{Case, record};

pub(super) fn other_class(case: &Case<'_>) -> bool {
    let empty = case.ours.sections().iter().all(|(_, lines)| lines.is_empty());
    case.class != "IN" && case.ours.rcode == "REFUSED" && !case.ours.has("aa") && empty
}

pub(super) fn minimal_any(case: &Case<'_>) -> bool {
    let first = case.ours.answer.first().and_then(|line| record(line)).map(|(_, kind, _)| kind);
    let one_set = case.ours.answer.iter().all(|line| {
        record(line).is_some_and(|(owner, kind, _)| owner.eq_ignore_ascii_case(case.name) && Some(kind) == first)
    });
    case.kind == "ANY"
        && case.theirs.answer.is_empty()
        && case.ours.rcode == "NOERROR"
        && first.is_some()
        && one_set
        && case.same_flags()
}

pub(super) fn case_of_zone(case: &Case<'_>) -> bool {
    let Some(asked) = case.asked.as_ref().filter(|asked| asked.has_capitals) else { return false };
    if case.ours.rcode != "NOERROR" || !case.theirs.answer.is_empty() || !case.same_flags() {
        return false;
    }
    if asked.is(&[]) {
        return case.kind == "NS" && case.theirs.rcode == "NOERROR" && !case.ours.answer.is_empty();
    }
    // TXT, PTR and ANY of this name differ in small letters, too.
    asked.is(&["ns", "dns"])
        && case.theirs.rcode == "NXDOMAIN"
        && match case.kind {
            "A" | "AAAA" => !case.ours.answer.is_empty() || case.exists_without_data(),
            "TXT" | "PTR" | "ANY" => false,
            _ => case.exists_without_data(),
        }
}

pub(super) fn soa_of_missing_name(case: &Case<'_>) -> bool {
    let missing = case.asked.as_ref().is_some_and(|asked| !case.facts.has_name(asked));
    case.kind == "SOA" && missing && case.does_not_exist()
}

pub(super) fn txt_at_empty_non_terminal(case: &Case<'_>) -> bool {
    let Some(asked) = &case.asked else { return false };
    let exists = match asked.namespace() {
        Some(namespace) => case.facts.has_namespace(namespace),
        None => asked.is(&[]) || !asked.is_reverse() && (asked.is(&["svc"]) || asked.is(&["pod"])),
    };
    case.kind == "TXT" && exists && case.exists_without_data()
}

pub(super) fn parent_of_ports(case: &Case<'_>) -> bool {
    let Some((service, [label])) = case.asked.as_ref().and_then(|asked| asked.service()) else { return false };
    let protocol = label.strip_prefix('_').unwrap_or(label);
    case.facts.has_protocol(service, protocol) && case.exists_without_data()
}
