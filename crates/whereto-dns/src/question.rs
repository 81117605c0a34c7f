use std::fmt;

use dns_records::{Name, NameRef, RecordType};

use crate::message::{EMPTY_OPT, FLAG_AD, FLAG_CD, FLAG_RD, HEADER, QueryView, opt};

/// The class of the Internet.
const IN: u16 = 1;

/// What is asked of an upstream: everything that its answer may depend on.
///
/// Questions are equal when one answer serves both: letter case of the name does not matter.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    pub(crate) name: Name,
    pub(crate) record_type: RecordType,
    pub(crate) class: u16,
    pub(crate) dnssec_ok: bool,
    pub(crate) checking_disabled: bool,
}

impl Question {
    /// Asks for the records of a name in class IN, without DNSSEC records.
    pub fn new(name: NameRef<'_>, record_type: RecordType) -> Self {
        Self { name: name.to_name(), record_type, class: IN, dnssec_ok: false, checking_disabled: false }
    }

    pub(crate) fn of(query: &QueryView<'_>) -> Self {
        Self {
            name: query.name().to_name(),
            record_type: query.record_type,
            class: query.class,
            dnssec_ok: query.dnssec_ok(),
            checking_disabled: query.checking_disabled(),
        }
    }

    /// The same client's question for another name.
    pub(crate) fn redirected(query: &QueryView<'_>, name: Name, record_type: RecordType) -> Self {
        Self { name, record_type, class: IN, ..Self::of(query) }
    }

    /// The name, as the client wrote it.
    pub const fn name(&self) -> NameRef<'_> {
        self.name.as_ref()
    }

    /// The type.
    pub const fn record_type(&self) -> RecordType {
        self.record_type
    }

    /// The class; 1 is IN.
    pub const fn class(&self) -> u16 {
        self.class
    }

    /// DO: DNSSEC records are wanted.
    pub const fn dnssec_ok(&self) -> bool {
        self.dnssec_ok
    }

    /// CD: DNSSEC checking is disabled.
    pub const fn checking_disabled(&self) -> bool {
        self.checking_disabled
    }

    /// The question section's octets.
    pub(crate) fn section(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(self.name.as_wire().len() + 4);
        self.push_section(&mut octets);
        octets
    }

    fn push_section(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name.as_wire());
        out.extend_from_slice(&self.record_type.0.to_be_bytes());
        out.extend_from_slice(&self.class.to_be_bytes());
    }

    /// A query: RD and AD set, with an OPT record unless the server did not understand one.
    pub(crate) fn query(&self, id: u16, edns_payload: Option<u16>) -> Vec<u8> {
        let mut query = Vec::with_capacity(HEADER + self.name.as_wire().len() + 4 + EMPTY_OPT);
        let flags = FLAG_RD | FLAG_AD | if self.checking_disabled { FLAG_CD } else { 0 };
        for word in [id, flags, 1, 0, 0, u16::from(edns_payload.is_some())] {
            query.extend_from_slice(&word.to_be_bytes());
        }
        self.push_section(&mut query);
        if let Some(payload) = edns_payload {
            query.extend_from_slice(&opt(payload, 0, self.dnssec_ok));
        }
        query
    }

    /// The key under which equal questions meet.
    pub(crate) fn key(&self) -> Key {
        Key::new(self.name.as_wire(), self.record_type, self.class, self.dnssec_ok, self.checking_disabled)
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.record_type)
    }
}

/// Longest key: a name, type, class and flags.
const MAX_KEY: usize = dns_records::MAX_NAME + 5;

/// A [`Question`] as a key, on the stack.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    octets: [u8; MAX_KEY],
    len: usize,
}

impl Key {
    fn new(name: &[u8], record_type: RecordType, class: u16, dnssec_ok: bool, checking_disabled: bool) -> Self {
        let [t0, t1] = record_type.0.to_be_bytes();
        let [c0, c1] = class.to_be_bytes();
        let tail = [t0, t1, c0, c1, u8::from(dnssec_ok) | u8::from(checking_disabled) << 1];
        let mut octets = [0; MAX_KEY];
        let mut len = 0;
        for (slot, octet) in octets.iter_mut().zip(name.iter().map(u8::to_ascii_lowercase).chain(tail)) {
            *slot = octet;
            len += 1;
        }
        Self { octets, len }
    }

    /// The key of a query's own question.
    pub(crate) fn of(query: &QueryView<'_>) -> Self {
        Self::new(query.name().as_wire(), query.record_type, query.class, query.dnssec_ok(), query.checking_disabled())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn to_boxed(self) -> Box<[u8]> {
        self.as_bytes().into()
    }
}
