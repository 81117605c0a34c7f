//! A question's name, taken apart by the grammar of cluster names.

use std::net::{IpAddr, Ipv6Addr};

use crate::question::{Question, name_to_wire};

/// The zones of every configuration here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Cluster,
    V4,
    V6,
}

impl Zone {
    /// Its name, with the final dot.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster.local.",
            Self::V4 => "in-addr.arpa.",
            Self::V6 => "ip6.arpa.",
        }
    }

    /// Labels of the whole reverse name of an address.
    const fn digits(self) -> usize {
        match self {
            Self::Cluster => 0,
            Self::V4 => 4,
            Self::V6 => 32,
        }
    }
}

/// A name in one of the zones.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) zone: Zone,
    /// The labels left of the zone, in small letters.
    pub(super) labels: Vec<String>,
    /// Whether the zone is spelled with capitals.
    pub(super) has_capitals: bool,
}

impl Asked {
    /// `None` for names in none of the zones.
    pub(super) fn new(question: &Question) -> Option<Self> {
        Self::of(&question.qname)
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let wire = name_to_wire(name).ok()?;
        let mut labels = Vec::new();
        let mut rest = &wire[..];
        while let Some((&length, tail)) = rest.split_first().filter(|(length, _)| **length > 0) {
            let (label, tail) = tail.split_at_checked(usize::from(length))?;
            labels.push(String::from_utf8_lossy(label).into_owned());
            rest = tail;
        }
        let apex = labels.split_off(labels.len().checked_sub(2)?).join(".");
        let zone = match apex.to_ascii_lowercase().as_str() {
            "cluster.local" => Zone::Cluster,
            "in-addr.arpa" => Zone::V4,
            "ip6.arpa" => Zone::V6,
            _ => return None,
        };
        labels.iter_mut().for_each(|label| label.make_ascii_lowercase());
        Some(Self { zone, labels, has_capitals: apex.bytes().any(|byte| byte.is_ascii_uppercase()) })
    }

    pub(super) fn is_reverse(&self) -> bool {
        self.zone != Zone::Cluster
    }

    pub(super) fn is(&self, labels: &[&str]) -> bool {
        self.labels == labels
    }

    /// Namespace and name of the Service at or below which the name lies, and the labels left of the Service's.
    pub(super) fn service(&self) -> Option<((&str, &str), &[String])> {
        match &self.labels[..] {
            [left @ .., service, namespace, tree] if self.zone == Zone::Cluster && tree == "svc" => {
                Some(((namespace.as_str(), service.as_str()), left))
            }
            _ => None,
        }
    }

    /// The namespace of `NAMESPACE.svc` or `NAMESPACE.pod`.
    pub(super) fn namespace(&self) -> Option<&str> {
        match &self.labels[..] {
            [namespace, tree] if self.zone == Zone::Cluster && (tree == "svc" || tree == "pod") => Some(namespace),
            _ => None,
        }
    }

    /// The address of a whole reverse name.
    pub(super) fn address(&self) -> Option<IpAddr> {
        (self.is_reverse() && self.labels.len() == self.zone.digits()).then(|| self.first_address()).flatten()
    }

    /// The address of the labels next to the zone, where there are more than an address has.
    pub(super) fn address_below(&self) -> Option<IpAddr> {
        (self.is_reverse() && self.labels.len() > self.zone.digits()).then(|| self.first_address()).flatten()
    }

    fn first_address(&self) -> Option<IpAddr> {
        let digits = &self.labels[self.labels.len().checked_sub(self.zone.digits())?..];
        let forward: Vec<&str> = digits.iter().rev().map(String::as_str).collect();
        match self.zone {
            Zone::Cluster => None,
            Zone::V4 => forward.join(".").parse().ok(),
            Zone::V6 if forward.iter().all(|digit| digit.len() == 1) => {
                let bits = u128::from_str_radix(&forward.concat(), 16).ok()?;
                Some(IpAddr::V6(Ipv6Addr::from_bits(bits)).to_canonical())
            }
            Zone::V6 => None,
        }
    }

    /// Whether the name is an incomplete reverse name and `address` has one that ends in it.
    pub(super) fn is_above(&self, address: IpAddr) -> bool {
        let whole: Vec<String> = match (self.zone, address) {
            (Zone::V4, IpAddr::V4(v4)) => v4.octets().iter().rev().map(u8::to_string).collect(),
            (Zone::V6, IpAddr::V6(v6)) => format!("{:032x}", v6.to_bits()).chars().rev().map(String::from).collect(),
            _ => return false,
        };
        self.labels.len() < whole.len() && !self.labels.is_empty() && whole.ends_with(&self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let asked = Asked::of("_A._tcp.web.Shop.svc.Cluster.local.").unwrap();
        assert!(asked.has_capitals && !asked.is_reverse());
        assert_eq!(asked.service().unwrap().0, ("shop", "web"));
        assert_eq!(asked.service().unwrap().1, ["_a", "_tcp"]);
        assert_eq!(Asked::of("shop.pod.cluster.local.").unwrap().namespace(), Some("shop"));
        assert!(Asked::of("xcluster.local.").is_none() && Asked::of("local.").is_none());
        assert!(Asked::of("cluster.local.").unwrap().is(&[]));
    }

    #[test]
    fn reverse_names() {
        let address: IpAddr = "10.1.2.3".parse().unwrap();
        assert_eq!(Asked::of("3.2.1.10.in-addr.arpa.").unwrap().address(), Some(address));
        assert!(Asked::of("1.10.in-addr.arpa.").unwrap().is_above(address));
        assert!(!Asked::of("2.10.in-addr.arpa.").unwrap().is_above(address));
        assert!(!Asked::of("in-addr.arpa.").unwrap().is_above(address));
        let zeros = "0.".repeat(31);
        let whole = Asked::of(&format!("1.{zeros}ip6.arpa.")).unwrap();
        assert_eq!(whole.address(), Some("::1".parse().unwrap()));
        assert_eq!(Asked::of(&format!("x.1.{zeros}ip6.arpa.")).unwrap().address_below(), whole.address());
    }
}
