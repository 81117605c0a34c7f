use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dns_records::{Rcode, Snapshot, wire};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio::time::{Instant as Deadline, sleep_until, timeout};
use whereto_server::Phase;

use super::Context;
use super::frames::{Frames, TooLong};
use crate::metrics::Source;
use crate::resolution::Resolution;
use crate::service::{Done, Incoming, Now};
use crate::transfer;

/// Replies are written when this many octets wait, and whenever nothing more can be answered at once.
const WRITE_AT: usize = 32 * 1024;
/// How long octets that are on their way are waited for when the server ends.
const LAST_READ: Duration = Duration::from_millis(5);

thread_local! {
    /// Where replies are written before they are known to be sent: one per thread, not one per connection.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; usize::from(u16::MAX)].into_boxed_slice());
}

/// One connection: a single task reads, answers and writes. Only queries that wait for upstreams have tasks of their own.
pub(super) struct Connection<'c, S> {
    stream: S,
    client: SocketAddr,
    context: &'c Context,
    frames: Frames,
    out: Vec<u8>,
    in_flight: JoinSet<Vec<u8>>,
    /// Until when the next complete query must be there.
    deadline: Deadline,
}

/// Why reading stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Received,
    Ended,
    Answered,
    Idle,
    Draining,
}

impl<'c, S: AsyncRead + AsyncWrite + Unpin> Connection<'c, S> {
    pub(super) fn new(stream: S, client: SocketAddr, context: &'c Context) -> Self {
        Self {
            stream,
            client,
            context,
            frames: Frames::default(),
            out: Vec::new(),
            in_flight: JoinSet::new(),
            deadline: Deadline::now() + context.limits.first_message,
        }
    }

    /// Serves until either side ends.
    pub(super) async fn run(mut self) -> io::Result<()> {
        loop {
            match self.wait().await? {
                Event::Received | Event::Answered => self.answer_received().await?,
                Event::Idle => return self.close().await,
                Event::Ended => break,
                Event::Draining => {
                    self.read_last().await?;
                    break;
                }
            }
        }
        self.answer_received().await?;
        while let Some(reply) = self.in_flight.join_next().await {
            self.push(&reply.unwrap_or_default());
            self.flush().await?;
        }
        self.close().await
    }

    /// Waits for octets, for an answer of an upstream, or for the end.
    async fn wait(&mut self) -> io::Result<Event> {
        let reading = self.in_flight.len() < self.context.limits.in_flight;
        tokio::select! {
            biased;
            Some(reply) = self.in_flight.join_next() => {
                self.push(&reply.unwrap_or_default());
                while let Some(reply) = self.in_flight.try_join_next() {
                    self.push(&reply.unwrap_or_default());
                }
                Ok(Event::Answered)
            }
            received = self.stream.read_buf(self.frames.buffer()), if reading => {
                Ok(if received? == 0 { Event::Ended } else { Event::Received })
            }
            () = self.context.lifecycle.reached(Phase::Draining) => Ok(Event::Draining),
            () = sleep_until(self.deadline), if self.in_flight.is_empty() => Ok(Event::Idle),
        }
    }

    /// Takes what the client sent before the server's end.
    async fn read_last(&mut self) -> io::Result<()> {
        while let Ok(received) = timeout(LAST_READ, self.stream.read_buf(self.frames.buffer())).await {
            if received? == 0 {
                break;
            }
            self.answer_received().await?;
        }
        Ok(())
    }

    /// Answers every complete query, as far as the bounds allow, and sends what can be sent.
    async fn answer_received(&mut self) -> io::Result<()> {
        let mut frames = std::mem::take(&mut self.frames);
        while self.in_flight.len() < self.context.limits.in_flight {
            let started = Instant::now();
            let query = match frames.next() {
                Ok(Some(query)) => query,
                Ok(None) => break,
                Err(TooLong) => {
                    self.context.block.dropped();
                    self.flush().await?;
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a query longer than any that is answered"));
                }
            };
            self.deadline = Deadline::now() + self.context.limits.idle;
            let snapshot = self.context.service.snapshots.load_full();
            let refusal = SCRATCH.with_borrow_mut(|reply| self.answer(&snapshot, query, started, reply));
            if let Some(refusal) = refusal
                && !self.transfer(&snapshot, query, started).await?
            {
                self.replied(query, &refusal, Source::Zones, started);
            }
            if self.out.len() >= WRITE_AT {
                self.flush().await?;
            }
        }
        self.frames = frames;
        self.flush().await
    }

    /// Answers a query, or has it answered. Returns the refusal of a transfer, which is to be tried first.
    fn answer(
        &mut self,
        snapshot: &Arc<Snapshot>,
        query: &[u8],
        started: Instant,
        reply: &mut [u8],
    ) -> Option<Vec<u8>> {
        let service = &self.context.service;
        let block = &self.context.block;
        let client = &service.streams;
        let seed = rand::random();
        // A bug met by one query must not stop the others.
        let answered = catch_unwind(AssertUnwindSafe(|| {
            let verdict = snapshot.respond(query, client.limits(), seed, reply);
            service.beyond_zones(&Incoming { snapshot, query, client, seed }, &verdict, block, reply)
        }));
        let now = answered.unwrap_or_else(|_| {
            block.panicked();
            Now::Reply(wire::error_reply(query, Rcode::SERVFAIL, client.limits(), reply), Source::Server)
        });
        match now {
            Now::Reply(len, source) => self.replied(query, reply.get(..len).unwrap_or_default(), source, started),
            Now::Nothing => block.dropped(),
            Now::Transfer(len) => return reply.get(..len).map(<[u8]>::to_vec),
            Now::Later(resolution) => match service.pending.enter() {
                Some(place) => self.start(resolution, place, started),
                None => {
                    block.shed();
                    let len = wire::error_reply(query, Rcode::SERVFAIL, client.limits(), reply);
                    self.replied(query, reply.get(..len).unwrap_or_default(), Source::Server, started);
                }
            },
        }
        None
    }

    /// The transport's name in the query log.
    const fn proto(&self) -> &'static str {
        if self.context.tls.is_some() { "tls" } else { "tcp" }
    }

    fn replied(&mut self, query: &[u8], reply: &[u8], source: Source, started: Instant) {
        if reply.is_empty() {
            return self.context.block.dropped();
        }
        Frames::push(reply, &mut self.out);
        let took = started.elapsed();
        self.context.block.took(took, 1);
        let done = Done { client: self.client, proto: self.proto(), query, reply, source };
        self.context.service.done(&self.context.block, &done, Some(took));
    }

    /// Hands a query to a task.
    fn start(&mut self, mut resolution: Box<Resolution<Arc<Snapshot>>>, place: OwnedSemaphorePermit, started: Instant) {
        let service = Arc::clone(&self.context.service);
        let block = Arc::clone(&self.context.block);
        let (client, proto) = (self.client, self.proto());
        self.in_flight.spawn(async move {
            let _place = place;
            let (reply, source) = service.finish(&mut resolution).await;
            let took = started.elapsed();
            block.took(took, 1);
            let done = Done { client, proto, query: resolution.query(), reply: &reply, source };
            service.done(&block, &done, Some(took));
            reply
        });
    }

    /// Sends the zones, if the client may have them.
    async fn transfer(&mut self, snapshot: &Snapshot, query: &[u8], started: Instant) -> io::Result<bool> {
        let service = &self.context.service;
        if !service.may_transfer(self.client.ip()) {
            return Ok(false);
        }
        self.flush().await?;
        let Some(mut transfer) = snapshot.transfer(query) else { return Ok(false) };
        let first = transfer::send(&mut transfer, &mut self.stream, self.context.limits.write).await?;
        self.deadline = Deadline::now() + self.context.limits.idle;
        let took = started.elapsed();
        self.context.block.took(took, 1);
        let done = Done { client: self.client, proto: self.proto(), query, reply: &first, source: Source::Zones };
        self.context.service.done(&self.context.block, &done, Some(took));
        Ok(true)
    }

    fn push(&mut self, reply: &[u8]) {
        if !reply.is_empty() {
            Frames::push(reply, &mut self.out);
            self.deadline = Deadline::now() + self.context.limits.idle;
        }
    }

    /// Writes what waits. Slow readers are cut off.
    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let written = timeout(self.context.limits.write, async {
            self.stream.write_all(&self.out).await?;
            self.stream.flush().await
        });
        let result = written.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut)).and_then(|result| result);
        if result.is_err() {
            self.context.block.unsent();
        }
        // Idle connections keep no buffers.
        self.out = Vec::new();
        result
    }

    async fn close(mut self) -> io::Result<()> {
        timeout(self.context.limits.write, self.stream.shutdown()).await.unwrap_or(Ok(()))
    }
}
