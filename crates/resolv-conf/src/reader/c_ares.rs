//! c-ares 1.34.9, `src/lib/ares_sysconfig_files.c`.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use object_change::Severity::{Info, Warning};

use super::address::c_ares_v4;
use super::c_ares_server::servers;
use super::notes::Replaced;
use super::number::whole;
use super::{Notes, Place, Reading};
use crate::file::{is_blank, is_c_space};
use crate::{
    Environment, Line, LookupSource, Nameserver, OptionFlag, ResolvConf, ResolverConfig, SearchDomain, SortEntry,
    SortMask, StubResolver, Word,
};

/// The rooms for a keyword and for a value, less the final NUL.
const KEYWORD: usize = 31;
const VALUE: usize = 511;

pub(super) fn read(file: &ResolvConf, environment: &Environment) -> Reading<ResolverConfig> {
    let mut reader = Reader {
        environment,
        held: ResolverConfig::defaults(StubResolver::CAres),
        servers: Vec::new(),
        known: BTreeSet::new(),
        search: None,
        notes: Notes::default(),
        searched: Replaced::default(),
    };
    let done = file.lines().try_for_each(|line| reader.line(&line)).and_then(|()| reader.environment());
    let Reader { mut held, servers, search, notes, .. } = reader;
    match done {
        Ok(()) => {
            if !servers.is_empty() {
                held.nameservers = servers;
            }
            held.search = search.unwrap_or_default();
        }
        // ares_init goes on with its defaults.
        Err(Discarded) => held = ResolverConfig::defaults(StubResolver::CAres),
    }
    if held.search.is_empty() {
        held.search = environment.hostname_domain().into_iter().map(SearchDomain::new).collect();
    }
    Reading::new(Ok(held), notes)
}

/// A list without entries ends the reading, as if memory were short: nothing that was read counts (measured with 1.34.9).
struct Discarded;

struct Reader<'e> {
    environment: &'e Environment,
    held: ResolverConfig,
    servers: Vec<Nameserver>,
    known: BTreeSet<SocketAddr>,
    search: Option<Vec<SearchDomain>>,
    notes: Notes,
    searched: Replaced,
}

impl Reader<'_> {
    fn line(&mut self, line: &Line<'_>) -> Result<(), Discarded> {
        // A comment begins anywhere, within a word too (measured with 1.34.9).
        let comment = line.raw.iter().position(|octet| matches!(octet, b'#' | b';')).unwrap_or(line.raw.len());
        let text = line.raw.get(..comment).unwrap_or_default().trim_ascii_end();
        let text = text.strip_suffix(b"\x0b").unwrap_or(text);
        let Some(keyword) = line.split(text, 0, is_c_space).next() else { return Ok(()) };
        let after = keyword.span.column - 1 + keyword.span.length;
        let rest = text.get(after..).unwrap_or_default();
        let from = after + rest.iter().take_while(|&&octet| is_c_space(octet)).count();
        let value = line.word(from, text.get(from..).unwrap_or_default());
        if value.bytes.is_empty() {
            self.notes.line_ignored(Warning, line, "nothing follows the keyword");
            return Ok(());
        }
        if keyword.bytes.len() > KEYWORD || value.bytes.len() > VALUE {
            self.notes.line_ignored(
                Warning,
                line,
                "c-ares passes over a keyword of more than 31 octets or a value of more than 511",
            );
            return Ok(());
        }
        let unprintable = |octet: &u8| !matches!(octet, b' '..=b'~');
        if let Some(place) = value.bytes.iter().position(unprintable) {
            let octet = value.bytes.get(place).copied().unwrap_or_default();
            let what = if octet == b'\t' { "a tab within the value" } else { "an octet that is not printable ASCII" };
            self.notes.line_ignored(Warning, line, &format!("c-ares passes over a line with {what}"));
            return Ok(());
        }
        match keyword.bytes {
            b"nameserver" => {
                for (word, result) in servers(line, value, self.environment) {
                    match result {
                        Ok(server) if self.known.insert(server.address) => self.servers.push(server),
                        Ok(_) => self.notes.ignored(Info, word, "c-ares asks a server once"),
                        Err(why) => self.notes.ignored(Warning, word, why),
                    }
                }
            }
            b"search" => {
                self.searched.by(line, &mut self.notes);
                self.search = Some(domains(line, value, &mut self.notes)?);
            }
            b"domain" if self.search.is_some() => {
                self.notes.line_ignored(
                    Warning,
                    line,
                    "c-ares takes the first domain line, and a search line rather than any",
                );
            }
            b"domain" => {
                self.searched.by(line, &mut self.notes);
                self.search = Some(domains(line, value, &mut self.notes)?.into_iter().take(1).collect());
            }
            b"lookup" | b"hostresorder" => self.lookup(line, value),
            b"sortlist" => match sortlist(value.bytes) {
                Some(list) => self.held.sortlist = list,
                None => {
                    self.held.sortlist.clear();
                    self.notes.line_ignored(Warning, line, "c-ares does not take all of it for addresses and masks");
                }
            },
            b"options" => {
                line.split(text, from, is_blank).for_each(|word| option(word, &mut self.held, &mut self.notes))
            }
            _ => self.notes.line_ignored(Info, line, "c-ares does not know the keyword"),
        }
        Ok(())
    }

    fn lookup(&mut self, line: &Line<'_>, value: Word<'_>) {
        let mut sources = Vec::new();
        for word in line.split(
            line.raw.get(..value.span.column - 1 + value.span.length).unwrap_or_default(),
            value.span.column - 1,
            is_blank,
        ) {
            let source = match word.bytes.to_ascii_lowercase().as_slice() {
                b"dns" | b"bind" | b"resolv" | b"resolve" => LookupSource::Dns,
                b"files" | b"file" | b"local" => LookupSource::Files,
                _ => {
                    self.notes.ignored(Warning, word, "c-ares does not know it");
                    continue;
                }
            };
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        if !sources.is_empty() {
            self.held.lookup = sources;
        }
    }

    /// `ares_init_by_environment`: after the file.
    fn environment(&mut self) -> Result<(), Discarded> {
        let printable = |value: &[u8]| !value.is_empty() && value.iter().all(|octet| matches!(octet, b' '..=b'~'));
        if let Some(value) = &self.environment.localdomain {
            let first = value.split(|octet| matches!(octet, b' ' | b',')).find(|word| !word.is_empty());
            let Some(first) = first.filter(|_| printable(value)) else {
                return self.discard("LOCALDOMAIN");
            };
            self.search = Some(vec![SearchDomain::new(first)]);
        }
        if let Some(value) = &self.environment.res_options {
            if value.is_empty() {
                return self.discard("RES_OPTIONS");
            }
            for bytes in value.split(|&octet| is_blank(octet)).filter(|word| !word.is_empty()) {
                let mut ignored = Notes::default();
                let word = Word { bytes, span: crate::Span { line: 0, column: 0, length: 0 } };
                option(word, &mut self.held, &mut ignored);
                for note in ignored.into_diagnostics() {
                    self.notes.add(note.severity, Place::Variable("RES_OPTIONS"), note.text);
                }
            }
        }
        Ok(())
    }

    fn discard(&mut self, variable: &'static str) -> Result<(), Discarded> {
        let text = "the variable makes c-ares drop all that it read and go on with its defaults";
        self.notes.add(Warning, Place::Variable(variable), text);
        Err(Discarded)
    }
}

/// The words between blanks and commas, each once whatever its letters' case.
fn domains(line: &Line<'_>, value: Word<'_>, notes: &mut Notes) -> Result<Vec<SearchDomain>, Discarded> {
    let from = value.span.column - 1;
    let text = line.raw.get(..from + value.span.length).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut domains = Vec::new();
    for word in line.split(text, from, |octet| matches!(octet, b' ' | b',')) {
        if seen.insert(word.bytes.to_ascii_lowercase()) {
            domains.push(SearchDomain::new(word.bytes));
        } else {
            notes.ignored(Info, word, "c-ares takes a domain once");
        }
    }
    if domains.is_empty() {
        notes.add(
            Warning,
            Place::File(value.span),
            "a list without domains makes c-ares drop all that it read and go on with its defaults",
        );
        return Err(Discarded);
    }
    Ok(domains)
}

/// `process_option`.
fn option(word: Word<'_>, config: &mut ResolverConfig, notes: &mut Notes) {
    // An empty part does not count: `ndots:` is `ndots`, which is 0, and `:ndots` too.
    let mut parts = word.bytes.splitn(2, |&octet| octet == b':').filter(|part| !part.is_empty());
    let Some(key) = parts.next() else { return notes.ignored(Info, word, "c-ares does not know it") };
    let value = match parts.next().map(whole) {
        Some(None) => return notes.ignored(Warning, word, "c-ares takes decimal numbers alone"),
        Some(Some(value)) => Some(value),
        None => None,
    };
    let number = value.unwrap_or(0);
    match key {
        b"ndots" => {
            config.ndots = number;
            if value.is_none() {
                notes.add(Warning, Place::File(word.span), format!("{} is ndots:0 for c-ares", word.to_text()));
            }
        }
        b"timeout" | b"retrans" | b"attempts" | b"retry" if number == 0 => {
            notes.ignored(Warning, word, "c-ares takes no zero");
        }
        b"timeout" | b"retrans" => {
            // Milliseconds in 32 bits, which wrap around; zero is no setting.
            let milliseconds = number.wrapping_mul(1000);
            if milliseconds > 0 {
                config.timeout = Duration::from_millis(milliseconds.into());
            }
        }
        b"attempts" | b"retry" => config.attempts = number,
        b"rotate" => config.set(OptionFlag::Rotate, true),
        b"use-vc" | b"usevc" => {
            config.set(OptionFlag::UseVc, true);
            notes.add(Info, Place::File(word.span), "c-ares 1.34.9 reads the option and goes on with UDP");
        }
        b"edns0" => notes.ignored(Info, word, "c-ares sends EDNS anyway"),
        _ => notes.ignored(Info, word, "c-ares does not know it"),
    }
}

/// `ares_parse_sortlist`: one bad entry, and the list is none.
fn sortlist(value: &[u8]) -> Option<Vec<SortEntry>> {
    let entries = value.split(|octet| matches!(octet, b' ' | b';')).filter(|entry| !entry.is_empty());
    entries.map(sort_entry).collect()
}

fn sort_entry(entry: &[u8]) -> Option<SortEntry> {
    let slash = entry.iter().position(|&octet| octet == b'/').unwrap_or(entry.len());
    let (address, mask) = entry.split_at_checked(slash)?;
    let address = match c_ares_v4(address) {
        Some(v4) => IpAddr::V4(v4),
        None => IpAddr::V6(super::address::parse_v6(address)?),
    };
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match (mask.strip_prefix(b"/"), address) {
        (Some(mask), _) if mask.contains(&b'.') => {
            c_ares_v4(mask).map(Ipv4Addr::to_bits)?.count_ones().try_into().ok()?
        }
        (Some(mask), _) => u8::try_from(whole(mask)?).ok().filter(|prefix| *prefix <= widest)?,
        (None, IpAddr::V6(_)) => 64,
        (None, IpAddr::V4(address)) => match address.octets() {
            [..128, _, _, _] => 8,
            [128..192, _, _, _] => 16,
            _ => 24,
        },
    };
    Some(SortEntry::new(address, SortMask::Prefix(prefix)))
}
