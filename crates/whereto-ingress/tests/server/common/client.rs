use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::message::{Expect, Message};

/// For what has to come; a test that waits for so long fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that writes what it is told.
#[derive(Debug)]
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) -> &mut Self {
        self.0.get_mut().write_all(octets.as_ref()).unwrap();
        self
    }

    /// As much as the server takes.
    pub(crate) fn try_send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(octets)
    }

    /// The next response; `None` if the server closed.
    pub(crate) fn try_receive(&mut self) -> io::Result<Option<Message>> {
        Message::read(&mut self.0, Expect::Response)
    }

    pub(crate) fn receive(&mut self) -> Message {
        self.try_receive().unwrap().expect("a response")
    }

    pub(crate) fn receive_head(&mut self) -> Message {
        Message::read(&mut self.0, Expect::NoContent).unwrap().expect("a response")
    }

    /// Whether the server has closed, with nothing more sent.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut octet = [0];
        matches!(self.0.read(&mut octet), Ok(0) | Err(_))
    }

    pub(crate) fn read_exact(&mut self, octets: &mut [u8]) {
        self.0.read_exact(octets).unwrap();
    }

    /// One request and its response.
    pub(crate) fn once(address: SocketAddr, octets: impl AsRef<[u8]>) -> Message {
        Self::connect(address).send(octets).receive()
    }

    /// GET, and its response.
    pub(crate) fn get(address: SocketAddr, host: &str, target: &str) -> Message {
        Self::once(address, format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    }
}
