use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};

use dns_records::{Name, RecordType};

use super::serving::{PATIENCE, Serving, get, until};

/// A running `whereto dns` on free ports.
pub struct Server {
    pub process: Serving,
    pub dns: SocketAddr,
    pub admin: SocketAddr,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        let forward: &[&str] = if args.contains(&"--forward") { &[] } else { &["--no-forward"] };
        let process = Serving::start(&[&["dns", "--listen", "127.0.0.1:0"], forward, args].concat());
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        Self { process, dns: unknown, admin: unknown }
    }

    /// Waits for the line that says that it is ready.
    pub fn ready(mut self) -> Self {
        [self.dns, self.admin] = self.process.ready(["dns", "admin"]);
        self
    }

    /// The reply to a query over UDP.
    pub fn ask(&self, name: &str, record_type: RecordType) -> Reply {
        ask(self.dns, name, record_type)
    }

    /// The reply to a query over TCP.
    pub fn ask_tcp(&self, name: &str, record_type: RecordType) -> Reply {
        let query = query(name, record_type);
        let mut stream = TcpStream::connect(self.dns).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let message = [&(query.len() as u16).to_be_bytes()[..], &query].concat();
        stream.write_all(&message).expect("sent");
        let mut length = [0; 2];
        stream.read_exact(&mut length).expect("a reply");
        let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut reply).expect("a reply");
        Reply(reply)
    }

    /// Asks until the answer ends with these octets.
    pub fn until(&self, name: &str, record_type: RecordType, data: &[u8]) {
        until(name, || self.ask(name, record_type).0.ends_with(data));
    }

    /// Status line and body of an admin endpoint.
    pub fn get(&self, path: &str) -> String {
        get(self.admin, path)
    }
}

/// The reply to a query over UDP.
pub fn ask(server: SocketAddr, name: &str, record_type: RecordType) -> Reply {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("set");
    socket.send_to(&query(name, record_type), server).expect("sent");
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).expect("a reply");
    Reply(buffer[..length].to_vec())
}

/// A DNS message.
pub struct Reply(pub Vec<u8>);

impl Reply {
    pub fn rcode(&self) -> u8 {
        self.0[3] & 15
    }

    pub fn has_recursion_available(&self) -> bool {
        self.0[3] & 0x80 != 0
    }

    pub fn answers(&self) -> u8 {
        self.0[7]
    }
}

fn query(name: &str, record_type: RecordType) -> Vec<u8> {
    let name: Name = name.parse().expect("a name");
    let header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    [&header[..], name.as_wire(), &record_type.0.to_be_bytes(), &[0, 1]].concat()
}
