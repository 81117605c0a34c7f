use std::net::Ipv4Addr;

use dns_records::model::{
    Change, ClusterIps, Endpoint, EndpointPort, EndpointSlice, Exposure, Kind, Namespace, Protocol, Service as Stated,
    ServicePort, SliceOwner,
};
use dns_records::{ClusterZones, ConfigError, ZoneConfig};
use object_change::{Delta, ObjectKey};

use crate::cluster::{Cluster, PORTS, Role, SERVER, Service, ZONE};

/// Zones as the server has them by default, with nothing in them yet.
///
/// # Errors
/// Never: the names are right.
pub fn empty_zones() -> Result<ClusterZones, ConfigError> {
    ClusterZones::new(ZoneConfig::new(ZONE)?.with_zone("in-addr.arpa")?.with_zone("ip6.arpa")?)
}

impl Cluster {
    /// Zones with the cluster in them.
    ///
    /// # Errors
    /// As [`empty_zones`].
    pub fn zones(&self) -> Result<ClusterZones, ConfigError> {
        let mut zones = empty_zones()?;
        zones.apply_all(self.changes());
        Ok(zones)
    }

    /// Everything, as a source of objects sends it at its start.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        let namespaces = self
            .namespaces()
            .map(|name| Change::Namespace(Delta::Upsert(ObjectKey::cluster_scoped(name), Namespace::new())));
        let services = self
            .services
            .iter()
            .map(|service| Change::Service(Delta::Upsert(key(service, &service.name), service.stated())));
        let slices =
            self.services.iter().filter(|service| !service.endpoints.is_empty()).map(|service| service.slice_change(0));
        let synced = [Kind::Namespace, Kind::Service, Kind::EndpointSlice].map(Change::Synced);
        let own = Change::OwnAddresses(vec![SERVER.into()]);
        namespaces.chain(services).chain(slices).chain(synced).chain([own])
    }
}

impl Service {
    /// The slice at one of its revisions: 0 is the first, and each differs from the one before in one endpoint's address,
    /// as when a Pod was replaced.
    #[must_use]
    pub fn slice_change(&self, revision: usize) -> Change {
        let mut slice = EndpointSlice::new(SliceOwner::Service(self.name.as_str().into()));
        for (name, _, number) in PORTS {
            slice = slice.with_port(EndpointPort::new(name, Protocol::Tcp, number));
        }
        for (index, address) in self.addresses(revision).enumerate() {
            let endpoint = Endpoint::new(address.into()).with_target_name(self.pod(index));
            let named = self.role == Role::Headless;
            slice = slice.with_endpoint(if named { endpoint.with_hostname(self.pod(index)) } else { endpoint });
        }
        Change::EndpointSlice(Delta::Upsert(key(self, &self.slice()), slice))
    }

    /// The endpoints' addresses at a revision.
    pub fn addresses(&self, revision: usize) -> impl Iterator<Item = Ipv4Addr> + '_ {
        let count = self.endpoints.len().max(1);
        self.endpoints.iter().enumerate().map(move |(index, address)| {
            // Endpoint i moves at revisions i + 1, i + 1 + count, …: there, and back.
            let moves = (revision + count - 1 - index) / count;
            let [first, second, third, fourth] = address.octets();
            Ipv4Addr::new(first, if moves.is_multiple_of(2) { second } else { second ^ 0x40 }, third, fourth)
        })
    }

    fn stated(&self) -> Stated {
        let exposure = match &self.role {
            Role::ClusterIp(address) => Exposure::ClusterIp(ClusterIps::single((*address).into())),
            Role::Headless => Exposure::Headless,
            Role::External(target) => return Stated::new(Exposure::ExternalName(target.as_str().into())),
        };
        PORTS.iter().fold(Stated::new(exposure), |service, (name, number, _)| {
            service.with_port(ServicePort::new(*name, Protocol::Tcp, *number))
        })
    }
}

fn key(service: &Service, name: &str) -> ObjectKey {
    ObjectKey::new(service.namespace.as_str(), name)
}
