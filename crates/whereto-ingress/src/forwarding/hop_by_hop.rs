//! What ends at each hop (RFC 9110 §7.6.1).

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName};

use super::survey::{Role, listed, role};

/// What one look at a message found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Fields to remove, beside those that [`ENDING`] says.
    doomed: Vec<HeaderName>,
    seen: Roles,
}

/// A set of [`Role`]s.
#[derive(Clone, Copy, Debug, Default)]
struct Roles(u16);

impl Roles {
    const fn insert(&mut self, role: Role) {
        self.0 |= 1 << role as u16;
    }

    const fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }
}

/// Roles that one field each has, and that end here.
const ENDING: [(Role, HeaderName); 4] = [
    (Role::Connection, CONNECTION),
    (Role::TransferEncoding, TRANSFER_ENCODING),
    (Role::Upgrade, UPGRADE),
    (Role::Te, TE),
];

impl Findings {
    /// Looks at all fields. `other` decides on those that are not hop-by-hop: whether to remove them.
    pub(super) fn of(headers: &HeaderMap, other: impl Fn(&str, Role) -> bool) -> Self {
        let mut findings = Self::default();
        for name in headers.keys() {
            let role = role(name.as_str());
            findings.seen.insert(role);
            let doomed = match role {
                Role::HopByHop => true,
                Role::Connection | Role::TransferEncoding | Role::Upgrade | Role::Te => false,
                Role::ContentLength | Role::Expect | Role::Cookie => false,
                Role::EndToEnd | Role::Claim | Role::Forwarded => other(name.as_str(), role),
            };
            if doomed {
                findings.doomed.push(name.clone());
            }
        }
        if findings.has(Role::Connection) {
            findings.doomed.extend(listed(headers).filter_map(|name| present(headers, name)));
        }
        // RFC 9112 §6.3: the length was overridden, and whoever reads it further on must not believe it.
        if findings.has(Role::TransferEncoding) && findings.has(Role::ContentLength) {
            findings.doomed.push(CONTENT_LENGTH);
        }
        findings
    }

    /// Whether there is a field of this role.
    pub(super) const fn has(&self, role: Role) -> bool {
        self.seen.contains(role)
    }

    /// Removes what is to be removed. `Host` stays whatever `Connection` says: it is replaced, and never absent.
    pub(super) fn remove(&self, headers: &mut HeaderMap) {
        for (role, name) in &ENDING {
            if self.has(*role) {
                headers.remove(name);
            }
        }
        for name in &self.doomed {
            if name != HOST {
                headers.remove(name);
            }
        }
    }
}

/// The field that `Connection` lists, if there is one: most often it lists what is no field, or one that ends here anyway.
fn present(headers: &HeaderMap, name: &[u8]) -> Option<HeaderName> {
    if name.eq_ignore_ascii_case(b"keep-alive") {
        return None;
    }
    let text = std::str::from_utf8(name).ok().filter(|text| headers.contains_key(*text))?;
    HeaderName::from_bytes(text.as_bytes()).ok()
}
