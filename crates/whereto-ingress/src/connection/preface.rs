use std::io;

use tokio::io::AsyncReadExt;

use super::stream::ClientStream;

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
pub(super) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Octets that were read to find out what is spoken, to be read again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    octets: [u8; PREFACE.len()],
    start: usize,
    end: usize,
}

impl Prefix {
    /// What is left of them.
    pub(super) fn left(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }

    /// Gives as many as fit.
    pub(super) fn take(&mut self, room: usize) -> &[u8] {
        let start = self.start;
        self.start = self.end.min(start.saturating_add(room));
        self.octets.get(start..self.start).unwrap_or_default()
    }
}

/// Whether the client speaks HTTP/2 without having asked (RFC 9113 §3.3). The first octet that differs tells that it does not. What was read
/// stays to be read.
pub(super) async fn speaks_http2(stream: &mut ClientStream) -> io::Result<bool> {
    let mut prefix = Prefix::default();
    while let Some(room) = prefix.octets.get_mut(prefix.end..).filter(|room| !room.is_empty()) {
        let read = stream.read(room).await?;
        prefix.end += read;
        if read == 0 || !PREFACE.starts_with(prefix.left()) {
            break;
        }
    }
    let http2 = prefix.left() == PREFACE;
    stream.unread(prefix);
    Ok(http2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_given_once() {
        let mut prefix = Prefix { octets: *PREFACE, start: 0, end: 10 };
        assert_eq!(prefix.take(4), b"PRI ");
        assert_eq!(prefix.left(), b"* HTTP");
        assert_eq!(prefix.take(100), b"* HTTP");
        assert_eq!(prefix.take(100), b"");
    }
}
