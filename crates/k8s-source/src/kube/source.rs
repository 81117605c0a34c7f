use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use ::kube::Client;
use futures_util::FutureExt as _;
use futures_util::stream::{BoxStream, SelectAll, StreamExt as _, select_all, unfold};
use tokio::sync::watch;

use super::asked::Asked;
use super::news::News;
use super::references::{References, Referring};
use super::scope::{Scope, Standing};
use super::selection::Selection;
use super::watched::{self, Extent, Watched};
use super::{Event, KindStatus, KubeOptions, Problem, State, Status};
use crate::change::{Consumer, Kind, ObjectChange};
use crate::objects::{
    EndpointSlice, Ingress, IngressClass, Namespace, Pod, Secret, Service, ServiceImport, WorkloadKind,
};

/// So many changes at most go into one publish: under a flood, what came first is seen in time.
const MERGED: usize = 4096;

/// Objects of a cluster from its API server, kept current.
///
/// ```no_run
/// use dns_records::{ClusterZones, ZoneConfig};
/// use k8s_source::kube::{Connection, KubeOptions, KubeSource};
/// use k8s_source::{DnsConsumer, Kind};
///
/// # async fn watch() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Connection::default().client().await?;
/// let options = KubeOptions::new([Kind::Namespace, Kind::Service, Kind::EndpointSlice])?;
/// let mut source = KubeSource::new(client, &options);
/// let zones = ClusterZones::new(ZoneConfig::new("cluster.local")?)?;
/// let mut consumer = DnsConsumer::new(zones, || 1_700_000_000, |snapshot| println!("{}", snapshot.serial()));
/// source.run(&mut consumer, |event| eprintln!("{event:?}")).await;
/// # Ok(())
/// # }
/// ```
pub struct KubeSource {
    scopes: SelectAll<BoxStream<'static, (usize, News, Standing)>>,
    standings: Vec<Place>,
    synced: Vec<Kind>,
    kinds: Vec<Kind>,
    status: watch::Sender<Status>,
    /// Where Ingresses decide which Secrets are read.
    references: Option<References>,
    /// Whether something was told that is not published.
    is_told: bool,
}

/// A scope as it was last heard of.
struct Place {
    kind: Kind,
    namespace: Option<Arc<str>>,
    standing: Standing,
    /// The problem that was told, until it was told that it is over.
    told: Option<Arc<Problem>>,
}

impl KubeSource {
    /// A source that has not asked for anything yet. No retries of the client's own are needed, and no time-outs but for connecting.
    pub fn new(client: Client, options: &KubeOptions) -> Self {
        let reads = |kind| options.kinds.contains(&kind);
        let mut source = Self {
            references: (reads(Kind::Ingress) && reads(Kind::Secret)).then(References::default),
            scopes: select_all([]),
            standings: Vec::new(),
            synced: Vec::new(),
            kinds: options.kinds.clone(),
            status: watch::Sender::new(Status::default()),
            is_told: false,
        };
        for starter in options.kinds.iter().filter_map(|kind| starter(*kind)) {
            starter(&mut source, &client, options);
        }
        if let Some(references) = &mut source.references {
            options.secrets.iter().for_each(|secret| references.keep(secret));
        }
        source.tell_status();
        source
    }

    fn watch<T: Watched>(&mut self, client: &Client, options: &KubeOptions) {
        let namespaces = if T::EXTENT == Extent::Cluster { &[][..] } else { &options.namespaces };
        let everywhere = namespaces.is_empty().then_some(None);
        for namespace in namespaces.iter().map(|name| Some(&**name)).chain(everywhere) {
            let index = self.standings.len();
            let asked = Asked::new::<T>(client.clone(), options, namespace);
            let (kind, namespace) = (T::KIND, namespace.map(Arc::from));
            let references = self.references.as_mut().filter(|_| T::IS_NAMED);
            let selection = references.map(|references| Selection::new(references.wishes(namespace.clone())));
            let scope = Scope::<T>::new(asked, options, selection);
            self.standings.push(Place { kind, namespace, standing: scope.standing(), told: None });
            let stream = unfold(scope, move |mut scope| async move {
                let news = scope.next().await;
                let standing = scope.standing();
                Some(((index, news, standing), scope))
            });
            self.scopes.push(stream.boxed());
        }
    }

    /// The status, now and as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Reads everything once and publishes it. [`run`](Self::run) goes on from there.
    ///
    /// # Errors
    /// With the first problem: the API server is not asked again.
    pub async fn load<C: Consumer + ?Sized>(
        &mut self,
        consumer: &mut C,
        mut events: impl FnMut(Event),
    ) -> Result<(), Arc<Problem>> {
        while !self.status.borrow().is_synced() {
            self.step(consumer, &mut events).await;
            let failed =
                self.standings.iter().find(|place| place.standing.state == State::Syncing && place.told.is_some());
            if let Some(problem) = failed.and_then(|place| place.told.clone()) {
                return Err(problem);
            }
        }
        Ok(())
    }

    /// Keeps the consumer current, for as long as the future is polled. Each change is published at once; those that came while the
    /// consumer was busy are published together. Before everything was listed once, it publishes only when a kind is complete.
    ///
    /// May be dropped at any time; the next call goes on where it was.
    pub async fn run<C: Consumer + ?Sized>(&mut self, consumer: &mut C, mut events: impl FnMut(Event)) -> Infallible {
        loop {
            self.step(consumer, &mut events).await;
        }
    }

    /// Waits for news, takes what is there, and publishes.
    async fn step<C: Consumer + ?Sized>(&mut self, consumer: &mut C, events: &mut impl FnMut(Event)) {
        let Some(first) = self.scopes.next().await else {
            // No kinds: nothing ever happens.
            return std::future::pending().await;
        };
        let mut synced = self.take(first, consumer, events);
        for _ in 1..MERGED {
            // What has arrived, without waiting for more.
            let Some(Some(next)) = self.scopes.next().now_or_never() else { break };
            synced |= self.take(next, consumer, events);
        }
        if self.is_told && (synced || self.is_synced()) {
            self.is_told = false;
            consumer.publish();
        }
        self.tell_status();
    }

    /// Whether the news completed a kind.
    fn take<C: Consumer + ?Sized>(
        &mut self,
        (index, news, standing): (usize, News, Standing),
        mut consumer: &mut C,
        events: &mut impl FnMut(Event),
    ) -> bool {
        if let News::Changes(changes) = news {
            let mut referring = Referring { references: self.references.as_mut(), consumer: &mut consumer };
            self.is_told |= changes.apply(&mut referring, &mut |diagnostic| events(Event::Found(diagnostic)));
        }
        let Some(place) = self.standings.get_mut(index) else { return false };
        place.standing = standing;
        let (kind, namespace) = (place.kind, place.namespace.clone());
        match (&place.standing, &place.told) {
            (Standing { state: State::Live, .. }, told) => {
                if told.is_some() {
                    events(Event::Recovered { kind, namespace });
                }
                place.told = None;
            }
            (Standing { state, problem: Some(problem), .. }, told) if told.as_ref() != Some(problem) => {
                let stale_since = match state {
                    State::Stale { since } => Some(*since),
                    _ => None,
                };
                place.told = Some(Arc::clone(problem));
                let problem = Arc::clone(problem);
                events(Event::Failed { kind, namespace, problem, stale_since });
            }
            _ => {}
        }
        if self.synced.contains(&kind) {
            return false;
        }
        if self.standings.iter().any(|place| place.kind == kind && place.standing.state == State::Syncing) {
            events(Event::Progress { objects: self.standings.iter().map(|place| place.standing.objects).sum() });
            return false;
        }
        self.synced.push(kind);
        if let Some(references) = self.references.as_ref().filter(|_| kind == Kind::Ingress) {
            references.begin();
        }
        for diagnostic in consumer.apply(ObjectChange::Synced(kind)) {
            events(Event::Found(diagnostic));
        }
        self.is_told = true;
        events(Event::Synced(kind));
        true
    }

    fn is_synced(&self) -> bool {
        self.synced.len() == self.kinds.len()
    }

    fn tell_status(&self) {
        let kinds = self.kinds.iter().map(|kind| {
            let mut status = KindStatus { kind: *kind, state: State::Live, objects: 0, problem: None };
            for place in self.standings.iter().filter(|place| place.kind == *kind) {
                let Standing { state, objects, problem } = &place.standing;
                status.objects += objects;
                status.problem = status.problem.or_else(|| problem.clone());
                status.state = worse(status.state, *state);
            }
            status
        });
        let now = Status { kinds: kinds.collect() };
        self.status.send_if_modified(|told| {
            let is_new = *told != now;
            *told = now;
            is_new
        });
    }
}

/// What begins to watch a kind.
type Starter = fn(&mut KubeSource, &Client, &KubeOptions);

/// `None` for kinds that are not read from an API server.
pub(super) fn starter(kind: Kind) -> Option<Starter> {
    Some(match kind {
        Kind::Namespace => KubeSource::watch::<Namespace>,
        Kind::Service => KubeSource::watch::<Service>,
        Kind::EndpointSlice => KubeSource::watch::<EndpointSlice>,
        Kind::Pod => KubeSource::watch::<Pod>,
        Kind::ServiceImport => KubeSource::watch::<ServiceImport>,
        Kind::Ingress => KubeSource::watch::<Ingress>,
        Kind::IngressClass => KubeSource::watch::<IngressClass>,
        Kind::Secret => KubeSource::watch::<Secret>,
        Kind::Workload(WorkloadKind::Deployment) => KubeSource::watch::<watched::Deployment>,
        Kind::Workload(WorkloadKind::ReplicaSet) => KubeSource::watch::<watched::ReplicaSet>,
        Kind::Workload(WorkloadKind::StatefulSet) => KubeSource::watch::<watched::StatefulSet>,
        Kind::Workload(WorkloadKind::DaemonSet) => KubeSource::watch::<watched::DaemonSet>,
        Kind::Workload(WorkloadKind::Job) => KubeSource::watch::<watched::Job>,
        Kind::Workload(WorkloadKind::CronJob) => KubeSource::watch::<watched::CronJob>,
        Kind::KubeletConfiguration => return None,
    })
}

/// Of two places the one worse off: syncing, or stale for longer.
fn worse(a: State, b: State) -> State {
    match (a, b) {
        (State::Stale { since: a }, State::Stale { since: b }) => State::Stale { since: a.min(b) },
        (a, b) => a.max(b),
    }
}

impl fmt::Debug for KubeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubeSource").field("kinds", &self.kinds).field("synced", &self.synced).finish_non_exhaustive()
    }
}
