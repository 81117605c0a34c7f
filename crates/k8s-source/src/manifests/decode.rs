//! From the text of one object to the object.

mod strict;
mod text;

use std::cell::RefCell;
use std::marker::PhantomData;

use object_change::ObjectKey;
use serde::de::{Deserialize, IgnoredAny};

use super::options::ManifestOptions;
use super::split::{Format, RawItem};
use crate::objects::{
    EndpointSlice, Endpoints, Ingress, IngressClass, KubeletConfiguration, Namespace, ObjectMeta, Pod, Secret, Service,
    ServiceImport, Workload, WorkloadKind,
};
use strict::{Place, Report, Strict};
pub(super) use text::{not_utf8, yaml_failure, yaml_options};

/// Name of kubelet's settings that have none.
const KUBELET: &str = "kubelet";

/// The kinds that are read. [`crate::Kind`] are those that consumers are told of: all but Endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ReadKind {
    Namespace,
    Service,
    EndpointSlice,
    Endpoints,
    Pod,
    ServiceImport,
    Workload(WorkloadKind),
    KubeletConfiguration,
    Ingress,
    IngressClass,
    Secret,
}

impl ReadKind {
    /// The kind by its group, version and name; other groups may have kinds of the same name.
    fn of(api_version: &str, kind: &str) -> Option<Self> {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Some(match (group, kind) {
            ("", "Namespace") => Self::Namespace,
            ("", "Service") => Self::Service,
            ("", "Endpoints") => Self::Endpoints,
            ("", "Pod") => Self::Pod,
            ("discovery.k8s.io", "EndpointSlice") => Self::EndpointSlice,
            ("", "Secret") => Self::Secret,
            ("networking.k8s.io" | "extensions", "Ingress") => Self::Ingress,
            ("networking.k8s.io", "IngressClass") => Self::IngressClass,
            ("multicluster.x-k8s.io", "ServiceImport") => Self::ServiceImport,
            ("kubelet.config.k8s.io", "KubeletConfiguration") => Self::KubeletConfiguration,
            _ => {
                let is_it = |workload: &WorkloadKind| (workload.group(), workload.name()) == (group, kind);
                Self::Workload(WorkloadKind::ALL.into_iter().find(is_it)?)
            }
        })
    }

    /// Whether it is read without being asked for.
    pub(super) const fn is_usual(self) -> bool {
        !matches!(
            self,
            Self::Workload(_) | Self::KubeletConfiguration | Self::Ingress | Self::IngressClass | Self::Secret
        )
    }

    /// Whether its objects are in no namespace.
    const fn is_cluster_scoped(self) -> bool {
        matches!(self, Self::Namespace | Self::KubeletConfiguration | Self::IngressClass)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Endpoints => "Endpoints",
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

/// An object that was read.
#[derive(Clone, Debug)]
pub(super) enum Object {
    Namespace(Namespace),
    Service(Service),
    EndpointSlice(EndpointSlice),
    Endpoints(Endpoints),
    Pod(Pod),
    ServiceImport(ServiceImport),
    Workload(WorkloadKind, Box<Workload>),
    KubeletConfiguration(Box<KubeletConfiguration>),
    Ingress(Box<Ingress>),
    IngressClass(IngressClass),
    Secret(Box<Secret>),
}

impl Object {
    pub(super) const fn kind(&self) -> ReadKind {
        match self {
            Self::Namespace(_) => ReadKind::Namespace,
            Self::Service(_) => ReadKind::Service,
            Self::EndpointSlice(_) => ReadKind::EndpointSlice,
            Self::Endpoints(_) => ReadKind::Endpoints,
            Self::Pod(_) => ReadKind::Pod,
            Self::ServiceImport(_) => ReadKind::ServiceImport,
            Self::Workload(kind, _) => ReadKind::Workload(*kind),
            Self::KubeletConfiguration(_) => ReadKind::KubeletConfiguration,
            Self::Ingress(_) => ReadKind::Ingress,
            Self::IngressClass(_) => ReadKind::IngressClass,
            Self::Secret(_) => ReadKind::Secret,
        }
    }

    pub(super) const fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::Namespace(object) => &object.metadata,
            Self::Service(object) => &object.metadata,
            Self::EndpointSlice(object) => &object.metadata,
            Self::Endpoints(object) => &object.metadata,
            Self::Pod(object) => &object.metadata,
            Self::ServiceImport(object) => &object.metadata,
            Self::Workload(_, object) => &object.metadata,
            Self::KubeletConfiguration(object) => &object.metadata,
            Self::Ingress(object) => &object.metadata,
            Self::IngressClass(object) => &object.metadata,
            Self::Secret(object) => &object.metadata,
        }
    }

    const fn metadata_mut(&mut self) -> &mut ObjectMeta {
        match self {
            Self::Namespace(object) => &mut object.metadata,
            Self::Service(object) => &mut object.metadata,
            Self::EndpointSlice(object) => &mut object.metadata,
            Self::Endpoints(object) => &mut object.metadata,
            Self::Pod(object) => &mut object.metadata,
            Self::ServiceImport(object) => &mut object.metadata,
            Self::Workload(_, object) => &mut object.metadata,
            Self::KubeletConfiguration(object) => &mut object.metadata,
            Self::Ingress(object) => &mut object.metadata,
            Self::IngressClass(object) => &mut object.metadata,
            Self::Secret(object) => &mut object.metadata,
        }
    }
}

/// What a text turned out to be.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An object, and the paths of its fields that nobody knows.
    Object(Box<Object>, Vec<String>),
    /// A list of objects in one piece.
    List,
    /// A kind that is not read.
    OtherKind,
    /// No `kind`, and none implied by a list.
    NoKind,
    /// Not usable.
    Failed(Failure),
}

/// Why a text is not an object.
#[derive(Debug)]
pub(super) struct Failure {
    /// Whether the text is malformed, rather than a value of a wrong type.
    pub(super) is_syntax: bool,
    /// The reason, without a place.
    pub(super) reason: String,
    /// Path of the field; empty when unknown.
    pub(super) field: String,
    /// Line in the file, from 1.
    pub(super) line: u32,
    /// Column, from 1.
    pub(super) column: Option<u32>,
    /// Kind and key of the object, where they could be read.
    pub(super) object: Option<(ReadKind, ObjectKey)>,
}

/// Reads one object; one without a namespace is put in the default one if its kind has namespaces.
pub(super) fn decode(item: &RawItem<'_>, options: &ManifestOptions) -> Outcome {
    let types = match text::type_meta(item) {
        Ok(types) => types,
        Err(failure) => return Outcome::Failed(failure),
    };
    let types = match (types.kind.is_empty(), item.implied) {
        (false, _) => types,
        (true, Some(implied)) => implied.clone(),
        (true, None) => return Outcome::NoKind,
    };
    if types.is_list() {
        return Outcome::List;
    }
    let kind = ReadKind::of(&types.api_version, &types.kind);
    let Some(kind) = kind.filter(|kind| options.decodes(*kind)) else {
        // What nobody reads must still be well-formed.
        return match item.format {
            Format::Json => Outcome::OtherKind,
            Format::Yaml => match text::read(item, PhantomData::<IgnoredAny>) {
                Ok(_) => Outcome::OtherKind,
                Err(failure) => Outcome::Failed(failure),
            },
        };
    };
    let mut outcome = match kind {
        ReadKind::Namespace => strictly(item, kind, Object::Namespace),
        ReadKind::Service => strictly(item, kind, Object::Service),
        ReadKind::EndpointSlice => strictly(item, kind, Object::EndpointSlice),
        ReadKind::Endpoints => strictly(item, kind, Object::Endpoints),
        ReadKind::Pod => strictly(item, kind, Object::Pod),
        ReadKind::ServiceImport => strictly(item, kind, Object::ServiceImport),
        ReadKind::Workload(workload) => strictly(item, kind, |object| Object::Workload(workload, Box::new(object))),
        ReadKind::KubeletConfiguration => strictly(item, kind, |object| Object::KubeletConfiguration(Box::new(object))),
        ReadKind::Ingress => strictly(item, kind, |object| Object::Ingress(Box::new(object))),
        ReadKind::IngressClass => strictly(item, kind, Object::IngressClass),
        ReadKind::Secret => strictly(item, kind, |object| Object::Secret(Box::new(object))),
    };
    let default_namespace = &options.default_namespace;
    match &mut outcome {
        Outcome::Object(object, _) => {
            let metadata = object.metadata_mut();
            if kind.is_cluster_scoped() {
                metadata.namespace = Box::default();
            } else if metadata.namespace.is_empty() {
                metadata.namespace = default_namespace.clone();
            }
            if kind == ReadKind::KubeletConfiguration && metadata.name.is_empty() {
                metadata.name = KUBELET.into();
            }
        }
        Outcome::Failed(failure) => {
            if let Some((_, key)) = &mut failure.object {
                if kind.is_cluster_scoped() {
                    key.namespace = Box::default();
                } else if key.namespace.is_empty() {
                    key.namespace = default_namespace.clone();
                }
            }
        }
        Outcome::List | Outcome::OtherKind | Outcome::NoKind => {}
    }
    outcome
}

fn strictly<'a, T: Deserialize<'a>>(item: &RawItem<'a>, kind: ReadKind, wrap: impl Fn(T) -> Object) -> Outcome {
    let report = RefCell::new(Report::default());
    let result = text::read(item, Strict::new(PhantomData::<T>, Place::root(&report)));
    let report = report.into_inner();
    match result {
        Ok(object) => Outcome::Object(Box::new(wrap(object)), report.unknown),
        Err(mut failure) => {
            // The parser's errors do not tell whose fault it was; what reads as nothing in particular is well-formed.
            if let Err(malformed) = text::read(item, PhantomData::<IgnoredAny>) {
                return Outcome::Failed(malformed);
            }
            failure.is_syntax = false;
            failure.field = report.refused.unwrap_or_default();
            failure.object = text::key(item).map(|key| (kind, key));
            Outcome::Failed(failure)
        }
    }
}
