//! The requests that an original routes otherwise, on purpose or because its controller does: rows of
//! `ingress/known.toml`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use ingress_routing::{Malformed, PathError};
use serde::Deserialize;

use crate::original::Original;
use crate::reading::{authority_differs, normalised};
use crate::requests::Request;

/// One row of `ingress/known.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// The row's name.
    pub(crate) id: String,
    /// The original that it is about.
    pub(crate) original: Original,
    /// Which requests it covers.
    pub(crate) condition: Condition,
    /// What the original does, in words.
    pub(crate) theirs: String,
    /// What ours does, in words.
    pub(crate) ours: String,
    /// Why that is left so.
    pub(crate) reason: String,
}

/// What a request has that is read in two ways. One request meets one at most, that which decides first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Condition {
    /// HTTP/1.1 without a Host field.
    MissingHost,
    /// More than one Host field.
    SeveralHosts,
    /// The host has user information.
    UserInformation,
    /// What follows the host's colon is no port.
    Port,
    /// The host is no DNS name and no address.
    HostText,
    /// The target has a `#`.
    Fragment,
    /// The path has no normal form: a broken escape, NUL, a way above the root.
    MalformedPath,
    /// The target has an octet outside ASCII.
    NonAscii,
    /// HTTP/1.0 without a Host field.
    NoHost,
    /// The target is in absolute form, with an authority that HAProxy does not take for the Host field's.
    AbsoluteForm,
    /// The target is in absolute form, and its host has an underscore.
    Underscore,
    /// The target is in absolute form and has no path.
    EmptyPath,
    /// The host has a final dot.
    FinalDot,
    /// The path has `%2F`.
    EncodedSlash,
    /// The path has several slashes in a row, and no `%2F`.
    RepeatedSlash,
    /// The path is not in normal form.
    NotNormal,
}

impl Condition {
    /// What `original` may read otherwise; `malformed` is why we do not route the request, if so.
    fn of(original: Original, request: &Request, malformed: Option<Malformed>) -> Option<Self> {
        let haproxy = original == Original::Haproxy;
        let path = request.absolute().map_or(&*request.target, |(_, rest)| rest);
        let path = path.split(|octet| *octet == b'?').next().unwrap_or_default();
        let has = |part: &[u8]| path.windows(part.len()).any(|octets| octets.eq_ignore_ascii_case(part));
        Some(match malformed {
            Some(Malformed::MissingHost) => Self::MissingHost,
            Some(Malformed::SeveralHosts) => Self::SeveralHosts,
            Some(Malformed::UserInfo) => Self::UserInformation,
            Some(Malformed::Port) => Self::Port,
            Some(Malformed::Host(_)) => Self::HostText,
            Some(Malformed::Path(PathError::Fragment) | Malformed::Query) => Self::Fragment,
            Some(Malformed::Path(_)) => Self::MalformedPath,
            Some(_) => return None,
            None if haproxy && !request.target.is_ascii() => Self::NonAscii,
            None if haproxy && request.hosts.is_empty() => Self::NoHost,
            None if haproxy && authority_differs(request) => Self::AbsoluteForm,
            None if haproxy && path.is_empty() => Self::EmptyPath,
            None if haproxy && request.hosts.iter().any(|host| has_final_dot(host)) => Self::FinalDot,
            None if haproxy && normalised(request) => Self::NotNormal,
            None if !haproxy && request.absolute().is_some_and(|(authority, _)| authority.contains(&b'_')) => {
                Self::Underscore
            }
            None if !haproxy && has(b"%2f") => Self::EncodedSlash,
            None if !haproxy && has(b"//") => Self::RepeatedSlash,
            None => return None,
        })
    }
}

fn has_final_dot(host: &[u8]) -> bool {
    host.split(|octet| *octet == b':').next().is_some_and(|name| name.ends_with(b"."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<Known>,
}

/// The rows of this project's `ingress/known.toml`.
///
/// # Errors
/// Where a row is incomplete or names no known condition, or an id occurs twice.
pub(crate) fn ours() -> Result<Vec<Known>> {
    parse(include_str!("../../../ingress/known.toml"))
}

fn parse(text: &str) -> Result<Vec<Known>> {
    let rows = toml::from_str::<File>(text).context("known.toml")?.known;
    for (at, row) in rows.iter().enumerate() {
        ensure!(!rows[..at].iter().any(|other| other.id == row.id), "known.toml: {:?} occurs twice", row.id);
        let texts = [&row.theirs, &row.ours, &row.reason];
        ensure!(
            texts.into_iter().all(|text| !text.is_empty()),
            "known.toml: {:?} does not say what differs, or why",
            row.id
        );
    }
    Ok(rows)
}

/// Counts which rows cover what.
#[derive(Debug)]
pub(crate) struct Ledger {
    rows: Vec<Known>,
    used: BTreeMap<String, usize>,
}

impl Ledger {
    pub(crate) const fn new(rows: Vec<Known>) -> Self {
        Self { rows, used: BTreeMap::new() }
    }

    /// Finds and counts the row that covers a request which `original` routed otherwise; none or several are no explanation.
    pub(crate) fn explain(&mut self, original: Original, request: &Request, malformed: Option<Malformed>) -> bool {
        let Some(condition) = Condition::of(original, request, malformed) else { return false };
        let mut rows = self.rows.iter().filter(|row| row.original == original && row.condition == condition);
        let (Some(row), None) = (rows.next(), rows.next()) else { return false };
        *self.used.entry(row.id.clone()).or_default() += 1;
        true
    }

    /// The rows about `original`, each with how often it was used.
    pub(crate) fn used(&self, original: Original) -> impl Iterator<Item = (&str, usize)> {
        let rows = self.rows.iter().filter(move |row| row.original == original);
        rows.map(|row| (&*row.id, self.used.get(&row.id).copied().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_covered_by_one_row() {
        let request = |target: &str| Request { target: target.into(), hosts: vec![b"a.e".to_vec()], old: false };
        let rows = ours().unwrap();
        for original in Original::ALL {
            for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.original == original) {
                let again = |other: &Known| other.original == original && other.condition == row.condition;
                assert!(!rows[..at].iter().any(again), "{}: covers what a row before covers", row.id);
            }
        }
        let mut ledger = Ledger::new(rows.clone());
        assert!(ledger.explain(Original::Nginx, &request("//a"), None));
        assert!(!ledger.explain(Original::Haproxy, &request("//a"), None));
        assert!(ledger.explain(Original::Haproxy, &request("/%61"), None));
        assert!(!ledger.explain(Original::Nginx, &request("/%61"), None));
        assert!(!ledger.explain(Original::Nginx, &request("/a"), None));
        assert_eq!(ledger.used(Original::Nginx).map(|(_, count)| count).sum::<usize>(), 1);
        // Two rows for one request explain nothing.
        let twice = rows.iter().chain(&rows).cloned().collect();
        assert!(!Ledger::new(twice).explain(Original::Nginx, &request("//a"), None));
    }
}
