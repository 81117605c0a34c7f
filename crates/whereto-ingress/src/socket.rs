use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Octets up to which pieces are joined: to copy them is less work than to have the kernel read where each of them is.
const SMALL: usize = 2048;

/// A socket that is given small pieces joined: the head of a message and its content, if that is short.
#[derive(Debug)]
pub(crate) struct Socket(TcpStream);

impl Socket {
    pub(crate) const fn new(stream: TcpStream) -> Self {
        Self(stream)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.0);
        if let [one] = slices {
            return stream.poll_write(context, one);
        }
        if slices.iter().map(|slice| slice.len()).sum::<usize>() > SMALL {
            return stream.poll_write_vectored(context, slices);
        }
        let mut room = [0; SMALL];
        stream.poll_write(context, joined(slices, &mut room))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// The pieces as one, as far as there is room.
fn joined<'a>(slices: &[IoSlice<'_>], room: &'a mut [u8; SMALL]) -> &'a [u8] {
    let mut left = &mut room[..];
    for slice in slices {
        // Writing to memory does not fail.
        let _ = left.write(slice);
    }
    let end = SMALL - left.len();
    room.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn pieces_arrive_in_order() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut sender, (mut receiver, _)) = (Socket::new(stream), listener.accept().await.unwrap());
        let whole: Vec<u8> = (0..SMALL + 1).map(|number| number as u8).collect();
        for pieces in [
            &[&b"head"[..], b"", b"content"][..],
            &[&whole],
            &[&whole[..1], &whole[1..SMALL]],
            &[&whole[..1], &whole[1..]],
        ] {
            let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
            let written = sender.write_vectored(&slices).await.unwrap();
            let expected = pieces.concat();
            // An empty socket buffer takes all of it.
            assert_eq!(written, expected.len());
            let mut read = vec![0; written];
            receiver.read_exact(&mut read).await.unwrap();
            assert_eq!(read, expected);
        }
    }
}
