//! The least that a server of datagrams can cost: receives and sends, and does nothing in between.
//!
//! The replies are as long as the right ones, which the load client says in the message identifier.

use std::io::{IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use anyhow::Result;
use bench_dns_peers::tag;
use clap::Parser;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};
use socket2::{Domain, Protocol, Socket, Type};

/// As our server's.
const RECEIVE_TIMEOUT: Duration = Duration::from_millis(250);
const SEND_TIMEOUT: Duration = Duration::from_millis(50);
const BUFFER: usize = u16::MAX as usize;
/// Longest datagram of a batch.
const BATCHED: usize = 2048;

/// Sends a reply of the right length to each query.
#[derive(Debug, Parser)]
#[command(name = "dns-floor")]
struct Arguments {
    /// Where queries come.
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// Receive and send up to so many datagrams with one system call each; with 1 by recv_from and send_to.
    #[arg(long, value_name = "N", default_value_t = 1)]
    batch: usize,
}

fn main() -> Result<()> {
    let Arguments { listen, batch } = Arguments::parse();
    let socket = socket(listen)?;
    if batch <= 1 { one_by_one(&socket) } else { batched(&socket, batch) }
}

/// A socket with the options of our server's.
fn socket(address: SocketAddr) -> Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.set_read_timeout(Some(RECEIVE_TIMEOUT))?;
    socket.set_write_timeout(Some(SEND_TIMEOUT))?;
    Ok(socket.into())
}

fn one_by_one(socket: &UdpSocket) -> ! {
    let mut buffer = vec![0; BUFFER];
    loop {
        let Ok((received, client)) = socket.recv_from(&mut buffer) else { continue };
        let len = answer(&mut buffer, received);
        // A reply that can't be sent is a reply lost: the client notices.
        drop(socket.send_to(&buffer[..len], client));
    }
}

fn batched(socket: &UdpSocket, batch: usize) -> ! {
    let fd = socket.as_raw_fd();
    let mut buffers = vec![[0; BATCHED]; batch];
    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(batch, None);
    let mut send_headers = MultiHeaders::<SockaddrStorage>::preallocate(batch, None);
    let mut received: Vec<(usize, Option<SockaddrStorage>)> = Vec::with_capacity(batch);
    loop {
        received.clear();
        {
            let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer)]).collect();
            let Ok(messages) = recvmmsg(fd, &mut headers, slices.iter_mut(), MsgFlags::MSG_WAITFORONE, None) else {
                continue;
            };
            received.extend(messages.map(|message| (message.bytes, message.address)));
        }
        let lengths = buffers.iter_mut().zip(&received).map(|(buffer, (len, _))| answer(buffer, *len));
        let lengths: Vec<_> = lengths.collect();
        let slices: Vec<_> =
            buffers.iter().zip(&lengths).map(|(buffer, len)| [IoSlice::new(&buffer[..*len])]).collect();
        let addresses: Vec<_> = received.iter().map(|(_, address)| *address).collect();
        drop(sendmmsg(fd, &mut send_headers, &slices, &addresses, [], MsgFlags::empty()));
    }
}

/// Makes a reply of a query in place; returns its length.
fn answer(buffer: &mut [u8], received: usize) -> usize {
    let Some(len) = tag::reply_len(&buffer[..received]) else { return 0 };
    if let Some(flags) = buffer.get_mut(2) {
        *flags |= 0x80;
    }
    len.min(buffer.len())
}
