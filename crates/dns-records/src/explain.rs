//! Why a question gets its answer, for people.

mod hints;

use std::fmt;

use object_change::{ObjectKey, ObjectRef};

use crate::classify::{Outcome, classify};
use crate::config::{Conformance, PodMode};
use crate::lookup::Answer;
use crate::name::{FoldedName, Name, NameRef};
use crate::place::Place;
use crate::record_set::View;
use crate::record_type::RecordType;
use crate::snapshot::Snapshot;
use crate::store::ServiceNode;

/// Why a question gets its answer. Its `Display` is a text of a few lines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The name asked for.
    pub name: Name,
    /// The type asked for.
    pub record_type: RecordType,
    /// The zone that the name is in, if any.
    pub zone: Option<Name>,
    /// What comes of it, as a response code and its meaning: `NOERROR`, `NODATA`, `NXDOMAIN`, `SERVFAIL`, `OUTSIDE`.
    pub outcome: &'static str,
    /// The reason as a sentence without its full stop.
    pub reason: String,
    /// The objects that the answer comes from, or that a name stops at.
    pub objects: Vec<ObjectRef>,
    /// The aliases followed, the name itself not among them.
    pub aliases: Vec<Name>,
    /// The answer's records as zone text.
    pub records: Vec<String>,
    /// Names that may have been meant, and objects that would make this one exist.
    pub hints: Vec<Hint>,
}

/// Something to try.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// A name that exists.
    pub name: Option<Name>,
    /// Why it is worth a try, or what would make the name asked for exist.
    pub why: String,
}

impl Snapshot {
    /// Explains the answer to a question. Allocates, and may look at every object: for people, not for servers.
    ///
    /// ```
    /// # use dns_records::{ClusterZones, Name, RecordType, ZoneConfig};
    /// let snapshot = ClusterZones::new(ZoneConfig::new("cluster.local")?)?.publish(1);
    /// let name: Name = "web.shop.svc.cluster.local.".parse()?;
    /// let explanation = snapshot.explain(name.as_ref(), RecordType::A);
    /// assert_eq!(explanation.outcome, "SERVFAIL");
    /// assert_eq!(explanation.reason, "Service, EndpointSlice, Namespace were not read yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, name: NameRef<'_>, record_type: RecordType) -> Explanation {
        let mut explanation = Explanation {
            name: name.to_name(),
            record_type,
            zone: None,
            outcome: "OUTSIDE",
            reason: String::new(),
            objects: Vec::new(),
            aliases: Vec::new(),
            records: Vec::new(),
            hints: Vec::new(),
        };
        let mut here = name.to_name();
        for hop in 0..=crate::respond::MAX_ALIASES {
            let folded = FoldedName::new(here.as_ref());
            let Some((view, place)) = self.resolve(here.as_wire(), &folded) else {
                explanation.outside(hop);
                if hop == 0 {
                    explanation.hints = hints::outside(self, here.as_ref());
                }
                break;
            };
            explanation.zone = Some(view.zone.name().to_name());
            if !self.missing.is_empty() {
                explanation.outcome = "SERVFAIL";
                explanation.reason = format!("{} were not read yet", self.missing);
                return explanation;
            }
            explanation.add_objects(&view, &place);
            let reason = self.describe(&view, &place, record_type);
            let is_missing = matches!(place, Place::Missing(_));
            match classify(&view, &place, record_type) {
                Outcome::Alias(target) => {
                    let ring = explanation.aliases.iter().any(|seen| seen.as_ref() == target);
                    explanation.aliases.push(target.to_name());
                    here = target.to_name();
                    if ring {
                        explanation.outcome = "NOERROR";
                        explanation.reason = "the aliases go round in a ring".to_owned();
                        break;
                    }
                    continue;
                }
                Outcome::Records(records) if !records.is_empty(&view) => {
                    explanation.outcome = "NOERROR";
                    explanation.reason = reason;
                }
                Outcome::Records(_) => {
                    explanation.outcome = "NODATA";
                    explanation.reason = format!("{reason}, but has no {record_type} record");
                }
                Outcome::NoData(emptiness) => {
                    explanation.outcome = "NODATA";
                    explanation.reason = match emptiness {
                        Some(emptiness) => emptiness.reason().to_owned(),
                        None => format!("{reason}, but has no {record_type} record"),
                    };
                }
                Outcome::NxDomain(absence) => {
                    let absence = view.finder().reason(absence, here.as_ref());
                    explanation.outcome = "NXDOMAIN";
                    explanation.reason = absence.reason().to_owned();
                    if !is_missing && self.config.conformance == Conformance::CoreDns {
                        explanation.reason = format!("{reason}, which the original denies for this type");
                    }
                    explanation.hints = hints::missing(self, here.as_ref(), &folded, absence);
                }
            }
            break;
        }
        if let Answer::Records(records) | Answer::Chase { aliases: records, .. } = self.lookup(name, record_type) {
            explanation.records = records.to_strings();
        }
        explanation
    }

    /// What a place is, as the beginning of a sentence.
    fn describe(&self, view: &View<'_, '_>, place: &Place<'_, '_>, record_type: RecordType) -> String {
        match place {
            Place::Apex => "the name is the zone's own".to_owned(),
            Place::NameServer => "the name is the zone's name server".to_owned(),
            Place::Version => "the name tells the version of the DNS specification".to_owned(),
            Place::Tree => "the name is the root of the Services' or the Pods' names".to_owned(),
            Place::Namespace => "the name is a namespace".to_owned(),
            Place::ClusterIp { ports, .. } if !ports.is_any() => {
                "the name is a port of a Service with a cluster IP".to_owned()
            }
            Place::ClusterIp { .. } => "the name is a Service with a cluster IP".to_owned(),
            Place::Endpoints { selection, .. } if selection.label.is_some() => {
                "the name is a ready endpoint of a Service".to_owned()
            }
            Place::Endpoints { selection, .. } if selection.tag.is_some() => {
                "the name is the ready endpoints of a headless Service in one topology zone".to_owned()
            }
            Place::Endpoints { node, .. } => {
                let unready = node.endpoints.unready();
                let ready = node.endpoints.entries().len();
                format!("the name is a headless Service with {ready} ready and {unready} other endpoint addresses")
            }
            Place::Alias(target) => format!("the name is an alias of {target}"),
            Place::Pod { .. } if self.config.pods == PodMode::Insecure => {
                "the name spells an address in a namespace that exists; no Pod is looked for".to_owned()
            }
            Place::Pod { .. } => "a Pod in the namespace has the address that the name spells".to_owned(),
            Place::Address(address) if record_type == RecordType::PTR => {
                let owners = view.finder().owners(*address).count();
                format!("{owners} Service{} has {address}", if owners == 1 { "" } else { "s or endpoints of them" })
            }
            Place::Address(address) => format!("the name is the reverse of {address}"),
            Place::Empty(emptiness) => emptiness.reason().to_owned(),
            Place::Missing(absence) => absence.reason().to_owned(),
        }
    }
}

impl Explanation {
    fn outside(&mut self, hop: usize) {
        if hop == 0 {
            self.reason = "the name is in none of the zones".to_owned();
        } else {
            self.reason = "the alias leads out of the zones: its target is resolved elsewhere".to_owned();
        }
    }

    fn add_objects(&mut self, view: &View<'_, '_>, place: &Place<'_, '_>) {
        match place {
            Place::ClusterIp { node, .. } => self.add_service(node),
            Place::Endpoints { node, selection } => {
                self.add_service(node);
                let addresses: Vec<_> = selection.entries(&node.endpoints).map(|entry| entry.address()).collect();
                let namespace = node.object_key().namespace;
                for slice in &node.slices {
                    if addresses.iter().any(|address| !slice.table.find_address(*address).is_empty()) {
                        let key = ObjectKey::new(namespace.clone(), slice.name.clone());
                        self.objects.push(ObjectRef::new("EndpointSlice", key));
                    }
                }
            }
            Place::Address(address) => {
                for node in view.finder().owners(*address) {
                    self.add_service(node);
                }
            }
            Place::Alias(_) | Place::Missing(_) => {
                let folded = FoldedName::new(NameRef::trusted(view.name));
                if let Some(node) = hints::nearest_node(view, &folded) {
                    self.add_service(node);
                }
            }
            _ => {}
        }
    }

    fn add_service(&mut self, node: &ServiceNode) {
        if node.exposure.is_some() {
            self.objects.push(ObjectRef::new("Service", node.object_key()));
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}: {}", self.name, self.record_type, self.outcome)?;
        if let Some(zone) = &self.zone {
            writeln!(f, "  zone     {zone}")?;
        }
        for alias in &self.aliases {
            writeln!(f, "  alias    -> {alias}")?;
        }
        writeln!(f, "  because  {}", self.reason)?;
        for object in &self.objects {
            writeln!(f, "  object   {object}")?;
        }
        for record in &self.records {
            writeln!(f, "  record   {record}")?;
        }
        for hint in &self.hints {
            match &hint.name {
                Some(name) => writeln!(f, "  try      {name}  ({})", hint.why)?,
                None => writeln!(f, "  hint     {}", hint.why)?,
            }
        }
        Ok(())
    }
}
