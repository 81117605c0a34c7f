//! glibc, `resolv/res_init.c`.

use std::net::IpAddr;
use std::time::Duration;

use object_change::Severity::{Error, Info, Warning};

use super::address::{inet_aton, is_link_local, parse_v6, v4, v6};
use super::glibc_sortlist::sortlist;
use super::notes::Replaced;
use super::number::{atoi, whole};
use super::{Notes, Place, ReadError, Reading};
use crate::file::{is_blank, is_c_space};
use crate::{
    Environment, GlibcVersion, Line, Nameserver, OptionFlag, ResolvConf, ResolverConfig, SearchDomain, Span,
    StubResolver, Word,
};

/// `MAXNS` of `resolv.h`.
const SERVERS: usize = 3;
/// `MAXDNSRCH`, and `MAXDNAME` less the final NUL: the limits before 2.26, which cut the text and then count the words.
const LEGACY_SEARCH: (usize, usize) = (6, 255);
/// How far `gethostname` is read.
const HOSTNAME: usize = 255;

pub(super) fn read<'a>(
    version: GlibcVersion,
    file: &'a ResolvConf,
    environment: &'a Environment,
) -> Reading<ResolverConfig> {
    let mut config = ResolverConfig::defaults(StubResolver::Glibc(version));
    let assumed = std::mem::take(&mut config.nameservers);
    let mut reader =
        Reader { version, environment, config, notes: Notes::default(), replaced: Replaced::default(), search: None };
    if let Some(value) = &environment.localdomain {
        reader.search = Some(limited(version, localdomain(value)));
    }
    for line in file.lines() {
        // Strings end at a NUL, and the line's ending with them.
        let nul = line.raw.iter().position(|&octet| octet == 0);
        let text = line.raw.get(..nul.unwrap_or(line.raw.len())).unwrap_or_default();
        if let Some(at) = nul {
            let place = Place::File(line.span_of(at, line.raw.len() - at));
            reader.notes.add(Warning, place, "the rest of the line has no effect: it begins with a NUL");
        }
        if let Err(place) = reader.line(&line, text) {
            return Reading::new(Err(ReadError::Hangs { place }), reader.notes);
        }
    }
    let Reader { mut config, mut notes, search, replaced, .. } = reader;
    if config.nameservers.is_empty() {
        config.nameservers = assumed;
    }
    let hostname = || environment.hostname_domain().map(|domain| domain.get(..HOSTNAME).unwrap_or(domain));
    let search = search.unwrap_or_else(|| hostname().into_iter().collect());
    if version > GlibcVersion::V2_25 && aborts(&search) {
        return Reading::new(Err(ReadError::Aborts { place: replaced.place() }), notes);
    }
    config.search = search.into_iter().map(SearchDomain::new).collect();
    if let Some(options) = &environment.res_options {
        let end = options.iter().position(|&octet| octet == 0).unwrap_or(options.len());
        let options = options.get(..end).unwrap_or_default();
        set_options(version, &mut config, &mut notes, options, |_, _| Place::Variable("RES_OPTIONS"));
    }
    Reading::new(Ok(config), notes)
}

struct Reader<'a> {
    version: GlibcVersion,
    environment: &'a Environment,
    config: ResolverConfig,
    notes: Notes,
    replaced: Replaced,
    /// The entries as written.
    search: Option<Vec<&'a [u8]>>,
}

impl<'a> Reader<'a> {
    /// One line; the place of an octet that the original never gets past is an error.
    fn line(&mut self, line: &Line<'a>, text: &'a [u8]) -> Result<(), Span> {
        if matches!(text.first(), Some(b';' | b'#')) {
            return Ok(());
        }
        let Some(keyword) = ["domain", "search", "nameserver", "sortlist", "options"].into_iter().find(|keyword| {
            text.strip_prefix(keyword.as_bytes()).and_then(<[u8]>::first).is_some_and(|&octet| is_blank(octet))
        }) else {
            self.unknown(line, text);
            return Ok(());
        };
        let text = line.raw.get(..text.len()).unwrap_or_default();
        let mut words = line.split(text, keyword.len(), is_blank);
        match keyword {
            "domain" => self.domains(line, words.next().into_iter().collect(), text),
            "search" => self.domains(line, words.collect(), text),
            "nameserver" => match words.next() {
                Some(word) => self.nameserver(word),
                None => self.notes.line_ignored(Warning, line, "there is no address"),
            },
            "sortlist" => sortlist(line, text, &mut self.config.sortlist, &mut self.notes)?,
            _ => {
                let options = text.get(keyword.len()..).unwrap_or_default();
                let place = |from: usize, length: usize| Place::File(line.span_of(keyword.len() + from, length));
                set_options(self.version, &mut self.config, &mut self.notes, options, place);
            }
        }
        Ok(())
    }

    fn unknown(&mut self, line: &Line<'_>, text: &[u8]) {
        match text.iter().position(|&octet| !is_c_space(octet)) {
            None => {}
            Some(0) if line.words().count() == 1 && is_keyword(line.text()) => {
                self.notes.line_ignored(Warning, line, "nothing follows the keyword");
            }
            Some(0) => self.notes.line_ignored(Info, line, "glibc does not know the keyword"),
            Some(at) if matches!(text.get(at), Some(b'#' | b';')) => {}
            Some(_) => self.notes.line_ignored(Warning, line, "glibc takes keywords at the beginning of a line alone"),
        }
    }

    fn domains(&mut self, line: &Line<'a>, words: Vec<Word<'a>>, text: &[u8]) {
        if self.environment.localdomain.is_some() {
            return self.notes.line_ignored(Warning, line, "the variable LOCALDOMAIN takes its place");
        }
        let Some(first) = words.first() else {
            return self.notes.line_ignored(Warning, line, "it names no domain, and glibc keeps what was before");
        };
        for word in words.iter().filter(|word| crate::file::begins_comment(word.bytes)).take(1) {
            self.notes.add(
                Warning,
                Place::File(word.span),
                "glibc has no comments here: the words from here on are domains",
            );
        }
        if text.ends_with(b"\r") {
            self.notes.add(
                Warning,
                Place::File(line.span_of(text.len() - 1, 1)),
                "glibc takes the carriage return for a part of the domain",
            );
        }
        self.replaced.by(line, &mut self.notes);
        let start = first.span.column;
        let domains = words.iter().map(|word| (word.span.column - start, word.bytes)).collect();
        let search = limited(self.version, domains);
        for word in words.iter().skip(search.len()) {
            self.notes.ignored(Warning, *word, "glibc before 2.26 takes 6 domains, within 255 octets");
        }
        self.search = Some(search);
    }

    fn nameserver(&mut self, word: Word<'_>) {
        // Until 2.29 inet_aton went on until any space, a carriage return included.
        let end = match self.version < GlibcVersion(29) {
            true => word.bytes.iter().position(|&octet| is_c_space(octet)).unwrap_or(word.bytes.len()),
            false => word.bytes.len(),
        };
        let address = inet_aton(word.bytes.get(..end).unwrap_or_default()).map(v4);
        match address.or_else(|| self.scoped(word.bytes)) {
            None if word.bytes.ends_with(b"\r") => {
                self.notes.ignored(Warning, word, "glibc takes the carriage return for a part of the address");
            }
            None => self.notes.ignored(Warning, word, "glibc does not take it for an address"),
            Some(_) if self.config.nameservers.len() == SERVERS => {
                self.notes.ignored(Warning, word, "glibc uses three servers");
            }
            Some(server) => {
                if let IpAddr::V4(address) = server.address.ip()
                    && word.bytes != address.to_string().as_bytes()
                {
                    self.notes.add(Info, Place::File(word.span), format!("{} is {address} for glibc", word.to_text()));
                }
                self.config.nameservers.push(server);
            }
        }
    }

    /// An IPv6 address, with a scope that counts if it can be understood: a number, or for a link-local address an interface.
    fn scoped(&self, text: &[u8]) -> Option<Nameserver> {
        let percent = text.iter().position(|&octet| octet == b'%').unwrap_or(text.len());
        let (address, scope) = text.split_at_checked(percent)?;
        let address = parse_v6(address)?;
        let scope = scope.strip_prefix(b"%").unwrap_or_default();
        let interface = self.environment.interface(scope).filter(|_| is_link_local(address));
        Some(v6(address, interface.or_else(|| whole(scope)).unwrap_or(0)))
    }
}

fn is_keyword(text: &[u8]) -> bool {
    ["domain", "search", "nameserver", "sortlist", "options"].iter().any(|keyword| keyword.as_bytes() == text)
}

/// `LOCALDOMAIN`'s entries with their offsets: the text up to a `\n`; what comes before the first blank is one, be it empty.
fn localdomain(value: &[u8]) -> Vec<(usize, &[u8])> {
    let end = value.iter().position(|&octet| octet == b'\n' || octet == 0).unwrap_or(value.len());
    let mut offset = 0;
    let mut entries = Vec::new();
    for part in value.get(..end).unwrap_or_default().split(|&octet| is_blank(octet)) {
        if offset == 0 || !part.is_empty() {
            entries.push((offset, part));
        }
        offset += part.len() + 1;
    }
    entries
}

/// The entries that `version` keeps of a text: all since 2.26. An entry at the old limit is cut.
fn limited(version: GlibcVersion, entries: Vec<(usize, &[u8])>) -> Vec<&[u8]> {
    let all = version > GlibcVersion::V2_25;
    let (count, octets) = if all { (usize::MAX, usize::MAX) } else { LEGACY_SEARCH };
    let kept = entries.into_iter().filter(|&(offset, _)| offset < octets).take(count);
    kept.map(|(offset, entry)| entry.get(..octets - offset).unwrap_or(entry)).collect()
}

/// Whether glibc since 2.26 ends in `assert (resolv_conf_matches (resp, conf))` of `resolv/resolv_conf.c`.
///
/// It copies up to 6 entries into `_res`, as far as 256 octets with their NULs go. Where the room ends the list, the check behind it holds
/// that for right only after more than 56 octets, the size of another array (measured with 2.36).
fn aborts(search: &[&[u8]]) -> bool {
    let (mut copied, limit) = (0, LEGACY_SEARCH.1 + 1);
    for entry in search.iter().take(LEGACY_SEARCH.0) {
        let length = entry.len() + 1;
        if copied + length > limit {
            return copied <= 56;
        }
        copied += length;
    }
    false
}

/// A flag with the release that brought it. The order is glibc's, for names are compared by their beginning.
const FLAGS: [(&str, OptionFlag, u8); 11] = [
    ("rotate", OptionFlag::Rotate, 0),
    ("edns0", OptionFlag::Edns0, 6),
    ("single-request-reopen", OptionFlag::SingleRequestReopen, 9),
    ("single-request", OptionFlag::SingleRequest, 10),
    ("no_tld_query", OptionFlag::NoTldQuery, 14),
    ("no-tld-query", OptionFlag::NoTldQuery, 14),
    ("no-reload", OptionFlag::NoReload, 26),
    ("use-vc", OptionFlag::UseVc, 14),
    ("trust-ad", OptionFlag::TrustAd, 31),
    ("no-aaaa", OptionFlag::NoAaaa, 36),
    ("strict-error", OptionFlag::StrictError, 41),
];
/// Spellings that were options once, or are none but in other releases, and do nothing.
const WITHOUT_EFFECT: [&str; 6] = ["debug", "inet6", "no-check-names", "ip6-bytestring", "ip6-dotint", "no-ip6-dotint"];

/// `res_setoptions` over the text behind `options`, or of `RES_OPTIONS`. `place` makes one of an offset and a length.
fn set_options(
    version: GlibcVersion,
    config: &mut ResolverConfig,
    notes: &mut Notes,
    text: &[u8],
    place: impl Fn(usize, usize) -> Place,
) {
    let mut offset = 0;
    for word in text.split(|&octet| is_blank(octet)) {
        let (from, at) = (offset, place(offset, word.len()));
        offset += word.len() + 1;
        // atoi reads on behind the word: `ndots: 5` is 5.
        let number = |name: &str| {
            word.starts_with(name.as_bytes()).then(|| atoi(text.get(from + name.len()..).unwrap_or_default()))
        };
        let shown = || String::from_utf8_lossy(word).into_owned();
        if word.is_empty() {
            continue;
        } else if let Some(value) = number("ndots:") {
            // Four bits hold it: -1 acts as 15.
            config.ndots = if value > 15 { 15 } else { value.cast_unsigned() & 15 };
            if i64::from(config.ndots) != i64::from(value) {
                notes.add(Warning, at, format!("{} acts as ndots:{} in glibc", shown(), config.ndots));
            }
        } else if let Some(value) = number("timeout:") {
            config.timeout = Duration::from_secs(u64::try_from(value.min(30)).unwrap_or(0));
            if !(1..=30).contains(&value) {
                notes.add(Warning, at, format!("{} acts as timeout:{} in glibc", shown(), value.clamp(1, 30)));
            }
        } else if let Some(value) = number("attempts:") {
            config.attempts = u32::try_from(value.min(5)).unwrap_or(0);
            if value < 1 {
                notes.add(Error, at, format!("{} makes glibc send no query at all", shown()));
            } else if value > 5 {
                notes.add(Warning, at, format!("{} acts as attempts:5 in glibc", shown()));
            }
        } else {
            set_flag(version, config, notes, word, at);
        }
    }
}

fn set_flag(version: GlibcVersion, config: &mut ResolverConfig, notes: &mut Notes, word: &[u8], place: Place) {
    let shown = || String::from_utf8_lossy(word).into_owned();
    let (name, on) = match word.strip_prefix(b"-") {
        Some(name) if version >= GlibcVersion::V2_41 => (name, false),
        _ => (word, true),
    };
    let known = FLAGS.iter().find(|(known, _, since)| *since <= version.0 && name.starts_with(known.as_bytes()));
    if let Some(&(known, flag, _)) = known {
        config.set(flag, on);
        if name != known.as_bytes() {
            notes.add(Info, place, format!("{} counts as {known}: glibc compares the beginning", shown()));
        }
        return;
    }
    let newer = FLAGS.iter().find(|(known, ..)| name.starts_with(known.as_bytes()));
    let text = match newer {
        Some((known, _, since)) => format!("{} has no effect: {known} came with glibc 2.{since}", shown()),
        None if WITHOUT_EFFECT.iter().any(|old| name.starts_with(old.as_bytes())) => {
            format!("{} has no effect in glibc today", shown())
        }
        None => format!("{} has no effect: glibc does not know it", shown()),
    };
    notes.add(Info, place, text);
}
