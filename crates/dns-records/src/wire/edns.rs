//! The OPT record (RFC 6891).

use super::query::read_u16;

/// Option codes (IANA, DNS EDNS0 Option Codes).
mod code {
    pub(super) const NSID: u16 = 3;
    pub(super) const CLIENT_SUBNET: u16 = 8;
    pub(super) const EXPIRE: u16 = 9;
    pub(super) const COOKIE: u16 = 10;
    pub(super) const TCP_KEEPALIVE: u16 = 11;
    pub(super) const PADDING: u16 = 12;
}

/// DO, the one flag that is defined.
const DNSSEC_OK: u16 = 0x8000;

/// What a query's OPT record says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edns<'q> {
    /// The largest datagram that the sender takes.
    pub(crate) payload: u16,
    pub(crate) version: u8,
    pub(crate) flags: u16,
    pub(crate) options: &'q [u8],
    /// Whether its owner is the root and it is the only one, as RFC 6891 §6.1.1 wants.
    pub(crate) is_proper: bool,
}

impl<'q> Edns<'q> {
    /// Reads class, TTL and content of an OPT record; `None` when an option is cut or breaks its own format.
    pub(crate) fn read(fixed: &[u8], options: &'q [u8], is_root: bool, repeated: bool) -> Option<Self> {
        let [payload_high, payload_low, _extended_rcode, version, flags_high, flags_low] = fixed else { return None };
        for option in (OptionEcho { rest: options }) {
            let (code, content) = option?;
            if !is_well_formed(code, content) {
                return None;
            }
        }
        Some(Self {
            payload: u16::from_be_bytes([*payload_high, *payload_low]),
            version: *version,
            flags: u16::from_be_bytes([*flags_high, *flags_low]),
            options,
            is_proper: is_root && !repeated,
        })
    }

    pub(crate) const fn dnssec_ok(&self) -> bool {
        self.flags & DNSSEC_OK != 0
    }

    /// The flags that a reply repeats by the standard: DO alone (RFC 3225 §3).
    pub(crate) const fn standard_flags(&self) -> u16 {
        self.flags & DNSSEC_OK
    }

    /// The options that the original sends back as they came.
    pub(crate) fn echoed(&self) -> impl Iterator<Item = (u16, &'q [u8])> + use<'q> {
        OptionEcho { rest: self.options }.flatten().filter(|(code, _)| {
            matches!(*code, code::NSID | code::EXPIRE | code::COOKIE | code::TCP_KEEPALIVE | code::PADDING)
        })
    }
}

/// The options of an OPT record; `None` for one that is cut, and then no more.
#[derive(Clone, Debug)]
pub(crate) struct OptionEcho<'q> {
    rest: &'q [u8],
}

impl<'q> Iterator for OptionEcho<'q> {
    type Item = Option<(u16, &'q [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let option = (|| {
            let code = read_u16(self.rest, 0)?;
            let len = usize::from(read_u16(self.rest, 2)?);
            let content = self.rest.get(4..4 + len)?;
            Some((code, content))
        })();
        self.rest = option.and_then(|(_, content)| self.rest.get(4 + content.len()..)).unwrap_or_default();
        Some(option)
    }
}

/// Whether an option has the form that its own standard gives it.
fn is_well_formed(code: u16, content: &[u8]) -> bool {
    match (code, content) {
        // RFC 7871 §6: family, source and scope prefix lengths, address.
        (code::CLIENT_SUBNET, [0, 0, 0, _, ..]) => true,
        (code::CLIENT_SUBNET, [0, 1, source, scope, ..]) => *source <= 32 && *scope <= 32,
        (code::CLIENT_SUBNET, [0, 2, source, scope, ..]) => *source <= 128 && *scope <= 128,
        (code::CLIENT_SUBNET, _) => false,
        // RFC 7314 §2, RFC 7828 §3.1: empty in a query, a value in a reply.
        (code::EXPIRE, _) => matches!(content.len(), 0 | 4),
        (code::TCP_KEEPALIVE, _) => matches!(content.len(), 0 | 2),
        _ => true,
    }
}
