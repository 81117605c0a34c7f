use std::borrow::Cow;
use std::fmt;

/// A warning that kubelet records, as `kubectl get events` shows it.
///
/// It displays as `Warning REASON MESSAGE`. Kubelet repeats it each time that it makes a sandbox for the Pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// The object that the event is about.
    pub object: EventObject,
    /// `reason`.
    pub reason: &'static str,
    /// `message`, in kubelet's words.
    pub message: Cow<'static, str>,
}

impl Event {
    /// The reason of events about limits: `DNSConfigForming`.
    pub const DNS_CONFIG_FORMING: &'static str = "DNSConfigForming";
    /// The reason of events about a kubelet without `clusterDNS`: `MissingClusterDNS`.
    pub const MISSING_CLUSTER_DNS: &'static str = "MissingClusterDNS";
    /// The reason of events of the [node check](super::node_check): `CheckLimitsForResolvConf`.
    pub const CHECK_LIMITS_FOR_RESOLV_CONF: &'static str = "CheckLimitsForResolvConf";

    pub(super) fn of_pod(reason: &'static str, message: String) -> Self {
        Self { object: EventObject::Pod, reason, message: message.into() }
    }

    pub(super) fn of_node(reason: &'static str, message: String) -> Self {
        Self { object: EventObject::Node, reason, message: message.into() }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Warning {} {}", self.reason, self.message)
    }
}

/// What an [`Event`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventObject {
    /// The Pod.
    Pod,
    /// Its node.
    Node,
}

impl fmt::Display for EventObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pod => "Pod",
            Self::Node => "Node",
        })
    }
}
