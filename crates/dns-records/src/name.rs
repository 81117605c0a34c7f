//! Domain names in wire form: borrowed ([`NameRef`]), owned inline ([`Name`]).

mod folded;
mod label;
mod text;

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

pub(crate) use folded::FoldedName;
pub(crate) use label::{eq_ignore_case, fold_into};
pub use text::NameError;

/// Longest name in octets, root label included (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;
/// Longest label in octets (RFC 1035 §2.3.4).
pub const MAX_LABEL: usize = 63;

/// An absolute, uncompressed name in wire form, borrowed: length-prefixed labels and the final root label.
///
/// Letter case is kept. Equality and hash ignore the case of ASCII letters (RFC 4343).
///
/// ```
/// use dns_records::{Name, NameRef};
/// let name: Name = "web.shop.svc.cluster.local.".parse()?;
/// let view: NameRef<'_> = name.as_ref();
/// assert_eq!(view.labels().next(), Some(&b"web"[..]));
/// assert_eq!(view.to_string(), "web.shop.svc.cluster.local.");
/// # Ok::<(), dns_records::NameError>(())
/// ```
#[derive(Clone, Copy)]
pub struct NameRef<'a> {
    wire: &'a [u8],
}

impl<'a> NameRef<'a> {
    /// The root name.
    pub const ROOT: NameRef<'static> = NameRef { wire: &[0] };

    /// Reads an uncompressed name that fills `wire` exactly.
    ///
    /// # Errors
    /// When a label is longer than 63 octets, the whole longer than 255, the root label missing or followed by more.
    pub fn from_wire(wire: &'a [u8]) -> Result<Self, NameError> {
        if wire.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        let mut rest = wire;
        loop {
            match rest.split_first() {
                None => return Err(NameError::NotAbsolute),
                Some((0, [])) => return Ok(Self { wire }),
                Some((0, _)) => return Err(NameError::EmptyLabel),
                Some((&len, tail)) => {
                    if usize::from(len) > MAX_LABEL {
                        return Err(NameError::LabelTooLong);
                    }
                    rest = tail.get(usize::from(len)..).ok_or(NameError::NotAbsolute)?;
                }
            }
        }
    }

    /// For names that this crate built or has checked.
    pub(crate) const fn trusted(wire: &'a [u8]) -> Self {
        Self { wire }
    }

    /// The wire form, root label included: 1–255 octets.
    pub const fn as_wire(&self) -> &'a [u8] {
        self.wire
    }

    /// The labels from the left, without the root label.
    pub const fn labels(&self) -> Labels<'a> {
        Labels { rest: self.wire }
    }

    /// Whether this is the root name.
    pub const fn is_root(&self) -> bool {
        self.wire.len() <= 1
    }

    /// The name without its first label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (&len, rest) = self.wire.split_first()?;
        if len == 0 {
            return None;
        }
        rest.get(usize::from(len)..).map(Self::trusted)
    }

    /// Whether the name is `zone` or below it.
    pub fn is_in(&self, zone: NameRef<'_>) -> bool {
        let mut here = Some(*self);
        while let Some(name) = here {
            if name.wire.len() == zone.wire.len() {
                return name == zone;
            }
            here = name.parent();
        }
        false
    }

    /// An owned copy.
    pub fn to_name(&self) -> Name {
        Name { wire: self.wire.into() }
    }
}

impl PartialEq for NameRef<'_> {
    fn eq(&self, other: &NameRef<'_>) -> bool {
        eq_ignore_case(self.wire, other.wire)
    }
}

impl Eq for NameRef<'_> {}

impl Hash for NameRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for octet in self.wire {
            state.write_u8(octet.to_ascii_lowercase());
        }
    }
}

impl fmt::Display for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self.labels(), f)
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The labels of a name from the left, without the root label.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&len, rest) = self.rest.split_first()?;
        if len == 0 {
            return None;
        }
        let label = rest.get(..usize::from(len))?;
        self.rest = rest.get(usize::from(len)..)?;
        Some(label)
    }
}

/// An absolute name in wire form, owned.
///
/// `FromStr` reads presentation form (RFC 1035 §5.1: `\.` and `\DDD` escapes); a missing final dot is added.
/// `Display` writes it, always with the final dot.
#[derive(Clone)]
pub struct Name {
    wire: Box<[u8]>,
}

impl Name {
    /// The borrowed view.
    pub const fn as_ref(&self) -> NameRef<'_> {
        NameRef { wire: &self.wire }
    }

    /// The wire form, root label included.
    pub const fn as_wire(&self) -> &[u8] {
        &self.wire
    }

    pub(crate) fn from_trusted_wire(wire: impl Into<Box<[u8]>>) -> Self {
        Self { wire: wire.into() }
    }

    /// The same name with ASCII letters in lower case.
    #[must_use]
    pub fn to_lower(&self) -> Self {
        Self { wire: self.wire.to_ascii_lowercase().into() }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Borrow<[u8]> for Name {
    fn borrow(&self) -> &[u8] {
        &self.wire
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
