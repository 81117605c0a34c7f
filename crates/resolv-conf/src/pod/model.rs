use std::fmt;
use std::str::FromStr;

/// What of a Pod decides which names it can ask for, and how.
///
/// Nothing in it is checked: [`validate`](super::validate()) tells what an API server would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PodDns {
    /// `metadata.namespace`.
    pub namespace: Box<str>,
    /// `metadata.name`.
    pub name: Box<str>,
    /// `metadata.uid`; stands in the text of events. Empty where it is not known.
    pub uid: Box<str>,
    /// `spec.dnsPolicy`.
    pub dns_policy: DnsPolicy,
    /// `spec.dnsConfig`. An empty one is not the same as none: the options are merged then.
    pub dns_config: Option<DnsConfig>,
    /// `spec.hostNetwork`.
    pub host_network: bool,
    /// `spec.hostAliases`.
    pub host_aliases: Vec<HostAlias>,
    /// `spec.hostname`; empty where the Pod's name is its hostname.
    pub hostname: Box<str>,
    /// `spec.subdomain`; empty where there is none.
    pub subdomain: Box<str>,
    /// `spec.hostnameOverride` (beta and on since Kubernetes 1.35).
    pub hostname_override: Option<Box<str>>,
    /// `spec.setHostnameAsFQDN`.
    pub set_hostname_as_fqdn: bool,
    /// `spec.enableServiceLinks`; true where it is absent.
    pub enable_service_links: bool,
    /// `status.podIPs`, as text: kubelet copies it into the hosts file.
    pub ips: Vec<Box<str>>,
}

impl PodDns {
    /// A Pod that says nothing about DNS: ClusterFirst in the network of Pods, with links to Services.
    pub fn new(namespace: impl Into<Box<str>>, name: impl Into<Box<str>>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            uid: Box::default(),
            dns_policy: DnsPolicy::ClusterFirst,
            dns_config: None,
            host_network: false,
            host_aliases: Vec::new(),
            hostname: Box::default(),
            subdomain: Box::default(),
            hostname_override: None,
            set_hostname_as_fqdn: false,
            enable_service_links: true,
            ips: Vec::new(),
        }
    }

    /// The same Pod with `spec.dnsPolicy`.
    #[must_use]
    pub fn with_dns_policy(self, dns_policy: DnsPolicy) -> Self {
        Self { dns_policy, ..self }
    }

    /// The same Pod with `spec.dnsConfig`.
    #[must_use]
    pub fn with_dns_config(self, dns_config: DnsConfig) -> Self {
        Self { dns_config: Some(dns_config), ..self }
    }

    /// The same Pod in its node's network.
    #[must_use]
    pub fn in_host_network(self) -> Self {
        Self { host_network: true, ..self }
    }

    /// The same Pod with one more entry of `spec.hostAliases`.
    #[must_use]
    pub fn with_host_alias(mut self, alias: HostAlias) -> Self {
        self.host_aliases.push(alias);
        self
    }

    /// The same Pod with `spec.hostname`.
    #[must_use]
    pub fn with_hostname(self, hostname: impl Into<Box<str>>) -> Self {
        Self { hostname: hostname.into(), ..self }
    }

    /// The same Pod with `spec.subdomain`.
    #[must_use]
    pub fn with_subdomain(self, subdomain: impl Into<Box<str>>) -> Self {
        Self { subdomain: subdomain.into(), ..self }
    }

    /// The same Pod with `spec.hostnameOverride`.
    #[must_use]
    pub fn with_hostname_override(self, hostname: impl Into<Box<str>>) -> Self {
        Self { hostname_override: Some(hostname.into()), ..self }
    }

    /// The same Pod with `spec.setHostnameAsFQDN`.
    #[must_use]
    pub fn with_hostname_as_fqdn(self) -> Self {
        Self { set_hostname_as_fqdn: true, ..self }
    }

    /// The same Pod without links to Services.
    #[must_use]
    pub fn without_service_links(self) -> Self {
        Self { enable_service_links: false, ..self }
    }

    /// The same Pod with one more address.
    #[must_use]
    pub fn with_ip(mut self, ip: impl Into<Box<str>>) -> Self {
        self.ips.push(ip.into());
        self
    }
}

/// `spec.dnsPolicy`: where a Pod's settings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DnsPolicy {
    /// The cluster's DNS server, or the node's for Pods in the node's network. The API's default.
    #[default]
    ClusterFirst,
    /// The cluster's DNS server for Pods in the node's network too.
    ClusterFirstWithHostNet,
    /// The node's settings.
    Default,
    /// `dnsConfig` alone.
    None,
    /// A value that the API server refuses; kubelet would take it for ClusterFirstWithHostNet.
    Other(Box<str>),
}

impl DnsPolicy {
    /// The policy as the API spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::ClusterFirst => "ClusterFirst",
            Self::ClusterFirstWithHostNet => "ClusterFirstWithHostNet",
            Self::Default => "Default",
            Self::None => "None",
            Self::Other(other) => other,
        }
    }
}

impl fmt::Display for DnsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for DnsPolicy {
    /// Any text: what is no policy is kept as [`DnsPolicy::Other`].
    fn from(text: &str) -> Self {
        match text {
            "ClusterFirst" => Self::ClusterFirst,
            "ClusterFirstWithHostNet" => Self::ClusterFirstWithHostNet,
            "Default" => Self::Default,
            "None" => Self::None,
            other => Self::Other(other.into()),
        }
    }
}

impl FromStr for DnsPolicy {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.into())
    }
}

/// `spec.dnsConfig`: what is added to the settings that the policy gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsConfig {
    /// `nameservers`, as text.
    pub nameservers: Vec<Box<str>>,
    /// `searches`.
    pub searches: Vec<Box<str>>,
    /// `options`.
    pub options: Vec<DnsOption>,
}

impl DnsConfig {
    /// An empty one.
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

    /// The same with one more option.
    #[must_use]
    pub fn with_option(mut self, name: &str, value: Option<&str>) -> Self {
        self.options.push(DnsOption::new(name, value));
        self
    }
}

/// One entry of `dnsConfig.options`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DnsOption {
    /// `name`.
    pub name: Box<str>,
    /// `value`; none and an empty one are the same to kubelet.
    pub value: Option<Box<str>>,
}

impl DnsOption {
    /// An option.
    pub fn new(name: &str, value: Option<&str>) -> Self {
        Self { name: name.into(), value: value.map(Into::into) }
    }
}

/// One entry of `spec.hostAliases`: an address and its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HostAlias {
    /// `ip`, as text.
    pub ip: Box<str>,
    /// `hostnames`.
    pub hostnames: Vec<Box<str>>,
}

impl HostAlias {
    /// An address with its names.
    pub fn new(ip: impl Into<Box<str>>, hostnames: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self { ip: ip.into(), hostnames: hostnames.into_iter().map(Into::into).collect() }
    }
}
