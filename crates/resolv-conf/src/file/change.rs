//! Edits by meaning. Each finds the octets to replace, replaces them and leaves the others.

use super::edit::{applied, checked};
use super::{Directive, EditError, LineEnding, ResolvConf, TextEdit, Word, is_blank, option_value};

impl ResolvConf {
    /// Makes all `edits`, whose ranges are of the file as it is. One that lies outside, or over an earlier one, is left out.
    pub fn apply(&mut self, edits: &[TextEdit]) {
        if !edits.is_empty() {
            *self = Self::from(applied(&self.bytes, edits));
        }
    }

    /// Makes `addresses` the nameservers, in order: the lines there are get them one by one, what is left over goes.
    ///
    /// # Errors
    /// A word that cannot stand in the file; nothing is changed then.
    pub fn set_nameservers<A: AsRef<[u8]>>(&mut self, addresses: &[A]) -> Result<(), EditError> {
        let mut new = addresses.iter().map(checked).collect::<Result<Vec<_>, _>>()?.into_iter();
        let mut edits = Vec::new();
        let mut last = None;
        for directive in self.directives(&["nameserver"]) {
            edits.extend(match (new.next(), directive.words.first()) {
                (Some(address), Some(word)) => self.range(word.span).map(|at| TextEdit::replace(at, address)),
                (Some(address), None) => Some(TextEdit::insert(directive.end(), [b" ", address].concat())),
                (None, _) => Some(TextEdit::remove(directive.removal())),
            });
            last = Some(directive);
        }
        let added: Vec<Vec<u8>> = new.map(|address| [b"nameserver ", address].concat()).collect();
        edits.extend(self.insertion(last.as_ref(), &added));
        self.apply(&edits);
        Ok(())
    }

    /// Adds a nameserver after the others.
    ///
    /// # Errors
    /// A word that cannot stand in the file.
    pub fn add_nameserver(&mut self, address: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), EditError> {
        let line = [b"nameserver ", checked(address)?].concat();
        let last = self.directives(&["nameserver"]).next_back();
        let edit = self.insertion(last.as_ref(), &[line]);
        self.apply(edit.as_slice());
        Ok(())
    }

    /// Removes the `nameserver` lines with this word. Returns how many there were.
    pub fn remove_nameserver(&mut self, address: &(impl AsRef<[u8]> + ?Sized)) -> usize {
        let edits: Vec<_> = self
            .directives(&["nameserver"])
            .filter(|directive| directive.words.first().is_some_and(|word| word.bytes == address.as_ref()))
            .map(|directive| TextEdit::remove(directive.removal()))
            .collect();
        self.apply(&edits);
        edits.len()
    }

    /// Makes `domains` the search list: on the last `search` or `domain` line, as `search`; the others go. None: all go.
    ///
    /// # Errors
    /// A word that cannot stand in the file; nothing is changed then.
    pub fn set_search<D: AsRef<[u8]>>(&mut self, domains: &[D]) -> Result<(), EditError> {
        let domains = domains.iter().map(checked).collect::<Result<Vec<_>, _>>()?.join(&b' ');
        let mut lines: Vec<_> = self.directives(&["search", "domain"]).collect();
        let kept = if domains.is_empty() { None } else { lines.pop() };
        let mut edits: Vec<_> = lines.iter().map(|directive| TextEdit::remove(directive.removal())).collect();
        match kept {
            // From the keyword to the last domain; a comment behind them stays.
            Some(directive) => {
                let from = directive.line.start + directive.keyword.span.column - 1;
                edits.push(TextEdit::replace(from..directive.end(), [b"search ", domains.as_slice()].concat()));
            }
            None if domains.is_empty() => {}
            None => edits.extend(self.insertion(None, &[[b"search ", domains.as_slice()].concat()])),
        }
        self.apply(&edits);
        Ok(())
    }

    /// Adds a domain after the others of the search list.
    ///
    /// # Errors
    /// A word that cannot stand in the file.
    pub fn add_search(&mut self, domain: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), EditError> {
        let mut domains: Vec<Vec<u8>> = self.search().iter().map(|word| word.bytes.to_vec()).collect();
        domains.push(checked(domain)?.to_vec());
        self.set_search(&domains)
    }

    /// Removes a domain from each `search` and `domain` line, and a line that it was alone on. Returns how often it was there.
    pub fn remove_search(&mut self, domain: &(impl AsRef<[u8]> + ?Sized)) -> usize {
        self.remove_words(&["search", "domain"], |word| word.bytes == domain.as_ref())
    }

    /// Makes the option `name` have `value` (`ndots:2`), or none (`rotate`): once, in the place of the last one that there was, or
    /// at the end of the last `options` line.
    ///
    /// # Errors
    /// A word that cannot stand in the file; nothing is changed then.
    pub fn set_option(&mut self, name: &str, value: Option<&str>) -> Result<(), EditError> {
        checked(name)?;
        let option = value.map_or_else(|| name.to_owned(), |value| format!("{name}:{value}"));
        checked(option.as_str())?;
        let kept = self.options().filter(|word| option_value(*word, name).is_some()).last();
        let mut edits = Vec::new();
        match (kept, self.directives(&["options"]).next_back()) {
            (Some(kept), _) => {
                edits =
                    self.removals(&["options"], |word| option_value(*word, name).is_some() && word.span != kept.span);
                edits.extend(self.range(kept.span).map(|at| TextEdit::replace(at, option)));
            }
            (None, Some(directive)) => edits.push(TextEdit::insert(directive.end(), format!(" {option}"))),
            (None, None) => edits.extend(self.insertion(None, &[format!("options {option}").into_bytes()])),
        }
        self.apply(&edits);
        Ok(())
    }

    /// Removes each option `name`, with or without a value, and a line that it was alone on. Returns how many there were.
    pub fn remove_option(&mut self, name: &str) -> usize {
        self.remove_words(&["options"], |word| option_value(*word, name).is_some())
    }

    fn remove_words(&mut self, keywords: &'static [&'static str], wanted: impl Fn(&Word<'_>) -> bool) -> usize {
        let count = self.directives(keywords).flat_map(|directive| directive.words).filter(&wanted).count();
        let edits = self.removals(keywords, wanted);
        self.apply(&edits);
        count
    }

    /// The edits that remove the `wanted` words of lines with `keywords`, and the lines which have no others.
    pub(crate) fn removals(
        &self,
        keywords: &'static [&'static str],
        wanted: impl Fn(&Word<'_>) -> bool,
    ) -> Vec<TextEdit> {
        let mut edits = Vec::new();
        for directive in self.directives(keywords) {
            if !directive.words.is_empty() && directive.words.iter().all(&wanted) {
                edits.push(TextEdit::remove(directive.removal()));
            } else {
                edits.extend(
                    directive.words.iter().filter(|word| wanted(word)).map(|word| word_removal(&directive, word)),
                );
            }
        }
        edits
    }

    /// The edit that puts whole lines after `place`, or at the end of the file, with the file's line ending.
    pub(crate) fn insertion(&self, place: Option<&Directive<'_>>, lines: &[Vec<u8>]) -> Option<TextEdit> {
        if lines.is_empty() {
            return None;
        }
        let crlf = self.lines().next().is_some_and(|line| line.ending() == LineEnding::CrLf);
        let ending: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let at = place.map_or(self.bytes.len(), |directive| directive.whole().end);
        let unended = at == self.bytes.len() && !self.bytes.is_empty() && !self.bytes.ends_with(b"\n");
        let mut text = if unended { ending.to_vec() } else { Vec::new() };
        for line in lines {
            text.extend_from_slice(line);
            text.extend_from_slice(ending);
        }
        Some(TextEdit::insert(at, text))
    }
}

/// The edit that removes a word and the blanks before it.
pub(crate) fn word_removal(directive: &Directive<'_>, word: &Word<'_>) -> TextEdit {
    let from = word.span.column - 1;
    let before = directive.line.raw.get(..from).unwrap_or_default();
    let blanks = before.iter().rev().take_while(|&&octet| is_blank(octet)).count();
    TextEdit::remove(directive.line.start + from - blanks..directive.line.start + from + word.span.length)
}
