//! A TCP proxy that fails on command.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// What the proxy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Passes everything.
    Pass,
    /// Closes what is open, and whatever comes.
    Cut,
    /// Keeps connections and passes nothing.
    Stall,
    /// Passes what the client says and nothing that the server says.
    HalfOpen,
    /// Passes little at a time.
    Slow,
    /// Closes each connection after the server has said so many bytes.
    CutAfter(u64),
}

#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    mode: Arc<Mutex<Mode>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    /// Connections before this number are dead: nothing passes, and nobody is told.
    dead: Arc<AtomicU64>,
    count: Arc<AtomicU64>,
}

impl Proxy {
    /// Listens for ever.
    pub(crate) fn start(listen: SocketAddr, server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(listen).context("the proxy's address")?;
        let proxy = Self {
            mode: Arc::new(Mutex::new(Mode::Pass)),
            open: Arc::default(),
            dead: Arc::default(),
            count: Arc::default(),
        };
        let accepting = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = accepting.connect(client, server);
            }
        });
        Ok(proxy)
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = mode;
        if mode == Mode::Cut {
            self.cut();
        }
    }

    /// Closes what is open now.
    pub(crate) fn cut(&self) {
        for stream in self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Nothing passes any more on the connections that are open now; new ones are well.
    pub(crate) fn bury(&self) {
        self.dead.store(self.count.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn mode(&self) -> Mode {
        *self.mode.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn connect(&self, client: TcpStream, server: SocketAddr) -> Result<()> {
        if self.mode() == Mode::Cut {
            return Ok(());
        }
        let server = TcpStream::connect(server)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        open.extend([client.try_clone()?, server.try_clone()?]);
        drop(open);
        for (from, to, is_server) in
            [(client.try_clone()?, server.try_clone()?, false), (server.try_clone()?, client.try_clone()?, true)]
        {
            let proxy = self.clone();
            thread::spawn(move || proxy.pass(from, to, number, is_server));
        }
        Ok(())
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream, number: u64, is_server: bool) {
        let mut buffer = vec![0; 16 * 1024];
        let mut said = 0;
        'passing: while let Ok(length) = from.read(&mut buffer) {
            if length == 0 {
                break;
            }
            loop {
                let is_dead = number < self.dead.load(Ordering::Relaxed);
                match self.mode() {
                    _ if is_dead => {}
                    Mode::Stall => {}
                    Mode::HalfOpen if is_server => {}
                    Mode::Cut => break 'passing,
                    Mode::CutAfter(limit) if is_server && said + length as u64 > limit => break 'passing,
                    Mode::Slow => {
                        for piece in buffer[..length].chunks(512) {
                            thread::sleep(Duration::from_millis(5));
                            if to.write_all(piece).is_err() {
                                break 'passing;
                            }
                        }
                        break;
                    }
                    _ => {
                        if to.write_all(&buffer[..length]).is_err() {
                            break 'passing;
                        }
                        break;
                    }
                }
                thread::sleep(Duration::from_millis(5));
                // A client that gave up is noticed by the end of what it says.
                if is_dead && is_server && matches!(to.peek(&mut [0]), Ok(0)) {
                    break 'passing;
                }
            }
            said += length as u64;
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
