//! Sending a query and getting the reply.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// A client of one server.
#[derive(Debug)]
pub struct Client {
    server: SocketAddr,
    socket: UdpSocket,
    patience: Duration,
}

impl Client {
    /// A client that waits for a reply for `patience`.
    ///
    /// # Errors
    /// Where there is no socket to be had.
    pub fn new(server: SocketAddr, patience: Duration) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("UDP socket")?;
        socket.connect(server).with_context(|| format!("UDP to {server}"))?;
        Ok(Self { server, socket, patience })
    }

    /// Asks over UDP, and once again if there is no reply. `None` is: no reply.
    ///
    /// # Errors
    /// Where sending fails otherwise than by nobody listening.
    pub fn udp(&self, query: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut buffer = vec![0; 65_535];
        for _ in 0..2 {
            match self.socket.send(query) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => continue,
                Err(error) => return Err(error).context("sending"),
            }
            let end = Instant::now() + self.patience;
            let left = || end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
            while let Some(left) = left() {
                self.socket.set_read_timeout(Some(left)).context("read timeout")?;
                match self.socket.recv(&mut buffer) {
                    // A late reply to an earlier query has another id.
                    Ok(length) if length >= 2 && buffer.get(..2) == query.get(..2) => {
                        buffer.truncate(length);
                        return Ok(Some(buffer));
                    }
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                    Err(error) => return Err(error).context("receiving"),
                }
            }
        }
        Ok(None)
    }

    /// Asks over TCP, and once again if there is no reply. `None` is: no reply.
    ///
    /// # Errors
    /// Where the query is longer than a message may be.
    pub fn tcp(&self, query: &[u8]) -> Result<Option<Vec<u8>>> {
        let length = u16::try_from(query.len()).context("query over 65535 bytes")?;
        let talk = || -> std::io::Result<Vec<u8>> {
            let mut stream = TcpStream::connect_timeout(&self.server, self.patience)?;
            stream.set_read_timeout(Some(self.patience))?;
            stream.set_nodelay(true)?;
            stream.write_all(&[&length.to_be_bytes()[..], query].concat())?;
            let mut head = [0; 2];
            stream.read_exact(&mut head)?;
            let mut reply = vec![0; usize::from(u16::from_be_bytes(head))];
            stream.read_exact(&mut reply)?;
            Ok(reply)
        };
        Ok(talk().or_else(|_| talk()).ok())
    }
}
