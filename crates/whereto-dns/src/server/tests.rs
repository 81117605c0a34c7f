//! Whole servers on loopback.

mod admin;
mod datagrams;
mod forwarding;
mod shutdown;
mod streams;
mod tls;
mod transfers;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use hickory_proto::op::Message;
use whereto_server::{AdminConfig, ServerHandle};

use super::DnsServer;
use crate::config::ServerConfig;
use crate::forward::{ForwardConfig, ForwardRule};
use crate::testing::{FakeUpstream, address_reply, read, snapshot};

/// Longer than anything takes that works.
const LONG: Duration = Duration::from_secs(20);

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// A server with one worker on a free port, over before a test waits for anything.
fn config() -> ServerConfig {
    ServerConfig::new()
        .with_listen(loopback())
        .with_workers(1)
        .with_admin(AdminConfig::all(loopback()))
        .with_shutdown(Duration::ZERO, LONG)
}

/// A server that asks this one about every other name.
fn forwarding(upstream: &FakeUpstream) -> ServerConfig {
    let rule = ForwardRule::everything(vec![upstream.address]);
    let forward = ForwardConfig::new(vec![rule]).with_timeouts(LONG, LONG).with_loop_detection(false);
    config().with_forward(forward)
}

/// An upstream that says nothing until it is told to.
struct ReticentUpstream {
    server: FakeUpstream,
    speaks: Arc<AtomicBool>,
}

impl ReticentUpstream {
    fn start() -> Self {
        let speaks = Arc::new(AtomicBool::new(false));
        let may_speak = Arc::clone(&speaks);
        let server = FakeUpstream::start(move |received| {
            while !may_speak.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            vec![address_reply(received.query, 300, "192.0.2.80")]
        });
        Self { server, speaks }
    }

    fn speak(&self) {
        self.speaks.store(true, Ordering::SeqCst);
    }
}

struct Running {
    server: DnsServer,
    snapshots: Arc<ArcSwap<Snapshot>>,
}

fn start(config: ServerConfig) -> Running {
    start_with(config, snapshot())
}

fn start_with(config: ServerConfig, snapshot: Arc<Snapshot>) -> Running {
    let snapshots = Arc::new(ArcSwap::new(snapshot));
    let server = DnsServer::start(config, Arc::clone(&snapshots)).unwrap();
    Running { server, snapshots }
}

impl Running {
    fn dns(&self) -> SocketAddr {
        self.server.addresses().dns[0]
    }

    fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    fn client(&self) -> UdpSocket {
        connected(self.dns())
    }

    /// One query by datagram.
    fn ask(&self, query: &[u8]) -> Message {
        let client = self.client();
        client.send(query).unwrap();
        read(&receive(&client))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.dns()).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
    }

    /// Status and body of an admin endpoint.
    fn get(&self, path: &str) -> (u16, String) {
        get(self.server.addresses().admin[0], path)
    }

    /// The value of a metric, by the start of its line.
    fn metric(&self, start: &str) -> f64 {
        let (_, text) = self.get("/metrics");
        let line = text.lines().find(|line| line.starts_with(start));
        line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    }
}

fn connected(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

fn receive(client: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 65535];
    let len = client.recv(&mut buffer).unwrap();
    buffer.truncate(len);
    buffer
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn framed(message: &[u8]) -> Vec<u8> {
    let mut framed = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    framed
}

fn read_framed(stream: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message).unwrap();
    message
}

/// Waits until something is so. Never for longer than [`LONG`], and no test depends on how long.
fn until(so: impl Fn() -> bool) {
    let end = std::time::Instant::now() + LONG;
    while !so() {
        assert!(std::time::Instant::now() < end, "still not so after {LONG:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
