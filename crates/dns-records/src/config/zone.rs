use crate::name::{FoldedName, Name, NameRef};

/// What a zone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneKind {
    /// The cluster's Services and Pods.
    Cluster,
    /// The ServiceImports, and Pods.
    Multicluster,
    /// PTR records of IPv4 addresses.
    ReverseV4,
    /// PTR records of IPv6 addresses.
    ReverseV6,
}

/// One zone that is served.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    /// Lower case.
    name: Name,
    labels: usize,
    pub(crate) kind: ZoneKind,
}

impl Zone {
    /// The apex, in lower case.
    pub(crate) const fn name(&self) -> NameRef<'_> {
        self.name.as_ref()
    }

    /// Whether PTR records live here.
    pub(crate) const fn is_reverse(&self) -> bool {
        matches!(self.kind, ZoneKind::ReverseV4 | ZoneKind::ReverseV6)
    }
}

/// The zones, found by the longest suffix of a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct ZoneIndex {
    /// In the order given.
    zones: Vec<Zone>,
    /// Positions in `zones`, most labels first.
    by_length: Vec<usize>,
    primary: Option<usize>,
}

impl ZoneIndex {
    pub(crate) fn add(&mut self, name: Name) {
        let name = name.to_lower();
        if self.zones.iter().any(|zone| zone.name == name) {
            return;
        }
        let labels = name.as_ref().labels().count();
        let kind = kind_of(name.as_ref());
        let zone = Zone { name, labels, kind };
        let index = self.zones.len();
        if self.primary.is_none() && !zone.is_reverse() {
            self.primary = Some(index);
        }
        let at = self.by_length.partition_point(|&i| self.zones.get(i).is_some_and(|z| z.labels >= labels));
        self.by_length.insert(at, index);
        self.zones.push(zone);
    }

    pub(crate) fn set_multicluster(&mut self, name: NameRef<'_>) -> bool {
        match self.zones.iter_mut().find(|zone| zone.name() == name && !zone.is_reverse()) {
            Some(zone) => {
                zone.kind = ZoneKind::Multicluster;
                true
            }
            None => false,
        }
    }

    pub(crate) fn has_multicluster(&self) -> bool {
        self.zones.iter().any(|zone| zone.kind == ZoneKind::Multicluster)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Zone> {
        self.zones.iter()
    }

    /// The first zone that is no reverse zone: PTR records point into it.
    pub(crate) fn primary(&self) -> Option<&Zone> {
        self.zones.get(self.primary?)
    }

    /// The zone with the most labels that `name` is in, and the number of the name's label at which it begins.
    #[inline(always)]
    pub(crate) fn find(&self, name: &FoldedName) -> Option<(&Zone, usize)> {
        let labels = name.count();
        self.by_length.iter().filter_map(|&index| self.zones.get(index)).find_map(|zone| {
            let apex = labels.checked_sub(zone.labels)?;
            let suffix = name.lower().get(name.start(apex)..)?;
            // Both are in lower case.
            (suffix == zone.name.as_wire()).then_some((zone, apex))
        })
    }
}

fn kind_of(name: NameRef<'_>) -> ZoneKind {
    let arpa = |text: &'static [u8]| name.is_in(NameRef::trusted(text));
    if arpa(b"\x07in-addr\x04arpa\x00") {
        ZoneKind::ReverseV4
    } else if arpa(b"\x03ip6\x04arpa\x00") {
        ZoneKind::ReverseV6
    } else {
        ZoneKind::Cluster
    }
}
