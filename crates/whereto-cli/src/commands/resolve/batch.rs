use std::path::Path;

use dns_records::RecordType;
use serde::Deserialize;

use super::walked::Asker;
use super::{Question, Resolution, World};
use crate::batch;
use crate::exit::{Exit, Failure};

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    #[serde(rename = "type")]
    record_type: Option<String>,
}

/// Answers each line of `file` with a line: names with a final dot as they are, others as `asker` looks them up.
pub(super) fn run(file: &Path, world: &World<'_>, asker: Option<&Asker<'_>>) -> Result<Exit, Failure> {
    let mut buffer = super::buffer();
    batch::run(file, |text| {
        let (name, record_type) = line(text)?;
        match asker {
            Some(asker) if !Question::is_absolute(&name) => asker.resolution(&name, record_type, world),
            _ => {
                let question = Question::read(&name, record_type.unwrap_or(RecordType::A));
                let question = question.map_err(|error| error.to_string())?;
                Ok(Resolution::of(&question, world, &mut buffer))
            }
        }
    })
}

fn line(text: &[u8]) -> Result<(String, Option<RecordType>), String> {
    let Line { name, record_type } = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let read = |text: String| text.parse().map_err(|error| format!("type {text:?}: {error}"));
    Ok((name, record_type.map(read).transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_questions_or_told_why_not() {
        let line = |text: &str| line(text.as_bytes());
        assert_eq!(line(r#"{"name":"a."}"#), Ok(("a.".to_owned(), None)));
        assert_eq!(line(r#"{"name":"a","type":"srv"}"#), Ok(("a".to_owned(), Some(RecordType::SRV))));
        for wrong in ["", "[]", r#"{"name":1}"#, r#"{"name":"a.","type":"X"}"#, r#"{"name":"a.","pod":"b/c"}"#] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }
}
