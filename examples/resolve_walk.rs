//! Resolves a name as glibc, musl, Go, c-ares or hickory would in a Pod, with blocking sockets of std, and shows every query.
//!
//! ```text
//! cargo run --example dns-server &
//! cargo run --example resolve_walk -- web
//! cargo run --example resolve_walk -- db.data musl
//! ```

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use k8s_resolv_conf::{
    Choices, Environment, GlibcVersion, Lookup, MuslVersion, Nameserver, Outcome, Query, Reply, ResolvConf, SocketId,
    Step, StubResolver, Transmit, Transport, Walk,
};

/// What kubelet writes for a Pod of the namespace `shop`; the server is the example's, at another port than a file can tell.
const POD: &[u8] =
    b"nameserver 127.0.0.1\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n";
const SERVER: ([u8; 4], u16) = ([127, 0, 0, 1], 1053);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let name = args.next().ok_or("usage: resolve_walk NAME [glibc|musl|go|c-ares|hickory]")?;
    let resolver = match args.next().as_deref() {
        None | Some("glibc") => StubResolver::Glibc(GlibcVersion::V2_36),
        Some("musl") => StubResolver::Musl(MuslVersion::V1_2_6),
        Some("go") => StubResolver::Go,
        Some("c-ares") => StubResolver::CAres,
        Some("hickory") => StubResolver::Hickory,
        Some(other) => return Err(format!("no resolver {other}").into()),
    };
    let mut config = resolver.read(&ResolvConf::parse(POD), &Environment::new()).result?;
    config.nameservers = vec![Nameserver::new(SERVER.into())];

    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos();
    let mut walk = Walk::new(&Lookup::new(resolver, &config, &name), Choices::seeded(seed.into()));
    let outcome = resolve(&mut walk, Instant::now());
    println!(
        "{}",
        match &outcome {
            Outcome::Found { addresses, name } => {
                let name = name.as_ref().map_or_else(String::new, |name| format!("{name} "));
                format!("{name}{addresses:?}")
            }
            Outcome::Failed(failure) => failure.to_string(),
            Outcome::Nothing => "neither an address nor an error".to_owned(),
        }
    );
    Ok(ExitCode::from(u8::from(outcome.addresses().is_empty())))
}

fn resolve(walk: &mut Walk, began: Instant) -> Outcome {
    let mut sockets = HashMap::new();
    loop {
        match walk.poll(began.elapsed()) {
            Step::Send(transmit) => {
                let Query { name, query_type, .. } = &transmit.query;
                println!("{:>5} ms  {name} {query_type} to {}", began.elapsed().as_millis(), transmit.server);
                match send(&transmit, &mut sockets) {
                    Ok(Some(reply)) => walk.on_reply(began.elapsed(), transmit.socket, transmit.server, &reply),
                    Ok(None) => {}
                    Err(_) => walk.on_unreachable(began.elapsed(), transmit.socket),
                }
            }
            Step::Wait { until, .. } => {
                while began.elapsed() < until && !receive(walk, &sockets, began) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            Step::Done(outcome) => return outcome,
        }
    }
}

/// Sends a query: a datagram, or over TCP with its reply, which this example waits for.
fn send(transmit: &Transmit, sockets: &mut HashMap<SocketId, UdpSocket>) -> io::Result<Option<Reply>> {
    let query = transmit.query.encode();
    if transmit.transport == Transport::Udp {
        let socket = match sockets.entry(transmit.socket) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(new) => {
                let socket = UdpSocket::bind("127.0.0.1:0")?;
                socket.set_nonblocking(true)?;
                new.insert(socket)
            }
        };
        socket.send_to(&query, transmit.server)?;
        return Ok(None);
    }
    let mut stream = TcpStream::connect(transmit.server)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(&(query.len() as u16).to_be_bytes())?;
    stream.write_all(&query)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut reply = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut reply)?;
    Reply::parse(&reply).map(Some).map_err(io::Error::other)
}

/// Hands in what has come; whether anything had. Sockets that are not connected hear no ICMP error.
fn receive(walk: &mut Walk, sockets: &HashMap<SocketId, UdpSocket>, began: Instant) -> bool {
    let mut came = false;
    let mut octets = [0; 4096];
    for (id, socket) in sockets {
        while let Ok((length, from)) = socket.recv_from(&mut octets) {
            came = true;
            if let Ok(reply) = Reply::parse(&octets[..length]) {
                walk.on_reply(began.elapsed(), *id, from, &reply);
            }
        }
    }
    came
}
