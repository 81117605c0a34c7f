//! Findings about the file as a whole.

use object_change::Severity::{Error, Warning};

use super::Finding;
use crate::file::Directive;
use crate::{Environment, GlibcVersion, Line, LineEnding, ReadError, ResolvConf, Span, StubResolver, TextEdit};

pub(super) fn check(file: &ResolvConf, directives: &[Directive<'_>], findings: &mut Vec<Finding>) {
    let returns = |line: &Line<'_>| line.ending() == LineEnding::CrLf;
    if let Some(first) = file.lines().find(returns) {
        let at = first.text().len();
        let text = "lines end with a carriage return, which glibc takes for a part of the last word: an address is dropped then, \
                    a domain no longer exists";
        let edits = file.lines().filter(returns).map(|line| {
            let end = line.start + line.raw.len();
            TextEdit::remove(end - 1..end)
        });
        let finding = Finding::new("carriage-return", Warning, first.span_of(at, 1), text);
        findings.push(finding.edit("end all lines with \\n alone", edits));
    }
    for line in file.lines() {
        let nuls = || line.raw.iter().enumerate().filter(|(_, octet)| **octet == 0).map(|(at, _)| at);
        if let Some(first) = nuls().next() {
            let text = "the C libraries stop at a NUL, and musl passes over the next line too";
            let edits = nuls().map(|at| TextEdit::remove(line.start + at..line.start + at + 1));
            findings
                .push(Finding::new("nul-octet", Error, line.span_of(first, 1), text).edit("remove the NULs", edits));
        }
    }
    if !directives.iter().any(|directive| directive.is(&["nameserver"])) {
        let text = "there is no nameserver: hickory makes no resolver, the others ask this machine";
        let finding = Finding::new("no-nameserver", Warning, Span { line: 1, column: 1, length: 0 }, text);
        findings.push(
            finding
                .edit("write down what the others assume", file.insertion(None, &[b"nameserver 127.0.0.1".to_vec()])),
        );
    }
    match StubResolver::Glibc(GlibcVersion::V2_41).read(file, &Environment::new()).result {
        Err(ReadError::Hangs { place }) => {
            let line = directives.iter().find(|directive| directive.line.number == place.line);
            let text = "glibc never gets past this octet: every program that looks a name up hangs";
            let edit = line.map(|directive| TextEdit::remove(directive.whole()));
            findings.push(Finding::new("glibc-hangs", Error, place, text).edit("remove the line", edit));
        }
        Err(ReadError::Aborts { place: Some(place) }) => {
            let line = directives.iter().find(|directive| directive.line.number == place.line);
            let text = "glibc aborts: a domain does not fit into the 256 octets that it copies, and what comes before has 56 or less";
            let finding = Finding::new("glibc-aborts", Error, place, text);
            findings.push(match line {
                Some(directive) => finding.edit("remove the domains from there on", [without_misfit(directive)]),
                None => finding,
            });
        }
        _ => {}
    }
}

/// The edit that ends a list before the domain that does not fit into glibc's 256 octets, which may be a word of a comment.
fn without_misfit(directive: &Directive<'_>) -> TextEdit {
    let mut room: usize = 256;
    let fits = directive.words.iter().take_while(|word| match room.checked_sub(word.bytes.len() + 1) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    });
    match fits.count() {
        count if count < directive.words.len() => super::search::cut(directive, count),
        _ => TextEdit::remove(directive.end()..directive.line.start + directive.line.text().len()),
    }
}
