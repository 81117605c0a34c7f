//! `recvmmsg(2)` and `sendmmsg(2)`.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};

/// What the system reads and writes besides the datagrams.
pub(super) struct Calls {
    receiving: MultiHeaders<SockaddrStorage>,
    sending: MultiHeaders<SockaddrStorage>,
    to: Vec<Option<SockaddrStorage>>,
}

impl Calls {
    pub(super) fn new(most: usize) -> Self {
        Self {
            receiving: MultiHeaders::preallocate(most, None),
            sending: MultiHeaders::preallocate(most, None),
            to: Vec::with_capacity(most),
        }
    }

    /// Waits for the first datagram, but for no other.
    pub(super) fn receive<'b>(
        &mut self,
        socket: &UdpSocket,
        slots: impl Iterator<Item = &'b mut [u8]>,
        mut take: impl FnMut(usize, SocketAddr),
    ) -> io::Result<()> {
        let mut slots: Vec<_> = slots.map(|slot| [IoSliceMut::new(slot)]).collect();
        let flags = MsgFlags::MSG_WAITFORONE;
        for message in recvmmsg(socket.as_raw_fd(), &mut self.receiving, slots.iter_mut(), flags, None)? {
            match message.address.as_ref().and_then(socket_address) {
                Some(client) => take(message.bytes, client),
                // Not of the internet: nobody to reply to, but the slot is taken.
                None => take(0, SocketAddr::from(([0, 0, 0, 0], 0))),
            }
        }
        Ok(())
    }

    pub(super) fn send<'b>(
        &mut self,
        socket: &UdpSocket,
        replies: impl Iterator<Item = (&'b [u8], SocketAddr)>,
    ) -> usize {
        self.to.clear();
        let to = &mut self.to;
        let replies: Vec<_> = replies
            .map(|(reply, client)| {
                to.push(Some(client.into()));
                [IoSlice::new(reply)]
            })
            .collect();
        let mut unsent = 0;
        let mut at = 0;
        while let (Some(replies @ [_, ..]), Some(to)) = (replies.get(at..), self.to.get(at..)) {
            let sent = sendmmsg(socket.as_raw_fd(), &mut self.sending, replies, to, [], MsgFlags::empty());
            // An error is that of the first: those before it were sent.
            let sent = sent.map_or(0, Iterator::count);
            unsent += usize::from(sent == 0);
            at += sent.max(1);
        }
        unsent
    }
}

fn socket_address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    match (storage.as_sockaddr_in(), storage.as_sockaddr_in6()) {
        (Some(v4), _) => Some(SocketAddr::V4((*v4).into())),
        (_, Some(v6)) => Some(SocketAddr::V6((*v6).into())),
        _ => None,
    }
}
