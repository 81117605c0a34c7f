//! What five resolvers hold, as text to compare.

use k8s_resolv_conf::{Environment, GlibcVersion, MuslVersion, ReadError, ResolvConf, ResolverConfig, StubResolver};

/// In the order of the tables' columns.
pub(crate) const COLUMNS: [StubResolver; 5] = [
    StubResolver::Glibc(GlibcVersion::V2_36),
    StubResolver::Musl(MuslVersion::V1_2_6),
    StubResolver::Go,
    StubResolver::CAres,
    StubResolver::Hickory,
];

/// A machine with a hostname and an interface.
pub(crate) fn machine() -> Environment {
    Environment::new().with_hostname("host.dom.test").with_interface("lo", 1)
}

pub(crate) fn read(resolver: StubResolver, file: &str) -> Result<ResolverConfig, ReadError> {
    resolver.read(&ResolvConf::parse(file.as_bytes()), &machine()).result
}

/// The servers with a blank between two; port 53 is left out.
pub(crate) fn servers(config: &ResolverConfig) -> String {
    let texts: Vec<String> = config.nameservers.iter().map(|server| server.address.to_string()).collect();
    texts.iter().map(|text| text.strip_suffix(":53").unwrap_or(text)).collect::<Vec<_>>().join(" ")
}

/// The search list with a blank between two.
pub(crate) fn search(config: &ResolverConfig) -> String {
    let texts: Vec<String> = config.search.iter().map(|domain| domain.0.escape_ascii().to_string()).collect();
    texts.iter().map(|text| if text.is_empty() { "." } else { text }).collect::<Vec<_>>().join(" ")
}

/// One cell per column: `what` of the configuration, or `refused`, `hangs`, `aborts`.
pub(crate) fn row(file: &str, what: fn(&ResolverConfig) -> String) -> [String; 5] {
    COLUMNS.map(|resolver| cell(resolver, file, what))
}

pub(crate) fn cell(resolver: StubResolver, file: &str, what: fn(&ResolverConfig) -> String) -> String {
    match read(resolver, file) {
        Ok(config) => what(&config),
        Err(ReadError::Rejected { .. }) => "refused".to_owned(),
        Err(ReadError::Hangs { .. }) => "hangs".to_owned(),
        Err(ReadError::Aborts { .. }) => "aborts".to_owned(),
        Err(error) => error.to_string(),
    }
}
