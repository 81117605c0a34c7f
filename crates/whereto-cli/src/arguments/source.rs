use std::path::PathBuf;

use clap::Args;
use k8s_source::manifests::{ManifestOptions, ManifestSource, NamespacePolicy, PodOrigins, ServiceCidr};

use super::KubeArgs;
use crate::demo;

/// Where the objects come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(crate) struct SourceArgs {
    /// Read this file or folder of YAML or JSON (repeatable); `-` is standard input. Without it: the built-in demo cluster.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifests: Vec<PathBuf>,
    /// Range for the cluster IPs of Services that have none, one for each address family [default: 10.96.0.0/16 and
    /// fd00:10:96::/112].
    #[arg(long, value_name = "CIDR")]
    pub(crate) service_cidr: Vec<ServiceCidr>,
    #[command(flatten)]
    pub(crate) kube: KubeArgs,
    /// Only namespaces with a Namespace object exist. Otherwise, where the input has no such object at all, those exist that
    /// something is in.
    #[arg(long)]
    pub(crate) strict_namespaces: bool,
    /// Use what is good of manifests that have errors.
    #[arg(long)]
    pub(crate) keep_going: bool,
}

impl SourceArgs {
    /// The source.
    pub(crate) fn open(&self, multicluster: bool, pod_origins: PodOrigins) -> ManifestSource {
        let mut options = ManifestOptions::default().with_pod_origins(pod_origins);
        for cidr in &self.service_cidr {
            options = options.with_service_cidr(*cidr);
        }
        if self.strict_namespaces {
            options = options.with_namespaces(NamespacePolicy::Strict);
        }
        if self.is_demo() { demo::source(options, multicluster) } else { ManifestSource::new(&self.manifests, options) }
    }

    /// Whether nothing was given to read.
    pub(crate) const fn is_demo(&self) -> bool {
        self.manifests.is_empty()
    }

    /// Whether anything that is read may change.
    pub(crate) fn may_change(&self) -> bool {
        self.manifests.iter().any(|path| path.as_os_str() != "-")
    }
}
