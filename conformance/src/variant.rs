//! The configurations of CoreDNS with which answers are recorded and compared, and ours to match.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use crate::compare::Terms;

/// A configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// `pods insecure`, no fallthrough, TTL 5.
    Insecure,
    /// `pods verified`, `endpoint_pod_names`, reverse zones fall through, TTL 30.
    Verified,
    /// What kubeadm writes: `pods insecure`, reverse zones fall through, TTL 30, names outside are cached.
    Stockg,
}

/// What a Corefile has to know.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The port for DNS.
    pub port: u16,
    /// Where the API server listens.
    pub api: SocketAddr,
    /// The folder with `admin.crt`, `admin.key` and `ca.crt`.
    pub certificates: &'a Path,
    /// The server for names outside.
    pub upstream: SocketAddr,
    /// Overrides the TTL, to prove that a difference is found.
    pub ttl: Option<u32>,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Insecure, Self::Verified, Self::Stockg];

    /// The name used in file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insecure => "insecure",
            Self::Verified => "verified",
            Self::Stockg => "stockg",
        }
    }

    /// The TTL of answers from the cluster.
    #[must_use]
    pub const fn ttl(self) -> u32 {
        match self {
            Self::Insecure => 5,
            Self::Verified | Self::Stockg => 30,
        }
    }

    /// What a comparison has to let pass. OPT records are compared on request.
    #[must_use]
    pub const fn terms(self, opt: bool) -> Terms {
        Terms { capped: if matches!(self, Self::Stockg) { Some(30) } else { None }, opt }
    }

    /// CoreDNS's configuration.
    #[must_use]
    pub fn corefile(self, around: Surroundings<'_>) -> String {
        let Surroundings { port, api, certificates, upstream, .. } = around;
        let ttl = around.ttl.unwrap_or_else(|| self.ttl());
        let mut text = format!(".:{port} {{\n    errors\n    kubernetes cluster.local in-addr.arpa ip6.arpa {{\n");
        let file = |name: &str| certificates.join(name).display().to_string();
        let _ = writeln!(text, "        endpoint https://{api}");
        let _ = writeln!(text, "        tls {} {} {}", file("admin.crt"), file("admin.key"), file("ca.crt"));
        let _ = writeln!(text, "        ttl {ttl}");
        text += match self {
            Self::Insecure => "        pods insecure\n    }\n",
            Self::Verified => {
                "        pods verified\n        endpoint_pod_names\n        fallthrough in-addr.arpa ip6.arpa\n    }\n"
            }
            Self::Stockg => "        pods insecure\n        fallthrough in-addr.arpa ip6.arpa\n    }\n",
        };
        let _ = writeln!(text, "    forward . {upstream}");
        if self == Self::Stockg {
            text +=
                "    cache 30 {\n        disable success cluster.local\n        disable denial cluster.local\n    }\n";
            text += "    loop\n    loadbalance\n";
        }
        text + "}\n"
    }

    /// Our server's flags for the same behaviour.
    #[must_use]
    pub fn flags(self) -> Vec<String> {
        let text = match self {
            Self::Insecure => "--pods insecure --ttl 5 --no-fallthrough",
            Self::Verified => {
                "--pods verified --endpoint-pod-names --ttl 30 --fallthrough in-addr.arpa --fallthrough ip6.arpa"
            }
            Self::Stockg => "--pods insecure --ttl 30 --fallthrough in-addr.arpa --fallthrough ip6.arpa",
        };
        text.split(' ').map(str::to_owned).collect()
    }
}

impl FromStr for Variant {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|variant| variant.name() == text);
        found.ok_or_else(|| anyhow::anyhow!("no such variant: {text:?}"))
    }
}
