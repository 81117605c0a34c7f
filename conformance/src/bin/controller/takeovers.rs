//! Two replicas of our controller, as processes: the one that writes is killed, and the other takes over.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::chance::Chance;
use whereto_conformance::control_plane::path;

use crate::environment::{Controller, Environment, LEASE, LEASE_DURATION};
use crate::objects;
use crate::written::{self, Written};

const NAMESPACE: &str = "takeovers";
const ADDRESS: &str = "192.0.2.7";
/// The ports where replicas tell whether they are ready, one after another.
const ADMIN: u16 = 18_100;
/// How late a takeover may be: a look at the Lease, and the writing itself.
const LATE: Duration = Duration::from_secs(2);
/// How long a replica may take to end well: its lame-duck time is none.
const ENDING: Duration = Duration::from_secs(5);

/// Whether so many takeovers went as they should, and one where the replica was asked to end.
pub(crate) fn run(environment: &Environment<'_>, takeovers: u64, seed: u64) -> Result<bool> {
    environment.api().create(&objects::namespace(NAMESPACE))?;
    // Whoever had it before is gone.
    environment.api().delete(LEASE)?;
    let before = written::all(environment.control_plane)?.len();
    let mut replicas = Replicas { environment, running: Vec::new(), started: 0, created: 0, chance: Chance::new(seed) };
    let (times, handover) = replicas.run(takeovers)?;
    let all = written::all(environment.control_plane)?;
    let new: &[Written] = all.get(before..).unwrap_or_default();
    let (count, strangers) = written::judge(new);
    let of = |part: usize| times[(times.len() - 1) * part / 2].as_secs_f32();
    println!(
        "{takeovers} replicas killed: the other wrote after {:.2} {:.2} {:.2} s (least, median, most; a Lease of {} s), after one that was \
         asked to end in {:.2} s; {} Ingresses, {count} statuses written, WRITTEN BY OTHERS THAN THE HOLDER {strangers}",
        of(0),
        of(1),
        of(2),
        LEASE_DURATION.as_secs(),
        handover.as_secs_f32(),
        replicas.created,
    );
    let is_late = times.iter().any(|time| *time > LEASE_DURATION + LATE) || handover > LATE;
    environment.api().remove_namespace(NAMESPACE)?;
    Ok(count == replicas.created && strangers == 0 && !is_late)
}

struct Replicas<'a> {
    environment: &'a Environment<'a>,
    running: Vec<Controller>,
    started: u16,
    /// Ingresses of ours.
    created: usize,
    chance: Chance,
}

impl Replicas<'_> {
    /// Gives the times of the takeovers, in order of length, and that of the last, where nobody was killed.
    fn run(&mut self, takeovers: u64) -> Result<(Vec<Duration>, Duration)> {
        let mut foreign = Vec::new();
        for number in 0..20 {
            self.create(&format!("first-{number}"))?;
            let other = objects::ingress(NAMESPACE, &format!("foreign-{number}"), Some("other"), "other.example");
            foreign.push(self.environment.api().create(&other)?);
        }
        self.start()?;
        self.start()?;
        self.all_written(LATE * 5)?;
        let mut times = Vec::new();
        for number in 0..takeovers {
            // Wherever it is in its turns.
            sleep(Duration::from_millis(self.chance.between(0, 2000) as u64));
            drop(self.take_leader()?);
            times.push(self.other_writes(&format!("killed-{number}"))?);
            self.start()?;
        }
        self.take_leader()?.process.end(ENDING)?;
        let handover = self.other_writes("ended")?;
        // Nothing differs: nothing is written. The audit log is read after this.
        sleep(LEASE_DURATION);
        for object in foreign {
            let now = self.environment.api().get(&path(&object)?)?;
            let of = |object: &Value| object["metadata"]["resourceVersion"].clone();
            ensure!(of(&now) == of(&object), "a foreign Ingress was written: {now}");
        }
        times.sort();
        Ok((times, handover))
    }

    fn start(&mut self) -> Result<()> {
        self.started += 1;
        let words =
            ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--publish-address", ADDRESS, "--lame-duck", "0"];
        let name = format!("replica-{}", self.started);
        self.running.push(self.environment.start(&name, ADMIN + self.started, &words)?);
        Ok(())
    }

    fn create(&mut self, name: &str) -> Result<()> {
        let host = format!("{name}.example");
        self.environment.api().create(&objects::ingress(NAMESPACE, name, None, &host))?;
        self.created += 1;
        Ok(())
    }

    /// The one that holds the Lease: its identity has the process identifier.
    fn take_leader(&mut self) -> Result<Controller> {
        let place = self.leader()?.context("the holder is a replica")?;
        Ok(self.running.swap_remove(place))
    }

    fn leader(&self) -> Result<Option<usize>> {
        let lease = self.environment.api().get(LEASE)?;
        let holder = lease["spec"]["holderIdentity"].as_str().context("a holder")?.to_owned();
        let has = |replica: &Controller| holder.contains(&format!("_{}-", replica.process.id()));
        Ok(self.running.iter().position(has))
    }

    /// From now until the other has written what there is to write.
    fn other_writes(&mut self, name: &str) -> Result<Duration> {
        let begin = Instant::now();
        for number in 0..3 {
            self.create(&format!("{name}-{number}"))?;
        }
        self.all_written(LEASE_DURATION + LATE * 5)?;
        let time = begin.elapsed();
        ensure!(self.leader()?.is_some(), "nobody who runs holds the Lease");
        Ok(time)
    }

    /// Waits until every Ingress of ours says where it is reached.
    fn all_written(&self, patience: Duration) -> Result<()> {
        let begin = Instant::now();
        let list = format!("/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/ingresses");
        loop {
            let list = self.environment.api().get(&list)?;
            let items = list["items"].as_array().context("a list")?;
            let is_written = |item: &&Value| item["status"]["loadBalancer"]["ingress"] == json!([{"ip": ADDRESS}]);
            let written = items.iter().filter(is_written).count();
            if written == self.created {
                return Ok(());
            }
            ensure!(begin.elapsed() < patience, "{written} of {} have a status", self.created);
            sleep(Duration::from_millis(20));
        }
    }
}
