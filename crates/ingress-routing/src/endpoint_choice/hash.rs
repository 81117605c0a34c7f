//! A hash that is the same in every process and every version: several proxies agree on the endpoint of a key.

use std::net::{IpAddr, SocketAddr};

/// Mixes all bits of a number (the finaliser of splitmix64, from Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
pub(super) const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A number for an address, whether it is written as IPv4 or as the IPv6 address that maps it (RFC 4291 §2.5.5.2).
pub(super) fn of_ip(address: IpAddr) -> u64 {
    let bits = match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    mix(mix((bits >> 64) as u64).wrapping_add(bits as u64))
}

/// A number for an endpoint.
pub(super) fn of_endpoint(address: SocketAddr) -> u64 {
    mix(of_ip(address.ip()).wrapping_add(address.port().into()))
}

/// A number up to, but without, `end`: the product's upper half (Lemire: Fast Random Integer Generation in an Interval, 2019).
pub(super) const fn below(number: u64, end: u64) -> u64 {
    ((number as u128 * end as u128) >> 64) as u64
}
