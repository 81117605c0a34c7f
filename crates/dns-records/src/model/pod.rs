use std::net::IpAddr;

use super::Labels;

/// A running Pod, read under [`crate::PodMode::Verified`] only.
///
/// A source leaves out Pods in phase Succeeded, Failed or Unknown, and Pods without an address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pod {
    /// `status.podIP`. Further addresses in `status.podIPs` have no name.
    pub address: IpAddr,
    /// `metadata.labels`, for the `labels` selector.
    pub labels: Labels,
}

impl Pod {
    /// A Pod with this primary address.
    pub const fn new(address: IpAddr) -> Self {
        Self { address, labels: Vec::new() }
    }

    /// The same with these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }
}
