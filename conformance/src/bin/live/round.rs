//! One cluster: load it, ask both servers, compare.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use whereto_conformance::compare::{Difference, Judge, Terms, Theirs, Verdict};
use whereto_conformance::deviation::Facts;
use whereto_conformance::exchange::Client;
use whereto_conformance::process::Process;
use whereto_conformance::question::Question;
use whereto_conformance::reply::Reply;
use whereto_conformance::variant::Variant;
use whereto_conformance::{cluster, questions};

use crate::arguments::{Against, Arguments, Mode};
use crate::servers::{COREDNS, Cluster, OURS};
use crate::tally::Tally;

/// How long a reply may take. CoreDNS forgets to answer some questions, so this is what each of those costs, twice.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often CoreDNS is asked again where we differ. It walks Go maps: a small one from a place of chance among eight, so that of two neighbours the
/// second comes first once in eight times. All others bring one order in 24 times with a chance of 1 in 25, in so many with 1 in 10 million.
const AGAIN: usize = 120;
/// How many differences of a cluster are printed; the file has all.
const PRINTED: usize = 20;

pub(crate) struct Round<'a> {
    seed: u64,
    variant: Variant,
    terms: Terms,
    /// Whether ours says that recursion is available.
    forwards_openly: bool,
    questions: Vec<Question>,
    facts: Facts,
    theirs: Client,
    ours: Client,
    judge: &'a mut dyn Judge,
    record: bool,
    /// Whether the one compared may be silent where CoreDNS is: another CoreDNS is.
    silence_allowed: bool,
    id: u16,
    pub(crate) tally: Tally,
    pub(crate) differences: String,
    pub(crate) recorded: String,
    /// The file with the cluster.
    pub(crate) dump: PathBuf,
    _processes: [Process; 2],
}

/// By what a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Udp,
    Edns,
    Tcp,
}

impl<'a> Round<'a> {
    pub(crate) fn new(
        arguments: &Arguments,
        cluster: &Cluster,
        seed: u64,
        variant: Variant,
        judge: &'a mut dyn Judge,
    ) -> Result<Self> {
        cluster.control_plane.api.clear().context("removing the last cluster")?;
        let refused = cluster.control_plane.api.load(&cluster::generate(seed)).context("loading the cluster")?;
        for reason in &refused {
            println!("seed {seed}: refused: {reason}");
        }
        let list = cluster.control_plane.api.dump().context("reading the cluster back")?;
        let dump = cluster.folder.join("cluster.json");
        std::fs::write(&dump, list.to_string())?;
        // CoreDNS lists from the API server's cache, which is behind its store by some milliseconds.
        std::thread::sleep(Duration::from_millis(300));
        let theirs = cluster.coredns(COREDNS, variant, None)?;
        let ours = match arguments.against() {
            Against::Whereto(program) => cluster.whereto(program, &dump, variant, arguments.mode)?,
            Against::CoreDns(ttl) => cluster.coredns(OURS, variant, ttl)?,
        };
        Ok(Self {
            seed,
            variant,
            terms: variant.terms(arguments.mode == Mode::CoreDns),
            forwards_openly: arguments.mode == Mode::Rfc,
            questions: asked(variant, questions::derive(&list, seed, arguments.questions)),
            facts: Facts::new(&list)?,
            theirs: Client::new(COREDNS, PATIENCE)?,
            ours: Client::new(OURS, PATIENCE)?,
            judge,
            record: arguments.record.is_some(),
            silence_allowed: matches!(arguments.against(), Against::CoreDns(_)),
            id: 0,
            tally: Tally::default(),
            differences: String::new(),
            recorded: String::new(),
            dump,
            _processes: [theirs, ours],
        })
    }

    pub(crate) fn compare(&mut self) -> Result<()> {
        for question in std::mem::take(&mut self.questions) {
            self.tally.questions += 1;
            let plain = self.one(&question, Way::Udp)?;
            self.tally.found += usize::from(plain.replies.first().is_some_and(|reply| !reply.answer.is_empty()));
            if plain.replies.is_empty() {
                self.write_row(&question, &plain, &plain);
                continue;
            }
            let edns = self.one(&question, Way::Edns)?;
            if plain.tcp.is_some() || edns.tcp.is_some() {
                self.one(&question, Way::Tcp)?;
            }
            self.write_row(&question, &plain, &edns);
        }
        Ok(())
    }

    /// Asks both in one way, and says what CoreDNS answered.
    fn one(&mut self, question: &Question, way: Way) -> Result<Theirs> {
        let mut theirs = Theirs::default();
        let first = match self.ask(question, way, true)? {
            Ok(first) => first,
            // Decoded by other code than ours: nothing that it cannot read can be equal.
            Err(garbage) => {
                self.report(question, way, &theirs, &json!(null), &format!("theirs: {garbage}"));
                return Ok(theirs);
            }
        };
        theirs.replies.extend(first);
        let mut ours = Theirs::default();
        match self.ask(question, way, false)? {
            Ok(reply) => ours.replies.extend(reply),
            Err(garbage) => {
                self.report(question, way, &theirs, &json!(null), &format!("ours: {garbage}"));
                return Ok(theirs);
            }
        }
        self.whole(question, way, &mut theirs, &ours)?;
        let mut verdict = theirs.judge(ours.replies.first(), self.terms);
        if theirs.replies.is_empty() && ours.replies.is_empty() && self.silence_allowed {
            verdict = Verdict::Silent;
        }
        if verdict == Verdict::Different && !theirs.replies.is_empty() {
            for _ in 0..AGAIN {
                let again = self.ask(question, way, true)?.ok().flatten();
                theirs.replies.extend(again.filter(|reply| !theirs.replies.contains(reply)));
            }
            self.whole(question, way, &mut theirs, &ours)?;
            verdict = theirs.judge(ours.replies.first(), self.terms);
        }
        if verdict != Verdict::Different {
            self.tally.count(verdict);
            return Ok(theirs);
        }
        // What does not fit of the additional section is left out without a word.
        if way != Way::Tcp {
            ours.tcp = self.ask(question, Way::Tcp, false)?.ok().flatten();
        }
        let (facts, terms) = (&self.facts, self.terms);
        match self.judge.explain(Difference { question, theirs: &theirs, ours: &ours, facts, terms }) {
            Ok(id) => *self.tally.explained.entry(id).or_default() += 1,
            Err(why) => self.report(question, way, &theirs, &json!(ours.replies.first()), &why),
        }
        Ok(theirs)
    }

    /// Where a reply was cut, gets the whole one.
    fn whole(&mut self, question: &Question, way: Way, theirs: &mut Theirs, ours: &Theirs) -> Result<()> {
        let is_cut = theirs.replies.iter().chain(&ours.replies).any(|reply| reply.has("tc"));
        if way == Way::Tcp || !is_cut || theirs.tcp.is_some() || theirs.replies.is_empty() {
            return Ok(());
        }
        theirs.tcp = self.ask(question, Way::Tcp, true)?.ok().flatten();
        Ok(())
    }

    /// One exchange. The outer error ends the run, the inner is an undecodable reply.
    fn ask(&mut self, question: &Question, way: Way, them: bool) -> Result<Result<Option<Reply>, String>> {
        self.id = self.id.wrapping_add(1);
        let query = question.to_wire(self.id, (way != Way::Udp).then_some(1232))?;
        let client = if them { &self.theirs } else { &self.ours };
        let wire = if way == Way::Tcp { client.tcp(&query)? } else { client.udp(&query)? };
        let Some(wire) = wire else { return Ok(Ok(None)) };
        // The question has to come back as it was asked, letter by letter.
        let asked = question.to_wire(self.id, None)?;
        if wire.get(4..6) == Some(&[0, 1]) && wire.get(12..asked.len()) != Some(&asked[12..]) {
            return Ok(Err("the question is not the one asked".to_owned()));
        }
        let reply = Reply::from_wire(&wire).map(|mut reply| {
            // RFC 1035 §4.1.1: RA tells that a server also resolves what is outside, as ours does here; the original
            // never sets it on what it answers itself. That holds for every reply and is no row of the deviations.
            if !them && self.forwards_openly {
                reply.flags.retain(|flag| flag != "ra");
            }
            Some(reply)
        });
        Ok(reply.map_err(|error| format!("{error:#}")))
    }

    fn report(&mut self, question: &Question, way: Way, theirs: &Theirs, ours: &Value, why: &str) {
        self.tally.different += 1;
        let line = json!({
            "seed": self.seed, "variant": self.variant.name(), "way": format!("{way:?}").to_lowercase(),
            "question": question, "theirs": theirs.replies, "theirs_tcp": theirs.tcp, "ours": ours, "why": why,
        });
        self.differences += &format!("{line}\n");
        if self.tally.different <= PRINTED {
            let first = theirs.replies.first().map_or_else(|| "no reply".to_owned(), |reply| json!(reply).to_string());
            println!("DIFFERENT {} {} by {way:?}: {why}", question.qname, question.qtype);
            println!("  theirs ({}) {first}\n  ours       {ours}", theirs.replies.len());
        }
    }

    /// Writes a row like the recorded ones.
    fn write_row(&mut self, question: &Question, plain: &Theirs, edns: &Theirs) {
        if !self.record {
            return;
        }
        let reply =
            |theirs: &Theirs| theirs.replies.first().map_or_else(|| json!({"timeout": true}), |reply| json!(reply));
        let mut row = json!(question);
        row["seed"] = json!(self.seed);
        row["variant"] = json!(self.variant.name());
        row["udp"] = reply(plain);
        row["edns"] = reply(edns);
        if let Some(whole) = edns.tcp.as_ref().or(plain.tcp.as_ref()) {
            row["tcp"] = json!(whole);
        }
        self.recorded += &format!("{row}\n");
    }
}

/// The questions as this variant can be asked: where its cache answers for reverse zones, which spelling came first
/// decides what the others get, so there they all come in small letters.
fn asked(variant: Variant, mut questions: Vec<Question>) -> Vec<Question> {
    if variant == Variant::Stockg {
        for question in &mut questions {
            let small = question.qname.to_ascii_lowercase();
            if small.ends_with("in-addr.arpa.") || small.ends_with("ip6.arpa.") {
                question.qname = small;
            }
        }
    }
    questions
}
