use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::{NodeId, SortedSet};

/// Who has an address, ordered: those whose cluster IP it is before those with an endpoint there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    ClusterIp(NodeId),
    Endpoint(NodeId),
}

impl Owner {
    const FIRST: Self = Self::ClusterIp(NodeId::MIN);

    /// The owner after this one, in the order of owners.
    const fn after(self) -> Option<Self> {
        match self {
            Self::ClusterIp(NodeId::MAX) => Some(Self::Endpoint(NodeId::MIN)),
            Self::ClusterIp(NodeId(id)) => Some(Self::ClusterIp(NodeId(id + 1))),
            Self::Endpoint(NodeId::MAX) => None,
            Self::Endpoint(NodeId(id)) => Some(Self::Endpoint(NodeId(id + 1))),
        }
    }
}

/// The nodes by address, ordered, so that "is anything below this partial reverse name" is a range query.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressIndex {
    v4: SortedSet<(u32, Owner)>,
    v6: SortedSet<(u128, Owner)>,
}

impl AddressIndex {
    pub(crate) fn insert(&mut self, address: IpAddr, owner: Owner) {
        match address {
            IpAddr::V4(v4) => self.v4.insert((v4.to_bits(), owner)),
            IpAddr::V6(v6) => self.v6.insert((v6.to_bits(), owner)),
        }
    }

    pub(crate) fn remove(&mut self, address: IpAddr, owner: Owner) {
        match address {
            IpAddr::V4(v4) => self.v4.remove((v4.to_bits(), owner)),
            IpAddr::V6(v6) => self.v6.remove((v6.to_bits(), owner)),
        }
    }

    /// The owners of one address.
    pub(crate) fn owners(&self, address: IpAddr) -> impl Iterator<Item = Owner> + '_ {
        let mut from = Some(Owner::FIRST);
        std::iter::from_fn(move || {
            let start = from?;
            let found = match address {
                IpAddr::V4(v4) => owner_of(&self.v4, v4.to_bits(), start),
                IpAddr::V6(v6) => owner_of(&self.v6, v6.to_bits(), start),
            };
            from = found.and_then(Owner::after);
            found
        })
    }

    /// The IPv4 addresses within a range, each with its owners.
    pub(crate) fn v4_range(&self, range: RangeInclusive<u32>) -> impl Iterator<Item = (u32, Owner)> + '_ {
        within(&self.v4, range, |bits| bits.checked_add(1))
    }

    /// The IPv6 addresses within a range, each with its owners.
    pub(crate) fn v6_range(&self, range: RangeInclusive<u128>) -> impl Iterator<Item = (u128, Owner)> + '_ {
        within(&self.v6, range, |bits| bits.checked_add(1))
    }

    /// Every address with its owners, IPv4 first, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (IpAddr, Owner)> + '_ {
        let v4 = self.v4.iter().map(|(bits, owner)| (IpAddr::V4(bits.into()), owner));
        let v6 = self.v6.iter().map(|(bits, owner)| (IpAddr::V6(bits.into()), owner));
        v4.chain(v6)
    }
}

fn owner_of<B: Copy + Ord>(set: &SortedSet<(B, Owner)>, bits: B, from: Owner) -> Option<Owner> {
    set.next((bits, from)).filter(|(found, _)| *found == bits).map(|(_, owner)| owner)
}

fn within<B: Copy + Ord>(
    set: &SortedSet<(B, Owner)>,
    range: RangeInclusive<B>,
    successor: impl Fn(B) -> Option<B>,
) -> impl Iterator<Item = (B, Owner)> {
    let (low, high) = range.into_inner();
    let mut from = Some((low, Owner::FIRST));
    std::iter::from_fn(move || {
        let (bits, owner) = set.next(from?).filter(|(bits, _)| *bits <= high)?;
        from = match owner.after() {
            Some(owner) => Some((bits, owner)),
            None => successor(bits).map(|bits| (bits, Owner::FIRST)),
        };
        Some((bits, owner))
    })
}
