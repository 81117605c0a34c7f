//! Systems that take one datagram per call.

use std::io;
use std::net::{SocketAddr, UdpSocket};

/// Nothing to keep.
pub(super) struct Calls;

impl Calls {
    pub(super) const fn new(_: &UdpSocket) -> Self {
        Self
    }

    pub(super) fn receive<'b>(
        &mut self,
        socket: &UdpSocket,
        mut slots: impl Iterator<Item = &'b mut [u8]>,
        mut take: impl FnMut(usize, SocketAddr),
    ) -> io::Result<()> {
        let Some(slot) = slots.next() else { return Ok(()) };
        let (len, client) = socket.recv_from(slot)?;
        take(len, client);
        Ok(())
    }

    pub(super) fn send<'b>(
        &mut self,
        socket: &UdpSocket,
        replies: impl Iterator<Item = (&'b [u8], SocketAddr)>,
    ) -> usize {
        replies.filter(|(reply, client)| socket.send_to(reply, client).is_err()).count()
    }
}
