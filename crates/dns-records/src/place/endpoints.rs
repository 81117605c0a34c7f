use std::ops::Range;

use crate::name::eq_ignore_case;
use crate::store::{EndpointTable, Entry, Port, Tag};

/// Which ports a name asks for. An empty part matches any, as an absent one does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PortFilter<'q> {
    pub(crate) port: &'q [u8],
    pub(crate) protocol: &'q [u8],
}

impl<'q> PortFilter<'q> {
    /// Reads `_port` and `_protocol`, whose underscores may be missing.
    pub(crate) fn new(port: &'q [u8], protocol: &'q [u8]) -> Self {
        Self { port: without_underscore(port), protocol: without_underscore(protocol) }
    }

    pub(crate) const fn is_any(&self) -> bool {
        self.port.is_empty() && self.protocol.is_empty()
    }

    fn lets(&self, port: &Port) -> bool {
        (self.port.is_empty() || eq_ignore_case(port.name.as_bytes(), self.port))
            && (self.protocol.is_empty() || eq_ignore_case(port.protocol.label().as_bytes(), self.protocol))
    }

    /// The ports that it lets through.
    pub(crate) fn matching<'p>(&self, ports: &'p [Port]) -> impl Iterator<Item = &'p Port> + use<'p, 'q> {
        let filter = *self;
        ports.iter().filter(move |port| filter.lets(port))
    }

    /// How many it lets through, where an empty list counts as one port without name, protocol and number.
    pub(crate) fn count(&self, ports: &[Port]) -> usize {
        if self.is_any() { ports.len().max(1) } else { self.matching(ports).count() }
    }
}

fn without_underscore(label: &[u8]) -> &[u8] {
    label.strip_prefix(b"_").unwrap_or(label)
}

/// Which endpoints of a table a name addresses.
#[derive(Clone, Debug)]
pub(crate) struct Selection<'q> {
    /// Positions in the order by name.
    pub(crate) named: Range<u32>,
    /// Indexes of entries, of which those without a name count.
    pub(crate) unnamed: Range<u32>,
    pub(crate) ports: PortFilter<'q>,
    pub(crate) tag: Option<Tag>,
    /// Set where the name is one endpoint's: that label, lower case.
    pub(crate) label: Option<&'q [u8]>,
}

impl<'q> Selection<'q> {
    /// All endpoints.
    pub(crate) fn all(table: &EndpointTable, ports: PortFilter<'q>) -> Self {
        Self { named: 0..table.named_len(), unnamed: 0..table.len(), ports, tag: None, label: None }
    }

    /// Those with one label, lower case.
    pub(crate) fn labelled(table: &EndpointTable, label: &'q [u8]) -> Self {
        let unnamed = crate::store::address_of_label(label).map_or(0..0, |address| table.find_address(address));
        Self { named: table.find_name(label), unnamed, ports: PortFilter::default(), tag: None, label: Some(label) }
    }

    pub(crate) fn with_tag(self, tag: Tag) -> Self {
        Self { tag: Some(tag), ..self }
    }

    /// Whether it is every entry, so that the table's own order serves.
    pub(crate) fn is_whole(&self, table: &EndpointTable) -> bool {
        self.label.is_none() && self.unnamed.len() == table.entries().len()
    }

    /// Whether an entry passes the tag and the ports.
    pub(crate) fn lets(&self, table: &EndpointTable, entry: &Entry) -> bool {
        self.tag.is_none_or(|tag| entry.tag() == tag)
            && (self.ports.is_any() || self.ports.count(table.ports(entry.group())) > 0)
    }

    /// The entries selected: those with names in the order of names, then the others in the order of addresses.
    pub(crate) fn entries<'s>(&self, table: &'s EndpointTable) -> impl Iterator<Item = &'s Entry> + use<'s, 'q> {
        let named = self.named.clone().filter_map(|position| table.named(position));
        let unnamed = self.unnamed.clone().filter_map(|index| table.entry(index)).filter(|entry| !entry.is_named());
        let selection = self.clone();
        named.chain(unnamed).filter(move |entry| selection.lets(table, entry))
    }

    /// Whether a host-name endpoint belongs to it.
    pub(crate) fn lets_host(&self, table: &EndpointTable, label: &[u8], group: u16) -> bool {
        self.tag.is_none()
            && self.label.is_none_or(|wanted| eq_ignore_case(label.get(1..).unwrap_or_default(), wanted))
            && self.ports.count(table.ports(group)) > 0
    }

    /// Whether nothing is selected.
    pub(crate) fn is_empty(&self, table: &EndpointTable) -> bool {
        self.entries(table).next().is_none()
            && !table.hosts().iter().any(|host| self.lets_host(table, &host.label, host.group))
    }
}
