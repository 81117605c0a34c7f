/// What kubelet's `resolvConf` (`--resolv-conf`) leads to on the Pod's node.
///
/// A file that can't be opened, or that has a `nameserver` line without an address, is neither: kubelet reads it for every policy,
/// `None` included, and no Pod of the node starts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostConfig {
    /// `resolvConf` is the empty string: the node has no settings to give.
    NoFile,
    /// What kubelet's reader took from the file.
    File(HostResolvConf),
}

impl HostConfig {
    /// The settings of the file; without a file, none.
    pub(super) fn settings(&self) -> HostResolvConf {
        match self {
            Self::NoFile => HostResolvConf::default(),
            Self::File(file) => file.clone(),
        }
    }
}

/// A node's `resolv.conf` as kubelet reads it: the texts of the file, unchecked.
///
/// [`FileReader::Kubelet`](crate::FileReader::Kubelet) is the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostResolvConf {
    /// The first word of each `nameserver` line.
    pub nameservers: Vec<Box<str>>,
    /// The words of the last `search` line, each without one final dot; `.` itself is left out.
    pub searches: Vec<Box<str>>,
    /// The words of all `options` lines, the last one of each name.
    pub options: Vec<Box<str>>,
}

impl HostResolvConf {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more server.
    #[must_use]
    pub fn with_nameserver(mut self, nameserver: impl Into<Box<str>>) -> Self {
        self.nameservers.push(nameserver.into());
        self
    }

    /// The same with one more search domain.
    #[must_use]
    pub fn with_search(mut self, search: impl Into<Box<str>>) -> Self {
        self.searches.push(search.into());
        self
    }

    /// The same with one more option, such as `ndots:2`.
    #[must_use]
    pub fn with_option(mut self, option: impl Into<Box<str>>) -> Self {
        self.options.push(option.into());
        self
    }
}
