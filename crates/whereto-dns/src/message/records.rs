use std::ops::Range;

use dns_records::RecordType;

use super::names::{expand_name, skip_name};
use super::{u16_at, u32_at};

/// Where the parts of a record are in its message.
#[derive(Clone, Debug)]
pub(crate) struct RawRecord {
    /// The owner name.
    pub(crate) owner_at: usize,
    /// The type.
    pub(crate) record_type: RecordType,
    /// The class.
    pub(crate) class: u16,
    /// The TTL's place.
    pub(crate) ttl_at: usize,
    /// The TTL.
    pub(crate) ttl: u32,
    /// The data.
    pub(crate) rdata: Range<usize>,
}

/// A message that ends early or holds a broken name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Walks `left` records from `at`; ends after the first broken one.
pub(crate) struct Records<'m> {
    message: &'m [u8],
    at: usize,
    left: u32,
}

impl<'m> Records<'m> {
    pub(crate) const fn new(message: &'m [u8], at: usize, left: u32) -> Self {
        Self { message, at, left }
    }

    fn read(&mut self) -> Option<RawRecord> {
        let owner_at = self.at;
        let fixed = skip_name(self.message, owner_at)?;
        let rdata_at = fixed + 10;
        let rdata = rdata_at..rdata_at + usize::from(u16_at(self.message, fixed + 8)?);
        self.message.get(rdata.clone())?;
        self.at = rdata.end;
        Some(RawRecord {
            owner_at,
            record_type: RecordType(u16_at(self.message, fixed)?),
            class: u16_at(self.message, fixed + 2)?,
            ttl_at: fixed + 4,
            ttl: u32_at(self.message, fixed + 4)?,
            rdata,
        })
    }
}

impl Iterator for Records<'_> {
    type Item = Result<RawRecord, Malformed>;

    fn next(&mut self) -> Option<Result<RawRecord, Malformed>> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        match self.read() {
            Some(record) => Some(Ok(record)),
            None => {
                self.left = 0;
                Some(Err(Malformed))
            }
        }
    }
}

/// Where [`copy_rdata`] writes.
pub(crate) trait RecordSink {
    /// Octets as they are.
    fn octets(&mut self, octets: &[u8]);
    /// An uncompressed name; `compressible` when receivers must accept it compressed (RFC 3597 §4).
    fn name(&mut self, name: &[u8], compressible: bool);
}

/// Names written out in full.
impl RecordSink for Vec<u8> {
    fn octets(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }

    fn name(&mut self, name: &[u8], _compressible: bool) {
        self.extend_from_slice(name);
    }
}

/// Where names are in the data of the types that may arrive compressed.
struct Layout {
    fixed: usize,
    strings: usize,
    names: usize,
    compressible: bool,
}

const fn layout(record_type: RecordType) -> Layout {
    const fn of(fixed: usize, strings: usize, names: usize, compressible: bool) -> Layout {
        Layout { fixed, strings, names, compressible }
    }
    match record_type.0 {
        2..=5 | 7..=9 | 12 => of(0, 0, 1, true),
        6 | 14 => of(0, 0, 2, true),
        15 => of(2, 0, 1, true),
        17 => of(0, 0, 2, false),
        18 | 21 | 36 => of(2, 0, 1, false),
        24 => of(18, 0, 1, false),
        26 => of(2, 0, 2, false),
        30 | 39 => of(0, 0, 1, false),
        33 => of(6, 0, 1, false),
        35 => of(4, 3, 1, false),
        _ => of(0, 0, 0, false),
    }
}

/// Copies the data of one record, names in it followed through their pointers.
pub(crate) fn copy_rdata(message: &[u8], record: &RawRecord, sink: &mut impl RecordSink) -> Result<(), Malformed> {
    copy(message, record, sink).ok_or(Malformed)
}

fn copy(message: &[u8], record: &RawRecord, sink: &mut impl RecordSink) -> Option<()> {
    let Layout { fixed, strings, names, compressible } = layout(record.record_type);
    let Range { start, end } = record.rdata;
    let mut at = start + fixed;
    for _ in 0..strings {
        at += 1 + usize::from(*message.get(at)?);
    }
    if at > end {
        return None;
    }
    sink.octets(message.get(start..at)?);
    let mut name = Vec::new();
    for _ in 0..names {
        name.clear();
        at = expand_name(message, at, &mut name)?;
        if at > end {
            return None;
        }
        sink.name(&name, compressible);
    }
    sink.octets(message.get(at..end)?);
    Some(())
}
