use std::fmt;

/// A path in normal form: as it is matched and as it is forwarded. It begins with `/` and is ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NormalPath<'a> {
    /// Visible characters of ASCII. Routing compares octets and is spared the check that they are UTF-8.
    text: &'a [u8],
    changed: bool,
}

impl<'a> NormalPath<'a> {
    /// `/`.
    pub(crate) const ROOT: NormalPath<'static> = NormalPath { text: b"/", changed: false };

    pub(super) const fn new(text: &'a [u8], changed: bool) -> Self {
        Self { text, changed }
    }

    /// The text. Unlike [`as_bytes`](Self::as_bytes), it is read once more.
    pub const fn as_str(&self) -> &'a str {
        match std::str::from_utf8(self.text) {
            Ok(text) => text,
            // There is no such path: all octets are ASCII.
            Err(_) => "",
        }
    }

    /// The octets of the text.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.text
    }

    /// Whether normalisation changed anything. If not, this borrows what was received.
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Whether the path ends in a slash; `/` does.
    pub fn ends_in_slash(&self) -> bool {
        self.text.ends_with(b"/")
    }

    /// The elements between the slashes. A final slash is followed by none (Ingress, `pathType: Prefix`); two slashes in a row have an empty
    /// one between them.
    ///
    /// ```
    /// use ingress_routing::PathOptions;
    /// let mut buffer = Vec::new();
    /// let path = PathOptions::default().normalise("/shop//cart/", &mut buffer)?;
    /// assert!(path.elements().eq(["shop", "", "cart"]));
    /// # Ok::<(), ingress_routing::PathError>(())
    /// ```
    pub fn elements(&self) -> Elements<'a> {
        let rest = self.as_str().strip_prefix('/').filter(|rest| !rest.is_empty());
        Elements { rest: rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest)) }
    }
}

impl fmt::Debug for NormalPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NormalPath").field("text", &self.as_str()).field("changed", &self.changed).finish()
    }
}

impl fmt::Display for NormalPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The elements of a path, from the left.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        match rest.split_once('/') {
            Some((element, rest)) => {
                self.rest = Some(rest);
                Some(element)
            }
            None => self.rest.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements() {
        for (path, expected) in [
            ("/", &[][..]),
            ("/a", &["a"]),
            ("/a/", &["a"]),
            ("/a/b", &["a", "b"]),
            ("//", &[""]),
            ("/a//", &["a", ""]),
            ("//a", &["", "a"]),
        ] {
            assert!(NormalPath::new(path.as_bytes(), false).elements().eq(expected.iter().copied()), "{path}");
        }
    }
}
