//! Rows of question and answer.

use dns_records::{Conformance, Snapshot, ZoneConfig};

use crate::common::{ask, cluster};

/// A question with what it gets by the standard that is cited, and from the original.
pub(crate) struct Row {
    cites: &'static str,
    question: &'static str,
    rfc: &'static [&'static str],
    original: &'static [&'static str],
}

/// Both answer alike.
pub(crate) const fn both(cites: &'static str, question: &'static str, answer: &'static [&'static str]) -> Row {
    Row { cites, question, rfc: answer, original: answer }
}

/// The original departs from the standard.
pub(crate) const fn differ(
    cites: &'static str,
    question: &'static str,
    rfc: &'static [&'static str],
    original: &'static [&'static str],
) -> Row {
    Row { cites, question, rfc, original }
}

/// Checks rows with the default options.
pub(crate) fn check(cluster: &str, rows: &[Row]) {
    check_with(cluster, |config| config, rows);
}

/// Checks rows with other options.
pub(crate) fn check_with(cluster: &str, options: impl Fn(ZoneConfig) -> ZoneConfig, rows: &[Row]) {
    let mut wrong = String::new();
    for conformance in [Conformance::Rfc, Conformance::CoreDns] {
        let snapshot = cluster::snapshot(&options(cluster::config(conformance)), cluster);
        for row in rows {
            let expected = match conformance {
                Conformance::Rfc => row.rfc,
                _ => row.original,
            };
            wrong += &compare(&snapshot, conformance, row, expected);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn compare(snapshot: &Snapshot, conformance: Conformance, row: &Row, expected: &[&str]) -> String {
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    let got = ask::answer(snapshot, row.question);
    if got == expected {
        return String::new();
    }
    format!("{conformance:?} ({}): {}\n  expected {expected:?}\n  got      {got:?}\n", row.cites, row.question)
}
