//! The look-ups in which our walk differs from an original on purpose, or because it leaves out what the original does.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use k8s_resolv_conf::SearchDomain;
use serde::Deserialize;

use super::case::Original;
use super::model::Model;
use super::recording::Recording;
use super::script::Behaviour;

/// One row of `lab/known.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The row's name.
    pub id: String,
    /// The resolvers that it is about.
    pub originals: Vec<Original>,
    /// Which look-ups it covers.
    pub condition: Condition,
    /// What the original does, in words.
    pub theirs: String,
    /// What ours does, in words.
    pub ours: String,
    /// Why that is left so.
    pub reason: String,
    /// How many of the recorded look-ups it covers.
    pub count: usize,
}

/// What a row covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A reply had an alias, and no address of what it stands for.
    AliasOfNothing,
    /// The typed name or the search list has a backslash.
    Backslash,
    /// A name of more than 253 characters was typed or asked for, a final dot not counted.
    LongName,
    /// The search list has the root.
    RootDomain,
}

impl Condition {
    /// Whether it holds of a look-up.
    #[must_use]
    pub fn holds(self, recording: &Recording) -> bool {
        let Recording { original, case, trace } = recording;
        let search = || Model::new(*original, case).config.map(|config| config.search);
        match self {
            Self::AliasOfNothing => trace.queries.iter().any(|query| {
                query.answered.is_some_and(|(_, rule)| case.script.behaviour(rule) == Behaviour::AliasOfNothing)
            }),
            Self::LongName => {
                let names = trace.queries.iter().map(|query| &query.name).chain([&case.name]);
                names.into_iter().any(|name| name.trim_end_matches('.').len() > 253)
            }
            Self::RootDomain => search().is_ok_and(|search| search.iter().any(SearchDomain::is_root)),
            Self::Backslash => {
                let in_search = match search() {
                    Ok(search) => search.iter().any(|domain| domain.0.contains(&b'\\')),
                    Err(_) => case.file.contains('\\'),
                };
                case.name.contains('\\') || in_search
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<Known>,
}

/// The rows of this project's `lab/known.toml`.
///
/// # Errors
/// Where a row is incomplete, names no known condition, or an id occurs twice.
pub fn ours() -> Result<Vec<Known>> {
    parse(include_str!("../../lab/known.toml"))
}

fn parse(text: &str) -> Result<Vec<Known>> {
    let rows = toml::from_str::<File>(text).context("known.toml")?.known;
    for (at, row) in rows.iter().enumerate() {
        ensure!(!rows[..at].iter().any(|other| other.id == row.id), "known.toml: {:?} occurs twice", row.id);
    }
    Ok(rows)
}

/// Counts which rows cover what.
#[derive(Clone, Debug)]
pub struct Ledger {
    rows: Vec<Known>,
    used: BTreeMap<String, usize>,
}

impl Ledger {
    /// An empty ledger of these rows.
    #[must_use]
    pub const fn new(rows: Vec<Known>) -> Self {
        Self { rows, used: BTreeMap::new() }
    }

    /// Finds and counts the row that covers a look-up in which ours differs; none or several are no explanation.
    pub fn explain(&mut self, recording: &Recording) -> bool {
        let covers = |row: &&Known| row.originals.contains(&recording.original) && row.condition.holds(recording);
        let mut rows = self.rows.iter().filter(covers);
        let (Some(row), None) = (rows.next(), rows.next()) else { return false };
        *self.used.entry(row.id.clone()).or_default() += 1;
        true
    }

    /// How often each row was used.
    #[must_use]
    pub const fn used(&self) -> &BTreeMap<String, usize> {
        &self.used
    }

    /// What is wrong with the rows' counts once every recorded look-up was judged: one line for each row that was not
    /// used as often as it says.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let used = |row: &Known| self.used.get(&row.id).copied().unwrap_or_default();
        let wrong = self.rows.iter().filter(|row| used(row) != row.count || row.count == 0);
        wrong.map(|row| format!("{}: count = {}, covers {}", row.id, row.count, used(row))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::generate;
    use crate::lab::model::Model;

    #[test]
    fn rows_cover_what_they_say_and_are_counted() {
        let text = r#"
            [[known]]
            id = "backslash"
            originals = ["c-ares-1.34.9"]
            condition = "backslash"
            theirs = ""
            ours = ""
            reason = ""
            count = 1
        "#;
        assert!(parse(&format!("{text}{text}")).is_err());
        assert!(parse(&text.replace("backslash\"\n            theirs", "slash\"\n            theirs")).is_err());
        ours().unwrap();
        let mut ledger = Ledger::new(parse(text).unwrap());
        assert_eq!(ledger.mistakes(), ["backslash: count = 1, covers 0"]);
        let mut case = generate::case(1, 1);
        (case.file, case.name) = ("nameserver 127.0.0.1\n".to_owned(), "a\\.b".to_owned());
        let trace = Model::new(Original::CAres1349, &case).trace();
        let mut recording = Recording { original: Original::CAres1349, case, trace };
        assert!(ledger.explain(&recording));
        assert!(ledger.mistakes().is_empty());
        recording.original = Original::Go126;
        assert!(!ledger.explain(&recording));
        (recording.original, recording.case.name) = (Original::CAres1349, "a.b".to_owned());
        assert!(!ledger.explain(&recording));
    }
}
