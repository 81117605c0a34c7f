use serde::Deserialize;

use super::de::or_default;
use super::{ObjectMeta, PodSpec};

/// The kinds of objects that make Pods of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WorkloadKind {
    /// Deployment (apps).
    Deployment,
    /// ReplicaSet (apps).
    ReplicaSet,
    /// StatefulSet (apps).
    StatefulSet,
    /// DaemonSet (apps).
    DaemonSet,
    /// Job (batch).
    Job,
    /// CronJob (batch), whose template stands in that of its Jobs.
    CronJob,
}

impl WorkloadKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Deployment, Self::ReplicaSet, Self::StatefulSet, Self::DaemonSet, Self::Job, Self::CronJob];

    /// The kind as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::ReplicaSet => "ReplicaSet",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
        }
    }

    /// The kind's API group.
    pub const fn group(self) -> &'static str {
        match self {
            Self::Deployment | Self::ReplicaSet | Self::StatefulSet | Self::DaemonSet => "apps",
            Self::Job | Self::CronJob => "batch",
        }
    }

    /// Path of the field that has the spec of the Pods.
    pub const fn pod_spec_field(self) -> &'static str {
        match self {
            Self::CronJob => "spec.jobTemplate.spec.template.spec",
            _ => "spec.template.spec",
        }
    }
}

/// An object that makes Pods of a template, of any [`WorkloadKind`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Workload {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: WorkloadSpec,
}

impl Workload {
    /// The template of its Pods.
    pub const fn template(&self, kind: WorkloadKind) -> &PodTemplateSpec {
        match kind {
            WorkloadKind::CronJob => &self.spec.job_template.spec.template,
            _ => &self.spec.template,
        }
    }
}

/// `spec` of a [`Workload`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct WorkloadSpec {
    /// `serviceName` of a StatefulSet: the headless Service that gives its Pods names.
    #[serde(deserialize_with = "or_default")]
    pub service_name: Box<str>,
    /// `template`, but for CronJobs.
    #[serde(deserialize_with = "or_default")]
    pub template: PodTemplateSpec,
    /// `jobTemplate` of a CronJob.
    #[serde(deserialize_with = "or_default")]
    pub job_template: JobTemplateSpec,
}

/// What a CronJob makes Jobs of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct JobTemplateSpec {
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: JobSpec,
}

/// `spec` of a CronJob's Jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct JobSpec {
    /// `template`.
    #[serde(deserialize_with = "or_default")]
    pub template: PodTemplateSpec,
}

/// What Pods are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodTemplateSpec {
    /// `metadata`, without name.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: PodSpec,
}
