//! Findings about how a line is written, whatever it says.

use object_change::Severity::{Info, Warning};

use super::Finding;
use crate::file::Directive;
use crate::{ResolvConf, TextEdit};

/// The keywords that all programs of this crate know, but kubelet, which has no `domain` and no `sortlist`.
const KEYWORDS: [&str; 5] = ["nameserver", "search", "domain", "options", "sortlist"];
/// Keywords of other systems.
const ELSEWHERE: [&str; 3] = ["lookup", "family", "hostresorder"];
/// What musl reads of a line.
const MUSL_LINE: usize = 254;

pub(super) fn check(file: &ResolvConf, directive: &Directive<'_>, findings: &mut Vec<Finding>) {
    let (line, keyword) = (&directive.line, directive.keyword);
    let remove_line = || TextEdit::remove(directive.removal());
    if !directive.is(&KEYWORDS) {
        let lower = keyword.bytes.to_ascii_lowercase();
        if KEYWORDS.iter().any(|known| known.as_bytes() == lower) {
            let text = format!("no program knows {}: keywords are in lower case", keyword.to_text());
            let finding = Finding::new("keyword-case", Warning, keyword.span, text);
            findings.push(
                finding.edit("write it in lower case", file.range(keyword.span).map(|at| TextEdit::replace(at, lower))),
            );
        } else {
            let whom = if directive.is(&ELSEWHERE) { "glibc and musl do not" } else { "no program does" };
            let text = format!(
                "the keyword {} is none that all know ({whom}), and a Go program with cgo asks the C library",
                keyword.to_text()
            );
            let finding = Finding::new("unknown-word", Info, keyword.span, text);
            findings.push(finding.edit("remove the line", [remove_line()]));
        }
        return;
    }
    if keyword.span.column > 1 {
        let text = "glibc and musl pass over a line that begins with blanks";
        let blanks = line.start..line.start + keyword.span.column - 1;
        let finding = Finding::new("blanks-before-keyword", Warning, line.span_of(0, keyword.span.column - 1), text);
        findings.push(finding.edit("remove the blanks", [TextEdit::remove(blanks)]));
    }
    if directive.words.is_empty() {
        let text = "nothing follows the keyword: glibc passes over it, musl and kubelet clear an empty search, and for an empty \
                    nameserver line kubelet starts no Pod";
        let finding = Finding::new("nothing-after-keyword", Warning, line.span(), text);
        findings.push(finding.edit("remove the line", [remove_line()]));
    }
    comments(file, directive, findings);
    let value = directive.words.first().zip(directive.words.last());
    let value = value.and_then(|(first, last)| {
        Some((first.span.column - 1, line.raw.get(first.span.column - 1..last.span.column - 1 + last.span.length)?))
    });
    if let Some((from, value)) = value {
        if let Some(tab) = value.iter().position(|&octet| octet == b'\t') {
            let tabs = value.iter().enumerate().filter(|(_, octet)| **octet == b'\t');
            let edits = tabs.map(|(at, _)| TextEdit::replace(line.start + from + at..line.start + from + at + 1, " "));
            let finding = Finding::new(
                "tab-within-value",
                Warning,
                line.span_of(from + tab, 1),
                "c-ares passes over a line with a tab between its words",
            );
            findings.push(finding.edit("put blanks for the tabs", edits));
        }
        if let Some(at) = value
            .iter()
            .position(|octet| !octet.is_ascii() || (octet.is_ascii_control() && !matches!(octet, b'\t' | 0)))
        {
            let text = "c-ares passes over a line with an octet that is not printable ASCII";
            findings.push(Finding::new("not-ascii", Warning, line.span_of(from + at, 1), text));
        }
    }
    if line.text().len() > MUSL_LINE {
        let finding = Finding::new(
            "line-too-long-for-musl",
            Warning,
            line.span(),
            format!("musl passes over the line: it has {} octets, more than {MUSL_LINE}", line.text().len()),
        );
        findings.push(match shortened(directive) {
            Some((what, edit)) => finding.edit(what, [edit]),
            None => finding,
        });
    }
}

fn comments(file: &ResolvConf, directive: &Directive<'_>, findings: &mut Vec<Finding>) {
    let line = &directive.line;
    if let Some(comment) = directive.comment {
        let (severity, text) = match directive.is(&["search", "domain"]) {
            true => (Warning, "for glibc, musl, Go and kubelet there is no comment here, and its words are domains"),
            false => (Info, "for glibc, musl, Go and kubelet there is no comment here, and its words are words"),
        };
        let at = line.start + comment.span.column - 1;
        let words = line.raw.get(comment.span.column - 1..).unwrap_or_default();
        let moved = [words.strip_suffix(b"\r").unwrap_or(words), b"\n"].concat();
        let end = line.start + line.text().len();
        let from = directive.end().min(at);
        findings.push(Finding::new("comment-behind-words", severity, comment.span, text).edit(
            "put the comment on a line before",
            [TextEdit::insert(line.start, moved), TextEdit::remove(from..end)],
        ));
    }
    for word in &directive.words {
        if let Some(at) = word.bytes.iter().position(|octet| matches!(octet, b'#' | b';')) {
            let text = "c-ares and hickory take a comment to begin within the word, the others do not";
            let whole = file.range(word.span);
            let edit = whole.map(|range| TextEdit::remove(range.start + at..range.end));
            findings.push(
                Finding::new("comment-within-word", Warning, line.span_of(word.span.column - 1 + at, 1), text)
                    .edit("end the word before it", edit),
            );
        }
    }
}

/// The line within musl's limit: options on two lines, domains as far as they go, an address alone.
fn shortened(directive: &Directive<'_>) -> Option<(&'static str, TextEdit)> {
    let line = &directive.line;
    let fitting =
        directive.words.iter().take_while(|word| word.span.column - 1 + word.span.length <= MUSL_LINE).count();
    let (last, next) = (directive.words.get(fitting.checked_sub(1)?)?, directive.words.get(fitting));
    let end = line.start + last.span.column - 1 + last.span.length;
    match (next, directive.is(&["options"])) {
        (Some(next), true) => Some((
            "put the rest on a line of its own",
            TextEdit::replace(end..line.start + next.span.column - 1, "\noptions "),
        )),
        (Some(_), false) => Some(("remove what is too much", super::search::cut(directive, fitting))),
        // Only a comment is too much.
        (None, _) => Some(("remove the comment", TextEdit::remove(end..line.start + line.text().len()))),
    }
}
