use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::message::{Expect, Message};

/// An endpoint that speaks HTTP/1.1 strictly, keeps what it received, and tells what it was asked.
///
/// What it answers depends on the path: `/chunks` comes in chunks with a trailer, `/empty` is 204, `/echo` sends the content back, `/upgrade` becomes a
/// tunnel that echoes, `/close` and `/drop` close after the response, with and without saying so, `/cut` breaks the response off, `/reset` closes without a response, `/stall` and `/silent` stop
/// within and before the response, `/later` takes its time, `/big` is a mebibyte; everything else is the request's head as text.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
}

/// What came over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Request(Message),
    /// What is no request.
    Malformed(String),
}

impl Endpoint {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint =
            Self { address: listener.local_addr().unwrap(), received: Arc::default(), connections: Arc::default() };
        let kept = endpoint.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let endpoint = kept.clone();
                endpoint.connections.fetch_add(1, Ordering::Relaxed);
                std::thread::spawn(move || endpoint.serve(stream));
            }
        });
        endpoint
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// What was received so far, by whatever connection.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    /// The requests received so far; none was malformed.
    pub(crate) fn requests(&self) -> Vec<Message> {
        let request = |received| match received {
            Received::Request(message) => message,
            Received::Malformed(text) => panic!("malformed: {text}"),
        };
        self.take().into_iter().map(request).collect()
    }

    fn serve(&self, stream: TcpStream) {
        let mut writer = stream.try_clone().unwrap();
        let mut reader = BufReader::new(stream);
        loop {
            match Message::read(&mut reader, Expect::Request) {
                Ok(None) => return,
                Ok(Some(request)) => {
                    self.received.lock().unwrap().push(Received::Request(request.clone()));
                    if !answer(&request, &mut reader, &mut writer) {
                        return;
                    }
                }
                // Broken off: nobody acts upon it.
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return,
                Err(error) => {
                    self.received.lock().unwrap().push(Received::Malformed(error.to_string()));
                    return;
                }
            }
        }
    }
}

/// Whether the connection goes on.
fn answer(request: &Message, reader: &mut BufReader<TcpStream>, writer: &mut TcpStream) -> bool {
    let target = request.start.split(' ').nth(1).unwrap_or("/");
    let head = |status: &str, fields: &str| format!("HTTP/1.1 {status}\r\n{fields}\r\n");
    let sized = |content: &[u8]| {
        [head("200 OK", &format!("Content-Length: {}\r\n", content.len())).as_bytes(), content].concat()
    };
    let written = match target.split('?').next().unwrap_or("/") {
        "/chunks" => writer.write_all(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nfour\r\n3\r\nsev\r\n0\r\nX-Sum: 7\r\n\r\n",
        ),
        "/empty" => writer.write_all(head("204 No Content", "").as_bytes()),
        "/echo" => writer.write_all(&sized(&request.content)),
        "/big" => writer.write_all(&sized(&vec![b'x'; 1 << 20])),
        "/upgrade" => {
            let upgrade = request.field("upgrade").unwrap_or("none");
            let fields = format!("Connection: Upgrade\r\nUpgrade: {upgrade}\r\n");
            if writer.write_all(head("101 Switching Protocols", &fields).as_bytes()).is_err() {
                return false;
            }
            let mut octets = [0; 1024];
            while let Ok(count @ 1..) = reader.read(&mut octets) {
                if writer.write_all(&octets[..count]).is_err() {
                    break;
                }
            }
            return false;
        }
        "/close" => {
            let _ = writer.write_all(head("200 OK", "Connection: close\r\nContent-Length: 2\r\n").as_bytes());
            let _ = writer.write_all(b"ok");
            return false;
        }
        "/drop" => {
            let _ = writer.write_all(&sized(b"last"));
            return false;
        }
        "/cut" => {
            let _ = writer.write_all(head("200 OK", "Content-Length: 100\r\n").as_bytes());
            let _ = writer.write_all(b"only this");
            return false;
        }
        "/stall" => {
            let _ = writer.write_all(head("200 OK", "Content-Length: 100\r\n").as_bytes());
            let _ = reader.read(&mut [0]);
            return false;
        }
        "/later" => {
            std::thread::sleep(std::time::Duration::from_millis(50));
            writer.write_all(&sized(b"later"))
        }
        "/silent" => {
            let _ = reader.read(&mut [0]);
            return false;
        }
        "/reset" => return false,
        _ => {
            let fields: String = request.fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            writer.write_all(&sized(format!("{}\n{fields}", request.start).as_bytes()))
        }
    };
    written.is_ok()
}
