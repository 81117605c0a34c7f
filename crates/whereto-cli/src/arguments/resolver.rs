use std::fmt;
use std::str::FromStr;

use k8s_resolv_conf::{GlibcVersion, MuslVersion, StubResolver};

/// A stub resolver on the command line: `glibc`, `glibc:2.31`, `musl:1.2.3`, `go`, `c-ares`, `hickory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolver(pub(crate) StubResolver);

impl Resolver {
    /// What `--compare` compares.
    pub(crate) const ALL: [Self; 6] = [
        Self(StubResolver::Glibc(GlibcVersion::V2_36)),
        Self(StubResolver::Musl(MuslVersion::V1_2_6)),
        Self(StubResolver::Musl(MuslVersion::V1_2_3)),
        Self(StubResolver::Go),
        Self(StubResolver::CAres),
        Self(StubResolver::Hickory),
    ];
}

impl Default for Resolver {
    fn default() -> Self {
        Self(StubResolver::Glibc(GlibcVersion::V2_36))
    }
}

impl fmt::Display for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            StubResolver::Glibc(GlibcVersion(minor)) => write!(f, "glibc:2.{minor}"),
            StubResolver::Musl(MuslVersion::V1_2_3) => f.write_str("musl:1.2.3"),
            StubResolver::Musl(_) => f.write_str("musl:1.2.6"),
            StubResolver::Go => f.write_str("go"),
            StubResolver::CAres => f.write_str("c-ares"),
            StubResolver::Hickory => f.write_str("hickory"),
            _ => f.write_str("resolver"),
        }
    }
}

impl FromStr for Resolver {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once(':').map_or((text, None), |(name, version)| (name, Some(version)));
        let number = |prefix: &str| version.and_then(|version| version.strip_prefix(prefix)?.parse::<u8>().ok());
        Ok(Self(match (name, version) {
            ("glibc", None) => return Ok(Self::default()),
            ("glibc", Some(_)) => match number("2.") {
                Some(minor) => StubResolver::Glibc(GlibcVersion(minor)),
                None => return Err("a version of glibc is written as glibc:2.36".to_owned()),
            },
            ("musl", None) => StubResolver::Musl(MuslVersion::V1_2_6),
            // What changed with 1.2.4 is what the two differ in.
            ("musl", Some(_)) => match (number("1.1."), number("1.2.")) {
                (Some(_), _) | (_, Some(0..=3)) => StubResolver::Musl(MuslVersion::V1_2_3),
                (_, Some(_)) => StubResolver::Musl(MuslVersion::V1_2_6),
                _ => return Err("a version of musl is written as musl:1.2.3".to_owned()),
            },
            ("go", None) => StubResolver::Go,
            ("c-ares" | "cares", None) => StubResolver::CAres,
            ("hickory", None) => StubResolver::Hickory,
            _ => {
                return Err(
                    "not one of glibc, musl, go, c-ares, hickory; glibc:2.31 and musl:1.2.3 name a version".to_owned()
                );
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_have_names_and_some_versions() {
        let read = |text: &str| text.parse::<Resolver>().map(|resolver| resolver.to_string());
        for (text, name) in [
            ("glibc", "glibc:2.36"),
            ("glibc:2.25", "glibc:2.25"),
            ("musl", "musl:1.2.6"),
            ("musl:1.2.5", "musl:1.2.6"),
            ("musl:1.2.3", "musl:1.2.3"),
            ("musl:1.1.24", "musl:1.2.3"),
            ("go", "go"),
            ("c-ares", "c-ares"),
            ("hickory", "hickory"),
        ] {
            assert_eq!(read(text), Ok(name.to_owned()));
        }
        for resolver in Resolver::ALL {
            assert_eq!(resolver.to_string().parse(), Ok(resolver));
        }
        for wrong in ["", "glibc:", "glibc:3.1", "glibc:2", "musl:2.0", "go:1.26", "bionic"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
