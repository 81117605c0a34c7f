//! Shapes that Kubernetes' JSON has and serde's derive does not.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// A JSON object of strings, such as `metadata.labels`, sorted by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StringMap(Vec<(Box<str>, Box<str>)>);

impl StringMap {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(have, _)| (**have).cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| &**value)
    }

    /// Sets the value of `key`.
    pub fn insert(&mut self, key: impl Into<Box<str>>, value: impl Into<Box<str>>) {
        let (key, value) = (key.into(), value.into());
        match self.0.binary_search_by(|(have, _)| have.cmp(&key)) {
            Ok(at) => {
                if let Some((_, have)) = self.0.get_mut(at) {
                    *have = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// The entries in order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Whether there is no entry.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every entry of `selector` is in here: how Services select Pods.
    pub fn matches(&self, selector: &Self) -> bool {
        selector.iter().all(|(key, value)| self.get(key) == Some(value))
    }

    /// A copy of the entries.
    pub fn to_vec(&self) -> Vec<(Box<str>, Box<str>)> {
        self.0.clone()
    }
}

impl<K: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(K, V)> for StringMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<'de> Deserialize<'de> for StringMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = StringMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StringMap, A::Error> {
                let mut entries: Vec<(Box<str>, Box<str>)> = Vec::with_capacity(map.size_hint().unwrap_or(0).min(64));
                while let Some((key, value)) = map.next_entry::<Box<str>, Option<Box<str>>>()? {
                    entries.push((key, value.unwrap_or_default()));
                }
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                // A later entry with the same key holds, as in Go.
                entries.reverse();
                entries.dedup_by(|a, b| a.0 == b.0);
                entries.reverse();
                Ok(StringMap(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// What `kubectl apply` leaves behind: the whole object once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Annotations but for the copy of the object that `kubectl apply` keeps in one.
pub(super) fn annotations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StringMap, D::Error> {
    let mut map: StringMap = or_default(deserializer)?;
    map.0.retain(|(key, _)| **key != *LAST_APPLIED);
    Ok(map)
}

/// A number or a text, such as `targetPort`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the API's type has two forms")]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A text: for ports, the name of one.
    String(Box<str>),
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = IntOrString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(number))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<IntOrString, E> {
                i64::try_from(number).map(IntOrString::Int).map_err(|_| E::custom("the number is too large"))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IntOrString, E> {
                Ok(IntOrString::String(text.into()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// `null` as the default value: what the API server makes of it.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_map_sorts_and_keeps_the_last() {
        let map: StringMap = serde_json::from_str(r#"{"b":"1","a":null,"b":"2"}"#).unwrap();
        assert_eq!(map.iter().collect::<Vec<_>>(), [("a", ""), ("b", "2")]);
        assert_eq!(map.get("b"), Some("2"));
        assert!(map.matches(&[("b", "2")].into_iter().collect()));
        assert!(!map.matches(&[("c", "2")].into_iter().collect()));
    }

    #[test]
    fn int_or_string_reads_both() {
        let read = |text: &str| serde_json::from_str::<IntOrString>(text);
        assert_eq!(read("80").unwrap(), IntOrString::Int(80));
        assert_eq!(read("-1").unwrap(), IntOrString::Int(-1));
        assert_eq!(read("\"http\"").unwrap(), IntOrString::String("http".into()));
        assert!(read("1.5").is_err());
    }
}
