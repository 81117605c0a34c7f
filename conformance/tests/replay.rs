//! The recorded answers, asked of us: the same under `Conformance::CoreDns`, and under `Conformance::Rfc` the same but
//! for the rows of `deviations.toml`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use dns_records::Conformance;
use whereto_conformance::compare::{Difference, Judge, Strict, Verdict};
use whereto_conformance::deviation::{self, Facts, Ledger};
use whereto_conformance::golden::{self, Golden};
use whereto_conformance::replay::{self, Server};
use whereto_conformance::variant::Variant;

/// What came of a replay.
#[derive(Debug, Default)]
struct Outcome {
    tally: BTreeMap<Verdict, usize>,
    explained: BTreeMap<String, usize>,
    unexplained: Vec<String>,
}

/// Replays everything; differences go before judges that `judge` makes.
fn replay<J: Judge>(conformance: Conformance, judge: impl Fn() -> J + Sync) -> Outcome {
    let goldens = Mutex::new(golden::all().expect("goldens"));
    let outcome = Mutex::new(Outcome::default());
    let work = || {
        let mut judge = judge();
        loop {
            let Some(golden) = goldens.lock().expect("no thread panicked").next() else { break };
            let mut found = Outcome::default();
            one(&golden.expect("golden"), conformance, &mut judge, &mut found);
            outcome.lock().expect("no thread panicked").add(found);
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    outcome.into_inner().expect("no thread panicked")
}

fn one(golden: &Golden, conformance: Conformance, judge: &mut impl Judge, outcome: &mut Outcome) {
    let server = replay::server(golden, conformance).expect("server");
    let facts = Facts::read(&golden.cluster).expect("facts");
    for row in &golden.rows {
        for (theirs, edns) in replay::ways(row) {
            let question = &row.question;
            let ours = server.ask(question, edns).expect("decodable reply");
            let terms = golden.variant.terms(false);
            let verdict = theirs.judge(ours.replies.first(), terms);
            *outcome.tally.entry(verdict).or_default() += 1;
            if verdict != Verdict::Different {
                continue;
            }
            let difference = Difference { question, theirs: &theirs, ours: &ours, facts: &facts, terms };
            let explained = judge.explain(difference);
            match explained {
                Ok(row) => *outcome.explained.entry(row).or_default() += 1,
                Err(why) => outcome.unexplained.push(format!(
                    "seed {} {} edns {edns:?}: {why}\n{question:?}\ntheirs {:?}\nours {ours:?}",
                    golden.seed,
                    golden.variant.name(),
                    theirs.replies
                )),
            }
        }
    }
}

impl Outcome {
    fn add(&mut self, other: Self) {
        for (verdict, count) in other.tally {
            *self.tally.entry(verdict).or_default() += count;
        }
        for (row, count) in other.explained {
            *self.explained.entry(row).or_default() += count;
        }
        self.unexplained.extend(other.unexplained);
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.tally.get(&verdict).copied().unwrap_or_default()
    }

    /// Fails where something was not explained, and shows some of it.
    fn assert_explained(&self) {
        let shown: Vec<&str> = self.unexplained.iter().take(10).map(String::as_str).collect();
        assert!(shown.is_empty(), "{} not explained, such as\n{}", self.unexplained.len(), shown.join("\n"));
    }
}

#[test]
fn coredns_mode_equals_the_recorded_answers() {
    let outcome = replay(Conformance::CoreDns, || Strict);
    outcome.assert_explained();
    assert_eq!(outcome.tally.values().sum::<usize>(), 2 * 33_583);
    // Which records of a cut answer are sent, and which state of a changing one was caught, may differ.
    assert_eq!((outcome.count(Verdict::Silent), outcome.count(Verdict::Different)), (46, 0), "{:?}", outcome.tally);
    assert_eq!((outcome.count(Verdict::Truncated), outcome.count(Verdict::Unstable)), (130, 1));
}

#[test]
fn rfc_mode_differs_only_as_listed() {
    let rows = deviation::ours().expect("rows");
    let outcome = replay(Conformance::Rfc, || Ledger::new(rows.clone()));
    outcome.assert_explained();
    let mut ledger = Ledger::new(rows);
    for (row, count) in &outcome.explained {
        (0..*count).for_each(|_| ledger.cover(row));
    }
    assert_eq!(ledger.mistakes(), [""; 0]);
    assert_eq!(outcome.count(Verdict::Different), outcome.explained.values().sum::<usize>());
    assert_eq!(outcome.tally.values().sum::<usize>(), 2 * 33_583);
}

/// Under `Conformance::CoreDns`, the cases that are answered otherwise all the same: a name that goes on in the message's
/// header. The original reads what the header's octets spell and asks its upstream for that; we pass on names alone.
const NEVER_THE_SAME: [&str; 1] = ["pointer into header"];

#[test]
fn odd_messages() {
    let golden = golden::read(1, Variant::Insecure).expect("golden");
    let cases = golden::wire().expect("cases");
    let differing = |conformance| -> Vec<&str> {
        let server: Server = replay::server(&golden, conformance).expect("server");
        let other = |case: &&golden::WireCase| {
            !replay::same_message(case.response.as_deref(), server.answer(&case.request).as_deref())
        };
        cases.iter().filter(other).map(|case| case.case.as_str()).collect()
    };
    assert_eq!(differing(Conformance::CoreDns), NEVER_THE_SAME);
    let mut listed = deviation::ours_about_wire().expect("rows").into_iter().map(|row| row.case).collect::<Vec<_>>();
    let mut found = differing(Conformance::Rfc);
    found.sort_unstable();
    listed.sort_unstable();
    assert_eq!(found, listed);
}
