//! Datagrams received and sent several at a time, where the system can: under load most of a query's cost is the system call.

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "batch/many.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "batch/one.rs")]
mod calls;

use std::io;
use std::net::{SocketAddr, UdpSocket};

use calls::Calls;

/// Most datagrams of one call.
const MOST: usize = 16;
/// Room for any datagram. Not a multiple of the page size: the front of each would lie in the same places of the processor's cache.
const SLOT: usize = 65_536 + 576;

/// Room for datagrams and their replies; only what was once used takes memory.
pub(super) struct Batch {
    queries: Box<[u8]>,
    replies: Box<[u8]>,
    received: Vec<Received>,
    calls: Calls,
    /// How many datagrams to ask for: twice as many as came the last time, so that a quiet socket pays for few.
    ask: usize,
}

/// A datagram's length and sender, and the length of its reply.
#[derive(Clone, Copy, Debug)]
struct Received {
    len: usize,
    client: SocketAddr,
    reply: usize,
}

/// One datagram, and where its reply goes.
pub(super) struct Datagram<'b> {
    pub(super) query: &'b [u8],
    pub(super) client: SocketAddr,
    pub(super) out: &'b mut [u8],
}

impl Batch {
    pub(super) fn new(socket: &UdpSocket) -> Self {
        Self {
            queries: vec![0; MOST * SLOT].into_boxed_slice(),
            replies: vec![0; MOST * SLOT].into_boxed_slice(),
            received: Vec::with_capacity(MOST),
            calls: Calls::new(socket),
            ask: MOST,
        }
    }

    /// Waits for a datagram and takes those that are there; returns their number.
    ///
    /// # Errors
    /// The system's, a timeout among them. Then there is no datagram.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        self.received.clear();
        let received = &mut self.received;
        self.calls.receive(socket, self.queries.chunks_exact_mut(SLOT).take(self.ask), |len, client| {
            received.push(Received { len, client, reply: 0 });
        })?;
        let count = self.received.len();
        self.ask = (2 * count).clamp(2, MOST);
        Ok(count)
    }

    /// A datagram by number.
    pub(super) fn datagram(&mut self, index: usize) -> Option<Datagram<'_>> {
        let Received { len, client, .. } = *self.received.get(index)?;
        let slot = index * SLOT;
        let query = self.queries.get(slot..slot + len)?;
        let out = self.replies.get_mut(slot..slot + SLOT)?;
        Some(Datagram { query, client, out })
    }

    /// Sets the length of a datagram's reply; without one there is nothing to send.
    pub(super) fn set_reply(&mut self, index: usize, len: usize) {
        if let Some(received) = self.received.get_mut(index) {
            received.reply = len;
        }
    }

    /// Sends the replies; returns how many could not be sent.
    pub(super) fn send(&mut self, socket: &UdpSocket) -> usize {
        let replies =
            self.received.iter().zip(self.replies.chunks_exact(SLOT)).filter(|(received, _)| received.reply > 0);
        let replies = replies.map(|(received, slot)| (slot.get(..received.reply).unwrap_or_default(), received.client));
        self.calls.send(socket, replies)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;

    /// More than a batch has room for: what does not fit is there the next time, and every reply reaches its client.
    #[test]
    fn every_datagram_gets_its_own_reply() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let clients: Vec<_> = (0..3).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        let sent = MOST + 9;
        for number in 0..sent {
            let client = &clients[number % clients.len()];
            client.send_to(&[number as u8; 600], server.local_addr().unwrap()).unwrap();
        }

        let mut batch = Batch::new(&server);
        let mut answered = 0;
        while answered < sent {
            let count = batch.receive(&server).unwrap();
            assert!((1..=MOST).contains(&count));
            for index in 0..count {
                let Datagram { query, out, .. } = batch.datagram(index).unwrap();
                assert_eq!(query.len(), 600);
                let len = 20 + usize::from(query[0]);
                out[..len].fill(query[0]);
                // Every fourth gets none.
                let len = if query[0].is_multiple_of(4) { 0 } else { len };
                batch.set_reply(index, len);
            }
            assert_eq!(batch.send(&server), 0);
            answered += count;
        }

        for (which, client) in clients.iter().enumerate() {
            let expected: BTreeSet<_> =
                (0..sent).filter(|number| number % clients.len() == which && number % 4 != 0).collect();
            client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut got = BTreeSet::new();
            let mut buffer = [0; 512];
            while got.len() < expected.len() {
                let len = client.recv(&mut buffer).unwrap();
                assert_eq!(len, 20 + usize::from(buffer[0]));
                assert!(buffer[..len].iter().all(|octet| *octet == buffer[0]));
                got.insert(usize::from(buffer[0]));
            }
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_timeout_leaves_nothing_behind() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.send_to(b"query", server.local_addr().unwrap()).unwrap();
        let mut batch = Batch::new(&server);
        assert_eq!(batch.receive(&server).unwrap(), 1);
        assert!(batch.receive(&server).is_err());
        assert!(batch.datagram(0).is_none());
    }

    /// A reply that can't be sent keeps none of the others from their clients.
    #[test]
    fn an_unsendable_reply_is_counted_and_skipped() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        for number in 0..3 {
            client.send_to(&[number], server.local_addr().unwrap()).unwrap();
        }
        let mut batch = Batch::new(&server);
        let mut unsent = 0;
        let mut answered = 0;
        while answered < 3 {
            let count = batch.receive(&server).unwrap();
            for index in 0..count {
                let Datagram { query, out, .. } = batch.datagram(index).unwrap();
                out[0] = query[0];
                // Longer than any datagram.
                let len = if query[0] == 1 { SLOT } else { 1 };
                batch.set_reply(index, len);
            }
            unsent += batch.send(&server);
            answered += count;
        }
        assert_eq!(unsent, 1);
        let mut buffer = [0; 16];
        for expected in [0, 2] {
            assert_eq!(client.recv(&mut buffer).unwrap(), 1);
            assert_eq!(buffer[0], expected);
        }
    }
}
