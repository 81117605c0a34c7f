//! Findings about `nameserver` lines.

use std::collections::BTreeSet;
use std::net::IpAddr;

use object_change::Severity::{Info, Warning};

use super::Finding;
use crate::file::Directive;
use crate::{Environment, FileReader, GlibcVersion, Held, ResolvConf, StubResolver, TextEdit, Word};

/// What all programs but c-ares and hickory use.
const SERVERS: usize = 3;

pub(super) fn check(file: &ResolvConf, directives: &[Directive<'_>], findings: &mut Vec<Finding>) {
    let lines: Vec<_> = directives
        .iter()
        .filter(|directive| directive.is(&["nameserver"]))
        .filter_map(|directive| Some((directive, *directive.words.first()?)))
        .collect();
    let mut seen = BTreeSet::new();
    let mut used = 0;
    for (directive, word) in &lines {
        let (word, remove) = (*word, TextEdit::remove(directive.removal()));
        let replace = |text: String| file.range(word.span).map(|at| TextEdit::replace(at, text));
        match read(word) {
            Address::None => {
                let text = format!("no program takes {} for an address", word.to_text());
                findings.push(
                    Finding::new("nameserver-not-an-address", Warning, word.span, text)
                        .edit("remove the line", [remove]),
                );
                continue;
            }
            Address::WithPort(address) => {
                let text =
                    "glibc, musl, Go and hickory drop an address with a port, and ask another server or this machine";
                findings.push(
                    Finding::new("nameserver-with-port", Warning, word.span, text)
                        .edit("leave the port out", replace(address.to_string())),
                );
                continue;
            }
            Address::LibcOnly(address) => {
                let text = format!(
                    "glibc and musl take {} for {address}; the others for something else, or drop it",
                    word.to_text()
                );
                let finding = Finding::new("nameserver-reads-differently", Warning, word.span, text);
                findings.push(finding.edit(format!("write {address}"), replace(address.to_string())));
                continue;
            }
            Address::Plain(address) => {
                if !seen.insert(word.bytes.to_ascii_lowercase()) {
                    let text = "the server is there already: glibc and Go try it again, musl and hickory ask it twice";
                    findings.push(
                        Finding::new("duplicate-nameserver", Warning, word.span, text)
                            .edit("remove the line", [remove]),
                    );
                    continue;
                }
                used += 1;
                if used == SERVERS + 1 {
                    let text = "glibc, musl and Go use the first three servers, and kubelet passes no more on";
                    findings.push(Finding::new("too-many", Warning, word.span, text).edit("remove the line", [remove]));
                } else if address.is_loopback() {
                    let text = "a loopback address is the Pod itself in a Pod, and for a DNS server that forwards to it a loop";
                    let finding = Finding::new("loopback-nameserver", Info, word.span, text);
                    findings.push(if lines.len() > 1 { finding.edit("remove the line", [remove]) } else { finding });
                }
            }
        }
    }
}

enum Address {
    Plain(IpAddr),
    WithPort(IpAddr),
    LibcOnly(IpAddr),
    None,
}

/// What the readers make of one word.
fn read(word: Word<'_>) -> Address {
    let line = ResolvConf::parse(&[b"nameserver ", word.bytes].concat());
    // Any interface exists, for who can tell here.
    let scope =
        word.bytes.iter().position(|&octet| octet == b'%').and_then(|at| word.bytes.get(at + 1..)).unwrap_or_default();
    let environment = Environment::new().with_interface(String::from_utf8_lossy(scope), 1);
    let first = |resolver: StubResolver| {
        let reading = resolver.read(&line, &environment);
        let dropped = reading.diagnostics.iter().any(|note| note.text.contains("has no effect"));
        reading.result.ok()?.nameservers.first().map(|server| server.address).filter(|_| !dropped)
    };
    let (glibc, go) = (first(StubResolver::Glibc(GlibcVersion::V2_41)), first(StubResolver::Go));
    match (go, glibc, first(StubResolver::CAres)) {
        (Some(address), ..) => Address::Plain(address.ip()),
        (None, Some(address), _) => Address::LibcOnly(address.ip()),
        (None, None, Some(address)) => Address::WithPort(address.ip()),
        (None, None, None) => match FileReader::SystemdResolved.read(&line, &environment).result {
            Ok(Held::SystemdResolved(config)) => {
                config.servers.first().map_or(Address::None, |held| Address::WithPort(held.server.address.ip()))
            }
            _ => Address::None,
        },
    }
}
