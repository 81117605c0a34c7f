use std::fmt;
use std::net::SocketAddr;

/// Addresses by what is served there: `http 127.0.0.1:8080, admin 127.0.0.1:8082`.
///
/// ```
/// use whereto_server::ByPurpose;
///
/// let (web, admin) = (["127.0.0.1:80".parse()?, "[::1]:80".parse()?], ["127.0.0.1:81".parse()?]);
/// let addresses = ByPurpose::new([("web", &web), ("tls", &[]), ("admin", &admin)]);
/// assert_eq!(addresses.to_string(), "web 127.0.0.1:80, web [::1]:80, admin 127.0.0.1:81");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByPurpose<'a, const N: usize>([(&'static str, &'a [SocketAddr]); N]);

impl<'a, const N: usize> ByPurpose<'a, N> {
    /// Purposes and their addresses, in the order in which they are told.
    pub const fn new(addresses: [(&'static str, &'a [SocketAddr]); N]) -> Self {
        Self(addresses)
    }

    /// The purposes, each with its addresses; those without any, too.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'a [SocketAddr])> {
        self.0.into_iter()
    }
}

impl<const N: usize> fmt::Display for ByPurpose<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (purpose, address) in self.iter().flat_map(|(purpose, list)| list.iter().map(move |a| (purpose, a))) {
            write!(f, "{separator}{purpose} {address}")?;
            separator = ", ";
        }
        Ok(())
    }
}
