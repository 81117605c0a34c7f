//! Findings about `search` and `domain` lines.

use std::collections::BTreeSet;

use object_change::Severity::{Error, Info, Warning};

use super::Finding;
use crate::file::Directive;
use crate::{ResolvConf, TextEdit, Word};

/// kubelet's limits since 1.26: domains, octets of all with a blank between two.
const KUBELET: (usize, usize) = (32, 2048);
/// What c-ares reads of a value.
const C_ARES: usize = 511;

pub(super) fn check(file: &ResolvConf, directives: &[Directive<'_>], findings: &mut Vec<Finding>) {
    let lines: Vec<_> = directives
        .iter()
        .filter(|directive| directive.is(&["search", "domain"]) && !directive.words.is_empty())
        .collect();
    let Some((last, earlier)) = lines.split_last() else { return };
    for directive in earlier {
        let text = format!(
            "line {} takes its place for glibc, musl and Go; c-ares prefers search to domain and the first domain to others, hickory \
             searches the domain too, systemd-resolved adds them up",
            last.line.number
        );
        let finding = Finding::new("domain-and-search", Warning, directive.line.span(), text);
        findings.push(finding.edit("remove the line", [TextEdit::remove(directive.removal())]));
    }
    for directive in &lines {
        let mut seen = BTreeSet::new();
        for word in &directive.words {
            domain(file, directive, word, &mut seen, findings);
        }
    }
    too_many(last, findings);
}

fn domain(
    file: &ResolvConf,
    directive: &Directive<'_>,
    word: &Word<'_>,
    seen: &mut BTreeSet<Vec<u8>>,
    findings: &mut Vec<Finding>,
) {
    let range = file.range(word.span);
    let replace = |text: Vec<u8>| range.clone().map(|at| TextEdit::replace(at, text));
    let text = word.bytes.strip_suffix(b".").unwrap_or(word.bytes);
    if word.bytes.contains(&b',') {
        let spaced: Vec<u8> = word.bytes.iter().map(|&octet| if octet == b',' { b' ' } else { octet }).collect();
        let text = "domains are separated by blanks: c-ares takes the comma for one, hickory leaves the word out, the others search a \
                    domain with a comma";
        let finding = Finding::new("comma-between-domains", Warning, word.span, text);
        findings.push(finding.edit("put blanks for the commas", replace(spaced.trim_ascii().to_vec())));
    } else if word.bytes == b"." {
        let text = "the root as a domain: musl before 1.2.4 sends a broken query and waits, c-ares asks twice, and glibc asks no more \
                    at the end";
        let finding = Finding::new("root-domain", Warning, word.span, text);
        findings.push(finding.edit("remove it", removal(directive, word)));
    } else if word.bytes.starts_with(b".") {
        let text = "a domain with a dot before it: c-ares fails the whole lookup, hickory makes no resolver, musl and Go pass over it";
        let stripped: Vec<u8> = word.bytes.iter().copied().skip_while(|&octet| octet == b'.').collect();
        let finding = Finding::new("leading-dot-domain", Error, word.span, text);
        findings.push(match stripped.is_empty() {
            true => finding.edit("remove it", removal(directive, word)),
            false => finding.edit("remove the dot", replace(stripped)),
        });
    } else if text.len() > 253 || text.split(|&octet| octet == b'.').any(|label| label.is_empty() || label.len() > 63) {
        let text = "no name can end so: a label has 1 to 63 octets, a domain at most 253";
        findings
            .push(Finding::new("not-a-domain", Warning, word.span, text).edit("remove it", removal(directive, word)));
    } else if !seen.insert(text.to_ascii_lowercase()) {
        let text = "the domain is there already: all but c-ares and hickory ask twice";
        findings
            .push(Finding::new("duplicate-domain", Info, word.span, text).edit("remove it", removal(directive, word)));
    }
}

fn too_many(directive: &Directive<'_>, findings: &mut Vec<Finding>) {
    let octets = |count: usize| {
        let words = directive.words.get(..count).unwrap_or_default();
        words
            .first()
            .zip(words.last())
            .map_or(0, |(first, last)| last.span.column + last.span.length - first.span.column)
    };
    let fitting = |domains: usize, limit: usize| {
        (0..=domains.min(directive.words.len())).rev().find(|&count| octets(count) <= limit)
    };
    let count = directive.words.len();
    let span = directive.line.span();
    if count > KUBELET.0 || octets(count) > KUBELET.1 {
        let text = "kubelet passes 32 domains and 2048 octets on to Pods, the cluster's three among them";
        let keep = fitting(KUBELET.0, KUBELET.1).unwrap_or(0);
        findings.push(
            Finding::new("too-many", Warning, span, text).edit("remove the domains behind", [cut(directive, keep)]),
        );
    }
    if octets(count) > C_ARES {
        let text = "c-ares passes over the line: its value has more than 511 octets";
        let keep = fitting(count, C_ARES).unwrap_or(0);
        findings.push(
            Finding::new("too-many", Warning, span, text).edit("remove the domains behind", [cut(directive, keep)]),
        );
    }
}

/// The edit that keeps the first `count` words of a line, and no line where there is none.
pub(super) fn cut(directive: &Directive<'_>, count: usize) -> TextEdit {
    match count.checked_sub(1).and_then(|last| directive.words.get(last)) {
        Some(last) => TextEdit::remove(directive.line.start + last.span.column - 1 + last.span.length..directive.end()),
        None => TextEdit::remove(directive.removal()),
    }
}

/// The edit that removes one word with the blanks before it, or the line with its only word.
pub(super) fn removal(directive: &Directive<'_>, word: &Word<'_>) -> [TextEdit; 1] {
    [match directive.words.as_slice() {
        [_] => TextEdit::remove(directive.removal()),
        _ => crate::file::word_removal(directive, word),
    }]
}
