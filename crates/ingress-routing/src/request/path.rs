use std::fmt;

/// A path in normal form: as it is matched and as it is forwarded. It begins with `/` and is ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NormalPath<'a> {
    text: &'a str,
    changed: bool,
}

impl<'a> NormalPath<'a> {
    /// `/`.
    pub(crate) const ROOT: NormalPath<'static> = NormalPath { text: "/", changed: false };

    pub(super) const fn new(text: &'a str, changed: bool) -> Self {
        Self { text, changed }
    }

    /// The text.
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// Whether normalisation changed anything. If not, this borrows what was received.
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Whether the path ends in a slash; `/` does.
    pub fn ends_in_slash(&self) -> bool {
        self.text.ends_with('/')
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
        let rest = self.text.strip_prefix('/').filter(|rest| !rest.is_empty());
        Elements { rest: rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest)) }
    }
}

impl fmt::Display for NormalPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
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
            assert!(NormalPath::new(path, false).elements().eq(expected.iter().copied()), "{path}");
        }
    }
}
