//! What the conversions to DNS objects and to routes have in common.

use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

#[cfg(feature = "dns")]
use dns_records::model::ClusterIps;
use object_change::{Diagnostic, ObjectKey, ObjectRef};

/// Collects the diagnostics of one object.
pub(super) struct Findings {
    object: ObjectRef,
    pub(super) found: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn new(kind: &'static str, key: &ObjectKey) -> Self {
        Self { object: ObjectRef::new(kind, key.clone()), found: Vec::new() }
    }

    pub(super) fn error(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Diagnostic::error(self.object.clone(), field.into(), reason.into()));
    }

    pub(super) fn warning(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Diagnostic::warning(self.object.clone(), field.into(), reason.into()));
    }

    #[cfg(feature = "ingress")]
    pub(super) fn info(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Diagnostic::info(self.object.clone(), field.into(), reason.into()));
    }

    /// Whether the object has a name; tells it where not.
    pub(super) fn has_name(&mut self) -> bool {
        let named = !self.object.key.name.is_empty();
        if !named {
            self.error("metadata.name", "missing: the object is not used");
        }
        named
    }

    /// `protocol`, where absent means TCP.
    pub(super) fn protocol<P>(&mut self, field: impl FnOnce() -> String, text: Option<&str>) -> Option<P>
    where
        P: FromStr<Err: Display> + Default,
    {
        match text {
            None | Some("") => Some(P::default()),
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
    pub(super) fn port(&mut self, field: impl FnOnce() -> String, number: i32) -> Option<u16> {
        match u16::try_from(number) {
            Ok(port) if port > 0 => Some(port),
            _ => {
                self.error(field(), format!("{number} is not a port number (1–65535): the port is not used"));
                None
            }
        }
    }
}

#[cfg(feature = "dns")]
impl Findings {
    /// Cluster IPs from the texts in `field`; `None` when there is no usable one.
    pub(super) fn cluster_ips<'t>(
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
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
