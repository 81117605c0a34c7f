//! What kubelet gives a Pod: its `resolv.conf`, its `/etc/hosts`, its hostname and the variables that name Services.
//!
//! All of it is a function of the Pod ([`PodDns`]), of what its node has ([`HostConfig`]) and of kubelet's own settings
//! ([`KubeletDns`]); the files of the node are parameters. The rules are those of Kubernetes 1.36.3 (`pkg/kubelet/network/dns/dns.go`,
//! `pkg/kubelet/kubelet_pods.go`, `pkg/kubelet/envvars/envvars.go`, `pkg/apis/core/validation/validation.go`); [`Limits`] has those of
//! kubelets before 1.26.
//!
//! ```
//! use k8s_resolv_conf::pod::{DnsConfig, HostConfig, HostResolvConf, KubeletDns, PodDns, resolv_conf};
//!
//! let pod = PodDns::new("shop", "web-0").with_dns_config(DnsConfig::new().with_option("ndots", Some("2")));
//! let node = HostConfig::File(HostResolvConf::new().with_nameserver("192.0.2.53").with_search("corp.example"));
//! let kubelet = KubeletDns::new("cluster.local").with_cluster_dns("10.96.0.10".parse()?);
//!
//! let made = resolv_conf(&pod, &node, &kubelet);
//! assert_eq!(
//!     made.file.written(),
//!     Some(
//!         "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\n\
//!          nameserver 10.96.0.10\n\
//!          options ndots:2\n"
//!     )
//! );
//! assert_eq!(made.events, []);
//! # Ok::<(), std::net::AddrParseError>(())
//! ```

mod compose;
mod event;
mod host;
mod hostname;
mod hosts;
mod kubelet;
mod limits;
mod model;
mod options;
mod service_environment;
mod validate;

pub use compose::{PodFile, PodResolvConf, resolv_conf};
pub use event::{Event, EventObject};
pub use host::{HostConfig, HostResolvConf};
pub use hostname::{HostnameError, PodHostname, hostname};
pub use hosts::hosts_file;
pub use kubelet::KubeletDns;
pub use limits::{Limits, MAX_NAMESERVERS, node_check};
pub use model::{DnsConfig, DnsOption, DnsPolicy, HostAlias, PodDns};
pub use options::{AmbiguousOption, ambiguous_options};
pub use service_environment::service_environment;
pub use service_environment::{Collision, EnvironmentVariable, LinkedPort, LinkedService, ServiceEnvironment};
pub use validate::{ApiRules, FieldError, FieldErrorKind, validate};
