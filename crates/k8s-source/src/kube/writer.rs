//! Writes the status of Ingresses, and Events about them, while it holds a Lease.

mod consumers;
mod options;
mod requests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ::kube::Client;
use object_change::ObjectKey;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::event_log::{EventLog, Finding};
use super::ingress_status::IngressStatuses;
use super::lease::{Election, LeaseStep};
use super::problem::Problem;
use crate::objects::LoadBalancerIngress;

pub use consumers::{NodeAddresses, ServiceAddresses, StatusConsumer};
pub use options::WriterOptions;
use requests::Requests;

/// What a [`Writer`] tells, for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriterEvent {
    /// This replica writes from now on.
    Leads,
    /// Another one does; `None`: nobody is known to.
    Follows(Option<Box<str>>),
    /// The status of this Ingress was written.
    StatusWritten(ObjectKey),
    /// An Event about this was written.
    Told(Finding),
    /// Something could not be written, for another reason than the last time. It is tried again, but for Events.
    Failed(Problem),
}

#[derive(Debug, Default)]
struct State {
    statuses: IngressStatuses,
    events: EventLog,
    /// Why not, of each task that failed the last time.
    problems: BTreeMap<Task, Problem>,
}

/// What a writer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Lease,
    Status,
    Events,
}

/// What is to be written: found out by others, written by the writer.
#[derive(Debug)]
struct Desk {
    state: Mutex<State>,
    news: Notify,
    origin: Instant,
}

impl Desk {
    fn change<T>(&self, change: impl FnOnce(&mut State, Duration) -> T) -> T {
        let changed = change(&mut self.state(), self.origin.elapsed());
        self.news.notify_one();
        changed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells a [`Writer`] what there is to write.
#[derive(Clone, Debug)]
pub struct WriterHandle(Arc<Desk>);

impl WriterHandle {
    /// A consumer that takes in which Ingresses there are and what their status says. To be fed by the source that feeds the router.
    pub fn ingresses(&self) -> StatusConsumer {
        StatusConsumer::new(Arc::clone(&self.0))
    }

    /// A consumer for Services: publishes the addresses of the load balancer of this one.
    pub fn service_addresses(&self, service: ObjectKey) -> ServiceAddresses {
        ServiceAddresses::new(Arc::clone(&self.0), service)
    }

    /// A consumer for Pods: publishes the addresses of the nodes of all that it is told of.
    pub fn node_addresses(&self) -> NodeAddresses {
        NodeAddresses::new(Arc::clone(&self.0))
    }

    /// Publishes these addresses.
    pub fn set_addresses(&self, addresses: impl IntoIterator<Item = LoadBalancerIngress>) {
        self.0.change(|state, _| state.statuses.set_addresses(addresses));
    }

    /// Exactly this is found now. What stays so for some seconds becomes an Event on its object, once an hour at most.
    pub fn set_findings(&self, findings: impl IntoIterator<Item = Finding>) {
        self.0.change(|state, now| state.events.set(findings, now));
    }

    /// What could not be written the last time that it was tried, such as for a permission that is missing.
    pub fn problems(&self) -> Vec<Problem> {
        self.0.state().problems.values().cloned().collect()
    }

    /// Looks again at which Ingresses are ours.
    pub fn look_again(&self) {
        self.0.news.notify_one();
    }
}

/// Writes the status of Ingresses and Events while it holds a Lease. Of several replicas one does; nothing is written where nothing
/// differs.
///
/// ```no_run
/// use k8s_source::kube::{Connection, Writer, WriterOptions};
/// use k8s_source::objects::LoadBalancerIngress;
/// use object_change::ObjectKey;
///
/// # async fn write() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Connection::default().client().await?;
/// let options = WriterOptions::new(ObjectKey::new("whereto-ingress", "whereto-ingress"), "replica-1");
/// let mut writer = Writer::new(client, options);
/// let handle = writer.handle();
/// handle.set_addresses([LoadBalancerIngress::ip("192.0.2.7")]);
/// let statuses = handle.ingresses(); // to be fed by a source, beside the router's consumer
/// writer.run(|ingress| &*ingress.namespace == "shop", |event| eprintln!("{event:?}")).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Writer {
    desk: Arc<Desk>,
    election: Election,
    requests: Requests,
    retry: Duration,
    /// When to look at the Lease.
    next_look: Duration,
    /// What was told last: whether this replica leads, and who else does.
    told: Option<Result<(), Option<Box<str>>>>,
}

impl Writer {
    /// A writer that has done nothing yet.
    pub fn new(client: Client, options: WriterOptions) -> Self {
        let desk = Desk { state: Mutex::default(), news: Notify::new(), origin: Instant::now() };
        Self {
            desk: Arc::new(desk),
            election: Election::new(options.identity.clone(), options.timing),
            retry: options.timing.retry,
            requests: Requests::new(client, options),
            next_look: Duration::ZERO,
            told: None,
        }
    }

    /// For who finds out what to write.
    pub fn handle(&self) -> WriterHandle {
        WriterHandle(Arc::clone(&self.desk))
    }

    fn now(&self) -> Duration {
        self.desk.origin.elapsed()
    }

    /// Writes for as long as the future is polled. The status of Ingresses that `is_ours` does not take is left alone.
    pub async fn run(
        &mut self,
        is_ours: impl Fn(&ObjectKey) -> bool,
        mut events: impl FnMut(WriterEvent),
    ) -> Infallible {
        loop {
            if self.now() >= self.next_look {
                self.look(&mut events).await;
            }
            if self.election.is_holder(self.now()) && self.write(&is_ours, &mut events).await {
                continue;
            }
            let now = self.now();
            let mut next = self.next_look;
            if self.election.is_holder(now) {
                let state = self.desk.state();
                next =
                    [state.statuses.next(now), state.events.next(now)].into_iter().flatten().fold(next, Duration::min);
            }
            tokio::select! {
                () = sleep(next.saturating_sub(now)) => {}
                () = self.desk.news.notified() => {}
            }
        }
    }

    /// Gives the Lease back, so that another replica need not wait until it expires.
    pub async fn release(&mut self) {
        if let Some(lease) = self.election.release(&requests::date(SystemTime::now()), self.now()) {
            // If it can't be, it expires.
            let _ = self.requests.update_lease(&lease).await;
        }
    }

    /// Looks at the Lease, and takes or renews it.
    async fn look(&mut self, events: &mut impl FnMut(WriterEvent)) {
        let began = self.now();
        self.next_look = began + self.retry;
        let looked = match self.requests.lease().await {
            Ok(lease) => {
                let date = requests::date(SystemTime::now());
                // The request that follows may take as long as it wants: from here on it counts.
                let began = self.now();
                let step = self.election.read(lease, &date, began);
                let written = match &step {
                    LeaseStep::Create(lease) => Some(self.requests.create_lease(lease).await),
                    LeaseStep::Update(lease) => Some(self.requests.update_lease(lease).await),
                    LeaseStep::Wait => None,
                };
                match written {
                    Some(Ok(lease)) => {
                        self.election.wrote(lease, began);
                        Ok(())
                    }
                    // Somebody else was faster.
                    Some(Err(Problem::Refused { status: 409, .. })) | None => Ok(()),
                    Some(Err(problem)) => Err(problem),
                }
            }
            Err(problem) => Err(problem),
        };
        if let Some(problem) = self.done(Task::Lease, looked.err()) {
            events(WriterEvent::Failed(problem));
        }
        let standing =
            if self.election.is_holder(self.now()) { Ok(()) } else { Err(self.election.holder().map(Into::into)) };
        if self.told.as_ref() != Some(&standing) {
            self.told = Some(standing.clone());
            events(match standing {
                Ok(()) => WriterEvent::Leads,
                Err(holder) => WriterEvent::Follows(holder),
            });
        }
    }

    /// Notes how a task ended. Gives the problem, if it is not the one that it had before.
    fn done(&self, task: Task, problem: Option<Problem>) -> Option<Problem> {
        let mut state = self.desk.state();
        match problem {
            Some(problem) => {
                let before = state.problems.insert(task, problem.clone());
                (before.as_ref() != Some(&problem)).then_some(problem)
            }
            None => {
                state.problems.remove(&task);
                None
            }
        }
    }

    /// Writes one thing. Whether there was one.
    async fn write(&mut self, is_ours: &impl Fn(&ObjectKey) -> bool, events: &mut impl FnMut(WriterEvent)) -> bool {
        let now = self.now();
        let status = self.desk.state().statuses.due(is_ours, now);
        if let Some((key, addresses)) = status {
            let problem = match self.requests.write_status(&key, &addresses).await {
                Ok(()) => {
                    self.desk.state().statuses.written(&key);
                    events(WriterEvent::StatusWritten(key));
                    None
                }
                Err(Problem::NoSuchKind(_)) => {
                    self.desk.state().statuses.remove(&key);
                    None
                }
                Err(problem) => {
                    self.desk.state().statuses.failed(&key, self.now());
                    Some(problem)
                }
            };
            if let Some(problem) = self.done(Task::Status, problem) {
                events(WriterEvent::Failed(problem));
            }
            return true;
        }
        let (finding, uid) = {
            let state = self.desk.state();
            let Some(finding) = state.events.due(now) else { return false };
            (finding.clone(), state.statuses.uid(&finding.diagnostic.object.key).map(str::to_owned))
        };
        let written = self.requests.write_event(&finding, uid.as_deref()).await;
        self.desk.state().events.told(&finding, self.now());
        let is_written = written.is_ok();
        let problem = self.done(Task::Events, written.err());
        if is_written {
            events(WriterEvent::Told(finding));
        }
        problem.into_iter().for_each(|problem| events(WriterEvent::Failed(problem)));
        true
    }
}
