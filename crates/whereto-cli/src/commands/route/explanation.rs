use std::io::{self, Write};

use ingress_routing::{CertificateExplanation, Explanation};
use serde::Serialize;

use super::request::Asked;

/// Why a request goes where it goes.
#[derive(Debug, Serialize)]
pub(super) struct ExplanationJson<'e> {
    /// The request as it was read; null if it could not be.
    request: Option<&'e str>,
    decision: String,
    candidates: Vec<CandidateJson>,
    choices: Vec<ChoiceJson<'e>>,
    /// How the certificate was chosen, line by line; null in clear text.
    certificate: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct CandidateJson {
    ingress: String,
    field: String,
    rule: String,
    verdict: String,
}

#[derive(Debug, Serialize)]
struct ChoiceJson<'e> {
    topic: &'e str,
    choice: &'e str,
    #[serde(skip_serializing_if = "str::is_empty")]
    effect: &'e str,
}

impl<'e> ExplanationJson<'e> {
    pub(super) fn new(why: &'e Explanation<'_>, certificate: Option<&CertificateExplanation<'_>>) -> Self {
        Self {
            request: Some(why.request.as_str()).filter(|request| !request.is_empty()),
            decision: why.decision.to_string(),
            candidates: why
                .candidates
                .iter()
                .map(|candidate| CandidateJson {
                    ingress: candidate.route.ingress().to_string(),
                    field: candidate.route.field(),
                    rule: candidate.route.to_string(),
                    verdict: candidate.verdict.to_string(),
                })
                .collect(),
            choices: why
                .choices
                .iter()
                .map(|line| ChoiceJson { topic: line.topic, choice: &line.choice, effect: &line.effect })
                .collect(),
            certificate: certificate.map(lines),
        }
    }
}

/// What the explanation of the table does not know of: the handshake, and fields that have no part in it.
pub(super) fn write(
    out: &mut impl Write,
    asked: &Asked,
    certificate: Option<&CertificateExplanation<'_>>,
) -> io::Result<()> {
    if !asked.fields.is_empty() {
        writeln!(out, "  header fields: Host alone counts; no effect have {}", asked.fields.join(", "))?;
    }
    for line in certificate.map(lines).unwrap_or_default() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn lines(certificate: &CertificateExplanation<'_>) -> Vec<String> {
    certificate.to_string().lines().map(str::to_owned).collect()
}
