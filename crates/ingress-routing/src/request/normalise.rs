//! The one normaliser. [`is_plain`] reads a path once and, for nearly all, ends the matter; [`must_change`] reads the others octet by octet;
//! [`Writer`] writes the normal form of what is left.

use super::options::{Escape, EscapeCase, NonAscii, PathOptions, Slashes};
use super::path::NormalPath;
use super::unroutable::PathError;
use crate::scan::any_pair;

impl PathOptions {
    /// The normal form of a path that begins with `/` and has no query. What normalisation does not change is borrowed from `path`, the rest from
    /// `buffer`, whose content is replaced. A buffer that is used again and again soon allocates no more.
    ///
    /// The normal form of a normal form is itself. Paths of rules have the same normal form as those of requests.
    ///
    /// # Errors
    /// When the path means nothing, means different things to different readers, or has what the options refuse.
    ///
    /// ```
    /// use ingress_routing::{PathError, PathOptions};
    /// let options = PathOptions::default();
    /// let mut buffer = Vec::new();
    /// assert_eq!(options.normalise("/a/./%62/../c%2Fd", &mut buffer)?.as_str(), "/a/c%2Fd");
    /// assert_eq!(options.normalise("/a/../..", &mut buffer), Err(PathError::AboveRoot));
    /// # Ok::<(), PathError>(())
    /// ```
    pub fn normalise<'b, T: AsRef<[u8]> + ?Sized>(
        &self,
        path: &'b T,
        buffer: &'b mut Vec<u8>,
    ) -> Result<NormalPath<'b>, PathError> {
        let path = path.as_ref();
        let rest = path.strip_prefix(b"/").ok_or(PathError::NotAbsolute)?;
        if let Some(plain) = NormalPath::plain(path) {
            return Ok(plain);
        }
        let changed = must_change(path, self)?;
        let normal = if changed {
            buffer.clear();
            let mut writer = Writer { out: buffer, element: 0, options: self };
            writer.write(rest)?;
            buffer
        } else {
            path
        };
        // Both are ASCII by now.
        Ok(NormalPath::new(normal, changed))
    }
}

impl<'a> NormalPath<'a> {
    /// A path without query that is its own normal form, whatever the options are; `None` also for one of which a closer look has to tell.
    pub(super) fn plain(path: &'a [u8]) -> Option<Self> {
        (path.first() == Some(&b'/') && is_plain(path)).then_some(Self::new(path, false))
    }
}

/// Whether a path that begins with `/` is its own normal form whatever the options are, as nearly all are: [`must_change`] would find nothing.
fn is_plain(path: &[u8]) -> bool {
    !any_pair(path, |octet, next| {
        // Visible characters of ASCII, but for those that mean something. A dot segment or an empty element begins with two octets of `.` and `/`,
        // which are neighbours, the first of them a slash.
        let invisible = next.wrapping_sub(b'!') > b'~' - b'!';
        let escape = (next == b'%') | (next == b'\\');
        let delimiter = (next == b'?') | (next == b'#');
        invisible | escape | delimiter | ((octet == b'/') & (next | 1 == b'/'))
    })
}

/// Whether the normal form differs from the path. Only dot segments are left to be found wrong.
fn must_change(path: &[u8], options: &PathOptions) -> Result<bool, PathError> {
    let mut change = false;
    let mut rest = path;
    while let Some((&octet, after)) = rest.split_first() {
        let at = path.len() - rest.len();
        rest = after;
        match octet {
            b'/' => match after.first() {
                Some(b'.') => change |= dot_segment(first_element(after), options)?.is_some(),
                Some(b'/') => change |= options.slashes == Slashes::Merge,
                _ => {}
            },
            b'%' => {
                let (escape, after) = read_escape(after).ok_or(PathError::Escape { at })?;
                rest = after;
                change |= match decoding(escape, options).map_err(|error| error.at(at))? {
                    Some(_) => true,
                    None => options.escape_case == EscapeCase::Upper && escape.has_lower_case(),
                };
            }
            b'\\' => change |= backslash(options)? == b'/',
            0 => return Err(PathError::Nul { at }),
            b'#' => return Err(PathError::Fragment),
            0x01..=b' ' | 0x7f | b'?' => return Err(PathError::Octet { at }),
            0x80.. if options.non_ascii == NonAscii::Refuse => return Err(PathError::NonAscii { at }),
            0x80.. => change = true,
            _ => {}
        }
    }
    Ok(change)
}

impl PathError {
    /// The same error with its place.
    const fn at(self, at: usize) -> Self {
        match self {
            Self::Nul { .. } => Self::Nul { at },
            other => other,
        }
    }
}

/// `%` and two hexadecimal digits.
#[derive(Clone, Copy)]
struct Triplet {
    digits: [u8; 2],
    value: u8,
}

impl Triplet {
    const fn has_lower_case(&self) -> bool {
        let [high, low] = self.digits;
        high.is_ascii_lowercase() || low.is_ascii_lowercase()
    }
}

/// The escape whose `%` has just been read, and what follows it.
fn read_escape(text: &[u8]) -> Option<(Triplet, &[u8])> {
    let (&digits, after) = text.split_first_chunk()?;
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    // Two digits fit an octet.
    let value = u8::try_from(high? << 4 | low?).ok()?;
    Some((Triplet { digits, value }, after))
}

/// The octet that stands for the escape in normal form; `None` where the escape stays.
fn decoding(escape: Triplet, options: &PathOptions) -> Result<Option<u8>, PathError> {
    let (handling, refusal) = match escape.value {
        0 => return Err(PathError::Nul { at: 0 }),
        // Unreserved characters (RFC 3986 §2.3).
        value @ (b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~') => return Ok(Some(value)),
        b'/' => (options.encoded_slash, PathError::EncodedSlash),
        b'\\' => (options.encoded_backslash, PathError::Backslash),
        b';' => (options.encoded_semicolon, PathError::EncodedSemicolon),
        _ => return Ok(None),
    };
    match handling {
        Escape::Keep => Ok(None),
        Escape::Refuse => Err(refusal),
        Escape::Decode if escape.value == b'\\' => backslash(options).map(Some),
        Escape::Decode => Ok(Some(escape.value)),
    }
}

/// What a backslash is.
const fn backslash(options: &PathOptions) -> Result<u8, PathError> {
    match options.backslash {
        Escape::Keep => Ok(b'\\'),
        Escape::Decode => Ok(b'/'),
        Escape::Refuse => Err(PathError::Backslash),
    }
}

fn first_element(text: &[u8]) -> &[u8] {
    text.split(|&octet| octet == b'/').next().unwrap_or_default()
}

/// The segments of RFC 3986 §3.3 that are steps, not names.
enum DotSegment {
    Here,
    Up,
}

/// Whether an element is a dot segment.
fn dot_segment(element: &[u8], options: &PathOptions) -> Result<Option<DotSegment>, PathError> {
    let (dots, parameters) = match element.iter().position(|&octet| octet == b';') {
        Some(semicolon) => (element.get(..semicolon).unwrap_or_default(), true),
        None => (element, false),
    };
    let segment = match dots {
        b"." => DotSegment::Here,
        b".." => DotSegment::Up,
        _ => return Ok(None),
    };
    match options.dot_segment_parameters {
        Escape::Keep if parameters => Ok(None),
        Escape::Refuse if parameters => Err(PathError::DotSegmentParameters),
        _ => Ok(Some(segment)),
    }
}

/// Writes a normal form, removing dot segments as they are completed (the outcome of RFC 3986 §5.2.4).
struct Writer<'b, 'o> {
    out: &'b mut Vec<u8>,
    /// Where the element that is being written begins: after the last slash.
    element: usize,
    options: &'o PathOptions,
}

impl Writer<'_, '_> {
    /// Writes a path given without its first slash.
    fn write(&mut self, path: &[u8]) -> Result<(), PathError> {
        self.slash();
        let mut rest = path;
        while let Some((&octet, after)) = rest.split_first() {
            rest = after;
            match octet {
                b'/' => self.end_element(false)?,
                b'%' => {
                    let (escape, after) = read_escape(after).ok_or(PathError::Escape { at: 0 })?;
                    rest = after;
                    match decoding(escape, self.options)? {
                        Some(b'/') => self.end_element(false)?,
                        Some(decoded) => self.out.push(decoded),
                        None if self.options.escape_case == EscapeCase::Upper => self.escape(escape.value),
                        None => {
                            self.out.push(b'%');
                            self.out.extend_from_slice(&escape.digits);
                        }
                    }
                }
                b'\\' => match backslash(self.options)? {
                    b'/' => self.end_element(false)?,
                    kept => self.out.push(kept),
                },
                0x80.. => self.escape(octet),
                plain => self.out.push(plain),
            }
        }
        self.end_element(true)
    }

    fn slash(&mut self) {
        self.out.push(b'/');
        self.element = self.out.len();
    }

    fn escape(&mut self, value: u8) {
        const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
        self.out.extend_from_slice(&[b'%', digit(value >> 4), digit(value & 15)]);
    }

    /// Ends an element at a slash or at the path's end.
    fn end_element(&mut self, last: bool) -> Result<(), PathError> {
        let element = self.out.get(self.element..).unwrap_or_default();
        match dot_segment(element, self.options)? {
            // What comes before ends in a slash, and another would not be the path's.
            Some(DotSegment::Here) => self.out.truncate(self.element),
            Some(DotSegment::Up) => {
                let before = self.out.get(..self.element.saturating_sub(1)).unwrap_or_default();
                let slash = before.iter().rposition(|&octet| octet == b'/').ok_or(PathError::AboveRoot)?;
                self.element = slash + 1;
                self.out.truncate(self.element);
            }
            None if last => {}
            None if element.is_empty() && self.options.slashes == Slashes::Merge => {}
            None => self.slash(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strictest() -> PathOptions {
        PathOptions {
            slashes: Slashes::Merge,
            encoded_slash: Escape::Refuse,
            encoded_backslash: Escape::Refuse,
            backslash: Escape::Refuse,
            encoded_semicolon: Escape::Refuse,
            dot_segment_parameters: Escape::Refuse,
            escape_case: EscapeCase::Upper,
            non_ascii: NonAscii::Refuse,
        }
    }

    proptest! {
        /// Octet by octet, nothing is found in a plain path; and what is not plain has something that may mean something.
        #[test]
        fn plain_paths_do_not_change(
            before in "[a-z/.]{0,40}", octets in prop::collection::vec(any::<u8>(), 0..2), after in "[a-z0-9/;]{0,40}"
        ) {
            let path = [b"/", before.as_bytes(), &octets, after.as_bytes()].concat();
            let suspicious = |path: &[u8]| path.contains(&b'%') || path.windows(2).any(|pair| pair == b"/." || pair == b"//");
            let found = must_change(&path, &strictest()) != Ok(false);
            prop_assert_eq!(is_plain(&path), !found && !suspicious(&path), "{}", path.escape_ascii());
        }
    }
}
