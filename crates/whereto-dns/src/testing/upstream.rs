use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A query as it came.
pub(crate) struct Received<'q> {
    pub(crate) query: &'q [u8],
    pub(crate) over_tcp: bool,
    /// Where replies go, for those who send some by other ways.
    pub(crate) client: SocketAddr,
}

/// The replies to send, in order.
type Sent = Vec<Vec<u8>>;

/// A server on loopback that answers as the test says, on the same port for datagrams and streams.
pub(crate) struct FakeUpstream {
    pub(crate) address: SocketAddr,
    received: Arc<AtomicUsize>,
}

impl FakeUpstream {
    pub(crate) fn start(answer: impl Fn(&Received<'_>) -> Sent + Send + Sync + 'static) -> Self {
        let (udp, tcp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()) {
                break (udp, tcp);
            }
        };
        let address = tcp.local_addr().unwrap();
        let received = Arc::new(AtomicUsize::new(0));
        let answer = Arc::new(answer);
        let datagrams = (Arc::clone(&answer), Arc::clone(&received));
        std::thread::spawn(move || {
            let (answer, received) = datagrams;
            let mut buffer = [0; 4096];
            while let Ok((len, client)) = udp.recv_from(&mut buffer) {
                received.fetch_add(1, Ordering::SeqCst);
                let query = buffer[..len].to_vec();
                let (answer, udp) = (Arc::clone(&answer), udp.try_clone().unwrap());
                std::thread::spawn(move || {
                    for reply in answer(&Received { query: &query, over_tcp: false, client }) {
                        let _ = udp.send_to(&reply, client);
                    }
                });
            }
        });
        let streams = (answer, Arc::clone(&received));
        std::thread::spawn(move || {
            while let Ok((mut stream, client)) = tcp.accept() {
                let mut length = [0; 2];
                stream.read_exact(&mut length).unwrap();
                let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut query).unwrap();
                streams.1.fetch_add(1, Ordering::SeqCst);
                for reply in streams.0(&Received { query: &query, over_tcp: true, client }) {
                    stream.write_all(&u16::try_from(reply.len()).unwrap().to_be_bytes()).unwrap();
                    stream.write_all(&reply).unwrap();
                }
            }
        });
        Self { address, received }
    }

    /// How many queries came, probes included.
    pub(crate) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }

    /// An address that nobody listens on: datagrams to it are refused.
    pub(crate) fn nobody() -> SocketAddr {
        UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    /// A socket that swallows everything. Keep it.
    pub(crate) fn silent() -> (UdpSocket, SocketAddr) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }
}
