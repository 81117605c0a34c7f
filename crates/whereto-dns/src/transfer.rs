//! Whole zones over a stream (RFC 5936, RFC 1995).

use std::io;
use std::time::Duration;

use dns_records::Transfer;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Sends message after message, each within `write_timeout`, and returns the first one.
pub(crate) async fn send(
    transfer: &mut Transfer<'_>,
    stream: &mut (impl AsyncWrite + Unpin),
    write_timeout: Duration,
) -> io::Result<Vec<u8>> {
    let mut first = None;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    while let Some(len) = transfer.next_message(&mut buffer) {
        let message = buffer.get(..len).unwrap_or_default();
        let Ok(length) = u16::try_from(message.len()) else { break };
        let written = timeout(write_timeout, async {
            stream.write_all(&length.to_be_bytes()).await?;
            stream.write_all(message).await
        });
        written.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        first.get_or_insert_with(|| message.to_vec());
    }
    timeout(write_timeout, stream.flush()).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(first.unwrap_or_default())
}
