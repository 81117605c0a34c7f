//! From Kubernetes objects to the models of the crates that compute with them.
//!
//! Every function here is total: it gives the object's key, what could be used of it, and a diagnostic with the field's
//! path for each thing that could not. They need no source and work with objects from any watcher.
//! The value is `None` only where nothing is usable: without a name, or, for Pods, where there is nothing to serve.

mod endpoint_slice;
mod namespace;
mod pod;
mod service;
mod service_import;

use std::net::IpAddr;

use dns_records::model::{ClusterIps, Protocol};
use object_change::{Diagnostic, ObjectKey, ObjectRef};

pub use endpoint_slice::endpoint_slice;
pub use namespace::namespace;
pub use pod::pod;
pub use service::service;
pub use service_import::service_import;

/// Collects the diagnostics of one object.
struct Findings {
    object: ObjectRef,
    found: Vec<Diagnostic>,
}

impl Findings {
    fn new(kind: &'static str, key: &ObjectKey) -> Self {
        Self { object: ObjectRef::new(kind, key.clone()), found: Vec::new() }
    }

    fn error(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Diagnostic::error(self.object.clone(), field.into(), reason.into()));
    }

    fn warning(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Diagnostic::warning(self.object.clone(), field.into(), reason.into()));
    }

    /// Whether the object has a name; tells it where not.
    fn has_name(&mut self) -> bool {
        let named = !self.object.key.name.is_empty();
        if !named {
            self.error("metadata.name", "missing: the object is not used");
        }
        named
    }

    /// `protocol`, where absent means TCP.
    fn protocol(&mut self, field: impl FnOnce() -> String, text: Option<&str>) -> Option<Protocol> {
        match text {
            None | Some("") => Some(Protocol::Tcp),
            Some(text) => match text.parse() {
                Ok(protocol) => Some(protocol),
                Err(error) => {
                    self.error(field(), format!("{text:?} is {error}: the port is not used"));
                    None
                }
            },
        }
    }

    /// A port number from 1 to 65535.
    fn port(&mut self, field: impl FnOnce() -> String, number: i32) -> Option<u16> {
        match u16::try_from(number) {
            Ok(port) if port > 0 => Some(port),
            _ => {
                self.error(field(), format!("{number} is not a port number (1–65535): the port is not used"));
                None
            }
        }
    }

    /// Cluster IPs from the texts in `field`; `None` when there is no usable one.
    fn cluster_ips<'t>(
        &mut self,
        field: &str,
        texts: impl Iterator<Item = (Option<usize>, &'t str)>,
    ) -> Option<ClusterIps> {
        let mut ips: Option<ClusterIps> = None;
        for (index, text) in texts {
            let place = || index.map_or_else(|| field.to_owned(), |index| format!("{field}[{index}]"));
            let Some(address) = parse_ip(text) else {
                self.error(place(), format!("{text:?} is not an IP address: it is not used"));
                continue;
            };
            ips = Some(match ips {
                None => ClusterIps::single(address),
                Some(have) => {
                    let mut addresses = have.iter();
                    match (addresses.next(), addresses.next()) {
                        (Some(primary), None) => ClusterIps::dual(primary, address).unwrap_or_else(|| {
                            if primary != address {
                                self.warning(
                                    place(),
                                    format!("{address} is of the same family as {primary}: it is not used"),
                                );
                            }
                            have
                        }),
                        _ => {
                            self.warning(place(), "a Service has at most two cluster IPs: it is not used");
                            have
                        }
                    }
                }
            });
        }
        ips
    }
}

/// An address in any spelling that Go's parser takes; an IPv4-mapped IPv6 address counts as IPv4.
fn parse_ip(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
