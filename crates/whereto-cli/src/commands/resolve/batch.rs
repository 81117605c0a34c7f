use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use dns_records::{RecordType, Snapshot};
use serde::Deserialize;
use serde_json::json;

use super::{Question, Resolution};
use crate::exit::{Exit, Failure};
use crate::output;

/// A longer line is no question; the longest name takes a thousand octets when every one of its own is escaped.
const MAX_LINE: u64 = 64 * 1024;

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    #[serde(rename = "type")]
    record_type: Option<String>,
}

/// Answers each line of `file` with a line. One that can't be read gets an `error`, and the whole ends as bad input.
pub(super) fn run(file: &Path, snapshot: &Snapshot) -> Result<Exit, Failure> {
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file);
        let file = opened.map_err(|error| Failure::bad_input(format_args!("{}: {error}", file.display())))?;
        Box::new(BufReader::with_capacity(64 * 1024, file))
    };
    let mut out = output::stdout();
    let mut buffer = super::buffer();
    let mut line = Vec::new();
    let mut errors = 0_u64;
    for number in 1_u64.. {
        line.clear();
        let read = next_line(&mut *input, &mut line);
        if !read.map_err(|error| Failure::bad_input(format_args!("{}:{number}: {error}", file.display())))? {
            break;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        match question(text) {
            Ok(question) => {
                let resolution = Resolution::of(&question, snapshot, &mut buffer);
                serde_json::to_writer(&mut out, &resolution).map_err(io::Error::from)?;
            }
            Err(reason) => {
                errors += 1;
                let error = format!("line {number}: {reason}");
                serde_json::to_writer(&mut out, &json!({"error": error})).map_err(io::Error::from)?;
            }
        }
        writeln!(out)?;
    }
    out.flush()?;
    match errors {
        0 => Ok(Exit::Answered),
        1 => Err(Failure::bad_input("1 line is no question: its answer says why")),
        _ => Err(Failure::bad_input(format_args!("{errors} lines are no questions: their answers say why"))),
    }
}

/// Reads a line, of one that is too long only the beginning. Whether there was one.
fn next_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    use std::io::Read as _;
    if input.take(MAX_LINE).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}

fn question(line: &[u8]) -> Result<Question, String> {
    let Line { name, record_type } = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let record_type = match record_type {
        None => RecordType::A,
        Some(text) => text.parse().map_err(|error| format!("type {text:?}: {error}"))?,
    };
    Question::read(&name, record_type).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_questions_or_told_why_not() {
        let question = |text: &str| question(text.as_bytes()).map(|q| (q.name.to_string(), q.record_type));
        assert_eq!(question(r#"{"name":"a."}"#), Ok(("a.".to_owned(), RecordType::A)));
        assert_eq!(question(r#"{"name":"a.","type":"srv"}"#), Ok(("a.".to_owned(), RecordType::SRV)));
        for wrong in [
            "",
            "[]",
            r#"{"name":1}"#,
            r#"{"name":"a"}"#,
            r#"{"name":"a.","type":"X"}"#,
            r#"{"name":"a.","pod":"b/c"}"#,
        ] {
            assert!(question(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_one_line() {
        let text = [vec![b'a'; 3 * MAX_LINE as usize], b"\nb\n\nc".to_vec()].concat();
        let mut input = &text[..];
        let mut lines = Vec::new();
        let mut line = Vec::new();
        while next_line(&mut input, &mut line).unwrap() {
            lines.push(std::mem::take(&mut line).len());
        }
        assert_eq!(lines, [MAX_LINE as usize, 2, 1, 1]);
    }
}
