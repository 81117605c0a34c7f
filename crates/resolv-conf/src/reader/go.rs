//! Go 1.26, `net/dnsconfig_unix.go`; the releases since 1.20 read the same.

use std::net::IpAddr;
use std::time::Duration;

use object_change::Severity::{Info, Warning};

use super::address::{v4, v6};
use super::notes::Replaced;
use super::number::{digits, dtoi};
use super::{Notes, Place, Reading};
use crate::{
    Environment, Line, LookupSource, Nameserver, OptionFlag, ResolvConf, ResolverConfig, SearchDomain, StubResolver,
    Word,
};

/// The buffer of `net/parse.go`: a line that does not fit ends the reading.
const BUFFER: usize = 64 * 1024;
/// "small, but the standard limit".
const SERVERS: usize = 3;

pub(super) fn read(file: &ResolvConf, environment: &Environment) -> Reading<ResolverConfig> {
    let mut config = ResolverConfig::defaults(StubResolver::Go);
    let assumed = std::mem::take(&mut config.nameservers);
    let mut reader = Reader { environment, config, notes: Notes::default(), search: Replaced::default() };
    for line in file.lines() {
        if line.raw.len() >= BUFFER {
            reader.notes.line_ignored(Warning, &line, "Go stops reading at a line of more than 65535 octets");
            break;
        }
        if !matches!(line.raw.first(), Some(b';' | b'#')) {
            reader.line(&line);
        }
    }
    let Reader { mut config, mut notes, .. } = reader;
    if config.nameservers.is_empty() {
        config.nameservers = assumed;
    }
    if config.search.is_empty() {
        let hostname = environment.hostname_domain().filter(|domain| !domain.is_empty());
        config.search.extend(hostname.map(SearchDomain::new));
    }
    // net/conf.go: LOCALDOMAIN counts when it is set, the others when they say something.
    let options = environment.res_options.as_ref().is_some_and(|value| !value.is_empty());
    for (variable, set) in [
        ("LOCALDOMAIN", environment.localdomain.is_some()),
        ("RES_OPTIONS", options),
        ("HOSTALIASES", environment.host_aliases),
    ] {
        if set {
            config.prefers_libc = true;
            notes.add(
                Info,
                Place::Variable(variable),
                "the variable makes a program with cgo ask the C library, and has no effect without",
            );
        }
    }
    Reading::new(Ok(config), notes)
}

struct Reader<'e> {
    environment: &'e Environment,
    config: ResolverConfig,
    notes: Notes,
    search: Replaced,
}

impl Reader<'_> {
    fn line(&mut self, line: &Line<'_>) {
        let mut words = line.split(line.raw, 0, |octet| matches!(octet, b' ' | b'\t' | b'\r'));
        let Some(keyword) = words.next() else { return };
        match keyword.bytes {
            b"nameserver" => match words.next() {
                Some(word) => self.nameserver(word),
                None => self.notes.line_ignored(Warning, line, "there is no address"),
            },
            b"domain" => match words.next() {
                Some(word) => {
                    self.search.by(line, &mut self.notes);
                    self.config.search = vec![SearchDomain::new(word.bytes)];
                }
                None => self.notes.line_ignored(Warning, line, "it names no domain, and Go keeps what was before"),
            },
            b"search" => {
                self.search.by(line, &mut self.notes);
                self.config.search.clear();
                let mut commented = false;
                for word in words {
                    if crate::file::begins_comment(word.bytes) && !commented {
                        commented = true;
                        let text = "Go has no comments here: the words from here on are domains";
                        self.notes.add(Warning, Place::File(word.span), text);
                    }
                    match word.bytes {
                        b"." => self.notes.ignored(Info, word, "Go leaves the root out of its list since 1.20"),
                        domain => self.config.search.push(SearchDomain::new(domain)),
                    }
                }
            }
            b"options" => words.for_each(|word| self.option(word)),
            b"lookup" => {
                self.config.lookup = words.filter_map(|word| source(word.bytes)).collect();
                self.notes.line_ignored(Info, line, "Go obeys it on OpenBSD alone");
            }
            [b'#' | b';', ..] => {
                self.config.prefers_libc = true;
                self.notes.line_ignored(
                    Info,
                    line,
                    "blanks come before the comment: Go takes it for an unknown keyword",
                );
            }
            _ => {
                self.config.prefers_libc = true;
                self.notes.line_ignored(
                    Info,
                    line,
                    "Go does not know the keyword: a program with cgo asks the C library",
                );
            }
        }
    }

    fn nameserver(&mut self, word: Word<'_>) {
        if self.config.nameservers.len() == SERVERS {
            return self.notes.ignored(Warning, word, "Go uses three servers");
        }
        match self.address(word.bytes) {
            Some(server) => self.config.nameservers.push(server),
            None => self.notes.ignored(Warning, word, "Go does not take it for an address"),
        }
    }

    /// `netip.ParseAddr`. An IPv6 address may have any zone: an interface, or a number; what is neither counts as none.
    fn address(&self, text: &[u8]) -> Option<Nameserver> {
        let percent = text.iter().position(|&octet| octet == b'%').unwrap_or(text.len());
        let (address, zone) = text.split_at_checked(percent)?;
        match (str::from_utf8(address).ok()?.parse().ok()?, zone) {
            (IpAddr::V4(address), []) => Some(v4(address)),
            (IpAddr::V4(_), _) | (_, [b'%']) => None,
            (IpAddr::V6(address), []) => Some(v6(address, 0)),
            (IpAddr::V6(address), [_, zone @ ..]) => {
                Some(v6(address, self.environment.interface(zone).unwrap_or_else(|| dtoi(zone))))
            }
        }
    }

    fn option(&mut self, word: Word<'_>) {
        let config = &mut self.config;
        if let Some(value) = word.bytes.strip_prefix(b"ndots:") {
            config.ndots = dtoi(value).min(15);
            self.numeric(word, value, self.config.ndots, "ndots");
        } else if let Some(value) = word.bytes.strip_prefix(b"timeout:") {
            let seconds = dtoi(value).max(1);
            config.timeout = Duration::from_secs(seconds.into());
            self.numeric(word, value, seconds, "timeout");
        } else if let Some(value) = word.bytes.strip_prefix(b"attempts:") {
            config.attempts = dtoi(value).max(1);
            self.numeric(word, value, self.config.attempts, "attempts");
        } else {
            match word.bytes {
                b"rotate" => config.set(OptionFlag::Rotate, true),
                b"single-request" | b"single-request-reopen" => config.set(OptionFlag::SingleRequest, true),
                b"use-vc" | b"usevc" | b"tcp" => config.set(OptionFlag::UseVc, true),
                b"trust-ad" => config.set(OptionFlag::TrustAd, true),
                b"no-reload" => config.set(OptionFlag::NoReload, true),
                b"edns0" => self.notes.ignored(Info, word, "Go sends EDNS anyway"),
                _ => {
                    config.prefers_libc = true;
                    self.notes.ignored(Info, word, "Go does not know it: a program with cgo asks the C library");
                }
            }
        }
    }

    /// Notes a value that is not what it looks like.
    fn numeric(&mut self, word: Word<'_>, value: &[u8], held: u32, name: &str) {
        if value.is_empty() || digits(value) != (held.into(), &[]) {
            self.notes.add(Warning, Place::File(word.span), format!("{} is {name}:{held} for Go", word.to_text()));
        }
    }
}

fn source(word: &[u8]) -> Option<LookupSource> {
    match word {
        b"file" => Some(LookupSource::Files),
        b"bind" => Some(LookupSource::Dns),
        _ => None,
    }
}
