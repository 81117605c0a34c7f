use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use dns_records::{Name, RecordType};
use serde_json::Value;

/// For everything that surely happens, on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running `whereto dns` on free ports.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    pub dns: SocketAddr,
    pub admin: SocketAddr,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        let fixed = ["dns", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log-format", "json"];
        let forward: &[&str] = if args.contains(&"--forward") { &[] } else { &["--no-forward"] };
        let mut command = super::command(&[&fixed[..], forward, args].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the server starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        Self { child, lines, dns: unknown, admin: unknown }
    }

    /// Closes standard input after writing to it.
    pub fn write(&mut self, input: &str) {
        self.child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    }

    /// Waits for the line that says that it is ready.
    pub fn ready(mut self) -> Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(deadline - Instant::now()).expect("the server gets ready");
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if line["ready"] == true {
                let address = |list: &Value| list[0].as_str().expect("an address").parse().expect("an address");
                self.dns = address(&line["dns"]);
                self.admin = address(&line["admin"]);
                return self;
            }
        }
    }

    /// Waits for a line with this text.
    pub fn logged(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.lines.recv_timeout(deadline - Instant::now()).expect("the line comes").contains(text) {}
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status().expect("kill runs");
        assert!(sent.success());
    }

    pub fn wait(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            thread::sleep(Duration::from_millis(10));
        }
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
        let deadline = Instant::now() + PATIENCE;
        while !self.ask(name, record_type).0.ends_with(data) {
            assert!(Instant::now() < deadline, "{name} does not change");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Status line and body of an admin endpoint.
    pub fn get(&self, path: &str) -> String {
        get(self.admin, path)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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

pub fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a reply");
    text
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
