use super::{ClusterIps, Labels, ServicePort};

/// A ServiceImport of the Multi-Cluster Services API (KEP-1645), served in multicluster zones.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceImport {
    /// `spec.type` with what belongs to it.
    pub exposure: ImportExposure,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// `metadata.labels`, for the `namespace_labels` selector, which applies to these objects.
    pub labels: Labels,
}

impl ServiceImport {
    /// An import without ports and labels.
    pub const fn new(exposure: ImportExposure) -> Self {
        Self { exposure, ports: Vec::new(), labels: Vec::new() }
    }

    /// The same with one more port.
    #[must_use]
    pub fn with_port(mut self, port: ServicePort) -> Self {
        self.ports.push(port);
        self
    }

    /// The same with these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }
}

/// How an imported Service is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportExposure {
    /// `type: ClusterSetIP` with `spec.ips`.
    ClusterSetIp(ClusterIps),
    /// `type: ClusterSetIP` whose `spec.ips` is still empty.
    Unallocated,
    /// `type: Headless`: the endpoints of all clusters.
    Headless,
}
