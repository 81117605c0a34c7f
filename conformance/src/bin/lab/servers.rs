//! The name servers of one case.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use whereto_conformance::lab::case::{Case, SERVERS};
use whereto_conformance::lab::message::Query;
use whereto_conformance::lab::script::{Performance, Question, reply_time};

use crate::watch::{Log, Message, PORT, Turn, Turns};

/// A reply on its way.
struct Reply {
    due: Instant,
    socket: Arc<UdpSocket>,
    to: SocketAddr,
    turn: Turn,
    rule: u8,
    message: Vec<u8>,
}

/// What the threads of one case share.
struct Stage {
    performance: Mutex<Performance>,
    log: Log,
    over: AtomicBool,
}

/// The running servers.
pub(crate) struct Servers {
    stage: Arc<Stage>,
    threads: Vec<JoinHandle<()>>,
    addresses: Vec<SocketAddr>,
}

impl Servers {
    /// Starts those servers of `case` that are not dead.
    pub(crate) fn start(case: &Case, log: &Log) -> Result<Self> {
        let stage = Arc::new(Stage {
            performance: Mutex::new(Performance::new(&case.script)),
            log: log.clone(),
            over: AtomicBool::new(false),
        });
        let mut servers = Self { stage, threads: Vec::new(), addresses: Vec::new() };
        let (sender, receiver) = mpsc::channel();
        for address in SERVERS.into_iter().chain([Ipv6Addr::LOCALHOST.into()]) {
            if case.dead.contains(&address) {
                continue;
            }
            let address = SocketAddr::new(address, PORT);
            let socket = Arc::new(UdpSocket::bind(address).with_context(|| format!("binding {address}"))?);
            let listener = TcpListener::bind(address).with_context(|| format!("binding {address}"))?;
            let (stage, sender) = (Arc::clone(&servers.stage), sender.clone());
            servers.threads.push(thread::spawn(move || stage.serve_udp(&socket, address.ip(), &sender)));
            let stage = Arc::clone(&servers.stage);
            servers.threads.push(thread::spawn(move || stage.serve_tcp(&listener, address.ip())));
            servers.addresses.push(address);
        }
        let log = log.clone();
        servers.threads.push(thread::spawn(move || deliver(&receiver, &log)));
        Ok(servers)
    }

    /// Ends them and frees their ports.
    pub(crate) fn stop(self) -> Result<()> {
        self.stage.over.store(true, Ordering::SeqCst);
        for address in self.addresses {
            // Wakes the threads, which then see that it is over.
            let any = if address.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
            UdpSocket::bind(any)?.send_to(&[0], address)?;
            TcpStream::connect(address)?;
        }
        for thread in self.threads {
            thread.join().map_err(|_| anyhow::anyhow!("a server's thread panicked"))?;
        }
        Ok(())
    }
}

impl Stage {
    /// What `server` says to `message`, and when.
    fn answer(&self, message: &[u8], server: IpAddr, tcp: bool) -> Option<(Vec<u8>, Duration, u8)> {
        let query = Query::read(message)?;
        let question = Question { name: &query.name, qtype: query.qtype, server };
        let (behaviour, rule) = self.performance.lock().ok()?.next(question);
        Some((query.reply(behaviour, rule, tcp)?, reply_time(server, query.qtype), rule))
    }

    fn serve_udp(&self, socket: &Arc<UdpSocket>, server: IpAddr, replies: &Sender<Reply>) {
        let (mut buffer, mut turns) = ([0; 4096], Turns::default());
        while let Ok((length, to)) = socket.recv_from(&mut buffer) {
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let content = &buffer[..length];
            let turn = turns.next(server, to.port(), false);
            if let Some((message, delay, rule)) = self.answer(content, server, false) {
                let _ = replies.send(Reply {
                    due: Instant::now() + delay,
                    socket: Arc::clone(socket),
                    to,
                    turn,
                    rule,
                    message,
                });
            }
        }
    }

    fn serve_tcp(self: Arc<Self>, listener: &TcpListener, server: IpAddr) {
        while let Ok((stream, from)) = listener.accept() {
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let stage = Arc::clone(&self);
            // Ends with the connection, which is when the program ends at the latest.
            thread::spawn(move || stage.converse(stream, server, from.port()));
        }
    }

    fn converse(&self, mut stream: TcpStream, server: IpAddr, from: u16) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut turns = Turns::default();
        loop {
            let mut length = [0; 2];
            stream.read_exact(&mut length)?;
            let mut content = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut content)?;
            let (reply, turn) = (self.answer(&content, server, true), turns.next(server, from, true));
            self.log.message(Message { at: SystemTime::now(), server, from, tcp: true, content });
            if let Some((reply, delay, rule)) = reply {
                thread::sleep(delay);
                self.log.answer(turn, rule);
                stream.write_all(&[&(reply.len() as u16).to_be_bytes()[..], &reply].concat())?;
            }
        }
    }
}

/// Sends each reply when its time has come, until no server can send one any more.
fn deliver(replies: &Receiver<Reply>, log: &Log) {
    let mut waiting: BTreeMap<(Instant, u64), Reply> = BTreeMap::new();
    let mut count = 0;
    loop {
        let now = Instant::now();
        while let Some(first) = waiting.first_entry().filter(|first| first.key().0 <= now) {
            let reply = first.remove();
            log.answer(reply.turn, reply.rule);
            // The program may be gone.
            let _ = reply.socket.send_to(&reply.message, reply.to);
        }
        let next = waiting.first_key_value().map(|((due, _), _)| due.saturating_duration_since(now));
        match replies.recv_timeout(next.unwrap_or(Duration::from_secs(3600))) {
            Ok(reply) => {
                waiting.insert((reply.due, count), reply);
                count += 1;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
