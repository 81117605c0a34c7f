//! Datagrams: threads that receive, answer and send, without a runtime in between.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use arc_swap::cache::Cache;
use dns_records::{Rcode, Snapshot, Verdict, wire};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::runtime::Handle;
use tracing::error;

use crate::lifecycle::Lifecycle;
use crate::metrics::{Block, Source, TIMED_ONE_IN};
use crate::resolution::Resolution;
use crate::service::{Done, Incoming, Now, Service};

/// How long a worker waits before it looks whether the server ends, and lets go of an old snapshot.
pub(crate) const RECEIVE_TIMEOUT: Duration = Duration::from_millis(250);
/// How long it waits for what is still in the socket when the server ends.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(1);
/// Any datagram.
const BUFFER: usize = u16::MAX as usize;

const UDP: &str = "udp";

/// What a worker answers from.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) service: Arc<Service>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) runtime: Handle,
    /// Counts of queries that were handed over to the runtime.
    pub(crate) later: Arc<Block>,
}

/// One thread with its socket.
pub(crate) struct Worker {
    context: Context,
    socket: Arc<UdpSocket>,
    snapshots: Cache<Arc<ArcSwap<Snapshot>>, Arc<Snapshot>>,
    block: Arc<Block>,
    seeds: SmallRng,
    queries: u64,
    out: Box<[u8]>,
}

impl Worker {
    pub(crate) fn new(context: Context, socket: UdpSocket, block: Arc<Block>) -> Self {
        Self {
            snapshots: Cache::new(Arc::clone(&context.service.snapshots)),
            context,
            socket: Arc::new(socket),
            block,
            seeds: SmallRng::from_rng(&mut rand::rng()),
            queries: 0,
            out: vec![0; BUFFER].into_boxed_slice(),
        }
    }

    /// Answers until the server ends, then what was received before.
    pub(crate) fn run(mut self) {
        let mut buffer = vec![0; BUFFER].into_boxed_slice();
        let socket = Arc::clone(&self.socket);
        let mut draining = false;
        loop {
            match socket.recv_from(&mut buffer) {
                Ok((len, client)) => self.guarded(buffer.get(..len).unwrap_or_default(), client),
                Err(error) if is_timeout(&error) => {
                    if draining {
                        return;
                    }
                    // A worker without queries must not keep an old snapshot alive.
                    self.snapshots.load();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    error!(%error, "receiving failed");
                    std::thread::sleep(DRAIN_TIMEOUT);
                }
            }
            if self.context.lifecycle.is_stopped() {
                return;
            }
            if !draining && self.context.lifecycle.datagrams_end() {
                draining = true;
                if socket.set_read_timeout(Some(DRAIN_TIMEOUT)).is_err() {
                    return;
                }
            }
        }
    }

    /// A bug met by one query must not stop the others.
    fn guarded(&mut self, query: &[u8], client: SocketAddr) {
        if catch_unwind(AssertUnwindSafe(|| self.answer(query, client))).is_err() {
            self.block.panicked();
            let limits = self.context.service.datagrams.limits();
            let len = wire::error_reply(query, Rcode::SERVFAIL, limits, &mut self.out);
            self.send(len, client);
        }
    }

    fn answer(&mut self, query: &[u8], client: SocketAddr) {
        let service = &*self.context.service;
        self.queries = self.queries.wrapping_add(1);
        let timed = service.times_all() || self.queries.is_multiple_of(TIMED_ONE_IN);
        let started = timed.then(Instant::now);
        let seed = self.seeds.next_u64();
        let snapshot = self.snapshots.load();
        let verdict = snapshot.respond(query, service.datagrams.limits(), seed, &mut self.out);
        if let Verdict::Reply(len) = verdict {
            self.send(len, client);
            let took = started.map(|started| started.elapsed());
            if let Some(took) = took {
                self.block.took(took, if service.times_all() { 1 } else { TIMED_ONE_IN });
            }
            self.done(query, client, len, Source::Zones, took);
            return;
        }
        let started = started.unwrap_or_else(Instant::now);
        let block = &*self.block;
        let incoming = Incoming { snapshot, query, client: &service.datagrams, seed };
        match service.beyond_zones(&incoming, &verdict, block, &mut self.out) {
            Now::Reply(len, source) => self.finished(query, client, len, source, started),
            // Transfers go over streams (RFC 5936 §4.2): the refusal that was written.
            Now::Transfer(len) => self.finished(query, client, len, Source::Zones, started),
            Now::Nothing => block.dropped(),
            Now::Later(resolution) => self.hand_over(resolution, query, client, started),
        }
    }

    fn finished(&self, query: &[u8], client: SocketAddr, len: usize, source: Source, started: Instant) {
        self.send(len, client);
        let took = started.elapsed();
        self.block.took(took, 1);
        self.done(query, client, len, source, Some(took));
    }

    fn hand_over(
        &mut self,
        mut resolution: Box<Resolution<Arc<Snapshot>>>,
        query: &[u8],
        client: SocketAddr,
        started: Instant,
    ) {
        let service = Arc::clone(&self.context.service);
        let Some(place) = service.pending.enter() else {
            self.block.shed();
            let len = wire::error_reply(query, Rcode::SERVFAIL, service.datagrams.limits(), &mut self.out);
            return self.finished(query, client, len, Source::Server, started);
        };
        let socket = Arc::clone(&self.socket);
        let block = Arc::clone(&self.context.later);
        self.context.runtime.spawn(async move {
            let _place = place;
            let (reply, source) = service.finish(&mut resolution).await;
            if socket.send_to(&reply, client).is_err() {
                block.unsent();
            }
            let took = started.elapsed();
            block.took(took, 1);
            let done = Done { client, proto: UDP, query: resolution.query(), reply: &reply, source };
            service.done(&block, &done, Some(took));
        });
    }

    fn send(&self, len: usize, client: SocketAddr) {
        let reply = self.out.get(..len).unwrap_or_default();
        if !reply.is_empty() && self.socket.send_to(reply, client).is_err() {
            self.block.unsent();
        }
    }

    fn done(&self, query: &[u8], client: SocketAddr, len: usize, source: Source, took: Option<Duration>) {
        let reply = self.out.get(..len).unwrap_or_default();
        self.context.service.done(&self.block, &Done { client, proto: UDP, query, reply, source }, took);
    }
}

/// What a receive timeout looks like differs between systems.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
