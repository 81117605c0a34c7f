use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ::kube::config::{KubeConfigOptions, Kubeconfig};
use ::kube::{Client, Config};

use super::problem::whole;

/// A server that does not even take a connection is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How to reach an API server: as `kubectl` does, or from a Pod.
///
/// Without a file it is `$KUBECONFIG`, then `~/.kube/config`, then the Pod's service account. Users with tokens, token files, client
/// certificates and `exec` plugins work, and so do proxies; tokens are read again before they expire.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Connection {
    /// The kubeconfig file.
    pub kubeconfig: Option<PathBuf>,
    /// The context in it; `None`: its current one.
    pub context: Option<String>,
}

impl Connection {
    /// With this kubeconfig file.
    #[must_use]
    pub fn with_kubeconfig(mut self, file: impl Into<PathBuf>) -> Self {
        self.kubeconfig = Some(file.into());
        self
    }

    /// With this context of the kubeconfig file.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// A client. Nothing is asked of the server yet. To be called within a tokio runtime.
    ///
    /// # Errors
    /// When the configuration can't be read or used.
    pub async fn client(&self) -> Result<Client, ConnectionError> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        let mut config = match (&self.kubeconfig, &self.context) {
            (Some(file), _) => {
                let kubeconfig = Kubeconfig::read_from(file).map_err(|error| ConnectionError::new(&error))?;
                Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| ConnectionError::new(&error))
            }
            (None, Some(_)) => Config::from_kubeconfig(&options).await.map_err(|error| ConnectionError::new(&error)),
            (None, None) => Config::infer().await.map_err(|error| ConnectionError::new(&error)),
        }?;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        // The source tries again by itself, and says so.
        config.default_retry = false;
        Client::try_from(config).map_err(|error| ConnectionError::new(&error))
    }
}

/// The configuration of a connection can't be read or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionError(Box<str>);

impl ConnectionError {
    fn new(error: &dyn std::error::Error) -> Self {
        Self(whole(error))
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConnectionError {}
