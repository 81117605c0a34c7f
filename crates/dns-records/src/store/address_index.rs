use std::net::IpAddr;
use std::ops::RangeInclusive;

use imbl::OrdSet;

use super::NodeId;

/// Who has an address, ordered: those whose cluster IP it is before those with an endpoint there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    ClusterIp(NodeId),
    Endpoint(NodeId),
}

/// The nodes by address, ordered, so that "is anything below this partial reverse name" is a range query.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressIndex {
    v4: OrdSet<(u32, Owner)>,
    v6: OrdSet<(u128, Owner)>,
}

impl AddressIndex {
    pub(crate) fn insert(&mut self, address: IpAddr, owner: Owner) {
        match address {
            IpAddr::V4(v4) => drop(self.v4.insert((v4.to_bits(), owner))),
            IpAddr::V6(v6) => drop(self.v6.insert((v6.to_bits(), owner))),
        }
    }

    pub(crate) fn remove(&mut self, address: IpAddr, owner: Owner) {
        match address {
            IpAddr::V4(v4) => drop(self.v4.remove(&(v4.to_bits(), owner))),
            IpAddr::V6(v6) => drop(self.v6.remove(&(v6.to_bits(), owner))),
        }
    }

    /// The owners of one address.
    pub(crate) fn owners(&self, address: IpAddr) -> impl Iterator<Item = Owner> + '_ {
        let (v4, v6) = match address {
            IpAddr::V4(v4) => (Some(v4.to_bits()), None),
            IpAddr::V6(v6) => (None, Some(v6.to_bits())),
        };
        let v4 = v4.into_iter().flat_map(|bits| self.v4_range(bits..=bits)).map(|(_, owner)| owner);
        let v6 = v6.into_iter().flat_map(|bits| self.v6_range(bits..=bits)).map(|(_, owner)| owner);
        v4.chain(v6)
    }

    /// All IPv4 addresses within a range, with their owners.
    pub(crate) fn v4_range(&self, range: RangeInclusive<u32>) -> impl Iterator<Item = (u32, Owner)> + '_ {
        let (low, high) = range.into_inner();
        self.v4.range((low, Owner::ClusterIp(NodeId::MIN))..=(high, Owner::Endpoint(NodeId::MAX))).copied()
    }

    /// All IPv6 addresses within a range, with their owners.
    pub(crate) fn v6_range(&self, range: RangeInclusive<u128>) -> impl Iterator<Item = (u128, Owner)> + '_ {
        let (low, high) = range.into_inner();
        self.v6.range((low, Owner::ClusterIp(NodeId::MIN))..=(high, Owner::Endpoint(NodeId::MAX))).copied()
    }

    /// Every address with its owners, IPv4 first, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (IpAddr, Owner)> + '_ {
        let v4 = self.v4.iter().map(|(bits, owner)| (IpAddr::V4((*bits).into()), *owner));
        let v6 = self.v6.iter().map(|(bits, owner)| (IpAddr::V6((*bits).into()), *owner));
        v4.chain(v6)
    }
}
