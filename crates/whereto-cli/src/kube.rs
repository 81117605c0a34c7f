//! Objects of a live cluster.

mod log;
mod metrics;
mod programming;

use std::convert::Infallible;

use k8s_source::Consumer;
use k8s_source::kube::{Event, KubeSource};
use k8s_source::manifests::PodOrigins;
use tokio::runtime::{Builder, Runtime};

pub(crate) use log::log;
pub(crate) use metrics::Metrics;
pub(crate) use programming::{Programming, ProgrammingDuration};

use crate::arguments::{SourceArgs, ZoneArgs};
use crate::exit::Failure;
use crate::finding::Finding;
use crate::output::Format;
use crate::progress::Progress;

/// A source and what it runs on.
#[derive(Debug)]
pub(crate) struct Live {
    runtime: Runtime,
    source: KubeSource,
}

impl Live {
    /// The cluster, where the arguments want one. Nothing was asked of it yet.
    ///
    /// # Errors
    /// When the kubeconfig can't be used.
    pub(crate) fn open(source: &SourceArgs, zones: &ZoneArgs, pods: PodOrigins) -> Result<Option<Self>, Failure> {
        let Some(connection) = source.kube.connection() else { return Ok(None) };
        let options =
            zones.kube_options(pods).map_err(Failure::bad_input)?.with_watch_timeout(source.kube.watch_timeout);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(connection.client()).map_err(Failure::bad_input)?;
        let source = {
            let _entered = runtime.enter();
            KubeSource::new(client, &options)
        };
        Ok(Some(Self { runtime, source }))
    }

    /// What `/metrics` tells of it.
    pub(crate) fn metrics(&self, duration: &ProgrammingDuration) -> Metrics {
        Metrics::new(self.source.status(), duration.clone())
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
    pub(crate) fn run(mut self, consumer: &mut impl Consumer, logs: Format, synced: impl FnOnce()) -> Infallible {
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
            }
        })
    }
}
