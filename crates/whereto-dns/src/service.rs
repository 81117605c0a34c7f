//! What is done with one query, however it came.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use dns_records::{Rcode, RecordType, Snapshot, Verdict, wire};
use ipnet::IpNet;

use crate::cache::Entry;
use crate::client::Client;
use crate::forward::{Asked, Forwarder};
use crate::message::{QueryView, u16_at};
use crate::metrics::{Block, Observed, Source};
use crate::pending::Pending;
use crate::query_log::QueryLog;
use crate::question::Key;
use crate::resolution::{Heard, Resolution, Step, forwarded, is_forwardable, unasked};

/// Everything that answering needs besides a socket.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) snapshots: Arc<ArcSwap<Snapshot>>,
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) pending: Pending,
    pub(crate) transfer_to: Vec<IpNet>,
    pub(crate) query_log: Option<QueryLog>,
    pub(crate) datagrams: Client,
    pub(crate) streams: Client,
}

/// A query on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'q> {
    pub(crate) snapshot: &'q Arc<Snapshot>,
    pub(crate) query: &'q [u8],
    pub(crate) client: &'q Client,
    pub(crate) seed: u64,
}

impl Incoming<'_> {
    fn resolution(&self, verdict: &Verdict<'_>) -> Option<(Resolution<Arc<Snapshot>>, Step)> {
        Resolution::begin(Arc::clone(self.snapshot), self.query, *self.client, self.seed, verdict)
    }

    fn server_error(&self, out: &mut [u8]) -> Now {
        Now::Reply(wire::error_reply(self.query, Rcode::SERVFAIL, self.client.limits(), out), Source::Server)
    }
}

/// What came of a query at once.
#[derive(Debug)]
pub(crate) enum Now {
    /// A reply was written.
    Reply(usize, Source),
    /// Nothing is to be sent.
    Nothing,
    /// An upstream has to be asked.
    Later(Box<Resolution<Arc<Snapshot>>>),
    /// A zone transfer is wanted. A refusal was written.
    Transfer(usize),
}

/// A query and its reply, for the counts and the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done<'a> {
    pub(crate) client: SocketAddr,
    pub(crate) proto: &'static str,
    pub(crate) query: &'a [u8],
    pub(crate) reply: &'a [u8],
    pub(crate) source: Source,
}

impl Service {
    /// Whether every query has to be timed.
    pub(crate) const fn times_all(&self) -> bool {
        self.query_log.is_some()
    }

    /// Whether a client may have whole zones.
    pub(crate) fn may_transfer(&self, client: IpAddr) -> bool {
        let client = client.to_canonical();
        self.transfer_to.iter().any(|range| range.contains(&client))
    }

    /// Goes on where the zones have no final reply: looks into the cache, but asks nobody.
    pub(crate) fn beyond_zones(
        &self,
        incoming: &Incoming<'_>,
        verdict: &Verdict<'_>,
        block: &Block,
        out: &mut [u8],
    ) -> Now {
        match *verdict {
            Verdict::Reply(len) => Now::Reply(len, Source::Zones),
            Verdict::Drop => Now::Nothing,
            Verdict::Transfer { len, .. } => Now::Transfer(len),
            Verdict::NotOurs => self.forward(incoming, verdict, 0, block, out),
            Verdict::FallThrough { len } => self.forward(incoming, verdict, len, block, out),
            _ => match incoming.resolution(verdict) {
                Some((resolution, step)) => self.chase(resolution, step, block, out),
                None => incoming.server_error(out),
            },
        }
    }

    /// A name that others answer for. A hit costs no allocation.
    fn forward(
        &self,
        incoming: &Incoming<'_>,
        verdict: &Verdict<'_>,
        written: usize,
        block: &Block,
        out: &mut [u8],
    ) -> Now {
        let Incoming { query, client, .. } = *incoming;
        let Some(view) = QueryView::parse(query) else { return incoming.server_error(out) };
        let forwards = is_forwardable(&view) && self.forwarder.covers(view.name());
        if !forwards || self.forwarder.loop_guard().is_own(view.name()) {
            let source = if written > 0 { Source::Zones } else { Source::Server };
            return Now::Reply(unasked(query, client, written, out), source);
        }
        let now = Instant::now();
        let entry = self.forwarder.cached(&Key::of(&view), now);
        block.cache_lookup(entry.as_ref().map(Entry::kind));
        if let Some(entry) = entry {
            return Now::Reply(forwarded(query, client, &Heard::Answer(entry.aged(now)), out), Source::Cache);
        }
        match incoming.resolution(verdict) {
            Some((resolution, _)) => Now::Later(Box::new(resolution)),
            None => incoming.server_error(out),
        }
    }

    /// An alias whose target others know.
    fn chase(&self, mut resolution: Resolution<Arc<Snapshot>>, mut step: Step, block: &Block, out: &mut [u8]) -> Now {
        loop {
            let otherwise = match step {
                Step::Reply(len) => return Now::Reply(len, Source::Zones),
                Step::Ask { otherwise } => otherwise,
            };
            if !self.forwarder.covers(resolution.question().name()) {
                let len = unasked(resolution.query(), resolution.client(), otherwise, out);
                return Now::Reply(len, Source::Zones);
            }
            let now = Instant::now();
            let entry = self.forwarder.cached(&resolution.question().key(), now);
            block.cache_lookup(entry.as_ref().map(Entry::kind));
            match entry {
                Some(entry) => step = resolution.heard(Heard::Answer(entry.aged(now)), out),
                None => return Now::Later(Box::new(resolution)),
            }
        }
    }

    /// Asks upstreams until there is a reply.
    pub(crate) async fn finish(&self, resolution: &mut Resolution<Arc<Snapshot>>) -> (Vec<u8>, Source) {
        let mut source = if resolution.is_forward() { Source::Upstream } else { Source::Zones };
        let asked = self.forwarder.ask(resolution.question()).await;
        if resolution.is_forward() {
            match asked {
                Asked::Cached(_) => source = Source::Cache,
                Asked::Nothing(_) => source = Source::Server,
                Asked::Fresh(_) => {}
            }
        }
        // Only now: while a query waits it has no buffer.
        let room = QueryView::parse(resolution.query()).map_or(0, |view| resolution.client().max_reply(&view));
        let mut out = vec![0; room.max(crate::client::MIN_BUFFER)];
        let mut step = resolution.heard(asked.heard(Instant::now()), &mut out);
        let len = loop {
            let otherwise = match step {
                Step::Reply(len) => break len,
                Step::Ask { otherwise } => otherwise,
            };
            if !self.forwarder.covers(resolution.question().name()) {
                break unasked(resolution.query(), resolution.client(), otherwise, &mut out);
            }
            let asked = self.forwarder.ask(resolution.question()).await;
            step = resolution.heard(asked.heard(Instant::now()), &mut out);
        };
        out.truncate(len);
        (out, source)
    }

    /// Counts a query that got its reply, and notes it in the log.
    pub(crate) fn done(&self, block: &Block, done: &Done<'_>, took: Option<Duration>) {
        let view = QueryView::parse(done.query);
        let observed = Observed {
            record_type: view.map_or(RecordType(0), |view| view.record_type),
            dnssec_ok: view.is_some_and(|view| view.dnssec_ok()),
            query_len: done.query.len(),
            reply_len: done.reply.len(),
            rcode: rcode(done.reply, view.as_ref()),
            source: done.source,
        };
        block.answered(&observed);
        if let (Some(log), Some(took)) = (&self.query_log, took) {
            log.note(done.client, done.proto, done.query, done.reply, &observed, took);
        }
    }
}

/// A reply's code. Of the extended ones the zones write BADVERS alone, to queries with another EDNS version.
fn rcode(reply: &[u8], query: Option<&QueryView<'_>>) -> u16 {
    match query.and_then(|query| query.edns) {
        Some(edns) if edns.version != 0 => Rcode::BADVERS.0,
        _ => u16_at(reply, 2).unwrap_or(0) & 0xf,
    }
}
