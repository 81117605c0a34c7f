//! Asks a DNS server as fast as it answers, a floor in turns with it, and tells what a query costs either.

use std::io::{IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bench_cluster::{Cluster, Expected, Kind, Query, Shape};
use bench_dns_peers::process::{Memory, Processes};
use bench_dns_peers::tag;
use clap::Parser;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};

/// A floor that waits for its load client does not show what a query costs.
const BUSY: f64 = 0.95;
/// After so long a query counts as lost.
const LOST: Duration = Duration::from_millis(200);
/// How many replies are looked at.
const COMPARED: u16 = 2000;
/// Longest reply.
const BUFFER: usize = 2048;
/// How often it is asked whether a server answers yet.
const PATIENCE: u32 = 600;

/// What a DNS server costs per query, and the floor beside it.
#[derive(Debug, Parser)]
#[command(name = "dns-load")]
struct Options {
    /// What to call the server in the table.
    #[arg(long, value_name = "TEXT", default_value = "")]
    name: String,
    /// The server.
    #[arg(long, value_name = "ADDR")]
    server: SocketAddr,
    /// Its process.
    #[arg(long, value_name = "PID")]
    pid: u32,
    /// The program that does nothing but receive and send.
    #[arg(long, value_name = "ADDR")]
    floor: SocketAddr,
    /// Its process.
    #[arg(long, value_name = "PID")]
    floor_pid: u32,
    /// Measurements of floor and server, in turns.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pairs: usize,
    /// Length of one, in seconds.
    #[arg(long, value_name = "X", default_value_t = 2.0)]
    seconds: f64,
    /// Queries asked at once, at most 64.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = outstanding)]
    outstanding: usize,
    /// Ask from so many sockets, as many clients do; more than one are never waited for.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = outstanding)]
    sockets: usize,
    /// Distinct messages, asked again and again.
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    queries: usize,
    /// Ask the socket again and again instead of sleeping: then no server's time goes into waking the client.
    #[arg(long)]
    spin: bool,
    /// The server's replies have the right length and nothing else.
    #[arg(long)]
    unchecked: bool,
    /// Print the table's head as well.
    #[arg(long)]
    header: bool,
    #[command(flatten)]
    shape: Shape,
}

fn outstanding(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|queries| (1..=tag::SLOTS).contains(queries)).ok_or("not a number from 1 to 64")
}

/// What one measurement found.
#[derive(Clone, Copy)]
struct Measured {
    /// Microseconds of processor time per query.
    cost: f64,
    /// Share of the time that the process ran.
    busy: f64,
    /// Queries without a reply.
    lost: u64,
    per_second: f64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let cluster = Cluster::new(options.shape);
    let queries = cluster.queries(Kind::Mix, options.queries);
    ensure!(!queries.is_empty(), "the cluster is too small to be asked");
    let mut load = Load::new(&cluster, &queries, &options)?;

    load.connect(options.server)?;
    let different = if options.unchecked {
        "-".to_owned()
    } else {
        load.await_first(&queries)?;
        load.compare(&queries)?.to_string()
    };
    let (server, floor) = (Processes::of(options.pid)?, Processes::of(options.floor_pid)?);
    let mut pairs = Vec::new();
    for _ in 0..options.pairs {
        let least = load.measure(options.floor, &floor, options.seconds)?;
        pairs.push((least, load.measure(options.server, &server, options.seconds)?));
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let over = |value: fn(&(Measured, Measured)) -> f64| median(pairs.iter().map(value).collect());
    let busy = over(|(floor, _)| floor.busy);
    let lost: u64 = pairs.iter().map(|(_, server)| server.lost).sum();
    if options.header {
        println!(
            "{:<24}{:>8}{:>10}{:>10}{:>11}{:>11}{:>8}{:>8}{:>8}{:>8}{:>10}{:>6}",
            "server",
            "÷ floor",
            "µs/query",
            "µs floor",
            "floor busy",
            "queries/s",
            "VmRSS",
            "VmHWM",
            "RssFile",
            "Pss",
            "different",
            "lost"
        );
    }
    println!(
        "{:<24}{:>8.2}{:>10.2}{:>10.2}{:>10.0}%{:>11.0}{:>8.1}{:>8.1}{:>8.1}{:>8.1}{:>10}{:>6}{}",
        options.name,
        over(|(floor, server)| server.cost / floor.cost),
        over(|(_, server)| server.cost),
        over(|(floor, _)| floor.cost),
        busy * 100.0,
        over(|(_, server)| server.per_second),
        server.mebibytes(Memory::Resident)?,
        server.mebibytes(Memory::Most)?,
        server.mebibytes(Memory::Files)?,
        server.mebibytes(Memory::Proportional)?,
        different,
        lost,
        if busy < BUSY { "  INVALID: the floor was not kept busy" } else { "" },
    );
    Ok(())
}

/// A closed loop: each reply is followed by the next query.
struct Load {
    /// What is outstanding is theirs in turn.
    sockets: Vec<UdpSocket>,
    /// Messages with the length of the right reply.
    messages: Vec<(Vec<u8>, usize)>,
    next: usize,
    outstanding: usize,
    spin: bool,
    buffers: Vec<[u8; BUFFER]>,
    headers: MultiHeaders<SockaddrStorage>,
    send_headers: MultiHeaders<SockaddrStorage>,
}

impl Load {
    fn new(cluster: &Cluster, queries: &[Query], options: &Options) -> Result<Self> {
        let &Options { outstanding, spin, sockets, .. } = options;
        let snapshot = cluster.zones()?.publish(1);
        let mut out = [0; BUFFER];
        let messages = queries.iter().map(|query| (query.wire(), query.check(&snapshot, &mut out))).collect();
        Ok(Self {
            sockets: some_sockets(sockets)?,
            messages,
            next: 0,
            outstanding,
            spin: spin || sockets > 1,
            buffers: vec![[0; BUFFER]; outstanding],
            headers: MultiHeaders::preallocate(outstanding, None),
            send_headers: MultiHeaders::preallocate(outstanding, None),
        })
    }

    /// Fresh sockets, so that nothing late from before is counted.
    fn connect(&mut self, server: SocketAddr) -> Result<()> {
        self.sockets = some_sockets(self.sockets.len())?;
        for socket in &self.sockets {
            socket.connect(server)?;
        }
        Ok(())
    }

    fn first(&self) -> Result<&UdpSocket> {
        self.sockets.first().context("no socket")
    }

    /// Waits until the server has the cluster.
    fn await_first(&mut self, queries: &[Query]) -> Result<()> {
        let first = queries.iter().find(|query| query.expected.answers > 0).context("nothing to ask for")?;
        let mut reply = [0; BUFFER];
        for _ in 0..PATIENCE {
            // A port that nobody listens on yet is an error.
            drop(self.first()?.send(&first.wire()));
            let received = self.first()?.recv(&mut reply).ok();
            if received.and_then(|len| Expected::read(&reply[..len])) == Some(first.expected) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("no right reply to {} {}", first.name, first.record_type)
    }

    /// How many replies differ from the right ones in response code or number of answers.
    fn compare(&mut self, queries: &[Query]) -> Result<usize> {
        let mut different = 0;
        let mut reply = [0; BUFFER];
        for (id, query) in (0_u16..COMPARED).zip(queries) {
            let mut message = query.wire();
            message[..2].copy_from_slice(&id.to_be_bytes());
            self.first()?.send(&message)?;
            let found = loop {
                match self.first()?.recv(&mut reply) {
                    // A late one.
                    Ok(len) if !reply[..len].starts_with(&id.to_be_bytes()) => {}
                    Ok(len) => break Expected::read(&reply[..len]),
                    Err(_) => break None,
                }
            };
            different += usize::from(found != Some(query.expected));
        }
        Ok(different)
    }

    fn measure(&mut self, server: SocketAddr, processes: &Processes, seconds: f64) -> Result<Measured> {
        self.connect(server)?;
        // What has not run for a while is slow at first.
        self.run(Duration::from_secs_f64(seconds / 10.0))?;
        let (started, before) = (Instant::now(), processes.cpu_time()?);
        let (replies, lost) = self.run(Duration::from_secs_f64(seconds))?;
        let (took, used) = (started.elapsed(), processes.cpu_time()?.saturating_sub(before));
        ensure!(replies > 0, "no replies from {server}");
        let answered = replies as f64;
        Ok(Measured {
            cost: used.as_secs_f64() * 1e6 / answered,
            busy: used.as_secs_f64() / took.as_secs_f64(),
            lost,
            per_second: answered / took.as_secs_f64(),
        })
    }

    /// Asks for so long; returns the numbers of replies and of lost queries.
    fn run(&mut self, long: Duration) -> Result<(u64, u64)> {
        let end = Instant::now() + long;
        let (mut replies, mut lost) = (0, 0);
        let mut waiting = [false; tag::SLOTS];
        let mut free: Vec<usize> = (0..self.outstanding).collect();
        while Instant::now() < end {
            self.send(&mut free, &mut waiting)?;
            let before = free.len();
            self.receive(&mut free, &mut waiting)?;
            replies += (free.len() - before) as u64;
            if free.len() == before {
                // Nothing came for as long as the socket waits: all are lost.
                lost += (self.outstanding - free.len()) as u64;
                free = (0..self.outstanding).collect();
                waiting = [false; tag::SLOTS];
            }
        }
        // What is still on its way belongs to this measurement's server.
        while free.len() < self.outstanding {
            let before = free.len();
            self.receive(&mut free, &mut waiting)?;
            if free.len() == before {
                break;
            }
            replies += (free.len() - before) as u64;
        }
        Ok((replies, lost))
    }

    fn send(&mut self, free: &mut Vec<usize>, waiting: &mut [bool; tag::SLOTS]) -> Result<()> {
        for number in 0..self.sockets.len() {
            let mine: Vec<usize> = free.extract_if(.., |slot| *slot % self.sockets.len() == number).collect();
            if mine.is_empty() {
                continue;
            }
            let at = self.next % self.messages.len();
            let count = mine.len().min(self.messages.len() - at);
            let batch = &mut self.messages[at..at + count];
            for ((message, len), slot) in batch.iter_mut().zip(&mine) {
                waiting[*slot] = true;
                message[..2].copy_from_slice(&tag::id(*slot, *len).to_be_bytes());
            }
            free.extend(mine.iter().skip(count));
            let slices: Vec<_> = batch.iter().map(|(message, _)| [IoSlice::new(message)]).collect();
            let fd = self.sockets[number].as_raw_fd();
            sendmmsg(fd, &mut self.send_headers, &slices, vec![None; count], [], MsgFlags::empty())?;
            self.next = at + count;
        }
        Ok(())
    }

    /// Takes what came, or waits for the first; nothing comes for as long as a query may take when all are lost.
    fn receive(&mut self, free: &mut Vec<usize>, waiting: &mut [bool; tag::SLOTS]) -> Result<()> {
        let started = Instant::now();
        let before = free.len();
        while free.len() == before {
            for number in 0..self.sockets.len() {
                if waiting.iter().skip(number).step_by(self.sockets.len()).any(|waits| *waits) {
                    self.receive_from(number, free, waiting)?;
                }
            }
            if !self.spin || started.elapsed() >= LOST {
                break;
            }
        }
        Ok(())
    }

    fn receive_from(&mut self, number: usize, free: &mut Vec<usize>, waiting: &mut [bool; tag::SLOTS]) -> Result<()> {
        let flags = if self.spin { MsgFlags::MSG_DONTWAIT } else { MsgFlags::MSG_WAITFORONE };
        let most = self.outstanding.div_ceil(self.sockets.len());
        let buffers = self.buffers.iter_mut().take(most);
        let mut slices: Vec<_> = buffers.map(|buffer| [IoSliceMut::new(buffer)]).collect();
        let fd = self.sockets[number].as_raw_fd();
        let lengths: Vec<_> = match recvmmsg(fd, &mut self.headers, slices.iter_mut(), flags, None) {
            Ok(messages) => messages.map(|message| message.bytes).collect(),
            Err(nix::Error::EAGAIN) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for (buffer, len) in self.buffers.iter().zip(lengths) {
            if let Some(slot) = tag::slot(&buffer[..len])
                && std::mem::take(&mut waiting[slot])
            {
                free.push(slot);
            }
        }
        Ok(())
    }
}

fn some_sockets(count: usize) -> Result<Vec<UdpSocket>> {
    (0..count).map(|_| socket()).collect()
}

fn socket() -> Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(LOST))?;
    Ok(socket)
}
