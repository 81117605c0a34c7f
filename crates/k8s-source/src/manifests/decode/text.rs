//! JSON and YAML texts behind one face.

use std::marker::PhantomData;

use object_change::ObjectKey;
use serde::Deserialize;
use serde::de::DeserializeSeed;

use super::Failure;
use crate::manifests::split::{Format, RawItem, TypeMeta};

/// How YAML is read: as strictly as `kubectl` does (a label `on` or `1.0` needs quotes), without limits on how much there is,
/// with those on nesting and aliases that make small texts expensive.
pub(in crate::manifests) fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: None,
            max_events: usize::MAX,
            max_documents: usize::MAX,
            max_nodes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
        },
        no_schema: true,
        with_snippet: false,
    }
}

/// Reads the whole item with `seed`.
pub(super) fn read<'a, S: DeserializeSeed<'a>>(item: &RawItem<'a>, seed: S) -> Result<S::Value, Failure> {
    match item.format {
        Format::Json => {
            let mut deserializer = serde_json::Deserializer::from_slice(item.bytes);
            seed.deserialize(&mut deserializer)
                .and_then(|value| deserializer.end().map(|()| value))
                .map_err(|error| json_failure(item, &error))
        }
        Format::Yaml => {
            let text = std::str::from_utf8(item.bytes).map_err(|error| not_utf8(item, error.valid_up_to()))?;
            serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |deserializer| {
                seed.deserialize(deserializer)
            })
            .map_err(|error| yaml_failure(item, &error))
        }
    }
}

/// What the item says it is. A JSON item is checked as a whole on the way.
pub(super) fn type_meta(item: &RawItem<'_>) -> Result<TypeMeta, Failure> {
    if item.format == Format::Yaml
        && let Some(types) = std::str::from_utf8(item.bytes).ok().and_then(type_meta_by_lines)
    {
        return Ok(types);
    }
    read(item, PhantomData::<TypeMeta>)
}

/// Namespace and name, of an object that is otherwise wrong.
pub(super) fn key(item: &RawItem<'_>) -> Option<ObjectKey> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Metadata {
        namespace: Option<Box<str>>,
        name: Box<str>,
    }
    #[derive(Deserialize)]
    struct Named {
        metadata: Metadata,
    }
    let Named { metadata } = read(item, PhantomData::<Named>).ok()?;
    Some(ObjectKey::new(metadata.namespace.unwrap_or_default(), metadata.name))
}

/// `apiVersion` and `kind` where they stand on lines of their own at the outermost level, which is nearly always: a second
/// YAML parse would double the time to load. `None` when in doubt.
fn type_meta_by_lines(text: &str) -> Option<TypeMeta> {
    let mut margin = None;
    let (mut api_version, mut kind) = (None, None);
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        let margin = *margin.get_or_insert(indent);
        if indent < margin {
            return None;
        }
        if indent > margin {
            continue;
        }
        // Tags, anchors, flow style, directives: something for the real parser.
        if !content
            .starts_with(|first: char| first.is_ascii_alphanumeric() || first == '-' || first == ']' || first == '}')
        {
            return None;
        }
        let target = match content.split_once(':') {
            Some(("apiVersion", value)) => Some((&mut api_version, value)),
            Some(("kind", value)) => Some((&mut kind, value)),
            _ => None,
        };
        if let Some((target, value)) = target {
            if target.is_some() {
                return None;
            }
            *target = Some(plain_word(value)?);
        }
    }
    Some(TypeMeta { api_version: api_version?.into(), kind: kind?.into() })
}

/// A scalar of characters that mean the same in every style.
fn plain_word(value: &str) -> Option<&str> {
    let value = value.strip_prefix(' ')?;
    let value = value.split_once(" #").map_or(value, |(before, _)| before).trim();
    let value = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .or_else(|| value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
        .unwrap_or(value);
    let is_word = value.starts_with(|first: char| first.is_ascii_alphabetic())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-'));
    is_word.then_some(value)
}

pub(in crate::manifests) fn not_utf8(item: &RawItem<'_>, at: usize) -> Failure {
    let lines = item.bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    Failure {
        is_syntax: true,
        reason: "not UTF-8".into(),
        field: String::new(),
        line: item.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
        column: None,
        object: None,
    }
}

fn json_failure(item: &RawItem<'_>, error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line().max(1), error.column());
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let column = if line == 1 { column.saturating_add(item.column as usize).saturating_sub(1) } else { column };
    Failure {
        is_syntax: !error.is_data(),
        reason: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
        field: String::new(),
        line: item.line.saturating_add(u32::try_from(line - 1).unwrap_or(u32::MAX)),
        column: u32::try_from(column).ok().filter(|column| *column > 0),
        object: None,
    }
}

pub(in crate::manifests) fn yaml_failure(item: &RawItem<'_>, error: &serde_saphyr::Error) -> Failure {
    let error = error.without_snippet();
    let location = error.location();
    let line = location.map_or(1, |location| location.line().max(1)) - 1;
    Failure {
        is_syntax: true,
        reason: reason(error),
        field: String::new(),
        line: item.line.saturating_add(u32::try_from(line).unwrap_or(u32::MAX)),
        column: location.and_then(|location| u32::try_from(location.column()).ok()).filter(|column| *column > 0),
        object: None,
    }
}

/// The message without its place, which is told apart.
fn reason(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let text = text.split('\n').next().unwrap_or_default();
    let text = text.split(" at line ").next().unwrap_or_default();
    text.strip_prefix("error: ").unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_lines(text: &str) -> Option<(String, String)> {
        type_meta_by_lines(text).map(|types| (types.api_version, types.kind))
    }

    #[test]
    fn types_are_found_at_the_margin() {
        let service = Some(("v1".to_owned(), "Service".to_owned()));
        assert_eq!(by_lines("apiVersion: v1\nkind: Service\n"), service);
        assert_eq!(by_lines("# c\n  spec:\n    kind: Other\n  kind: \"Service\" # c\n  apiVersion: 'v1'\r\n"), service);
        assert_eq!(by_lines("a:\n- kind: X\nkind: Service\napiVersion: v1"), service);
    }

    #[test]
    fn doubt_is_left_to_the_parser() {
        for text in [
            "kind: Service",
            "{kind: Service, apiVersion: v1}",
            "  kind: A\napiVersion: v1",
            "kind: *a\napiVersion: v1",
            "kind: A\nkind: B\napiVersion: v1",
            "kind:\n  Service\napiVersion: v1",
        ] {
            assert_eq!(by_lines(text), None, "{text}");
        }
    }
}
