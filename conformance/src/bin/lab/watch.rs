//! Sees every datagram to a name server, also where nothing listens, in the order in which they were sent.

use std::collections::HashMap;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use nix::cmsg_space;
use nix::sys::socket::{self, AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockProtocol, SockType, sockopt};
use nix::sys::time::TimeSpec;
use whereto_conformance::lab::message;
use whereto_conformance::lab::trace::Query;

/// The port of name servers.
pub(crate) const PORT: u16 = 53;
/// The only IPv6 address that there is.
const SERVER_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// What is sent to see that everything before it was seen; a server takes it for nothing.
const MARK: u8 = b'!';

/// What came to the servers, and what they said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    messages: Vec<Message>,
    answers: Vec<(Turn, (SystemTime, u8))>,
    /// How many of the marks came.
    marks: usize,
}

/// A message that came to a server.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) at: SystemTime,
    pub(crate) server: IpAddr,
    pub(crate) from: u16,
    pub(crate) tcp: bool,
    pub(crate) content: Vec<u8>,
}

/// Which message it is that a server answers: of those that came to it from one socket, the n-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Turn {
    pub(crate) server: IpAddr,
    pub(crate) from: u16,
    pub(crate) tcp: bool,
    pub(crate) number: u32,
}

impl Log {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // What is in there is whole at any time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn message(&self, message: Message) {
        self.seen().messages.push(message);
    }

    /// Notes that the answer by `rule` leaves.
    pub(crate) fn answer(&self, turn: Turn, rule: u8) {
        let now = SystemTime::now();
        self.seen().answers.push((turn, (now, rule)));
    }

    /// Takes the queries that came since the last time, once everything that was sent is in the log.
    pub(crate) fn take(&self) -> Result<Vec<Query>> {
        self.seen().marks = 0;
        UdpSocket::bind("127.0.0.1:0")?.send_to(&[MARK], (Ipv4Addr::LOCALHOST, PORT))?;
        UdpSocket::bind("[::1]:0")?.send_to(&[MARK], (SERVER_V6, PORT))?;
        let patience = Instant::now() + Duration::from_secs(10);
        while self.seen().marks < 2 {
            ensure!(Instant::now() < patience, "the interface is not watched any more");
            thread::sleep(Duration::from_millis(1));
        }
        let Seen { mut messages, answers, .. } = std::mem::take(&mut *self.seen());
        // Each family and TCP have a witness of their own.
        messages.sort_by_key(|message| message.at);
        let Some(begin) = messages.first().map(|first| first.at) else { return Ok(Vec::new()) };
        let since = |at: SystemTime| at.duration_since(begin).unwrap_or_default().as_micros() as u32;
        let answers: HashMap<Turn, (SystemTime, u8)> = answers.into_iter().collect();
        let mut turns = Turns::default();
        let queries = messages.into_iter().map(|Message { at, server, from: port, tcp, content }| {
            let answered = answers.get(&turns.next(server, port, tcp)).map(|(at, rule)| (since(*at), *rule));
            let read = message::Query::read(&content).unwrap_or_else(|| {
                // But for the identifier, which is another each time.
                let hex: String = content.iter().skip(2).map(|octet| format!("{octet:02x}")).collect();
                message::Query::unreadable(format!("?{hex}"))
            });
            let message::Query { id, name, qtype, edns, ad, rd, .. } = read;
            Query { at: since(at), answered, server, port, tcp, id, name, qtype, edns, ad, no_rd: !rd }
        });
        Ok(queries.collect())
    }
}

/// Counts messages.
#[derive(Debug, Default)]
pub(crate) struct Turns(HashMap<(IpAddr, u16, bool), u32>);

impl Turns {
    /// The turn of the next message to `server` from this port.
    pub(crate) fn next(&mut self, server: IpAddr, from: u16, tcp: bool) -> Turn {
        let count = self.0.entry((server, from, tcp)).or_default();
        *count += 1;
        Turn { server, from, tcp, number: *count }
    }
}

/// Starts watching the loopback interface.
pub(crate) fn start(log: &Log) -> Result<()> {
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        // A raw socket gets a copy of each datagram that reaches this host, whether or not anyone has its port.
        let socket =
            socket::socket(family, SockType::Raw, SockFlag::empty(), SockProtocol::Udp).context("raw socket")?;
        // This thread may have to wait until it sees a datagram; the kernel knows when it came.
        socket::setsockopt(&socket, sockopt::ReceiveTimestampns, &true).context("time stamps")?;
        socket::setsockopt(&socket, sockopt::RcvBuf, &(1 << 20)).context("raw socket")?;
        let log = log.clone();
        thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Some((length, at)) = receive(&socket, &mut buffer) {
                let packet = &buffer[..length];
                let seen =
                    if family == AddressFamily::Inet { ipv4(packet, at) } else { datagram(packet, SERVER_V6, at) };
                match seen {
                    Some(Message { content, .. }) if content == [MARK] => log.seen().marks += 1,
                    // One octet is what wakes the servers.
                    Some(message) if message.content.len() > 1 => log.message(message),
                    _ => {}
                }
            }
        });
    }
    Ok(())
}

/// The length of the next packet, and when it came.
fn receive(socket: &OwnedFd, buffer: &mut [u8]) -> Option<(usize, SystemTime)> {
    let mut control = cmsg_space!(TimeSpec);
    let mut parts = [IoSliceMut::new(buffer)];
    let received = socket::recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::empty()).ok()?;
    let at = received.cmsgs().ok()?.find_map(|message| match message {
        ControlMessageOwned::ScmTimestampns(at) => Some(UNIX_EPOCH + Duration::from(at)),
        _ => None,
    });
    Some((received.bytes, at.unwrap_or_else(SystemTime::now)))
}

/// A datagram to a name server in an IPv4 packet (RFC 791 §3.1), which is what a raw socket gives.
fn ipv4(packet: &[u8], at: SystemTime) -> Option<Message> {
    let to: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    let header = usize::from(packet.first()? & 0xf) * 4;
    datagram(packet.get(header..)?, Ipv4Addr::from(to).into(), at)
}

/// A datagram (RFC 768) to the name server at `server`; over IPv6, a raw socket gives no more than this.
fn datagram(datagram: &[u8], server: IpAddr, at: SystemTime) -> Option<Message> {
    let word = |at: usize| Some(u16::from_be_bytes([*datagram.get(at)?, *datagram.get(at + 1)?]));
    let (from, content) = (word(0)?, datagram.get(8..)?.to_vec());
    (word(2)? == PORT).then_some(Message { at, server, from, tcp: false, content })
}
