//! From a query to its reply, with questions to upstreams on the way, without sockets.

use std::borrow::Borrow;

use dns_records::{Chased, ChasedOutcome, Name, Rcode, RecordType, Snapshot, Verdict, WireRecords, wire};

use crate::answer::{Aged, Answer};
use crate::client::Client;
use crate::message::QueryView;
use crate::question::Question;

/// How many targets one query may be chased through. The zones bound their own aliases; this bounds a mistake there.
const MAX_CHASES: usize = 16;

/// Longest query that waits for an upstream as it came. Longer ones lose their EDNS options: memory is bounded by the
/// number of queries that wait.
const MAX_KEPT: usize = 1232;

/// A query that needs answers from elsewhere: a name in none of the zones, one that falls through, or an alias's target.
///
/// It asks [`Self::question`]s until the reply is written. Whoever drives it has the sockets and the cache.
#[derive(Debug)]
pub(crate) struct Resolution<S> {
    snapshot: S,
    query: Box<[u8]>,
    client: Client,
    seed: u64,
    question: Question,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The reply is the upstream's.
    Forward,
    /// The reply is ours, with these targets resolved so far.
    Chase(Vec<Resolved>),
}

#[derive(Debug)]
struct Resolved {
    question: Question,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Answered { rcode: u16, truncated: bool, answer: Vec<u8>, authority: Vec<u8> },
    Failed,
}

/// What came of a question.
pub(crate) enum Heard<'a> {
    /// An answer.
    Answer(Aged<'a>),
    /// Nothing usable; a forwarded query gets this code.
    Nothing(Rcode),
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send what was written; nothing when 0.
    Reply(usize),
    /// Ask the next question. Where nobody can be asked, `otherwise` octets of reply are written; 0 asks for a refusal.
    Ask {
        /// Length of the reply for the case that nobody can be asked.
        otherwise: usize,
    },
}

impl<S: Borrow<Snapshot>> Resolution<S> {
    /// Takes up what [`Snapshot::respond`] could not finish; `None` when it finished.
    pub(crate) fn begin(
        snapshot: S,
        query: &[u8],
        client: Client,
        seed: u64,
        verdict: &Verdict<'_>,
    ) -> Option<(Self, Step)> {
        let view = QueryView::parse(query)?;
        let (question, stage, otherwise) = match *verdict {
            Verdict::NotOurs => (Question::of(&view), Stage::Forward, 0),
            Verdict::FallThrough { len } => (Question::of(&view), Stage::Forward, len),
            Verdict::Chase { target, record_type, len } => {
                (Question::redirected(&view, target.to_name(), record_type), Stage::Chase(Vec::new()), len)
            }
            _ => return None,
        };
        let query = if query.len() > MAX_KEPT { view.without_options() } else { query.to_vec() };
        let this = Self { snapshot, query: query.into(), client, seed, question, stage };
        Some((this, Step::Ask { otherwise }))
    }

    /// What is to be asked next.
    pub(crate) const fn question(&self) -> &Question {
        &self.question
    }

    /// The query to be answered.
    pub(crate) fn query(&self) -> &[u8] {
        &self.query
    }

    /// How the query came.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the reply is the upstream's, rather than ours with what the upstream knows of a target.
    pub(crate) const fn is_forward(&self) -> bool {
        matches!(self.stage, Stage::Forward)
    }

    /// Takes what came of the question and writes the reply as far as it is known.
    pub(crate) fn heard(&mut self, heard: Heard<'_>, out: &mut [u8]) -> Step {
        match &mut self.stage {
            Stage::Forward => Step::Reply(forwarded(&self.query, &self.client, &heard, out)),
            Stage::Chase(resolved) => {
                let outcome = Outcome::new(&self.question, heard);
                resolved.push(Resolved { question: self.question.clone(), outcome });
                self.continue_chase(out)
            }
        }
    }

    fn continue_chase(&mut self, out: &mut [u8]) -> Step {
        let Stage::Chase(resolved) = &self.stage else { return Step::Reply(0) };
        let chased: Vec<Chased<'_>> = resolved.iter().map(Resolved::view).collect();
        let limits = self.client.limits();
        let verdict = self.snapshot.borrow().respond_chased(&self.query, limits, self.seed, &chased, out);
        match verdict {
            Verdict::Reply(len) => Step::Reply(len),
            Verdict::Chase { target, record_type, len } => {
                let target: Name = target.to_name();
                if chased.len() >= MAX_CHASES {
                    return Step::Reply(len);
                }
                if let Some(view) = QueryView::parse(&self.query) {
                    self.question = Question::redirected(&view, target, record_type);
                }
                Step::Ask { otherwise: len }
            }
            Verdict::FallThrough { len } | Verdict::Transfer { len, .. } => Step::Reply(len),
            _ => Step::Reply(wire::error_reply(&self.query, Rcode::SERVFAIL, limits, out)),
        }
    }
}

/// Writes the reply to a forwarded query.
pub(crate) fn forwarded(query: &[u8], client: &Client, heard: &Heard<'_>, out: &mut [u8]) -> usize {
    let written = match heard {
        Heard::Answer(aged) => QueryView::parse(query).map_or(0, |view| aged.write(&view, client, out)),
        Heard::Nothing(rcode) => return wire::error_reply(query, *rcode, client.limits(), out),
    };
    if written == 0 { wire::error_reply(query, Rcode::SERVFAIL, client.limits(), out) } else { written }
}

impl Outcome {
    fn new(question: &Question, heard: Heard<'_>) -> Self {
        match heard {
            Heard::Nothing(_) => Self::Failed,
            Heard::Answer(aged) => {
                let (answer, authority) = aged.plain_sections(question);
                let rcode = aged.answer.rcode();
                Self::Answered { rcode, truncated: aged.answer.is_truncated(), answer, authority }
            }
        }
    }
}

impl Resolved {
    fn view(&self) -> Chased<'_> {
        Chased {
            target: self.question.name(),
            record_type: self.question.record_type(),
            outcome: match &self.outcome {
                Outcome::Failed => ChasedOutcome::Failed,
                Outcome::Answered { rcode, truncated, answer, authority } => ChasedOutcome::Answered {
                    rcode: Rcode(*rcode),
                    truncated: *truncated,
                    answer: WireRecords { octets: answer },
                    authority: WireRecords { octets: authority },
                },
            },
        }
    }
}

/// What an [`Upstream`] has to say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Lookup {
    /// An answer that has just come.
    Answer(Answer),
    /// An answer from a cache: its TTLs are lower by its age, and it is not authoritative.
    Cached {
        /// The answer as it came.
        answer: Answer,
        /// Whole seconds since then.
        age: u32,
    },
    /// No reply, or none that is usable.
    Failed,
    /// There is nobody to ask about this name.
    NoUpstream,
}

/// Whoever answers for names outside the zones.
pub trait Upstream {
    /// Asks.
    fn exchange(&mut self, question: &Question) -> Lookup;
}

impl<F: FnMut(&Question) -> Lookup> Upstream for F {
    fn exchange(&mut self, question: &Question) -> Lookup {
        self(question)
    }
}

/// Answers a query as the server does, with an upstream that answers at once: for tests, and for tools without sockets.
///
/// A cache is the upstream's own affair. `None`: nothing is to be sent.
///
/// ```
/// use dns_records::{ClusterZones, ZoneConfig};
/// use whereto_dns::{Client, Lookup, Question, resolve};
///
/// let snapshot = ClusterZones::new(ZoneConfig::new("cluster.local")?)?.publish(1);
/// let offline = &mut |_: &Question| Lookup::NoUpstream;
/// assert_eq!(resolve(&snapshot, b"no query", Client::udp(), 0, offline), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resolve(
    snapshot: &Snapshot,
    query: &[u8],
    client: Client,
    seed: u64,
    upstream: &mut impl Upstream,
) -> Option<Vec<u8>> {
    let mut out = vec![0; usize::from(u16::MAX)];
    let verdict = snapshot.respond(query, client.limits(), seed, &mut out);
    let forwards = QueryView::parse(query).is_some_and(|view| is_forwardable(&view));
    let len = match verdict {
        Verdict::Reply(len) | Verdict::Transfer { len, .. } => len,
        Verdict::Drop => 0,
        Verdict::NotOurs if !forwards => unasked(query, &client, 0, &mut out),
        _ => match Resolution::begin(snapshot, query, client, seed, &verdict) {
            Some((resolution, step)) => drive(resolution, step, upstream, &mut out),
            None => wire::error_reply(query, Rcode::SERVFAIL, client.limits(), &mut out),
        },
    };
    out.truncate(len);
    (len > 0).then_some(out)
}

fn drive(mut resolution: Resolution<&Snapshot>, mut step: Step, upstream: &mut impl Upstream, out: &mut [u8]) -> usize {
    loop {
        let otherwise = match step {
            Step::Reply(len) => return len,
            Step::Ask { otherwise } => otherwise,
        };
        step = match upstream.exchange(resolution.question()) {
            Lookup::Answer(answer) => {
                resolution.heard(Heard::Answer(Aged { answer: &answer, age: 0, cached: false }), out)
            }
            Lookup::Cached { answer, age } => {
                resolution.heard(Heard::Answer(Aged { answer: &answer, age, cached: true }), out)
            }
            Lookup::Failed => resolution.heard(Heard::Nothing(Rcode::SERVFAIL), out),
            Lookup::NoUpstream => Step::Reply(unasked(resolution.query(), resolution.client(), otherwise, out)),
        };
    }
}

/// Whether a query is passed on: not transfers, which are between a zone's own servers.
pub(crate) const fn is_forwardable(query: &QueryView<'_>) -> bool {
    !matches!(query.record_type, RecordType::AXFR | RecordType::IXFR)
}

/// The reply when nobody can be asked: what is written already, else a refusal.
pub(crate) fn unasked(query: &[u8], client: &Client, written: usize, out: &mut [u8]) -> usize {
    if written > 0 { written } else { wire::error_reply(query, Rcode::REFUSED, client.limits(), out) }
}

#[cfg(test)]
mod tests;
