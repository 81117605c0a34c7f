use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use k8s_source::kube::Connection;

use super::limits::seconds;

/// How a cluster's API server is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(crate) struct KubeArgs {
    /// Read the objects of a live cluster: as kubectl finds it, or from within a Pod.
    #[arg(long, conflicts_with_all = ["manifests", "service_cidr", "strict_namespaces", "keep_going"])]
    kube: bool,
    #[command(flatten)]
    access: AccessArgs,
}

/// Where the API server is, and how long is waited for it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(crate) struct AccessArgs {
    /// The kubeconfig file [default: $KUBECONFIG, ~/.kube/config, the Pod's service account].
    #[arg(long, value_name = "FILE", requires = "kube")]
    kubeconfig: Option<PathBuf>,
    /// The context in the kubeconfig file [default: its current one].
    #[arg(long, value_name = "NAME", requires = "kube")]
    context: Option<String>,
    /// Seconds after which watches are renewed, from 1 to 3600; a connection that died in silence is noticed 5 s later.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = watch_timeout, requires = "kube")]
    pub(crate) watch_timeout: Duration,
}

impl KubeArgs {
    /// Where the cluster is, where one is wanted.
    pub(crate) fn access(&self) -> Option<&AccessArgs> {
        self.kube.then_some(&self.access)
    }
}

impl AccessArgs {
    /// Where the cluster is.
    pub(crate) fn connection(&self) -> Connection {
        let mut connection = Connection::default();
        if let Some(file) = &self.kubeconfig {
            connection = connection.with_kubeconfig(file);
        }
        if let Some(context) = &self.context {
            connection = connection.with_context(context);
        }
        connection
    }
}

fn watch_timeout(text: &str) -> Result<Duration, String> {
    let timeout = seconds(text)?;
    if (Duration::from_secs(1)..=Duration::from_secs(3600)).contains(&timeout) {
        Ok(timeout)
    } else {
        Err("not from 1 to 3600".into())
    }
}
