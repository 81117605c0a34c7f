/// Longest query taken over a stream. Longer ones hold nothing that is answered here.
pub(super) const MAX_QUERY: usize = 16 * 1024;

/// Received octets, cut into messages by their two octets of length (RFC 1035 §4.2.2).
#[derive(Debug, Default)]
pub(super) struct Frames {
    octets: Vec<u8>,
    at: usize,
}

/// A message longer than [`MAX_QUERY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Frames {
    /// Where received octets go: append, never remove.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        self.octets.drain(..self.at);
        self.at = 0;
        // A connection that had a long query once does not keep the room.
        if self.octets.is_empty() && self.octets.capacity() > 4096 {
            self.octets = Vec::new();
        }
        self.octets.reserve(512);
        &mut self.octets
    }

    /// The next message, if it is complete.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, TooLong> {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let Some((length, body)) = rest.split_first_chunk::<2>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > MAX_QUERY {
            return Err(TooLong);
        }
        if body.len() < length {
            return Ok(None);
        }
        let start = self.at + 2;
        self.at = start + length;
        Ok(self.octets.get(start..start + length))
    }

    /// Appends a message with its length.
    pub(super) fn push(message: &[u8], out: &mut Vec<u8>) {
        let Ok(length) = u16::try_from(message.len()) else { return };
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(message);
    }
}
