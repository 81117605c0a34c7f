//! Objects from an API server, kept current.
//!
//! [`KubeSource`] lists and watches the kinds that [`KubeOptions`] name and drives a [`Consumer`](crate::Consumer). The rules by which
//! lists and events become changes are in [`Relist`], which needs no connection and may be fed by an embedder's own watcher.

mod asked;
mod backoff;
mod body;
mod connection;
mod decode;
mod event;
mod event_log;
mod ingress_status;
mod lease;
mod news;
mod options;
mod packed_key;
mod problem;
mod references;
mod relist;
mod resource;
mod scope;
mod selection;
mod source;
mod status;
mod watched;
mod writer;

/// The client's crate: [`KubeSource::new`] takes its `Client`.
pub use ::kube;
pub use connection::{Connection, ConnectionError};
pub use event::Event;
pub use event_log::{EventLog, Finding};
pub use ingress_status::IngressStatuses;
pub use lease::{Election, LeaseRecord, LeaseStep, LeaseTiming};
pub use options::{KubeOptions, NotWatched, RUNNING_PODS};
pub use problem::{Problem, Verb};
pub use relist::{Difference, Relist};
pub use resource::Resource;
pub use source::KubeSource;
pub use status::{KindStatus, State, Status};
pub use writer::{NodeAddresses, ServiceAddresses, StatusConsumer, Writer, WriterEvent, WriterHandle, WriterOptions};
