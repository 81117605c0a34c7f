use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::{Progress, ProxyHeader};

/// Reads a header and not an octet more. For how long is the caller's to say.
///
/// # Errors
/// Those of the socket; [`io::ErrorKind::InvalidData`] with a [`ProxyHeaderError`](super::ProxyHeaderError) inside for octets that are no header;
/// [`io::ErrorKind::UnexpectedEof`] when the sender closed before its end.
pub(crate) async fn read(stream: &mut TcpStream) -> io::Result<ProxyHeader> {
    // What was taken from the socket, and behind it what is only looked at.
    let mut octets = Vec::new();
    let mut next = [0; 256];
    loop {
        let seen = stream.peek(&mut next).await?;
        if seen == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken = octets.len();
        octets.extend_from_slice(next.get(..seen).unwrap_or_default());
        let progress =
            ProxyHeader::parse(&octets).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        // All that was seen belongs to the header, or the rest of the header is among it: taking as much does not wait.
        let ours = match progress {
            Progress::Incomplete => seen,
            Progress::Complete { length, .. } => length.saturating_sub(taken),
        };
        stream.read_exact(next.get_mut(..ours).unwrap_or_default()).await?;
        if let Progress::Complete { header, .. } = progress {
            return Ok(header);
        }
    }
}
