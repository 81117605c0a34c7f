//! hickory-resolver 0.26.3 (`src/system_conf/unix.rs`) with resolv-conf 0.7.6 (`src/lib.rs`).
//!
//! It passes over what it cannot read. hickory-resolver 0.26.1 refused the whole file instead.

use std::net::IpAddr;
use std::time::Duration;

use object_change::Severity::{Info, Warning};

use super::address::{v4, v6};
use super::hickory_name::name;
use super::notes::Replaced;
use super::{Notes, Place, ReadError, Reading};
use crate::{Environment, Line, Nameserver, OptionFlag, ResolvConf, ResolverConfig, Span, StubResolver, Word};

pub(super) fn read(file: &ResolvConf, environment: &Environment) -> Reading<ResolverConfig> {
    let mut reader = Reader {
        config: ResolverConfig::defaults(StubResolver::Hickory),
        domain: None,
        listed: Vec::new(),
        notes: Notes::default(),
        searched: Replaced::default(),
    };
    file.lines().for_each(|line| reader.line(&line));
    let result = reader.resolver(environment);
    let Reader { config, notes, .. } = reader;
    Reading::new(result.map(|()| config), notes)
}

struct Reader<'a> {
    config: ResolverConfig,
    domain: Option<Word<'a>>,
    /// The words of the last `search` or `domain` line.
    listed: Vec<Word<'a>>,
    notes: Notes,
    searched: Replaced,
}

const VALUE: &str = "nothing follows the keyword";
const ADDRESS: &str = "hickory does not take it for an address";
const EXTRA: &str = "hickory takes one word";

impl<'a> Reader<'a> {
    fn line(&mut self, line: &Line<'a>) {
        let first = line.raw.iter().find(|octet| !matches!(octet, b' ' | b'\t'));
        if matches!(first, Some(b';' | b'#')) {
            return;
        }
        let Ok(text) = str::from_utf8(line.raw) else {
            return self.notes.line_ignored(Warning, line, "hickory passes over a line that is not UTF-8");
        };
        // A comment begins anywhere, within a word too.
        let text = text.split([';', '#']).next().unwrap_or_default();
        let mut words = words(line, text);
        let Some(keyword) = words.next() else { return };
        match keyword.bytes {
            b"nameserver" => {
                let Some(word) = words.next() else { return self.notes.line_ignored(Warning, line, VALUE) };
                match str::from_utf8(word.bytes).ok().and_then(scoped) {
                    Some(server) => self.config.nameservers.push(server),
                    None => self.notes.ignored(Warning, word, ADDRESS),
                }
                words.for_each(|extra| self.notes.ignored(Warning, extra, EXTRA));
            }
            b"domain" => {
                let Some(domain) = words.next() else { return self.notes.line_ignored(Warning, line, VALUE) };
                self.domain = Some(domain);
                self.searched.by(line, &mut self.notes);
                self.listed = vec![domain];
                words.for_each(|extra| self.notes.ignored(Warning, extra, EXTRA));
            }
            b"search" => {
                self.searched.by(line, &mut self.notes);
                let (odd, listed): (Vec<_>, _) = words.partition(|word| word.bytes.contains(&b','));
                self.listed = listed;
                odd.into_iter()
                    .for_each(|word| self.notes.ignored(Warning, word, "hickory leaves a domain with a comma out"));
            }
            b"options" => words.for_each(|word| self.option(word)),
            b"sortlist" | b"lookup" | b"family" => {
                self.notes.line_ignored(Info, line, "hickory reads it and does not use it")
            }
            _ => self.notes.line_ignored(Warning, line, "hickory does not know the keyword"),
        }
    }

    fn option(&mut self, word: Word<'_>) {
        let text = str::from_utf8(word.bytes).unwrap_or_default();
        let (key, value) = text.split_once(':').map_or((text, None), |(key, value)| (key, Some(value)));
        match (key, value, value.map(str::parse::<u32>)) {
            ("ndots", _, Some(Ok(number))) => self.config.ndots = number,
            ("timeout", _, Some(Ok(number))) => self.config.timeout = Duration::from_secs(number.into()),
            ("attempts", _, Some(Ok(number))) => self.config.attempts = number,
            ("ndots" | "timeout" | "attempts", Some(_), _) => {
                self.notes.ignored(Warning, word, "hickory takes decimal numbers alone");
            }
            ("edns0", ..) => self.config.set(OptionFlag::Edns0, true),
            (
                "debug"
                | "rotate"
                | "no-check-names"
                | "inet6"
                | "ip6-bytestring"
                | "ip6-dotint"
                | "no-ip6-dotint"
                | "single-request"
                | "single-request-reopen"
                | "no-reload"
                | "trust-ad"
                | "no-tld-query"
                | "use-vc"
                | "no-aaaa",
                ..,
            ) => self.notes.ignored(Info, word, "hickory reads it and does not use it"),
            _ => self.notes.ignored(Warning, word, "hickory does not know it"),
        }
    }

    /// `into_resolver_config`: the file's domain or the hostname's comes first, then the last list.
    fn resolver(&mut self, environment: &Environment) -> Result<(), ReadError> {
        let hostname = || str::from_utf8(environment.hostname_domain()?).ok().filter(|domain| !domain.is_empty());
        if let Some(domain) = self.domain.map(text_of).or_else(hostname).and_then(name) {
            self.config.search.push(domain);
        }
        if self.config.nameservers.is_empty() {
            return Err(ReadError::Rejected { place: None, text: "no nameservers found in config".to_owned() });
        }
        for &word in self.listed.iter().filter(|word| word.bytes != b"--") {
            let domain = name(text_of(word)).ok_or_else(|| ReadError::Rejected {
                place: Some(word.span),
                text: "Error parsing resolv.conf: a search domain is not a name".to_owned(),
            })?;
            if !word.bytes.is_ascii() {
                let text = "hickory turns the domain into punycode; here it stays as written";
                self.notes.add(Warning, Place::File(word.span), text);
            }
            self.config.search.push(domain);
        }
        Ok(())
    }
}

/// The words of `text`, a beginning of the line, between Unicode's white space.
fn words<'a>(line: &Line<'a>, text: &'a str) -> impl Iterator<Item = Word<'a>> {
    let number = line.number;
    let mut offset = 0;
    text.split(char::is_whitespace).filter_map(move |word| {
        let column = offset + 1;
        // The white space behind a word has a length of its own.
        let after = text.get(offset + word.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        offset += word.len() + after;
        let span = Span { line: number, column, length: word.len() };
        (!word.is_empty()).then_some(Word { bytes: word.as_bytes(), span })
    })
}

/// A word of a line that is UTF-8.
fn text_of(word: Word<'_>) -> &str {
    str::from_utf8(word.bytes).unwrap_or_default()
}

/// `ScopedIp`: letters and digits after a `%`, which count for nothing afterwards.
fn scoped(text: &str) -> Option<Nameserver> {
    let mut parts = text.split('%');
    match (parts.next()?.parse().ok()?, parts.next()) {
        (IpAddr::V4(address), None) => Some(v4(address)),
        (IpAddr::V4(_), Some(_)) => None,
        (IpAddr::V6(address), None) => Some(v6(address, 0)),
        (IpAddr::V6(address), Some(scope)) => {
            (!scope.is_empty() && scope.chars().all(char::is_alphanumeric)).then(|| v6(address, 0))
        }
    }
}
