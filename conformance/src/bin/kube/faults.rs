//! What goes wrong between our server and the API server, and what comes of it.
//!
//! After each fault the server must serve exactly what one serves that reads everything anew; meanwhile, names that do not change
//! must always be answered, but for SERVFAIL before everything was read.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use whereto_conformance::chance::Chance;
use whereto_conformance::control_plane::API;
use whereto_conformance::process::Process;
use whereto_conformance::variant::Variant;

use crate::arguments::Arguments;
use crate::changes::Changes;
use crate::cluster::{self, Cluster, FRESH, OURS, PROXY};
use crate::compare::{answering, await_marker};
use crate::proxy::{Mode, Proxy};
use crate::transfer::everything;
use crate::witness::{self, Witness};

/// The variant that needs every kind.
const VARIANT: Variant = Variant::Verified;
const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    CutOnce,
    Cut,
    Stall,
    Buried,
    HalfOpen,
    Slow,
    Killed,
    Compacted,
    CutLists,
    Denied,
    StartAway,
    StartCutLists,
    StartDenied,
}

const FAULTS: [(Fault, &str, &str); 13] = [
    (Fault::CutOnce, "cut-once", "all connections closed"),
    (Fault::Cut, "cut", "closed, and no new ones for 2 s"),
    (Fault::Stall, "stall", "nothing passes for 10 s"),
    (Fault::Buried, "buried", "the open connections dead in silence"),
    (Fault::HalfOpen, "half-open", "nothing comes from the server for 10 s"),
    (Fault::Slow, "slow", "100 kB/s, 512 bytes at a time, 5 s"),
    (Fault::Killed, "killed", "API server killed and restarted"),
    (Fault::Compacted, "compacted", "away, etcd compacted, restarted: 410"),
    (Fault::CutLists, "cut-lists", "as before, and the lists after it cut"),
    (Fault::Denied, "denied", "RBAC rule for EndpointSlices gone for 3 s"),
    (Fault::StartAway, "start-away", "started while the API server is away"),
    (Fault::StartCutLists, "start-cut-lists", "started, and the first lists cut"),
    (Fault::StartDenied, "start-denied", "started without the rule for EndpointSlices"),
];

/// Runs each fault as often as asked, and prints a table. Whether all went well.
pub(crate) fn run(arguments: &Arguments, cluster: &mut Cluster) -> Result<bool> {
    cluster.control_plane.api.clear()?;
    witness::prepare(&cluster.control_plane.api)?;
    let proxy = Proxy::start(PROXY, API)?;
    println!("{:16} {:45} runs  good  asked  wrong  recovery in s, least, median, most", "fault", "");
    let mut is_good = true;
    for (fault, name, what) in FAULTS {
        if arguments.faults.as_ref().is_some_and(|only| only.split(',').all(|only| only != name)) {
            continue;
        }
        let (mut good, mut asked, mut wrong, mut times) = (0, 0, 0, Vec::new());
        for number in 0..arguments.runs {
            let seed = arguments.seed.wrapping_add(1000 * number + fault as u64);
            let mut one = Run { cluster, proxy: &proxy, chance: Chance::new(seed) };
            let outcome = one.run(fault).with_context(|| format!("{name}, --seed {seed}"))?;
            good += u64::from(outcome.is_same && outcome.wrong == 0);
            asked += outcome.asked;
            wrong += outcome.wrong;
            times.push(outcome.recovery.as_secs_f32());
        }
        times.sort_by(f32::total_cmp);
        let of = |part: usize| times[(times.len() - 1) * part / 2];
        println!(
            "{name:16} {what:45} {:4} {good:5} {asked:6} {wrong:6}  {:.2} {:.2} {:.2}",
            arguments.runs,
            of(0),
            of(1),
            of(2)
        );
        is_good &= good == arguments.runs;
    }
    Ok(is_good)
}

struct Run<'a> {
    cluster: &'a mut Cluster,
    proxy: &'a Proxy,
    chance: Chance,
}

struct Outcome {
    /// Whether our server ended with what a fresh one has.
    is_same: bool,
    asked: usize,
    wrong: usize,
    /// From the end of the fault until the last change was known.
    recovery: Duration,
}

impl Run<'_> {
    fn run(&mut self, fault: Fault) -> Result<Outcome> {
        self.proxy.set(Mode::Pass);
        let starts_well = !matches!(fault, Fault::StartAway | Fault::StartCutLists | Fault::StartDenied);
        let mut ours = None;
        if starts_well {
            ours = Some(self.cluster.whereto(OURS, VARIANT, &self.cluster.proxied)?);
            self.change(15)?;
        }
        let witness = starts_well.then(|| Witness::start(OURS, false));
        let (ours, late) = match ours {
            Some(ours) => {
                self.strike(fault)?;
                (ours, None)
            }
            None => {
                let (ours, witness) = self.start(fault)?;
                (ours, Some(witness))
            }
        };
        let lifted = Instant::now();
        self.change(5)?;
        let marker = Changes::new(&self.cluster.control_plane.api, self.chance.bits()).mark()?;
        await_marker(OURS, &marker, VARIANT)?;
        let recovery = lifted.elapsed();
        let (asked, wrong) = witness.or(late).context("a witness")?.end();
        let fresh = self.cluster.whereto(FRESH, VARIANT, &self.cluster.kubeconfig)?;
        let (have, want) = (everything(OURS)?, everything(FRESH)?);
        for record in have.symmetric_difference(&want).take(5) {
            println!("{} {record}", if have.contains(record) { "TOO MUCH" } else { "MISSING" });
        }
        let (status, ready) = cluster::told(OURS, "/ready")?;
        ensure!(status == 200, "/ready: {ready}");
        drop((ours, fresh));
        Ok(Outcome { is_same: have == want, asked, wrong, recovery })
    }

    fn change(&mut self, steps: usize) -> Result<()> {
        let mut changes = Changes::new(&self.cluster.control_plane.api, self.chance.bits());
        changes.load_some(steps * 2)?;
        changes.steps(steps)
    }

    /// The server runs, and something happens.
    fn strike(&mut self, fault: Fault) -> Result<()> {
        match fault {
            Fault::CutOnce => {
                self.change(10)?;
                self.proxy.cut();
            }
            Fault::Cut => self.during(Mode::Cut, 2 * SECOND)?,
            Fault::Stall => self.during(Mode::Stall, 10 * SECOND)?,
            Fault::HalfOpen => self.during(Mode::HalfOpen, 10 * SECOND)?,
            Fault::Slow => self.during(Mode::Slow, 5 * SECOND)?,
            Fault::Buried => {
                self.proxy.bury();
                self.change(10)?;
            }
            Fault::Killed => {
                self.change(10)?;
                self.restart()?;
            }
            Fault::Compacted | Fault::CutLists => {
                self.proxy.set(Mode::Cut);
                self.change(20)?;
                self.cluster.control_plane.compact()?;
                self.restart()?;
                if fault == Fault::CutLists {
                    self.cut_lists();
                }
                self.proxy.set(Mode::Pass);
            }
            _ => {
                self.cluster.allow(false)?;
                self.proxy.cut();
                self.change(10)?;
                sleep(3 * SECOND);
                let (_, metrics) = cluster::told(OURS, "/metrics")?;
                ensure!(metrics.contains("not allowed to"), "the metrics do not tell of the missing rule");
                self.cluster.allow(true)?;
            }
        }
        Ok(())
    }

    /// Something is wrong from the start.
    fn start(&mut self, fault: Fault) -> Result<(Process, Witness)> {
        match fault {
            Fault::StartAway => self.proxy.set(Mode::Cut),
            Fault::StartDenied => self.cluster.allow(false)?,
            _ => self.proxy.set(Mode::CutAfter(self.chance.between(4_000, 20_000) as u64)),
        }
        let ours = self.cluster.start_whereto(OURS, VARIANT, &self.cluster.proxied)?;
        let witness = Witness::start(OURS, true);
        self.change(10)?;
        sleep(2 * SECOND);
        let (status, ready) = cluster::told(OURS, "/ready")?;
        ensure!(status == 503, "/ready says {status} {ready} before everything was read");
        match fault {
            Fault::StartDenied => {
                let (_, metrics) = cluster::told(OURS, "/metrics")?;
                let told = "not allowed to list endpointslices.discovery.k8s.io in all namespaces";
                ensure!(metrics.contains(told), "the metrics do not tell of the missing rule");
                self.cluster.allow(true)?;
            }
            _ => self.proxy.set(Mode::Pass),
        }
        Ok((answering(ours, OURS)?, witness))
    }

    fn during(&mut self, mode: Mode, duration: Duration) -> Result<()> {
        self.proxy.set(mode);
        self.change(10)?;
        sleep(duration);
        self.change(5)?;
        self.proxy.set(Mode::Pass);
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.cluster.control_plane.kill_api();
        sleep(SECOND);
        self.cluster.control_plane.start_api()
    }

    /// Connections break where the answers to lists are under way.
    fn cut_lists(&mut self) {
        for _ in 0..6 {
            self.proxy.set(Mode::CutAfter(self.chance.between(3_000, 20_000) as u64));
            sleep(SECOND / 2);
        }
    }
}
