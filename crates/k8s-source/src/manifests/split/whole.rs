//! Lists in an unusual layout: read by the YAML parser from front to end, still one item after the other.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Format, RawItem, Sink, TypeMeta, Waiting};
use crate::manifests::decode::yaml_options;

/// Tells the items of the list `text`, each turned into JSON. They stand on the list's line: the parser has no other for them.
///
/// # Errors
/// When the text is malformed.
pub(in crate::manifests) fn split_whole(
    text: &str,
    document: u32,
    line: u32,
    sink: &mut Sink<'_>,
) -> Result<(), serde_saphyr::Error> {
    let mut list = List { document, line, types: TypeMeta::default(), waiting: Waiting::default(), sink };
    serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |deserializer| {
        deserializer.deserialize_map(&mut list)
    })?;
    list.waiting.resolve(&list.types, document, list.sink);
    Ok(())
}

struct List<'l, 's> {
    document: u32,
    line: u32,
    types: TypeMeta,
    waiting: Waiting,
    sink: &'l mut Sink<'s>,
}

impl<'de> Visitor<'de> for &mut List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "apiVersion" => self.types.api_version = map.next_value()?,
                "kind" => self.types.kind = map.next_value()?,
                "items" => map.next_value_seed(Items(self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Items<'i, 'l, 's>(&'i mut List<'l, 's>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let list = self.0;
        while let Some(item) = seq.next_element::<serde_json::Value>()? {
            let bytes = serde_json::to_vec(&item).map_err(serde::de::Error::custom)?;
            let implied = list.types.implied();
            let raw = RawItem {
                bytes: &bytes,
                format: Format::Json,
                document: list.document,
                line: list.line,
                column: 1,
                implied: implied.as_ref(),
                kind_may_come: list.types.kind.is_empty(),
            };
            list.waiting.offer(raw, list.sink);
        }
        Ok(())
    }
}
