//! `recvmmsg(2)` and `sendmmsg(2)`; replies of one length to one client leave as one piece, which the system takes apart (`UDP_SEGMENT` in
//! udp(7)).

use std::array;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, getsockopt, recvmmsg, sendmmsg, sockopt,
};

use super::MOST;

/// Longest reply that is joined with others: what fits any path that IPv6 takes (RFC 8200 §5), for the system refuses segments longer than
/// the path's MTU.
const LONGEST_SEGMENT: usize = 1232;

/// What the system reads and writes besides the datagrams.
pub(super) struct Calls {
    receiving: MultiHeaders<SockaddrStorage>,
    sending: MultiHeaders<SockaddrStorage>,
    to: Vec<Option<SockaddrStorage>>,
    /// With room for the length of segments.
    joining: MultiHeaders<SockaddrStorage>,
    /// Whether the system takes datagrams apart, and the network has let it so far.
    joins: bool,
}

/// A reply to be sent.
#[derive(Clone, Copy)]
struct Reply<'b> {
    octets: &'b [u8],
    client: SocketAddr,
}

impl Reply<'_> {
    const NONE: Self = Reply { octets: &[], client: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0) };

    /// Replies that can be joined are next to each other in this order, but for clients with one port at two addresses. The low octet is
    /// free.
    const fn order(&self) -> u64 {
        (self.octets.len() as u64) << 24 | (self.client.port() as u64) << 8
    }

    /// Whether two replies can leave as one piece.
    fn joins(&self, next: &Self) -> bool {
        self.octets.len() == next.octets.len() && self.client == next.client && self.octets.len() <= LONGEST_SEGMENT
    }
}

impl Calls {
    pub(super) fn new(socket: &UdpSocket) -> Self {
        Self {
            receiving: MultiHeaders::preallocate(MOST, None),
            sending: MultiHeaders::preallocate(MOST, None),
            to: Vec::with_capacity(MOST),
            joining: MultiHeaders::preallocate(1, Some(cmsg_space!(u16))),
            // Before Linux 4.18 the length of segments is ignored without a word: the option alone tells.
            joins: getsockopt(socket, sockopt::UdpGsoSegment).is_ok(),
        }
    }

    /// Waits for the first datagram, but for no other.
    pub(super) fn receive<'b>(
        &mut self,
        socket: &UdpSocket,
        mut slots: impl Iterator<Item = &'b mut [u8]>,
        mut take: impl FnMut(usize, SocketAddr),
    ) -> io::Result<()> {
        let mut count = 0;
        let mut slices: [_; MOST] = array::from_fn(|_| {
            let slot = slots.next();
            count += usize::from(slot.is_some());
            [IoSliceMut::new(slot.unwrap_or_default())]
        });
        let flags = MsgFlags::MSG_WAITFORONE;
        for message in recvmmsg(socket.as_raw_fd(), &mut self.receiving, slices.iter_mut().take(count), flags, None)? {
            match message.address.as_ref().and_then(socket_address) {
                Some(client) => take(message.bytes, client),
                // Not of the internet: nobody to reply to, but the slot is taken.
                None => take(0, SocketAddr::from(([0, 0, 0, 0], 0))),
            }
        }
        Ok(())
    }

    /// Sends replies, at most as many as a batch has, in any order; returns how many could not be sent.
    pub(super) fn send<'b>(
        &mut self,
        socket: &UdpSocket,
        replies: impl Iterator<Item = (&'b [u8], SocketAddr)>,
    ) -> usize {
        let mut all = [Reply::NONE; MOST];
        let mut count = 0;
        for (slot, (octets, client)) in all.iter_mut().zip(replies) {
            *slot = Reply { octets, client };
            count += 1;
        }
        let all = all.get(..count).unwrap_or_default();
        if count < 2 || !self.joins {
            return self.send_each(socket, all.iter().copied());
        }
        let mut order = [0; MOST];
        let order = order.get_mut(..count).unwrap_or_default();
        for (index, (place, reply)) in order.iter_mut().zip(all).enumerate() {
            *place = reply.order() | index as u64;
        }
        order.sort_unstable();
        let reply = |place: &u64| all.get((place & 0xff) as usize).copied().unwrap_or(Reply::NONE);
        let groups = || order.chunk_by(|one, next| reply(one).joins(&reply(next)));
        let mut unsent = 0;
        for group in groups().filter(|group| group.len() > 1) {
            unsent += self.send_joined(socket, group.iter().map(reply));
        }
        unsent + self.send_each(socket, groups().filter(|group| group.len() == 1).flatten().map(reply))
    }

    /// Sends replies of one length to one client.
    fn send_joined<'b>(&mut self, socket: &UdpSocket, replies: impl Iterator<Item = Reply<'b>> + Clone) -> usize {
        let Some(Reply { octets, client }) = replies.clone().next() else { return 0 };
        let mut slices = [IoSlice::new(&[]); MOST];
        let mut count = 0;
        for (slice, reply) in slices.iter_mut().zip(replies.clone()) {
            *slice = IoSlice::new(reply.octets);
            count += 1;
        }
        let slices = [slices.get(..count).unwrap_or_default()];
        let len = octets.len() as u16;
        let (to, segments) = ([Some(client.into())], [ControlMessage::UdpGsoSegments(&len)]);
        let sent = sendmmsg(socket.as_raw_fd(), &mut self.joining, &slices, to, segments, MsgFlags::empty()).map(drop);
        let Err(error) = sent else { return 0 };
        let unsent = self.send_each(socket, replies);
        // Wrong together but not one by one: the way out is narrower than any should be, or can't take datagrams apart, such as one
        // through IPsec.
        if unsent == 0 && matches!(error, Errno::EINVAL | Errno::EMSGSIZE | Errno::EIO) {
            self.joins = false;
        }
        unsent
    }

    fn send_each<'b>(&mut self, socket: &UdpSocket, replies: impl Iterator<Item = Reply<'b>>) -> usize {
        self.to.clear();
        let mut slices = [[IoSlice::new(&[])]; MOST];
        for (slice, reply) in slices.iter_mut().zip(replies) {
            *slice = [IoSlice::new(reply.octets)];
            self.to.push(Some(reply.client.into()));
        }
        let slices = slices.get(..self.to.len()).unwrap_or_default();
        let mut unsent = 0;
        let mut at = 0;
        while let (Some(slices @ [_, ..]), Some(to)) = (slices.get(at..), self.to.get(at..)) {
            let sent = sendmmsg(socket.as_raw_fd(), &mut self.sending, slices, to, [], MsgFlags::empty());
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn socket() -> (UdpSocket, SocketAddr) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    /// What a socket gets, in the order of its octets.
    fn received(socket: &UdpSocket, count: usize) -> Vec<Vec<u8>> {
        let mut buffer = [0; 2048];
        let mut all: Vec<_> = (0..count)
            .map(|_| {
                let len = socket.recv(&mut buffer).unwrap();
                buffer[..len].to_vec()
            })
            .collect();
        all.sort();
        all
    }

    /// Joined or not, to a client they are the datagrams that were to be sent.
    #[test]
    fn replies_of_one_length_arrive_one_by_one() {
        let ((server, _), (one, to_one), (other, to_other)) = (socket(), socket(), socket());
        let longest = [[7; LONGEST_SEGMENT], [8; LONGEST_SEGMENT]];
        let longer = [[5; LONGEST_SEGMENT + 1], [6; LONGEST_SEGMENT + 1]];
        for joins in [true, false] {
            let mut calls = Calls::new(&server);
            calls.joins &= joins;
            let replies: [(&[u8], _); 10] = [
                (b"a1", to_one),
                (b"b1", to_other),
                (b"a2", to_one),
                (b"b2", to_other),
                (b"a3", to_one),
                (b"alone", to_one),
                (&longest[0], to_other),
                (&longest[1], to_other),
                (&longer[0], to_one),
                (&longer[1], to_one),
            ];
            assert_eq!(calls.send(&server, replies.into_iter()), 0);
            let got = received(&one, 6);
            assert_eq!(got, [&longer[0][..], &longer[1], b"a1", b"a2", b"a3", b"alone"]);
            assert_eq!(received(&other, 4), [&longest[0][..], &longest[1], b"b1", b"b2"]);
        }
    }

    /// What can't be sent alone either is no reason to send the others one by one from now on.
    #[test]
    fn unsendable_replies_of_one_length_are_all_counted() {
        let ((server, _), (client, to_client)) = (socket(), socket());
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut calls = Calls::new(&server);
        let joins = calls.joins;
        let replies: [(&[u8], _); 4] = [(b"x", nowhere), (b"y", nowhere), (b"z", to_client), (b"w", to_client)];
        assert_eq!(calls.send(&server, replies.into_iter()), 2);
        assert_eq!(received(&client, 2), [b"w", b"z"]);
        assert_eq!(calls.joins, joins);
    }
}
