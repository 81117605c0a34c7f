//! Manifests: files, folders and standard input as a source of objects.
//!
//! # What is read
//! - YAML with any number of documents, JSON (one object after another), `List` and typed lists such as `ServiceList`, as `kubectl get
//!   -o yaml` and `-o json` write them and as an API server replies. What begins with `{` is taken for JSON, whatever the file's name.
//! - Folders with everything below them: `*.yaml`, `*.yml`, `*.json`. Names that begin with a dot are left out; links are followed, so a mounted
//!   ConfigMap works.
//! - Item by item: one object at a time is in memory, a 17 MB dump needs no more than a one-line manifest does besides what it holds. Lists in an
//!   unusual layout (flow style, anchors used across items) are read by the YAML parser from front to end; anchors across items work in
//!   lists up to 1 MiB.
//! - Limits of the YAML parser on the number of documents, nodes and events are lifted; those on nesting and aliases stay.
//!
//! Services, EndpointSlices, Endpoints, Namespaces, Pods and ServiceImports are read. Objects of other kinds are skipped and counted. Workload
//! templates (Deployment, StatefulSet, …) have no addresses and are not expanded; they are read, with kubelet's settings, where
//! [`PodOrigins::Read`] asks for them.
//!
//! # How strictly
//! As `kubectl` with strict validation: a field that the Kubernetes API does not know is a warning with its path; a value of a wrong
//! type, `port: "80"` included, is an error and that one object is not used; a malformed document is an error with line and
//! column, and the documents before and after it are used.
//!
//! # What is added
//! Manifests in version control lack what a cluster fills in:
//! - an object without a namespace is in [`default`](ManifestOptions::default_namespace);
//! - a Service that would get a cluster IP and has none gets one from [`ManifestOptions::service_cidr`] and its IPv6 counterpart, by
//!   `ipFamilies` and `ipFamilyPolicy`: the address that its key hashes to, or the next one that is free. It depends on which Services
//!   there are, not on their order, and never is one that a manifest gives;
//! - namespaces exist by [`NamespacePolicy`]; objects of kinds that are skipped do not count, nor do workloads;
//! - `Endpoints` become EndpointSlices where their Service has none, unless they are labelled not to be mirrored;
//! - Pods become EndpointSlices of the Services that select them, where there are neither slices nor Endpoints, as the EndpointSlice controller
//!   makes them. Topology zones are not filled in: they are the nodes'.
//!
//! # What happens on change
//! [`ManifestSource::poll`] looks at each file's time, size and inode and reads again what differs. Texts that were there before are recognised
//! by their hash and not parsed again. The state after it is that of a fresh load, but for files and objects that are not usable now: their
//! last good content stays.

mod allocate;
mod cycle;
mod decode;
mod derive;
mod deriving;
mod event;
mod files;
mod nodes;
mod options;
mod read;
mod source;
mod split;

pub use event::{Event, Located, Summary};
pub use options::{ManifestOptions, NamespacePolicy, PodOrigins, Routes, ServiceCidr, ServiceCidrError};
pub use source::ManifestSource;
