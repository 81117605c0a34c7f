//! A command that serves, as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// For everything that surely happens, on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running command, and what it logs as JSON. Dropped, it is killed.
pub struct Serving {
    child: Child,
    lines: Receiver<String>,
}

impl Serving {
    pub fn start(args: &[&str]) -> Self {
        let mut command = super::command(args);
        command.args(["--admin", "127.0.0.1:0", "--log-format", "json"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the server starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Self { child, lines }
    }

    /// Closes standard input after writing to it.
    pub fn write(&mut self, input: &str) {
        self.child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    }

    /// Waits for the line that says that it is ready; its first address of each of these kinds.
    pub fn ready<const N: usize>(&self, kinds: [&str; N]) -> [SocketAddr; N] {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(deadline - Instant::now()).expect("the server gets ready");
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if line["ready"] == true {
                return kinds.map(|kind| line[kind][0].as_str().expect("an address").parse().expect("an address"));
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
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until it is so.
pub fn until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "{what}: not so after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What comes back for a request's head, whole.
pub fn exchange(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a response");
    text
}

/// Status line, fields and content of an admin endpoint.
pub fn get(address: SocketAddr, path: &str) -> String {
    exchange(address, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
}
