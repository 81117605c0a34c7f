use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use k8s_source::manifests::{ManifestOptions, ManifestSource, NamespacePolicy, PodOrigins, Routes, ServiceCidr};

use super::KubeArgs;
use crate::demo;

/// Where the objects come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(crate) struct SourceArgs {
    /// Read this file or folder of YAML or JSON (repeatable); `-` is standard input. Without it: the built-in demo cluster.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifests: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) kube: KubeArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How manifests are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(crate) struct ReadingArgs {
    /// Range for the cluster IPs of Services that have none, one for each address family [default: 10.96.0.0/16 and
    /// fd00:10:96::/112].
    #[arg(long, value_name = "CIDR")]
    service_cidr: Vec<ServiceCidr>,
    /// Only namespaces with a Namespace object exist. Otherwise, where the input has no such object at all, those exist that
    /// something is in.
    #[arg(long)]
    strict_namespaces: bool,
    /// Use what is good of manifests that have errors.
    #[arg(long)]
    pub(crate) keep_going: bool,
}

/// What a command looks at besides Namespaces, Services, EndpointSlices and Pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// ServiceImports, which the demo cluster has only for those who ask.
    pub(crate) multicluster: bool,
    /// Workloads and kubelet's settings.
    pub(crate) pods: PodOrigins,
    /// Ingresses, IngressClasses and certificates.
    pub(crate) routes: Routes,
}

impl ReadingArgs {
    pub(crate) fn options(&self, reads: Reads) -> ManifestOptions {
        let mut options = ManifestOptions::default().with_pod_origins(reads.pods).with_routes(reads.routes);
        for cidr in &self.service_cidr {
            options = options.with_service_cidr(*cidr);
        }
        if self.strict_namespaces {
            options = options.with_namespaces(NamespacePolicy::Strict);
        }
        options
    }
}

impl SourceArgs {
    /// The source.
    pub(crate) fn open(&self, reads: Reads) -> ManifestSource {
        let options = self.reading.options(reads);
        if self.is_demo() { demo::source(options, reads) } else { ManifestSource::new(&self.manifests, options) }
    }

    /// Whether nothing was given to read.
    pub(crate) const fn is_demo(&self) -> bool {
        self.manifests.is_empty()
    }

    /// How often to look for changes, where anything that is read may change and it is wanted at all.
    pub(crate) fn reload(&self, interval: Duration) -> Option<Duration> {
        let may_change = self.manifests.iter().any(|path| path.as_os_str() != "-");
        (may_change && !interval.is_zero()).then_some(interval)
    }
}
