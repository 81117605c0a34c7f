//! A deserializer around another one that knows where it is: it notes fields that upstream does not know, and where an
//! error came up. Numbers and booleans are taken as they stand, so that YAML's `port: "80"` is as wrong as JSON's.

use std::cell::RefCell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, Visitor};

use crate::objects::upstream_fields;

/// What a strict reading brought besides the value.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Paths of fields that neither we nor upstream know.
    pub(super) unknown: Vec<String>,
    /// Path of the field whose value was refused.
    pub(super) refused: Option<String>,
}

/// The way from the root of an object to where the reader is.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Field(&'p Self, &'p str),
    Index(&'p Self, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => f.write_str(name),
            Path::Field(parent, name) => write!(f, "{parent}.{name}"),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Where the reader is and what it writes to.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    path: Path<'p>,
    report: &'p RefCell<Report>,
}

impl<'p> Place<'p> {
    pub(super) const fn root(report: &'p RefCell<Report>) -> Self {
        Self { path: Path::Root, report }
    }

    /// Notes that the value at `path` was refused; the innermost place wins because it is the first to see the error.
    fn refuse(&self, path: Path<'_>) {
        let mut report = self.report.borrow_mut();
        if report.refused.is_none() {
            report.refused = Some(path.to_string());
        }
    }
}

/// The deserializer.
pub(super) struct Strict<'p, T> {
    inner: T,
    place: Place<'p>,
}

impl<'p, T> Strict<'p, T> {
    pub(super) const fn new(inner: T, place: Place<'p>) -> Self {
        Self { inner, place }
    }
}

macro_rules! forward {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(Watch { inner: visitor, place: self.place, fields: None })
        }
    )*};
}

macro_rules! as_it_stands {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.deserialize_any(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_unit deserialize_seq deserialize_map deserialize_identifier
        deserialize_ignored_any
    }

    as_it_stands! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let known = Fields { ours: fields, upstream: upstream_fields(name).unwrap_or_default() };
        self.inner.deserialize_struct(name, fields, Watch { inner: visitor, place: self.place, fields: Some(known) })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, Watch { inner: visitor, place: self.place, fields: None })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_newtype_struct(name, Watch { inner: visitor, place: self.place, fields: None })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, Watch { inner: visitor, place: self.place, fields: None })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, Watch { inner: visitor, place: self.place, fields: None })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, Watch { inner: visitor, place: self.place, fields: None })
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// The names that a struct may have.
#[derive(Clone, Copy)]
struct Fields {
    ours: &'static [&'static str],
    upstream: &'static [&'static str],
}

/// A visitor that hands on what it is given, with the place kept along.
struct Watch<'p, V> {
    inner: V,
    place: Place<'p>,
    fields: Option<Fields>,
}

macro_rules! visit {
    ($($method:ident: $type:ty,)*) => {$(
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watch<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_char: char, visit_str: &str,
        visit_borrowed_str: &'de str, visit_string: String, visit_bytes: &[u8], visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>,
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict::new(deserializer, self.place))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict::new(deserializer, self.place))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Items { inner: seq, place: self.place, next: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Entries { inner: map, place: self.place, fields: self.fields, key: Key::Skipped })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(access)
    }
}

struct Items<'p, A> {
    inner: A,
    place: Place<'p>,
    next: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        let path = Path::Index(&self.place.path, self.next);
        self.next += 1;
        let place = Place { path, report: self.place.report };
        self.inner.next_element_seed(Strict::new(seed, place)).inspect_err(|_| self.place.refuse(path))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// The key whose value comes next.
enum Key {
    /// A field that we read.
    Field(&'static str),
    /// An entry of a map.
    Entry(String),
    /// A field that nobody reads.
    Skipped,
}

struct Entries<'p, A> {
    inner: A,
    place: Place<'p>,
    fields: Option<Fields>,
    key: Key,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let seen = KeySeed { seed, place: self.place, fields: self.fields, key: &mut self.key };
        self.inner.next_key_seed(seen)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        let name = match &self.key {
            Key::Field(name) => *name,
            Key::Entry(name) => name.as_str(),
            Key::Skipped => return self.inner.next_value_seed(seed),
        };
        let path = Path::Field(&self.place.path, name);
        let place = Place { path, report: self.place.report };
        self.inner.next_value_seed(Strict::new(seed, place)).inspect_err(|_| self.place.refuse(path))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// Seeds of values pass the place on.
impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<'_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.inner.deserialize(Strict::new(deserializer, self.place))
    }
}

/// Reads a key and notes which one it is.
struct KeySeed<'k, 'p, T> {
    seed: T,
    place: Place<'p>,
    fields: Option<Fields>,
    key: &'k mut Key,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, '_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        let seen = Seen { inner: deserializer, place: self.place, fields: self.fields, key: self.key };
        self.seed.deserialize(seen)
    }
}

/// Both the deserializer of a key and the visitor that sees its text.
struct Seen<'k, 'p, T> {
    inner: T,
    place: Place<'p>,
    fields: Option<Fields>,
    key: &'k mut Key,
}

impl<T> Seen<'_, '_, T> {
    fn note(&mut self, text: &str) {
        *self.key = match self.fields {
            None => Key::Entry(text.to_owned()),
            Some(fields) => match fields.ours.iter().find(|name| **name == text) {
                Some(name) => Key::Field(name),
                None => {
                    if !fields.upstream.contains(&text) {
                        let path = Path::Field(&self.place.path, text).to_string();
                        self.place.report.borrow_mut().unknown.push(path);
                    }
                    Key::Skipped
                }
            },
        };
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Seen<'_, '_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Self { inner, place, fields, key } = self;
        inner.deserialize_str(Seen { inner: visitor, place, fields, key })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Seen<'_, '_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_str<E: serde::de::Error>(mut self, text: &str) -> Result<V::Value, E> {
        self.note(text);
        self.inner.visit_str(text)
    }

    fn visit_borrowed_str<E: serde::de::Error>(mut self, text: &'de str) -> Result<V::Value, E> {
        self.note(text);
        self.inner.visit_borrowed_str(text)
    }
}
