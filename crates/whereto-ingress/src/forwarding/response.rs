//! A response on its way to the client.

use std::fmt;

use http::header::{CONNECTION, SERVER, UPGRADE, VIA};
use http::{HeaderMap, HeaderValue, StatusCode, Version};

use super::hop_by_hop::Findings;
use super::request::Upgrade;
use super::survey::{Role, members};
use super::{ForwardingOptions, ServerField};

/// An endpoint switched to a protocol that nobody asked it for. What follows on its connection is no HTTP; the client is to get 502.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnaskedUpgrade;

impl fmt::Display for UnaskedUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint switched to a protocol that was not asked for")
    }
}

impl std::error::Error for UnaskedUpgrade {}

impl ForwardingOptions {
    /// Makes the fields of a response those that the client gets in this version.
    ///
    /// # Errors
    /// When the endpoint upgrades without being asked; the fields are as they came.
    pub(crate) fn edit_response(
        &self,
        headers: &mut HeaderMap,
        status: StatusCode,
        to: Version,
        asked: Option<&Upgrade>,
    ) -> Result<(), UnaskedUpgrade> {
        let switched = status == StatusCode::SWITCHING_PROTOCOLS;
        if switched {
            let asked = asked.filter(|_| to == Version::HTTP_11).ok_or(UnaskedUpgrade)?;
            let mut protocols = members(headers, &UPGRADE).peekable();
            // RFC 9110 §7.8: only to what the client named.
            if protocols.peek().is_none() || !protocols.all(|protocol| asked.includes(protocol)) {
                return Err(UnaskedUpgrade);
            }
        }
        let findings = Findings::of(headers, |_, _| false);
        // RFC 9110 §15.5.22: 426 says which protocol is wanted. Elsewhere the field is about this proxy's connection.
        let tells = switched || status == StatusCode::UPGRADE_REQUIRED;
        let upgrade =
            (findings.has(Role::Upgrade) && tells && to == Version::HTTP_11).then(|| headers.get(UPGRADE).cloned());
        findings.remove(headers);
        if let Some(upgrade) = upgrade.flatten() {
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, upgrade);
        }
        if self.server == ServerField::Remove {
            headers.remove(SERVER);
        }
        // Endpoints speak HTTP/1.1 or later.
        if let Some(via) = self.via.as_ref().and_then(|name| name.via(Version::HTTP_11)) {
            headers.append(VIA, via);
        }
        Ok(())
    }
}
