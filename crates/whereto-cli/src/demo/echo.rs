//! Endpoints for the demo cluster: servers on this machine that play its Pods and tell what they were asked.

mod answer;
mod consumer;
mod websocket;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use k8s_source::Consumer;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use consumer::InsteadOfPods;

/// The servers. They live as long as the process.
#[derive(Debug)]
pub(crate) struct EchoEndpoints {
    open: UnboundedSender<Opened>,
}

/// A listener, and whose it is: `shop/web at 10.244.1.10:8080`.
#[derive(Debug)]
struct Opened {
    listener: TcpListener,
    who: Arc<str>,
}

impl EchoEndpoints {
    /// Starts the thread that serves them all.
    ///
    /// # Errors
    /// When there can't be another thread.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (open, opened) = unbounded_channel();
        thread::Builder::new().name("demo endpoints".into()).spawn(move || runtime.block_on(listen(opened)))?;
        Ok(Self { open })
    }

    /// A consumer that tells `consumer` of these servers where the objects have Pods.
    pub(crate) const fn instead_of_pods<C: Consumer>(self, consumer: C) -> InsteadOfPods<C> {
        InsteadOfPods::new(self, consumer)
    }

    /// One more server.
    fn open(&self, who: &str) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // The thread lives as long as the process.
        let _ = self.open.send(Opened { listener, who: who.into() });
        Ok(address)
    }
}

async fn listen(mut opened: UnboundedReceiver<Opened>) {
    while let Some(Opened { listener, who }) = opened.recv().await {
        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
            tokio::spawn(accept(listener, who));
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, who: Arc<str>) {
    while let Ok((stream, _)) = listener.accept().await {
        let who = Arc::clone(&who);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer::answer(request, Arc::clone(&who)));
            // A client that goes away is nothing to tell.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        });
    }
}
