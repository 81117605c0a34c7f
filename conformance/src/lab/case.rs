//! What one look-up is made of.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::script::Script;

/// A resolver that the laboratory has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Original {
    /// The C library of Debian 12.
    #[serde(rename = "glibc-2.36")]
    Glibc236,
    /// The musl of Debian 12.
    #[serde(rename = "musl-1.2.3")]
    Musl123,
    /// The musl of Rust's target `x86_64-unknown-linux-musl`. Between it and 1.2.6, `src/network/res_msend.c` changed in
    /// how two socket addresses are initialised, `lookup_name.c` and `resolvconf.c` not at all.
    #[serde(rename = "musl-1.2.5")]
    Musl125,
    /// Go 1.26 without cgo.
    #[serde(rename = "go-1.26")]
    Go126,
    /// c-ares 1.34.9, in pycares.
    #[serde(rename = "c-ares-1.34.9")]
    CAres1349,
    /// hickory-resolver 0.26.3.
    #[serde(rename = "hickory-0.26.3")]
    Hickory0263,
}

impl Original {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Glibc236, Self::Musl123, Self::Musl125, Self::Go126, Self::CAres1349, Self::Hickory0263];

    /// Its name and version, as recordings spell them.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Glibc236 => "glibc-2.36",
            Self::Musl123 => "musl-1.2.3",
            Self::Musl125 => "musl-1.2.5",
            Self::Go126 => "go-1.26",
            Self::CAres1349 => "c-ares-1.34.9",
            Self::Hickory0263 => "hickory-0.26.3",
        }
    }

    /// The file that `conformance/lab/build` makes of its probe.
    #[must_use]
    pub const fn probe(self) -> &'static str {
        match self {
            Self::Glibc236 => "glibc",
            Self::Musl123 => "musl-1.2.3",
            Self::Musl125 => "musl-1.2.5",
            Self::Go126 => "go",
            Self::CAres1349 => "c-ares/probe.py",
            Self::Hickory0263 => "hickory",
        }
    }
}

/// The addresses that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Both families.
    #[default]
    Both,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

impl Family {
    /// The word that the probes take.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::V4 => "v4",
            Self::V6 => "v6",
        }
    }
}

/// One look-up and all that decides what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The content of `/etc/resolv.conf`.
    pub file: String,
    /// The name, as typed.
    pub name: String,
    /// The addresses asked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub family: Family,
    /// The host's name.
    pub hostname: String,
    /// The environment variable `LOCALDOMAIN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub localdomain: Option<String>,
    /// The environment variable `RES_OPTIONS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub res_options: Option<String>,
    /// The content of the file that `HOSTALIASES` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostaliases: Option<String>,
    /// Servers at which nothing listens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead: Vec<IpAddr>,
    /// How the others answer.
    pub script: Script,
}

/// The name servers, in the order in which their replies come.
pub const SERVERS: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 4)),
];

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
