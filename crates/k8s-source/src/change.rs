use object_change::{Delta, Diagnostic};

use crate::objects::{
    EndpointSlice, Ingress, IngressClass, KubeletConfiguration, Namespace, Pod, Secret, Service, ServiceImport,
    Workload, WorkloadKind,
};

/// The kinds of objects that a source tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Namespace.
    Namespace,
    /// Service.
    Service,
    /// EndpointSlice.
    EndpointSlice,
    /// Pod.
    Pod,
    /// ServiceImport.
    ServiceImport,
    /// A kind that makes Pods of a template. Sources tell of these only when asked to.
    Workload(WorkloadKind),
    /// kubelet's settings. Sources tell of these only when asked to.
    KubeletConfiguration,
    /// Ingress. Sources tell of these only when asked to.
    Ingress,
    /// IngressClass. Sources tell of these only when asked to.
    IngressClass,
    /// Secret. Sources tell of these only when asked to, and then of those that may hold a certificate.
    Secret,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Namespace,
        Self::Service,
        Self::EndpointSlice,
        Self::Pod,
        Self::ServiceImport,
        Self::Workload(WorkloadKind::Deployment),
        Self::Workload(WorkloadKind::ReplicaSet),
        Self::Workload(WorkloadKind::StatefulSet),
        Self::Workload(WorkloadKind::DaemonSet),
        Self::Workload(WorkloadKind::Job),
        Self::Workload(WorkloadKind::CronJob),
        Self::KubeletConfiguration,
        Self::Ingress,
        Self::IngressClass,
        Self::Secret,
    ];

    /// The kind as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Pod => "Pod",
            Self::ServiceImport => "ServiceImport",
            Self::Workload(kind) => kind.name(),
            Self::KubeletConfiguration => "KubeletConfiguration",
            Self::Ingress => "Ingress",
            Self::IngressClass => "IngressClass",
            Self::Secret => "Secret",
        }
    }
}

/// One thing that happened to the objects of a cluster. Objects are borrowed: a consumer keeps what it needs of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectChange<'a> {
    /// Namespaces: cluster-scoped keys.
    Namespace(Delta<&'a Namespace>),
    /// Services.
    Service(Delta<&'a Service>),
    /// EndpointSlices, those included that a source derived from Endpoints or Pods; their names have a colon.
    EndpointSlice(Delta<&'a EndpointSlice>),
    /// Pods.
    Pod(Delta<&'a Pod>),
    /// ServiceImports.
    ServiceImport(Delta<&'a ServiceImport>),
    /// Objects of one kind that make Pods of a template.
    Workload(WorkloadKind, Delta<&'a Workload>),
    /// kubelet's settings: cluster-scoped keys.
    KubeletConfiguration(Delta<&'a KubeletConfiguration>),
    /// Ingresses.
    Ingress(Delta<&'a Ingress>),
    /// IngressClasses: cluster-scoped keys.
    IngressClass(Delta<&'a IngressClass>),
    /// Secrets that may hold a certificate.
    Secret(Delta<&'a Secret>),
    /// Every object of the kind that existed when the source began has been told.
    Synced(Kind),
}

impl ObjectChange<'_> {
    /// The kind of the objects concerned.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Namespace(_) => Kind::Namespace,
            Self::Service(_) => Kind::Service,
            Self::EndpointSlice(_) => Kind::EndpointSlice,
            Self::Pod(_) => Kind::Pod,
            Self::ServiceImport(_) => Kind::ServiceImport,
            Self::Workload(kind, _) => Kind::Workload(*kind),
            Self::KubeletConfiguration(_) => Kind::KubeletConfiguration,
            Self::Ingress(_) => Kind::Ingress,
            Self::IngressClass(_) => Kind::IngressClass,
            Self::Secret(_) => Kind::Secret,
            Self::Synced(kind) => *kind,
        }
    }
}

/// What a source drives: something that computes with a cluster's objects.
///
/// A source calls [`apply`](Self::apply) for each change, in an order that need not make sense (a slice may come before
/// its Service), and [`publish`](Self::publish) when what was applied may be seen.
pub trait Consumer {
    /// Takes in one change and tells what in it could not be used.
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic>;

    /// Makes everything applied so far visible.
    fn publish(&mut self);
}

/// Several consumers fed as one.
impl<A: Consumer, B: Consumer> Consumer for (A, B) {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = self.0.apply(change.clone());
        for diagnostic in self.1.apply(change) {
            // Both may have converted the same bad object.
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
        diagnostics
    }

    fn publish(&mut self) {
        self.0.publish();
        self.1.publish();
    }
}

impl<C: Consumer + ?Sized> Consumer for &mut C {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        (**self).apply(change)
    }

    fn publish(&mut self) {
        (**self).publish();
    }
}
