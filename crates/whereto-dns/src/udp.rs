//! Datagrams: threads that receive, answer and send, without a runtime in between.

mod batch;
mod drain;

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
use tokio::sync::OwnedSemaphorePermit;
use tracing::error;
use whereto_server::{Lifecycle, Phase};

use self::batch::{Batch, Datagram};
pub(crate) use self::drain::Drain;
use crate::metrics::{Block, Source, TIMED_ONE_IN};
use crate::resolution::Resolution;
use crate::service::{Done, Incoming, Now, Service};

/// How long a worker waits before it looks whether the server ends, and lets go of an old snapshot.
pub(crate) const RECEIVE_TIMEOUT: Duration = Duration::from_millis(250);
/// How long it waits for what is still in the socket when the server ends.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(1);
const UDP: &str = "udp";

/// What a worker answers from.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) service: Arc<Service>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) drain: Drain,
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
    /// What became of the datagrams of a batch.
    answered: Vec<Option<Answered>>,
}

/// A reply that was written.
#[derive(Clone, Copy, Debug)]
struct Answered {
    len: usize,
    /// `None` where it is counted as a bug.
    source: Option<Source>,
    /// Since when it was worked on, and how many queries its time stands for.
    timed: Option<(Instant, u64)>,
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
            answered: Vec::new(),
        }
    }

    /// Answers until the server ends, then what was received before.
    pub(crate) fn run(mut self) {
        let mut batch = Batch::new(&self.socket);
        let socket = Arc::clone(&self.socket);
        let mut draining = false;
        loop {
            match batch.receive(&socket) {
                Ok(count) => self.answer_all(&mut batch, count),
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
            if self.context.lifecycle.phase() == Phase::Stopped {
                return;
            }
            if !draining && self.context.drain.has_begun() {
                draining = true;
                if socket.set_read_timeout(Some(DRAIN_TIMEOUT)).is_err() {
                    return;
                }
            }
        }
    }

    /// Answers the datagrams of a batch, then sends the replies, then counts them.
    fn answer_all(&mut self, batch: &mut Batch, count: usize) {
        self.answered.clear();
        for index in 0..count {
            let Some(datagram) = batch.datagram(index) else { break };
            let answered = self.guarded(datagram);
            batch.set_reply(index, answered.map_or(0, |answered| answered.len));
            self.answered.push(answered);
        }
        for _ in 0..batch.send(&self.socket) {
            self.block.unsent();
        }
        for (index, answered) in self.answered.iter().enumerate() {
            if let (Some(answered), Some(datagram)) = (answered, batch.datagram(index)) {
                self.done(answered, &datagram);
            }
        }
    }

    /// A bug met by one query must not stop the others.
    fn guarded(&mut self, datagram: Datagram<'_>) -> Option<Answered> {
        let Datagram { query, client, out } = datagram;
        catch_unwind(AssertUnwindSafe(|| self.answer(query, client, out))).unwrap_or_else(|_| {
            self.block.panicked();
            let len = wire::error_reply(query, Rcode::SERVFAIL, self.context.service.datagrams.limits(), out);
            (len > 0).then_some(Answered { len, source: None, timed: None })
        })
    }

    fn answer(&mut self, query: &[u8], client: SocketAddr, out: &mut [u8]) -> Option<Answered> {
        let service = &*self.context.service;
        self.queries = self.queries.wrapping_add(1);
        let weight = if service.times_all() { 1 } else { TIMED_ONE_IN };
        let started = self.queries.is_multiple_of(weight).then(Instant::now);
        let seed = self.seeds.next_u64();
        let snapshot = self.snapshots.load();
        let verdict = snapshot.respond(query, service.datagrams.limits(), seed, out);
        if let Verdict::Reply(len) = verdict {
            let timed = started.map(|started| (started, weight));
            return Some(Answered { len, source: Some(Source::Zones), timed });
        }
        let started = started.unwrap_or_else(Instant::now);
        let incoming = Incoming { snapshot, query, client: &service.datagrams, seed };
        let (len, source) = match service.beyond_zones(&incoming, &verdict, &self.block, out) {
            Now::Reply(len, source) => (len, source),
            // Transfers go over streams (RFC 5936 §4.2): the refusal that was written.
            Now::Transfer(len) => (len, Source::Zones),
            Now::Nothing => {
                self.block.dropped();
                return None;
            }
            Now::Later(resolution) => match service.pending.enter() {
                Some(place) => {
                    self.hand_over(resolution, place, client, started);
                    return None;
                }
                None => {
                    self.block.shed();
                    (wire::error_reply(query, Rcode::SERVFAIL, service.datagrams.limits(), out), Source::Server)
                }
            },
        };
        Some(Answered { len, source: Some(source), timed: Some((started, 1)) })
    }

    fn hand_over(
        &self,
        mut resolution: Box<Resolution<Arc<Snapshot>>>,
        place: OwnedSemaphorePermit,
        client: SocketAddr,
        started: Instant,
    ) {
        let service = Arc::clone(&self.context.service);
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

    /// Counts a reply that was sent.
    fn done(&self, answered: &Answered, datagram: &Datagram<'_>) {
        let &Answered { len, source: Some(source), timed } = answered else { return };
        let took = timed.map(|(started, _)| started.elapsed());
        if let (Some(took), Some((_, weight))) = (took, timed) {
            self.block.took(took, weight);
        }
        let reply = datagram.out.get(..len).unwrap_or_default();
        let done = Done { client: datagram.client, proto: UDP, query: datagram.query, reply, source };
        self.context.service.done(&self.block, &done, took);
    }
}

/// What a receive timeout looks like differs between systems.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
