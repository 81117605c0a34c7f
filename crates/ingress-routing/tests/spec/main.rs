//! What each request gets, section by section; every row names the text that it follows.
//!
//! "docs" is <https://kubernetes.io/docs/concepts/services-networking/ingress/>, "types.go" is staging/src/k8s.io/api/networking/v1/types.go and
//! "validation.go" is pkg/apis/networking/validation/validation.go of Kubernetes.

mod backends;
mod choices;
#[path = "../common/mod.rs"]
mod common;
mod defaults;
mod findings;
mod hosts;
mod objects;
mod paths;
mod tls;
