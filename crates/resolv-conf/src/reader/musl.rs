//! musl 1.2.6, `src/network/resolvconf.c` and `lookup_ipliteral.c`; 1.2.3 reads the same.

use std::time::Duration;

use object_change::Severity::{Info, Warning};

use super::address::{inet_aton, is_link_local, parse_v6, v4, v6};
use super::notes::Replaced;
use super::number::{digits, whole};
use super::{Notes, Reading};
use crate::file::is_c_space;
use crate::{Environment, Line, MuslVersion, Nameserver, ResolvConf, ResolverConfig, SearchDomain, StubResolver, Word};

/// The room for a line: 255 octets with its `\n`.
const LINE: usize = 255;
/// `MAXNS` of `lookup.h`.
const SERVERS: usize = 3;

pub(super) fn read(file: &ResolvConf, environment: &Environment) -> Reading<ResolverConfig> {
    let mut config = ResolverConfig::defaults(StubResolver::Musl(MuslVersion::V1_2_6));
    let assumed = std::mem::take(&mut config.nameservers);
    let mut reader = Reader { config, notes: Notes::default(), search: Replaced::default(), environment };
    let mut lines = file.lines();
    while let Some(line) = lines.next() {
        if line.raw.len() + usize::from(line.ended) > LINE || (!line.ended && line.raw.len() == LINE) {
            if reader.is_directive(&line) {
                reader.notes.line_ignored(Warning, &line, "musl passes over lines of more than 254 octets");
            }
            continue;
        }
        match line.raw.iter().position(|&octet| octet == 0) {
            // The C string has no `\n`: musl takes the line for a part of a longer one, and reads on to the next `\n`.
            Some(_) if line.ended => {
                reader.notes.line_ignored(Warning, &line, "musl passes over a line with a NUL, and over the next line");
                if let Some(next) = lines.next() {
                    reader.notes.line_ignored(Warning, &next, "musl passes over the line after one with a NUL");
                }
            }
            nul => reader.line(&line, line.raw.get(..nul.unwrap_or(line.raw.len())).unwrap_or_default()),
        }
    }
    let Reader { mut config, mut notes, .. } = reader;
    if config.nameservers.is_empty() {
        config.nameservers = assumed;
    }
    if config.attempts == 0 {
        note_zero_attempts(file, &mut notes);
    }
    Reading::new(Ok(config), notes)
}

fn note_zero_attempts(file: &ResolvConf, notes: &mut Notes) {
    if let Some(word) = file.options().filter(|word| word.bytes.windows(9).any(|part| part == b"attempts:")).last() {
        notes.add(
            object_change::Severity::Error,
            super::Place::File(word.span),
            format!("{} makes musl 1.2.6 divide by zero and die of SIGFPE at the first query", word.to_text()),
        );
    }
}

struct Reader<'e> {
    config: ResolverConfig,
    notes: Notes,
    search: Replaced,
    environment: &'e Environment,
}

impl Reader<'_> {
    fn is_directive(&self, line: &Line<'_>) -> bool {
        [&b"options"[..], b"nameserver", b"search", b"domain"].iter().any(|keyword| line.raw.starts_with(keyword))
    }

    fn line(&mut self, line: &Line<'_>, text: &[u8]) {
        // The `\n` belongs to the string, and is a space.
        let keyword = |keyword: &[u8]| match text.strip_prefix(keyword) {
            Some([octet, ..]) => is_c_space(*octet),
            Some([]) => line.ended,
            None => false,
        };
        let after =
            |keyword: &str| line.split(line.raw.get(..text.len()).unwrap_or_default(), keyword.len(), is_c_space);
        if keyword(b"options") {
            self.options(line, text);
        } else if keyword(b"nameserver") {
            let mut words = after("nameserver");
            match words.next() {
                Some(word) => self.nameserver(word),
                None => self.notes.line_ignored(Warning, line, "there is no address"),
            }
        } else if keyword(b"search") || keyword(b"domain") {
            self.search.by(line, &mut self.notes);
            self.config.search = after("search").map(|word| SearchDomain::new(word.bytes)).collect();
            for word in after("search").filter(|word| crate::file::begins_comment(word.bytes)).take(1) {
                self.notes.add(
                    Warning,
                    super::Place::File(word.span),
                    "musl has no comments: the words from here on are domains",
                );
            }
        } else if text.first().is_some_and(|&octet| is_c_space(octet)) && !text.iter().all(|&octet| is_c_space(octet)) {
            self.notes.line_ignored(Warning, line, "musl takes keywords at the beginning of a line alone");
        } else if !matches!(text.first(), None | Some(b'#' | b';')) {
            self.notes.line_ignored(Info, line, "musl does not know the keyword");
        }
    }

    fn nameserver(&mut self, word: Word<'_>) {
        if self.config.nameservers.len() == SERVERS {
            return self.notes.ignored(Warning, word, "musl uses three servers");
        }
        match literal(word.bytes, self.environment) {
            Some(server) => self.config.nameservers.push(server),
            None => self.notes.ignored(Warning, word, "musl does not take it for an address"),
        }
    }

    fn options(&mut self, line: &Line<'_>, text: &[u8]) {
        let number = |name: &str, cap: u32| -> Option<(usize, u32)> {
            let place = text.windows(name.len()).position(|part| part == name.as_bytes())?;
            let value = text.get(place + name.len()..)?;
            let (number, _) = digits(value);
            value.first()?.is_ascii_digit().then(|| (place, u32::try_from(number).unwrap_or(u32::MAX).min(cap)))
        };
        let (ndots, attempts, timeout) = (number("ndots:", 15), number("attempts:", 10), number("timeout:", 60));
        if let Some((_, value)) = ndots {
            self.config.ndots = value;
        }
        if let Some((_, value)) = attempts {
            self.config.attempts = value;
        }
        if let Some((_, value)) = timeout {
            self.config.timeout = Duration::from_secs(value.into());
        }
        for word in line.split(line.raw.get(..text.len()).unwrap_or_default(), "options".len(), is_c_space) {
            let within =
                |place: usize| (word.span.column - 1..word.span.column - 1 + word.span.length).contains(&place);
            let used = [ndots, attempts, timeout].iter().flatten().any(|&(place, _)| within(place));
            let name =
                ["ndots:", "attempts:", "timeout:"].into_iter().find(|name| word.bytes.starts_with(name.as_bytes()));
            match (used, name) {
                (true, Some(_)) => {}
                (true, None) => self.notes.add(
                    Warning,
                    super::Place::File(word.span),
                    format!(
                        "{} counts as the option that ends it: musl looks for options within words",
                        word.to_text()
                    ),
                ),
                (false, None) => self.notes.ignored(Info, word, "musl does not know it"),
                (false, Some(name)) => {
                    let first = text.windows(name.len()).position(|part| part == name.as_bytes());
                    let why = if first == Some(word.span.column - 1) {
                        "musl takes digits alone".to_owned()
                    } else {
                        format!("musl takes the first {name} of a line")
                    };
                    self.notes.ignored(Warning, word, &why);
                }
            }
        }
    }
}

/// `__lookup_ipliteral`: a scope is a number, or for a link-local address the name of an interface.
fn literal(text: &[u8], environment: &Environment) -> Option<Nameserver> {
    if let Some(address) = inet_aton(text) {
        return Some(v4(address));
    }
    let Some(percent) = text.iter().position(|&octet| octet == b'%') else {
        return parse_v6(text).map(|address| v6(address, 0));
    };
    let (address, scope) = text.split_at_checked(percent)?;
    let (address, scope) = (parse_v6(address)?, scope.strip_prefix(b"%")?);
    let interface = || environment.interface(scope).filter(|_| is_link_local(address));
    whole(scope).or_else(interface).map(|scope| v6(address, scope))
}
