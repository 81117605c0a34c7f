use std::net::IpAddr;

use k8s_resolv_conf::{Families, QueryType, StubResolver};

/// A hosts file: addresses and their names, as hosts(5) has it.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Vec<(IpAddr, Vec<String>)>);

impl Hosts {
    /// Reads a file. A line without an address has no effect, as with every resolver.
    pub(crate) fn parse(octets: &[u8]) -> Self {
        let text = String::from_utf8_lossy(octets);
        let line = |line: &str| {
            let mut words = line.split('#').next()?.split_whitespace();
            let address = words.next()?.parse().ok()?;
            Some((address, words.map(str::to_owned).collect()))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// The addresses of a name as it was typed, before any search list. hickory looks each name of its walk up instead: [`Self::of_query`].
    ///
    /// - glibc (`nss/nss_files/files-hosts.c`) and c-ares (`ares_hosts_file.c`) compare without regard to case, musl
    ///   (`name_from_hosts` in `src/network/lookup_name.c`) exactly;
    /// - Go (`lookupStaticHost` in `net/hosts.go`) takes a name with and without final dot for the same.
    pub(crate) fn of_typed(&self, resolver: StubResolver, name: &str, families: Families) -> Vec<IpAddr> {
        self.addresses(families, |have| match resolver {
            StubResolver::Hickory => false,
            StubResolver::Musl(_) => have == name,
            StubResolver::Go => have.trim_end_matches('.').eq_ignore_ascii_case(name.trim_end_matches('.')),
            _ => have.eq_ignore_ascii_case(name),
        })
    }

    /// The addresses of an absolute name that hickory is about to ask for (`lookup_static_host` in its `hosts.rs`).
    pub(crate) fn of_query(&self, name: &str, query_type: QueryType) -> Vec<IpAddr> {
        let families = match query_type {
            QueryType::A => Families::V4,
            QueryType::Aaaa => Families::V6,
        };
        let absolute = name.trim_end_matches('.');
        self.addresses(families, |have| have.trim_end_matches('.').eq_ignore_ascii_case(absolute))
    }

    fn addresses(&self, families: Families, is_it: impl Fn(&str) -> bool) -> Vec<IpAddr> {
        let of_family = |address: &IpAddr| match families {
            Families::Both => true,
            Families::V4 => address.is_ipv4(),
            Families::V6 => address.is_ipv6(),
        };
        let lines = self.0.iter().filter(|(address, names)| of_family(address) && names.iter().any(|name| is_it(name)));
        lines.map(|(address, _)| *address).collect()
    }
}

#[cfg(test)]
mod tests {
    use k8s_resolv_conf::{GlibcVersion, MuslVersion};

    use super::*;

    #[test]
    fn names_are_compared_as_each_resolver_does() {
        let hosts = Hosts::parse(b"127.0.0.1\tlocalhost # not.this\n::1 localhost\n# 192.0.2.1 no\nnonsense x\n192.0.2.7\tLegacy.example old\n");
        let (glibc, musl) = (StubResolver::Glibc(GlibcVersion::V2_36), StubResolver::Musl(MuslVersion::V1_2_6));
        let count = |resolver, name: &str| hosts.of_typed(resolver, name, Families::Both).len();
        for (name, expected) in [
            ("localhost", [2, 2, 2, 2, 0]),
            ("LOCALHOST", [2, 0, 2, 2, 0]),
            ("localhost.", [0, 0, 2, 0, 0]),
            ("Legacy.example", [1, 1, 1, 1, 0]),
            ("legacy.example", [1, 0, 1, 1, 0]),
            ("old", [1, 1, 1, 1, 0]),
            ("not.this", [0; 5]),
            ("no", [0; 5]),
            ("x", [0; 5]),
        ] {
            let resolvers = [glibc, musl, StubResolver::Go, StubResolver::CAres, StubResolver::Hickory];
            assert_eq!(resolvers.map(|resolver| count(resolver, name)), expected, "{name}");
        }
        assert_eq!(hosts.of_typed(glibc, "localhost", Families::V6), ["::1".parse::<IpAddr>().unwrap()]);
        assert_eq!(hosts.of_query("legacy.example.", QueryType::A).len(), 1);
        assert_eq!(hosts.of_query("legacy.example.", QueryType::Aaaa).len(), 0);
    }
}
