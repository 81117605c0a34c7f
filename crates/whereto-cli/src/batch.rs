//! Batches: a line of JSON in, a line of JSON out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output;

/// A longer line is no question. A resolv.conf may stand in one.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// Answers each line of `file` with a line. One that `answer` can't read gets an `error`, and the whole ends as bad input.
///
/// # Errors
/// When the file can't be read, the output can't be written, or a line was no question.
pub(crate) fn run<S: Serialize>(
    file: &Path,
    mut answer: impl FnMut(&[u8]) -> Result<S, String>,
) -> Result<Exit, Failure> {
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file);
        let file = opened.map_err(|error| Failure::bad_input(format_args!("{}: {error}", file.display())))?;
        Box::new(BufReader::with_capacity(64 * 1024, file))
    };
    let mut out = output::stdout();
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
        match answer(text) {
            Ok(answer) => serde_json::to_writer(&mut out, &answer).map_err(io::Error::from)?,
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
    if input.take(MAX_LINE).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_one_line() {
        let text = [vec![b'a'; 2 * MAX_LINE as usize], b"\nb\n\nc".to_vec()].concat();
        let mut input = &text[..];
        let mut lines = Vec::new();
        let mut line = Vec::new();
        while next_line(&mut input, &mut line).unwrap() {
            lines.push(std::mem::take(&mut line).len());
        }
        assert_eq!(lines, [MAX_LINE as usize, 2, 1, 1]);
    }
}
