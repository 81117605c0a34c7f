//! The answers in which we differ from the original on purpose, and the proof that they are all of them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::compare::{Difference, Judge};

mod asked;
pub mod condition;
mod facts;
mod whole;

pub use condition::{Case, Condition};
pub use facts::Facts;

/// One row of `deviations.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deviation {
    /// The row's name.
    pub id: String,
    /// Which differences it covers.
    pub condition: Condition,
    /// The standard and section by which ours is right.
    pub rfc: String,
    /// What the original answers, in words.
    pub theirs: String,
    /// What we answer, in words.
    pub ours: String,
    /// How many of the recorded replies it covers.
    pub count: usize,
}

/// One row about an odd message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireDeviation {
    /// The recorded message.
    pub case: String,
    /// The standard and section by which ours is right.
    pub rfc: String,
    /// What the original answers, in words.
    pub theirs: String,
    /// What we answer, in words.
    pub ours: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
    #[serde(default)]
    wire: Vec<WireDeviation>,
}

/// The text of this project's `deviations.toml`.
const OURS: &str = include_str!("../deviations.toml");

/// Reads the rows of a `deviations.toml`.
///
/// # Errors
/// Where a row is incomplete, names no known condition, or an id occurs twice.
pub fn parse(text: &str) -> Result<Vec<Deviation>> {
    let rows = toml::from_str::<File>(text).context("deviations.toml")?.deviation;
    for (at, row) in rows.iter().enumerate() {
        ensure!(!rows[..at].iter().any(|other| other.id == row.id), "deviations.toml: {:?} occurs twice", row.id);
    }
    Ok(rows)
}

/// The rows of this project's `deviations.toml`.
///
/// # Errors
/// As [`parse`].
pub fn ours() -> Result<Vec<Deviation>> {
    parse(OURS)
}

/// The rows about odd messages of this project's `deviations.toml`.
///
/// # Errors
/// Where a row is incomplete, or there are two about one message.
pub fn ours_about_wire() -> Result<Vec<WireDeviation>> {
    let rows = toml::from_str::<File>(OURS).context("deviations.toml")?.wire;
    for (at, row) in rows.iter().enumerate() {
        ensure!(!rows[..at].iter().any(|other| other.case == row.case), "deviations.toml: {:?} occurs twice", row.case);
    }
    Ok(rows)
}

/// Counts which rows cover what.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    rows: Vec<Deviation>,
    used: BTreeMap<String, usize>,
}

impl Ledger {
    /// An empty ledger of these rows.
    #[must_use]
    pub const fn new(rows: Vec<Deviation>) -> Self {
        Self { rows, used: BTreeMap::new() }
    }

    /// Counts one difference covered by the row of this id.
    pub fn cover(&mut self, id: &str) {
        *self.used.entry(id.to_owned()).or_default() += 1;
    }

    /// How often each row was used.
    #[must_use]
    pub const fn used(&self) -> &BTreeMap<String, usize> {
        &self.used
    }

    /// What is wrong with the rows' counts once every recorded reply was judged: one line for each row that was not
    /// used as often as it says.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let used = |row: &Deviation| self.used.get(&row.id).copied().unwrap_or_default();
        let wrong = self.rows.iter().filter(|row| used(row) != row.count || row.count == 0);
        wrong.map(|row| format!("{}: count = {}, covers {}", row.id, row.count, used(row))).collect()
    }
}

impl Judge for Ledger {
    fn explain(&mut self, difference: Difference<'_>) -> Result<String, String> {
        let cases = Case::all(difference)?;
        let holds = |row: &&Deviation| cases.iter().all(|case| row.condition.holds(case));
        let rows: Vec<&str> = self.rows.iter().filter(holds).map(|row| row.id.as_str()).collect();
        match rows[..] {
            [] => Err("no row covers it".to_owned()),
            [id] => {
                let id = id.to_owned();
                self.cover(&id);
                Ok(id)
            }
            // Two rows for one difference are two reasons, of which at most one is right.
            _ => Err(format!("several rows cover it: {}", rows.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Terms, Theirs};
    use crate::question::Question;
    use crate::reply::Reply;

    const ROW: &str = r#"
        [[deviation]]
        id = "soa"
        condition = "soa-of-missing-name"
        rfc = "RFC 1034 §4.3.2"
        theirs = "NODATA"
        ours = "NXDOMAIN"
        count = 1
    "#;

    #[test]
    fn rows() {
        assert_eq!(parse(ROW).unwrap()[0].condition, Condition::SoaOfMissingName);
        assert!(parse(&format!("{ROW}{ROW}")).is_err());
        assert!(parse(&ROW.replace("soa-of", "foo-of")).is_err());
        assert!(parse(&ROW.replace("rfc", "ietf")).is_err());
        ours().unwrap();
    }

    #[test]
    fn counts() {
        let question = Question::new("nosuch.cluster.local.", "SOA");
        let denial = |rcode: &str| Reply {
            rcode: rcode.to_owned(),
            authority: vec!["cluster.local. 5 IN SOA ns.dns.cluster.local. x. 0 7200 1800 86400 5".to_owned()],
            ..Reply::default()
        };
        let said = |rcode: &str| Theirs { replies: vec![denial(rcode)], tcp: None };
        let (theirs, ours) = (said("NOERROR"), said("NXDOMAIN"));
        let (facts, terms) = (Facts::default(), Terms::default());
        let difference = Difference { question: &question, theirs: &theirs, ours: &ours, facts: &facts, terms };
        let mut ledger = Ledger::new(parse(ROW).unwrap());
        assert_eq!(ledger.mistakes(), ["soa: count = 1, covers 0"]);
        assert_eq!(ledger.explain(difference), Ok("soa".to_owned()));
        assert!(ledger.mistakes().is_empty());
        assert_eq!(ledger.explain(difference), Ok("soa".to_owned()));
        assert_eq!(ledger.mistakes(), ["soa: count = 1, covers 2"]);
        assert!(ledger.explain(Difference { theirs: &ours, ours: &theirs, ..difference }).is_err());
        let twice = format!("{ROW}{}", ROW.replace("\"soa\"", "\"again\""));
        assert!(Ledger::new(parse(&twice).unwrap()).explain(difference).is_err());
    }
}
