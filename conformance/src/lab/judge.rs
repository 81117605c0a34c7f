//! Whether our walk can have made a recorded trace.
//!
//! The walk is led along the recording: what it sends has to have been sent, replies come when they came, and where the
//! resolver is free to choose, every choice is tried until one leads to the end. So neither the order in which the
//! scheduler let things happen nor what replies took counts as a difference, but everything that the resolver decides does:
//! which queries, to whom, from which socket, in which order on each, after which waits, and what it says in the end.

use std::collections::HashMap;
use std::time::Duration;

use k8s_resolv_conf::{Choices, QueryType, ReadError, Reply, Schedules, SocketId, Step, Transmit, Transport};

use super::case::{Case, Original};
use super::model::{Model, reply, seen, told};
use super::trace::{Outcome, Query, Trace};

/// How much later than it should something may happen on a machine that has other things to do.
const LATE: Duration = Duration::from_millis(400);
/// How much earlier, since all times count from when the first query was noticed.
const EARLY: Duration = Duration::from_millis(100);
/// How many choices are tried.
const SCHEDULES: usize = 20_000;

/// Says why our walk cannot have made `trace`, by the choices under which it came the furthest.
///
/// # Errors
/// Where it cannot.
pub fn judge(original: Original, case: &Case, trace: &Trace) -> Result<(), String> {
    let model = Model::new(original, case);
    if let Err(error) = &model.config {
        return match (error, &trace.outcome) {
            // The words are the resolver's own; ours say it in theirs as far as they are known.
            (ReadError::Rejected { .. }, Outcome::Error(text)) if text.starts_with("configuration: ") => Ok(()),
            (ReadError::Hangs { .. }, Outcome::Endless) => Ok(()),
            (_, outcome) => Err(format!("{outcome:?}, ours {error}")),
        };
    }
    let mut furthest = (0, "no choices".to_owned());
    for reading in [Reading::EachAtOnce, Reading::AllAtOnce, Reading::LastFirst] {
        let mut schedules = Schedules::new();
        for _ in 0..SCHEDULES {
            let Some(choices) = schedules.next() else { break };
            let mut follower = Follower::new(&model, trace, reading);
            match follower.follow(choices, &mut schedules) {
                Ok(()) => return Ok(()),
                Err(why) => {
                    let progress = follower.matched.iter().filter(|matched| **matched).count();
                    if progress >= furthest.0 {
                        furthest = (progress, why);
                    }
                }
            }
        }
    }
    Err(furthest.1)
}

/// What a process that was not there when replies came finds when it comes back: which it was, the recording does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// It was there.
    EachAtOnce,
    /// All that had come before it sent anything.
    AllAtOnce,
    /// The same, and its threads or sockets had their turn in the other order.
    LastFirst,
}

/// A reply that is on its way to the walk.
struct Coming {
    at: Duration,
    sent: Transmit,
    reply: Reply,
}

/// One walk along a recording.
struct Follower<'a> {
    model: &'a Model<'a>,
    trace: &'a Trace,
    /// Which of the recorded queries the walk has sent.
    matched: Vec<bool>,
    /// Which recorded port a socket of ours is.
    ports: HashMap<SocketId, (u16, bool)>,
    coming: Vec<Coming>,
    reading: Reading,
    now: Duration,
}

impl<'a> Follower<'a> {
    fn new(model: &'a Model<'a>, trace: &'a Trace, reading: Reading) -> Self {
        // What cannot be read as a query (musl before 1.2.4) is none for our walk either.
        let matched = trace.queries.iter().map(|query| query.name.starts_with('?')).collect();
        Self { model, trace, matched, ports: HashMap::new(), coming: Vec::new(), reading, now: Duration::ZERO }
    }

    fn follow(&mut self, choices: Choices, schedules: &mut Schedules) -> Result<(), String> {
        let Some(mut walk) = self.model.walk(choices) else { return Err("no configuration".to_owned()) };
        // The wait that was ended early last, and when: where that changed nothing, it is waited for.
        let mut ended_early = None;
        loop {
            match walk.poll(self.now) {
                Step::Send(sent) => {
                    let dead = self.model.is_dead(sent.server);
                    // A connection that nobody accepts is not seen.
                    if !(dead && sent.transport == Transport::Tcp)
                        && let Err(why) = self.send(&sent)
                    {
                        schedules.ran(walk.decisions());
                        return Err(why);
                    }
                    if dead {
                        walk.on_unreachable(self.now, sent.socket);
                    }
                }
                Step::Wait { until, earliest } => {
                    if self.trace.outcome == Outcome::Endless && self.is_at_the_end(until) {
                        return Ok(());
                    }
                    if let Some(query) = self.next_query().filter(|query| time(query) + LATE < self.now) {
                        schedules.ran(walk.decisions());
                        return Err(format!("ours has not sent by {:?} {}", self.now, line(query)));
                    }
                    let target = self.next_event();
                    let replies = self.next_replies(until, target);
                    if !replies.is_empty() {
                        for Coming { sent, reply, .. } in replies {
                            walk.on_reply(self.now, sent.socket, sent.server, &reply);
                        }
                        continue;
                    }
                    let end = self.now.max(target.max(earliest));
                    if target < until && earliest < until && ended_early != Some((until, end)) {
                        ended_early = Some((until, end));
                        self.now = end;
                        let next = self.next_query().and_then(|query| QueryType::from_code(query.qtype));
                        match next {
                            Some(query_type) => walk.on_timeout_of(self.now, query_type),
                            None => walk.on_timeout(self.now),
                        }
                    } else {
                        // A process that is woken late goes on from there.
                        self.now = if target > until && target <= until + LATE { target } else { until };
                    }
                }
                Step::Done(outcome) => {
                    schedules.ran(walk.decisions());
                    return self.end(told(&outcome));
                }
            }
        }
    }

    /// What is read next of that which came by `until`, and the time at which it is read.
    fn next_replies(&mut self, until: Duration, target: Duration) -> Vec<Coming> {
        self.coming.sort_by_key(|coming| coming.at);
        let Some(first) = self.coming.first().map(|coming| coming.at).filter(|at| *at <= until) else {
            return Vec::new();
        };
        let end = until.min(target).max(first);
        let count = match self.reading {
            Reading::EachAtOnce => 1,
            Reading::AllAtOnce | Reading::LastFirst => self.coming.partition_point(|coming| coming.at <= end),
        };
        let mut replies: Vec<Coming> = self.coming.drain(..count).collect();
        self.now = replies.last().map_or(self.now, |last| self.now.max(last.at));
        if self.reading == Reading::LastFirst {
            replies.reverse();
        }
        replies
    }

    /// Whether all was sent, nothing comes, and the walk waits for longer than the laboratory did.
    fn is_at_the_end(&self, until: Duration) -> bool {
        let patience = Duration::from_millis(self.trace.elapsed.into());
        self.matched.iter().all(|matched| *matched) && self.coming.is_empty() && until > patience
    }

    /// When the next thing happened that the walk has not done yet.
    fn next_event(&self) -> Duration {
        self.next_query().map_or_else(|| Duration::from_millis(self.trace.elapsed.into()), time)
    }

    /// The first query that the walk has not sent yet.
    fn next_query(&self) -> Option<&Query> {
        self.trace.queries.iter().zip(&self.matched).find(|(_, matched)| !**matched).map(|(query, _)| query)
    }

    /// Finds what the walk sends in the recording.
    fn send(&mut self, sent: &Transmit) -> Result<(), String> {
        let ours = seen(sent, self.now);
        let at = self.place(&ours, sent.socket).ok_or_else(|| format!("ours sends {}", line(&ours)))?;
        let theirs = &self.trace.queries[at];
        let when = time(theirs);
        if when + EARLY < self.now || when > self.now + LATE {
            return Err(format!("ours sends at {:?} {}", self.now, line(theirs)));
        }
        self.matched[at] = true;
        self.ports.insert(sent.socket, (theirs.port, theirs.tcp));
        if let Some((at, rule)) = theirs.answered
            && let Some(reply) = reply(sent, self.model.case.script.behaviour(rule), rule)
        {
            self.coming.push(Coming { at: Duration::from_micros(at.into()), sent: sent.clone(), reply });
        }
        Ok(())
    }

    /// The first of the recorded queries that are left on their ports which is `ours`, from the port that our socket has.
    fn place(&self, ours: &Query, socket: SocketId) -> Option<usize> {
        let port = self.ports.get(&socket);
        let mut passed = Vec::new();
        let mut reused = None;
        for (at, theirs) in self.trace.queries.iter().enumerate().filter(|(at, _)| !self.matched[*at]) {
            let theirs_port = (theirs.port, theirs.tcp);
            // What was sent earlier from there comes first.
            if passed.contains(&theirs_port) {
                continue;
            }
            passed.push(theirs_port);
            if port.is_some_and(|port| *port != theirs_port) || !same(ours, theirs) {
                continue;
            }
            // A port may be used by one socket after another, but a fresh one is the likelier.
            if port.is_none() && self.ports.values().any(|taken| *taken == theirs_port) {
                reused.get_or_insert(at);
                continue;
            }
            return Some(at);
        }
        reused
    }

    fn end(&self, ours: Outcome) -> Result<(), String> {
        if let Some((query, _)) = self.trace.queries.iter().zip(&self.matched).find(|(_, matched)| !**matched) {
            return Err(format!("ours ends at {:?} with {ours:?} before {}", self.now, line(query)));
        }
        let same = match (&ours, &self.trace.outcome) {
            (Outcome::Error(ours), Outcome::Error(theirs)) if ours == "protocol error" => theirs.starts_with(ours),
            (ours, theirs) => ours == theirs,
        };
        if !same {
            return Err(format!("{:?}, ours {ours:?}", self.trace.outcome));
        }
        let elapsed = Duration::from_millis(self.trace.elapsed.into());
        if elapsed + EARLY < self.now || elapsed > self.now + LATE {
            return Err(format!("took {elapsed:?}, ours {:?}", self.now));
        }
        Ok(())
    }
}

fn time(query: &Query) -> Duration {
    Duration::from_micros(query.at.into())
}

/// Whether two queries are the same but for when and from where they were sent.
fn same(one: &Query, other: &Query) -> bool {
    let parts = |query: &Query| (query.server, query.tcp, query.qtype, query.edns, query.ad, query.no_rd);
    parts(one) == parts(other) && one.name == other.name
}

/// A query in one line.
#[must_use]
pub fn line(query: &Query) -> String {
    let Query { at, answered, server, port, name, qtype, .. } = query;
    let mut line = format!("{:9.3} ms {server} from {port} {name} {qtype}", f64::from(*at) / 1000.0);
    for (set, word) in [(query.tcp, " tcp"), (query.ad, " ad"), (query.no_rd, " no-rd")] {
        line += if set { word } else { "" };
    }
    if let Some(size) = query.edns {
        line += &format!(" edns {size}");
    }
    if let Some((at, rule)) = answered {
        line += &format!(", answered at {:.3} ms by rule {rule}", f64::from(*at) / 1000.0);
    }
    line
}
