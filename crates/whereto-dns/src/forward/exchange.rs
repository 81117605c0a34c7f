use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use dns_records::Rcode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::stats::ForwardStats;
use crate::answer::{Answer, TtlCaps};
use crate::message::{FLAG_QR, HEADER, u16_at};
use crate::question::Question;

/// The largest datagram that upstreams may send: what passes every usual path in one piece.
const PAYLOAD: u16 = 1232;
/// Room for servers that send more than was asked for.
const DATAGRAM: usize = 4096;

/// Why an upstream gave no usable reply.
#[derive(Debug)]
pub(super) enum ExchangeError {
    /// It did not answer in time.
    Timeout,
    /// The network said no.
    Io(io::Error),
    /// What came over TCP does not answer the question.
    WrongReply,
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no reply in time"),
            Self::Io(error) => error.fmt(f),
            Self::WrongReply => f.write_str("the reply does not answer the question"),
        }
    }
}

impl From<io::Error> for ExchangeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Asks one server, without a time limit of its own.
pub(super) async fn ask(
    to: SocketAddr,
    question: &Question,
    caps: TtlCaps,
    stats: &ForwardStats,
) -> Result<Answer, ExchangeError> {
    let mut answer = by_datagram(to, question, Some(PAYLOAD), caps, stats).await?;
    if answer.as_ref().is_none_or(refuses_edns) {
        // The server may not know EDNS (RFC 6891 §6.2.2).
        answer = by_datagram(to, question, None, caps, stats).await?;
    }
    match answer {
        Some(answer) if !answer.is_truncated() => Ok(answer),
        _ => {
            stats.retried_tcp.inc();
            over_tcp(to, question, caps).await
        }
    }
}

fn refuses_edns(answer: &Answer) -> bool {
    answer.rcode() == Rcode::FORMERR.0
}

/// A socket of its own for every exchange: the kernel picks a random port, and connecting keeps other senders out.
async fn connected_socket(to: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(to).await?;
    Ok(socket)
}

/// `None`: a reply with our identifier that is a bare error.
async fn by_datagram(
    to: SocketAddr,
    question: &Question,
    edns_payload: Option<u16>,
    caps: TtlCaps,
    stats: &ForwardStats,
) -> Result<Option<Answer>, ExchangeError> {
    let socket = connected_socket(to).await?;
    let id: u16 = rand::random();
    socket.send(&question.query(id, edns_payload)).await?;
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let len = socket.recv(&mut buffer).await?;
        let reply = buffer.get(..len).unwrap_or_default();
        if u16_at(reply, 0) == Some(id) {
            if let Ok(answer) = Answer::read(question, reply, caps) {
                return Ok(Some(answer));
            }
            if edns_payload.is_some() && is_bare_error(reply) {
                return Ok(None);
            }
        }
        // Wrong identifier or question: forged or late. The right reply may still come.
        stats.strays.inc();
    }
}

/// FORMERR or NOTIMP with nothing but a header, as servers answer what they could not parse.
fn is_bare_error(reply: &[u8]) -> bool {
    let Some(flags) = u16_at(reply, 2) else { return false };
    let rcode = Rcode(flags & 0xf);
    reply.len() == HEADER && flags & FLAG_QR != 0 && (rcode == Rcode::FORMERR || rcode == Rcode::NOTIMP)
}

async fn over_tcp(to: SocketAddr, question: &Question, caps: TtlCaps) -> Result<Answer, ExchangeError> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let id: u16 = rand::random();
    let query = question.query(id, Some(PAYLOAD));
    let mut framed = u16::try_from(query.len()).unwrap_or(0).to_be_bytes().to_vec();
    framed.extend_from_slice(&query);
    stream.write_all(&framed).await?;
    let mut reply = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut reply).await?;
    if u16_at(&reply, 0) != Some(id) {
        return Err(ExchangeError::WrongReply);
    }
    Answer::read(question, &reply, caps).map_err(|_| ExchangeError::WrongReply)
}

/// Whether a server replies at all.
pub(super) async fn is_alive(to: SocketAddr, question: &Question) -> bool {
    let stats = ForwardStats::default();
    by_datagram(to, question, Some(PAYLOAD), TtlCaps::NONE, &stats).await.is_ok()
}
