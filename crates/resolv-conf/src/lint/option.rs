//! Findings about `options` lines.

use std::collections::BTreeMap;

use object_change::Severity::{self, Error, Info, Warning};

use super::Finding;
use super::search::removal;
use crate::file::Directive;
use crate::{ResolvConf, Span, TextEdit, Word};

/// Switches, each with the programs that lack it.
const SWITCHES: [(&str, &str); 11] = [
    ("rotate", "musl and hickory"),
    ("edns0", "musl, which sends no EDNS, and Go and c-ares, which always do"),
    ("trust-ad", "musl, c-ares and hickory"),
    ("single-request", "musl, c-ares and hickory"),
    ("single-request-reopen", "musl, c-ares and hickory"),
    ("use-vc", "musl, c-ares and hickory"),
    ("no-tld-query", "musl, Go, c-ares and hickory"),
    ("no_tld_query", "musl, Go, c-ares and hickory"),
    ("no-aaaa", "glibc before 2.36, musl, Go, c-ares and hickory"),
    ("strict-error", "glibc before 2.41, musl, Go, c-ares and hickory"),
    ("no-reload", "glibc before 2.26, musl, c-ares and hickory"),
];
/// Spellings that are read and do nothing.
const WITHOUT_EFFECT: [&str; 6] = ["debug", "inet6", "no-check-names", "ip6-bytestring", "ip6-dotint", "no-ip6-dotint"];
/// Options with a number, and the value in whose place a wrong one is put.
const NUMBERS: [&str; 3] = ["ndots", "timeout", "attempts"];

pub(super) fn check(file: &ResolvConf, directives: &[Directive<'_>], findings: &mut Vec<Finding>) {
    let lines = || directives.iter().filter(|directive| directive.is(&["options"]));
    let name = |word: &Word<'_>| word.bytes.split(|&octet| octet == b':').next().unwrap_or_default().to_vec();
    // The last place of each option is the one that counts.
    let mut last: BTreeMap<Vec<u8>, Span> = BTreeMap::new();
    for word in lines().flat_map(|directive| &directive.words) {
        last.insert(name(word), word.span);
    }
    for directive in lines() {
        for word in &directive.words {
            if last.get(&name(word)).is_some_and(|span| *span != word.span) {
                let text = format!(
                    "{} comes again: musl takes the first of a line, the others the last of all",
                    word.to_text()
                );
                findings.push(
                    Finding::new("option-repeated", Warning, word.span, text)
                        .edit("remove it", removal(directive, word)),
                );
                continue;
            }
            option(file, directive, word, findings);
        }
    }
}

fn option(file: &ResolvConf, directive: &Directive<'_>, word: &Word<'_>, findings: &mut Vec<Finding>) {
    let mut add = |code, severity: Severity, text: String, fix: Option<&str>| {
        let finding = Finding::new(code, severity, word.span, text);
        findings.push(match fix {
            Some(fix) => {
                finding.edit(format!("write {fix}"), file.range(word.span).map(|at| TextEdit::replace(at, fix)))
            }
            None => finding.edit("remove it", removal(directive, word)),
        });
    };
    let shown = word.to_text();
    for number in NUMBERS {
        let Some(value) = word.bytes.strip_prefix(number.as_bytes()).and_then(|rest| rest.strip_prefix(b":")) else {
            continue;
        };
        let Some(value) = decimal(value) else {
            let text = format!(
                "{shown} has no decimal number: glibc and Go read what they can of it, musl and hickory leave it"
            );
            return add("option-value", Warning, text, None);
        };
        match (number, value) {
            ("ndots", 16..) => {
                let text =
                    format!("{shown} acts as ndots:15 in glibc, musl and Go, and as written in c-ares and hickory");
                add("ndots-above-15", Warning, text, Some("ndots:15"));
            }
            ("timeout", 0) => {
                let text =
                    "timeout:0: musl sends nothing, hickory gives up at once, glibc and Go wait a second".to_owned();
                add("timeout-zero", Error, text, Some("timeout:1"));
            }
            ("attempts", 0) => {
                let text = "attempts:0: glibc sends nothing, musl dies of a division by zero".to_owned();
                add("attempts-zero", Error, text, Some("attempts:1"));
            }
            _ => {}
        }
        return;
    }
    let word = String::from_utf8_lossy(word.bytes);
    if let Some((_, lack)) = SWITCHES.iter().find(|(name, _)| *name == word) {
        add("option-not-everywhere", Info, format!("{shown} has no effect in {lack}"), None);
    } else if WITHOUT_EFFECT.contains(&&*word) {
        add("option-not-everywhere", Info, format!("{shown} has no effect in any program today"), None);
    } else {
        let text = format!(
            "{shown} is no option: glibc and musl may take a part of the word for one, and a Go program with cgo asks the C library"
        );
        add("unknown-word", Warning, text, None);
    }
}

/// A decimal number of at most nine digits, and nothing else.
fn decimal(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 9 && text.iter().all(u8::is_ascii_digit);
    digits.then(|| str::from_utf8(text).ok()?.parse().ok()).flatten()
}
