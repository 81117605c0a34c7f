use dns_records::{Explanation, Hint};
use serde::Serialize;

use crate::finding::ObjectJson;

/// Why a question gets its answer, as it is printed with `-o json`.
#[derive(Debug, Serialize)]
pub(super) struct ExplanationJson<'e> {
    outcome: &'static str,
    zone: Option<String>,
    reason: &'e str,
    objects: Vec<ObjectJson<'e>>,
    aliases: Vec<String>,
    records: &'e [String],
    hints: Vec<HintJson<'e>>,
}

#[derive(Debug, Serialize)]
struct HintJson<'e> {
    name: Option<String>,
    why: &'e str,
}

impl<'e> ExplanationJson<'e> {
    pub(super) fn new(explanation: &'e Explanation) -> Self {
        let hint = |hint: &'e Hint| HintJson { name: hint.name.as_ref().map(ToString::to_string), why: &hint.why };
        Self {
            outcome: explanation.outcome,
            zone: explanation.zone.as_ref().map(ToString::to_string),
            reason: &explanation.reason,
            objects: explanation.objects.iter().map(ObjectJson::new).collect(),
            aliases: explanation.aliases.iter().map(ToString::to_string).collect(),
            records: &explanation.records,
            hints: explanation.hints.iter().map(hint).collect(),
        }
    }
}
