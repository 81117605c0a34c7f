//! kubelet 1.36, `parseResolvConf` of `pkg/kubelet/network/dns/dns.go`.

use object_change::Severity::{Error, Info, Warning};

use super::notes::Replaced;
use super::{Notes, Place, ReadError, Reading};
use crate::pod::HostResolvConf;
use crate::{Line, ResolvConf, Span, Word};

/// `maxResolvConfLength`.
const FILE: usize = 10 << 20;

pub(super) fn read(file: &ResolvConf) -> Reading<HostResolvConf> {
    let mut reader = Reader::default();
    if file.as_bytes().len() > FILE {
        let text = format!("the read limit is reached: the file has more than {FILE} octets");
        return Reading::new(Err(ReadError::Rejected { place: None, text }), reader.notes);
    }
    for line in file.lines() {
        reader.line(&line);
    }
    let Reader { held, refused, notes, .. } = reader;
    match refused {
        Some(place) => Reading::new(
            Err(ReadError::Rejected { place: Some(place), text: "nameserver list is empty ".to_owned() }),
            notes,
        ),
        None => Reading::new(Ok(held), notes),
    }
}

#[derive(Default)]
struct Reader {
    held: HostResolvConf,
    /// Where each option is in the list, by its name.
    options: std::collections::BTreeMap<Box<str>, usize>,
    /// The first `nameserver` line without an address.
    refused: Option<Span>,
    notes: Notes,
    searched: Replaced,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        let fields = fields(line);
        let mut words = fields.iter().copied();
        let Some(keyword) = words.next().filter(|word| !word.bytes.starts_with(b"#")) else { return };
        match keyword.bytes {
            b"nameserver" => match words.next() {
                Some(word) => {
                    let text = self.text(word);
                    self.held.nameservers.push(text);
                }
                None => {
                    self.refused.get_or_insert_with(|| line.span());
                }
            },
            b"search" => {
                self.searched.by(line, &mut self.notes);
                self.held.searches.clear();
                for word in words {
                    let text = self.text(word);
                    match &*text {
                        "." => self.notes.ignored(Info, word, "kubelet leaves the root out since 1.25.1"),
                        domain => self.held.searches.push(domain.strip_suffix('.').unwrap_or(domain).into()),
                    }
                }
            }
            b"options" => {
                for word in words {
                    let text = self.text(word);
                    let name = text.split_once(':').map_or(&*text, |(name, _)| name);
                    match self.options.get(name).and_then(|place| self.held.options.get_mut(*place)) {
                        Some(held) => *held = text,
                        None => {
                            self.options.insert(name.into(), self.held.options.len());
                            self.held.options.push(text);
                        }
                    }
                }
            }
            _ => self.notes.line_ignored(Info, line, "kubelet does not know the keyword"),
        }
    }

    fn text(&mut self, word: Word<'_>) -> Box<str> {
        if str::from_utf8(word.bytes).is_err() {
            let text = "the word is not UTF-8, which the runtime's interface refuses: no Pod starts that gets it";
            self.notes.add(Error, Place::File(word.span), text);
        }
        if word.bytes.starts_with(b"#") || word.bytes.starts_with(b";") {
            self.notes.add(Warning, Place::File(word.span), "kubelet has no comments within a line: this is a word");
        }
        String::from_utf8_lossy(word.bytes).into()
    }
}

/// Go's `strings.Fields`: what stands between Unicode's white space.
fn fields<'a>(line: &Line<'a>) -> Vec<Word<'a>> {
    let mut fields = Vec::new();
    let (mut start, mut at) = (None, 0);
    let mut end = |start: &mut Option<usize>, at: usize| {
        if let Some(from) = start.take() {
            fields.push(line.word(from, line.raw.get(from..at).unwrap_or_default()));
        }
    };
    for chunk in line.raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_whitespace() {
                end(&mut start, at);
            } else {
                start.get_or_insert(at);
            }
            at += c.len_utf8();
        }
        if !chunk.invalid().is_empty() {
            start.get_or_insert(at);
            at += chunk.invalid().len();
        }
    }
    end(&mut start, at);
    fields
}
