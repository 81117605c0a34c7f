//! What programs look at besides the file.

/// What a program looks at besides its file: the machine and its variables, as parameters.
///
/// ```
/// use k8s_resolv_conf::{Environment, MuslVersion, ResolvConf, StubResolver};
///
/// let file = ResolvConf::parse(b"nameserver 10.96.0.10\n");
/// let environment = Environment::new().with_hostname("web-0.shop.example");
/// let search = |resolver: StubResolver| resolver.read(&file, &environment).result.map(|config| config.search);
/// assert_eq!(search(StubResolver::Go), Ok(vec!["shop.example".into()]));
/// assert_eq!(search(StubResolver::Musl(MuslVersion::V1_2_6)), Ok(vec![]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// What `gethostname` says: a Pod's has no dot unless `setHostnameAsFQDN` is set.
    pub hostname: Vec<u8>,
    /// The variable `LOCALDOMAIN`, which may be set and empty.
    pub localdomain: Option<Vec<u8>>,
    /// The variable `RES_OPTIONS`.
    pub res_options: Option<Vec<u8>>,
    /// Whether the variable `HOSTALIASES` names a file. Its content is a [`HostAliases`], which the search takes.
    pub host_aliases: bool,
    /// The network interfaces by name, with the kernel's index, to which scopes of link-local addresses refer.
    pub interfaces: Vec<(String, u32)>,
}

impl Environment {
    /// A machine without a name, variables or interfaces.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a hostname.
    pub fn with_hostname(mut self, hostname: impl Into<Vec<u8>>) -> Self {
        self.hostname = hostname.into();
        self
    }

    /// With the variable `LOCALDOMAIN`.
    pub fn with_localdomain(mut self, value: impl Into<Vec<u8>>) -> Self {
        self.localdomain = Some(value.into());
        self
    }

    /// With the variable `RES_OPTIONS`.
    pub fn with_res_options(mut self, value: impl Into<Vec<u8>>) -> Self {
        self.res_options = Some(value.into());
        self
    }

    /// With a network interface.
    pub fn with_interface(mut self, name: impl Into<String>, index: u32) -> Self {
        self.interfaces.push((name.into(), index));
        self
    }

    pub(crate) fn interface(&self, name: &[u8]) -> Option<u32> {
        self.interfaces.iter().find(|(known, _)| known.as_bytes() == name).map(|&(_, index)| index)
    }

    /// What follows the hostname's first dot.
    pub(crate) fn hostname_domain(&self) -> Option<&[u8]> {
        let dot = self.hostname.iter().position(|&octet| octet == b'.')?;
        self.hostname.get(dot + 1..)
    }
}

/// The table that the variable `HOSTALIASES` names: lines of an alias and the name that it stands for.
///
/// glibc (`resolv/res_query.c`, `__res_hostalias`) and c-ares look a name without dots up in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostAliases {
    lines: Vec<Alias>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Alias {
    name: Box<[u8]>,
    target: Box<[u8]>,
}

impl HostAliases {
    /// Reads a table: on each line the first word is the alias, the second the target; a line without both says nothing.
    pub fn parse(bytes: &[u8]) -> Self {
        let lines = bytes.split(|&octet| octet == b'\n');
        let aliases = lines.filter_map(|line| {
            let mut words = line.split(|&octet| crate::file::is_c_space(octet)).filter(|word| !word.is_empty());
            Some(Alias { name: words.next()?.into(), target: words.next()?.into() })
        });
        Self { lines: aliases.collect() }
    }

    /// The target of `name`, whatever its letters' case; the first line counts.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.lines.iter().find(|alias| alias.name.eq_ignore_ascii_case(name)).map(|alias| &*alias.target)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
