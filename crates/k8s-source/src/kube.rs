//! Objects from an API server, kept current.
//!
//! [`KubeSource`] lists and watches the kinds that [`KubeOptions`] name and drives a [`Consumer`](crate::Consumer). The rules by which
//! lists and events become changes are in [`Relist`], which needs no connection and may be fed by an embedder's own watcher.

mod backoff;
mod body;
mod connection;
mod decode;
mod event;
mod options;
mod problem;
mod relist;
mod resource;
mod scope;
mod source;
mod status;
mod watched;

/// The client's crate: [`KubeSource::new`] takes its `Client`.
pub use ::kube;
pub use connection::{Connection, ConnectionError};
pub use event::Event;
pub use options::{KubeOptions, NotWatched, RUNNING_PODS};
pub use problem::{Problem, Verb};
pub use relist::{Difference, Relist};
pub use resource::Resource;
pub use source::KubeSource;
pub use status::{KindStatus, State, Status};
