//! Objects of a live cluster.

mod log;
mod metrics;
mod programming;
mod writing;

use std::convert::Infallible;

use k8s_source::Consumer;
use k8s_source::kube::kube::Client;
use k8s_source::kube::{Event, KubeOptions, KubeSource, NotWatched};
use tokio::runtime::{Builder, Runtime};

pub(crate) use log::log;
pub(crate) use metrics::Metrics;
pub(crate) use programming::{Programming, ProgrammingDuration};

pub(crate) use writing::Writing;

use crate::arguments::{AccessArgs, KubeArgs, PublishArgs};
use crate::exit::Failure;
use crate::finding::Finding;
use crate::output::Format;
use crate::progress::Progress;

/// A source and what it runs on.
pub(crate) struct Live {
    runtime: Runtime,
    client: Client,
    source: KubeSource,
}

impl Live {
    /// The cluster, where the arguments want one, of which `options` tells what to read. Nothing was asked of it yet.
    ///
    /// # Errors
    /// When the kubeconfig can't be used.
    pub(crate) fn open(
        args: &KubeArgs,
        options: impl FnOnce() -> Result<KubeOptions, NotWatched>,
    ) -> Result<Option<Self>, Failure> {
        args.access().map(|access| Self::at(access, options)).transpose()
    }

    /// The cluster to which these arguments lead.
    ///
    /// # Errors
    /// When the kubeconfig can't be used.
    pub(crate) fn at(
        args: &AccessArgs,
        options: impl FnOnce() -> Result<KubeOptions, NotWatched>,
    ) -> Result<Self, Failure> {
        let options = options().map_err(Failure::bad_input)?.with_watch_timeout(args.watch_timeout);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(args.connection().client()).map_err(Failure::bad_input)?;
        let source = {
            let _entered = runtime.enter();
            KubeSource::new(client.clone(), &options)
        };
        Ok(Self { runtime, client, source })
    }

    /// What is written to the cluster, where the arguments want something written.
    ///
    /// # Errors
    /// Never: the kinds are known.
    pub(crate) fn writing(&self, args: &PublishArgs, controller: &str) -> Result<Option<Writing>, Failure> {
        let _entered = self.runtime.enter();
        Writing::new(&self.client, args, controller).map_err(Failure::bad_input)
    }

    /// What `/metrics` tells of it.
    pub(crate) fn metrics(&self, duration: &ProgrammingDuration) -> Metrics {
        Metrics::new(self.source.status(), duration.clone())
    }

    /// What `/ready` tells of it: a line for each kind that can't be read, with the permission that is missing where one is.
    pub(crate) fn remarks(&self) -> impl Fn() -> String + Send + Sync + use<> {
        let status = self.source.status();
        move || {
            let status = status.borrow();
            let problems = status.kinds.iter().filter_map(|kind| Some((kind, kind.problem.as_ref()?)));
            problems.map(|(kind, problem)| format!("{}: {problem}\n", kind.kind.name())).collect()
        }
    }

    /// Reads everything once.
    ///
    /// # Errors
    /// When the API server can't be reached, or does not let us read.
    pub(crate) fn load(&mut self, consumer: &mut dyn Consumer, found: &mut dyn FnMut(Finding)) -> Result<(), Failure> {
        let mut progress = Progress::start(Format::Text);
        let loading = self.source.load(consumer, |event| match event {
            Event::Progress { objects } => progress.tell(objects as u64),
            Event::Found(diagnostic) => {
                progress.clear();
                found(Finding::Whole(diagnostic));
            }
            _ => {}
        });
        self.runtime.block_on(loading).map_err(Failure::cannot_run)
    }

    /// Keeps the consumer current for ever; `synced` is called once everything was read.
    pub(crate) fn run(self, consumer: &mut impl Consumer, logs: Format, synced: impl FnOnce()) -> Infallible {
        self.run_beside(consumer, logs, synced, std::future::pending())
    }

    /// The same, with something else on the same runtime.
    pub(crate) fn run_beside(
        mut self,
        consumer: &mut impl Consumer,
        logs: Format,
        synced: impl FnOnce(),
        other: impl Future<Output = Infallible>,
    ) -> Infallible {
        let mut progress = Some(Progress::start(logs));
        let mut synced = Some(synced);
        let status = self.source.status();
        let running = self.source.run(consumer, |event| match &event {
            Event::Progress { objects } => {
                if let Some(progress) = &mut progress {
                    progress.tell(*objects as u64);
                }
            }
            _ => log(&event),
        });
        let ready = async {
            let mut status = status;
            // The sender lives as long as the source.
            let _ = status.wait_for(|status| !status.kinds.is_empty() && status.is_synced()).await;
            if let Some(synced) = synced.take() {
                synced();
            }
            std::future::pending::<Infallible>().await
        };
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                never = running => never,
                never = ready => never,
                never = other => never,
            }
        })
    }
}
