use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use dns_records::{Name, NameError, NameRef};

/// The port of DNS servers.
pub(super) const DNS_PORT: u16 = 53;

/// Which servers answer for a zone: `[ZONE=]ADDRESS[,ADDRESS…]`, where an address is an IP with or without port.
///
/// ```
/// use whereto_dns::ForwardRule;
/// let rule: ForwardRule = "corp.example=10.0.0.53,[2001:db8::53]:5353".parse()?;
/// assert_eq!(rule.zone().to_string(), "corp.example.");
/// assert_eq!(rule.servers().len(), 2);
/// let rule: ForwardRule = "192.0.2.1".parse()?;
/// assert_eq!(rule.to_string(), ".=192.0.2.1:53");
/// # Ok::<(), whereto_dns::ForwardRuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardRule {
    zone: Name,
    servers: Vec<SocketAddr>,
}

/// Why a text is no [`ForwardRule`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardRuleError {
    /// The zone is no domain name.
    Zone(NameError),
    /// An address is none.
    Address(String),
}

impl fmt::Display for ForwardRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone(error) => write!(f, "zone: {error}"),
            Self::Address(text) => write!(f, "{text:?} is no IP address, with or without a port"),
        }
    }
}

impl std::error::Error for ForwardRuleError {}

impl ForwardRule {
    /// Servers for every name.
    pub fn everything(servers: Vec<SocketAddr>) -> Self {
        Self { zone: NameRef::ROOT.to_name(), servers }
    }

    /// Servers for a zone.
    pub const fn new(zone: Name, servers: Vec<SocketAddr>) -> Self {
        Self { zone, servers }
    }

    /// The zone: its names go to the servers, unless a rule for a longer zone takes them.
    pub const fn zone(&self) -> NameRef<'_> {
        self.zone.as_ref()
    }

    /// The servers.
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    pub(super) fn into_parts(self) -> (Name, Vec<SocketAddr>) {
        (self.zone, self.servers)
    }
}

impl FromStr for ForwardRule {
    type Err = ForwardRuleError;

    fn from_str(text: &str) -> Result<Self, ForwardRuleError> {
        let (zone, addresses) = match text.split_once('=') {
            Some((zone, addresses)) => (zone.parse().map_err(ForwardRuleError::Zone)?, addresses),
            None => (NameRef::ROOT.to_name(), text),
        };
        let servers = addresses.split(',').map(address).collect::<Result<_, _>>()?;
        Ok(Self { zone, servers })
    }
}

fn address(text: &str) -> Result<SocketAddr, ForwardRuleError> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    text.parse::<SocketAddr>()
        .or_else(|_| bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT)))
        .map_err(|_| ForwardRuleError::Address(text.into()))
}

impl fmt::Display for ForwardRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.zone)?;
        for (index, server) in self.servers.iter().enumerate() {
            write!(f, "{}{server}", if index == 0 { '=' } else { ',' })?;
        }
        Ok(())
    }
}
