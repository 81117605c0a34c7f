//! Bodies of responses as they come in, with a limit to how long nothing may come and to how much may.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::io::{AsyncBufRead, AsyncBufReadExt as _};
use tokio::time::timeout;

use super::problem::{Problem, whole};

/// A page of 500 objects of the size that etcd takes, 1.5 MiB each, is smaller.
const MAX_PAGE: usize = 1 << 30;
/// So is an event with an object and what the API server adds to it.
const MAX_LINE: usize = 16 << 20;

/// Waits for something that the server does; `patience` is how long.
pub(super) async fn patiently<T>(patience: Duration, what: impl Future<Output = T>) -> Result<T, Problem> {
    timeout(patience, what).await.map_err(|_| Problem::Silent(patience))
}

type Reader = Pin<Box<dyn AsyncBufRead + Send>>;

/// The body of a response under way.
pub(super) struct Body {
    reader: Reader,
    patience: Duration,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
}

impl Body {
    pub(super) fn new(reader: impl AsyncBufRead + Send + 'static, patience: Duration) -> Self {
        Self { reader: Box::pin(reader), patience, partial: Vec::new() }
    }

    /// All of it.
    pub(super) async fn whole(mut self) -> Result<Vec<u8>, Problem> {
        let mut page = Vec::new();
        loop {
            let filled = fill(&mut self.reader, self.patience).await?;
            if filled.is_empty() {
                return Ok(page);
            }
            page.extend_from_slice(filled);
            let length = filled.len();
            self.reader.as_mut().consume(length);
            if page.len() > MAX_PAGE {
                return Err(Problem::Malformed(format!("a list has more than {MAX_PAGE} bytes").into()));
            }
        }
    }

    /// Reads the next line into `line`, without its end. `false` at the end of the body, where a line without an end was not sent
    /// completely and does not count.
    pub(super) async fn line(&mut self, line: &mut Vec<u8>) -> Result<bool, Problem> {
        let Self { reader, patience, partial } = self;
        loop {
            let filled = fill(reader, *patience).await?;
            if filled.is_empty() {
                return Ok(false);
            }
            let end = filled.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(filled.len());
            partial.extend_from_slice(filled.get(..taken).unwrap_or_default());
            reader.as_mut().consume(taken + usize::from(end.is_some()));
            if partial.len() > MAX_LINE {
                return Err(Problem::Malformed(format!("an event has more than {MAX_LINE} bytes").into()));
            }
            if end.is_some() {
                // The room of the line before serves for the next.
                std::mem::swap(line, partial);
                partial.clear();
                return Ok(true);
            }
        }
    }
}

async fn fill(reader: &mut Reader, patience: Duration) -> Result<&[u8], Problem> {
    let filled = patiently(patience, reader.fill_buf()).await?;
    filled.map_err(|error| Problem::Unreachable(whole(&error)))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::task::{Context, Poll};

    use futures_util::io::{BufReader, Cursor};

    use super::*;

    fn body(text: &'static str, room: usize) -> Body {
        Body::new(BufReader::with_capacity(room, Cursor::new(text)), Duration::from_secs(1))
    }

    #[tokio::test]
    async fn lines_are_put_together_and_the_last_needs_its_end() {
        for room in [1, 3, 64] {
            let mut body = body("one\n\ntwo three\nfour", room);
            let (mut line, mut lines) = (Vec::new(), Vec::new());
            while body.line(&mut line).await.unwrap() {
                lines.push(String::from_utf8(line.clone()).unwrap());
            }
            assert_eq!(lines, ["one", "", "two three"]);
        }
    }

    #[tokio::test]
    async fn a_body_comes_whole() {
        assert_eq!(body("{\"items\":[]}\n", 5).whole().await.unwrap(), b"{\"items\":[]}\n");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_a_problem() {
        struct Quiet;
        impl futures_util::io::AsyncRead for Quiet {
            fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
                Poll::Pending
            }
        }
        let mut body = Body::new(BufReader::new(Quiet), Duration::from_secs(7));
        assert_eq!(body.line(&mut Vec::new()).await, Err(Problem::Silent(Duration::from_secs(7))));
    }
}
