use std::net::IpAddr;
use std::sync::Arc;

use crate::config::{Zone, ZoneConfig};
use crate::model::Kinds;
use crate::name::FoldedName;
use crate::place::{Finder, Place};
use crate::record_set::View;
use crate::store::Indexes;

/// The zones at one moment: immutable, cheap to share, answers from any thread.
///
/// - [`respond`](Self::respond): wire in, wire out, for servers.
/// - [`lookup`](Self::lookup): typed views, for programs.
/// - [`explain`](Self::explain): the reason, for people.
/// - [`records`](Self::records), [`to_zone_file`](Self::to_zone_file), [`transfer`](Self::transfer): everything.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) config: Arc<ZoneConfig>,
    pub(crate) indexes: Indexes,
    pub(crate) own_addresses: Arc<[IpAddr]>,
    pub(crate) missing: Kinds,
    pub(crate) serial: u32,
}

impl Snapshot {
    /// The SOA serial.
    pub const fn serial(&self) -> u32 {
        self.serial
    }

    /// The kinds that were not synced when it was published; empty when ready.
    pub const fn missing(&self) -> Kinds {
        self.missing
    }

    /// The options.
    pub fn config(&self) -> &ZoneConfig {
        &self.config
    }

    pub(crate) fn finder(&self) -> Finder<'_> {
        Finder { config: &self.config, indexes: &self.indexes }
    }

    /// The question's zone and place; `None` when it is in none of the zones.
    pub(crate) fn resolve<'s: 'q, 'q>(
        &'s self,
        name: &'q [u8],
        folded: &'q FoldedName,
    ) -> Option<(View<'s, 'q>, Place<'s, 'q>)> {
        let (zone, apex) = self.config.zones.find(folded)?;
        Some((self.view(zone, name, folded.start(apex)), self.finder().find(folded, zone, apex)))
    }

    /// A question in `zone`, whose name starts at the octet `apex` of `name`.
    #[inline(always)]
    pub(crate) fn view<'s: 'q, 'q>(&'s self, zone: &'s Zone, name: &'q [u8], apex: usize) -> View<'s, 'q> {
        let apex = name.get(apex..).unwrap_or_default();
        View { snapshot: self, zone, name, apex }
    }
}
