use super::{CLASS_IN, Edns, HEADER};
use crate::name::{FoldedName, MAX_NAME, NameRef};
use crate::record_type::RecordType;

/// Opcode of an ordinary query.
const QUERY: u8 = 0;
/// Opcode NOTIFY (RFC 1996).
const NOTIFY: u8 = 4;

/// Reads a big-endian number at an offset.
pub(crate) fn read_u16(message: &[u8], at: usize) -> Option<u16> {
    let octets = message.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(octets.try_into().ok()?))
}

/// The header of a message that is a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) id: u16,
    flags: u16,
    /// The four counts, one below the other.
    counts: u64,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// When the message is shorter than one, or a reply: such a message gets no reply, lest two servers answer each
    /// other for ever.
    #[inline(always)]
    pub(crate) fn read(message: &[u8]) -> Result<Self, ()> {
        let [id_0, id_1, flags_0, flags_1, counts @ ..] = *message.first_chunk::<HEADER>().ok_or(())?;
        let id = u16::from_be_bytes([id_0, id_1]);
        let header = Self { id, flags: u16::from_be_bytes([flags_0, flags_1]), counts: u64::from_be_bytes(counts) };
        if header.flags & 0x8000 == 0 { Ok(header) } else { Err(()) }
    }

    pub(crate) const fn opcode(&self) -> u8 {
        (self.flags >> 11 & 15) as u8
    }

    pub(crate) const fn is_query(&self) -> bool {
        self.opcode() == QUERY
    }

    pub(crate) const fn is_notify(&self) -> bool {
        self.opcode() == NOTIFY
    }

    /// Opcode and RD, which a reply copies; a NOTIFY has no use for RD.
    pub(crate) const fn copied_flags(&self) -> u16 {
        if self.is_notify() { self.flags & 0x7800 } else { self.flags & 0x7900 }
    }

    /// CD, which a reply copies where there is a question (RFC 4035 §3.2.2).
    pub(crate) const fn checking_disabled(&self) -> bool {
        self.flags & 0x0010 != 0
    }

    pub(crate) const fn recursion_desired(&self) -> bool {
        self.flags & 0x0100 != 0
    }

    const fn answers(&self) -> usize {
        (self.counts >> 32 & 0xffff) as usize
    }

    const fn authorities(&self) -> usize {
        (self.counts >> 16 & 0xffff) as usize
    }

    const fn additionals(&self) -> usize {
        (self.counts & 0xffff) as usize
    }

    /// Whether the sections have the counts of a query that anybody sends.
    pub(crate) const fn has_sane_counts(&self) -> bool {
        // One question, at most one answer and one authority, at most two additional records: all in one comparison.
        self.counts & !0x0000_0001_0001_0003 == 0x0001_0000_0000_0000 && self.additionals() <= 2
    }
}

/// Why a message can't be answered from its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// The counts are not those of a query.
    Counts,
    /// The message ends after the header although it announces a question.
    NoQuestion,
    /// The question can't be read.
    Question,
}

/// A query as far as it was read.
pub(crate) struct Question<'q> {
    pub(crate) header: Header,
    /// The name as asked, uncompressed.
    pub(crate) name: &'q [u8],
    pub(crate) record_type: RecordType,
    pub(crate) class: u16,
    pub(crate) edns: Option<Edns<'q>>,
    /// Whether what follows the question can't be read.
    pub(crate) is_broken: bool,
    /// The serial of the SOA record in the authority section of an IXFR query (RFC 1995 §3).
    pub(crate) soa_serial: Option<u32>,
}

impl<'q> Question<'q> {
    /// A query of which the header was read.
    #[inline(always)]
    pub(crate) const fn unread(header: Header) -> Self {
        let record_type = RecordType(0);
        Self { header, name: b"", record_type, class: 0, edns: None, is_broken: false, soa_serial: None }
    }

    /// The question of a message, its name also in `folded`.
    pub(crate) fn read(message: &'q [u8], header: Header, folded: &mut FoldedName) -> Result<Self, Malformed> {
        let mut question = Self::unread(header);
        question.read_in_place(message, folded).map(|()| question)
    }

    /// Reads the question, its name into `folded` too, and what else of the message matters.
    #[inline(always)]
    pub(crate) fn read_in_place(&mut self, message: &'q [u8], folded: &mut FoldedName) -> Result<(), Malformed> {
        if !self.header.has_sane_counts() {
            return Err(Malformed::Counts);
        }
        if message.len() == HEADER {
            return Err(Malformed::NoQuestion);
        }
        let body = message.get(HEADER..).ok_or(Malformed::Question)?;
        let len = folded.read(body).ok_or(Malformed::Question)?;
        self.name = body.get(..len).ok_or(Malformed::Question)?;
        let end = HEADER + len;
        let tail = message.get(end..).and_then(<[u8]>::first_chunk::<4>).ok_or(Malformed::Question)?;
        let [type_high, type_low, class_high, class_low] = *tail;
        self.record_type = RecordType(u16::from_be_bytes([type_high, type_low]));
        self.class = u16::from_be_bytes([class_high, class_low]);
        if message.len() > end + 4 {
            self.is_broken = self.read_records(message, end + 4).is_none();
        }
        Ok(())
    }

    /// Reads the records after the question, of which OPT matters and the SOA of an IXFR query.
    ///
    /// A count may promise more than the message holds, as long as the message ends at a record's border.
    fn read_records(&mut self, message: &'q [u8], mut at: usize) -> Option<()> {
        let header = self.header;
        let before_additional = header.answers() + header.authorities();
        let total = before_additional + header.additionals();
        for index in 0..total {
            if at == message.len() {
                break;
            }
            let owner = at;
            at = skip_name(message, at)?;
            let record_type = RecordType(read_u16(message, at)?);
            let data = at + 10;
            let end = data + usize::from(read_u16(message, at + 8)?);
            let content = message.get(data..end)?;
            if record_type == RecordType::OPT && index >= before_additional {
                let is_root = message.get(owner) == Some(&0);
                let fixed = message.get(at + 2..at + 8)?;
                let repeated = self.edns.is_some();
                self.edns = Some(Edns::read(fixed, content, is_root, repeated)?);
            }
            if record_type == RecordType::SOA && index < before_additional {
                let names = skip_name(message, data).and_then(|at| skip_name(message, at))?;
                let octets = message.get(names..names + 4)?;
                self.soa_serial = Some(u32::from_be_bytes(octets.try_into().ok()?));
            }
            at = end;
        }
        Some(())
    }

    pub(crate) const fn is_class_in(&self) -> bool {
        self.class == CLASS_IN
    }
}

/// The offset after a name, compressed or not.
fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let len = *message.get(at)?;
        match len {
            0 => return Some(at + 1),
            1..=63 => at += usize::from(len) + 1,
            0xc0.. => return message.get(at + 1).map(|_| at + 2),
            _ => return None,
        }
    }
}

/// Copies a message with the name of its question written out in full; `None` when that name is broken or was in full.
///
/// No client compresses its only name, so this is nobody's fast path.
#[cold]
pub(crate) fn expand(message: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut name = [0; MAX_NAME];
    let (len, end) = decompress(message, HEADER, &mut name)?;
    let rest = message.get(end..)?;
    let (header, tail) = out.split_at_mut_checked(HEADER)?;
    header.copy_from_slice(message.get(..HEADER)?);
    let (question, tail) = tail.split_at_mut_checked(len)?;
    question.copy_from_slice(name.get(..len)?);
    tail.get_mut(..rest.len())?.copy_from_slice(rest);
    (end != HEADER + len).then_some(HEADER + len + rest.len())
}

/// Writes a compressed name out in full; returns its length and the offset after it. Pointers must lead backwards.
fn decompress(message: &[u8], start: usize, out: &mut [u8; MAX_NAME]) -> Option<(usize, usize)> {
    let mut at = start;
    let mut end = None;
    let mut lowest = start;
    let mut len = 0;
    loop {
        let octet = *message.get(at)?;
        match octet {
            0 => {
                *out.get_mut(len)? = 0;
                return Some((len + 1, end.unwrap_or(at + 1)));
            }
            1..=63 => {
                let label = message.get(at..at + usize::from(octet) + 1)?;
                out.get_mut(len..len + label.len())?.copy_from_slice(label);
                len += label.len();
                at += label.len();
            }
            0xc0.. => {
                let target = usize::from(u16::from_be_bytes([octet & 0x3f, *message.get(at + 1)?]));
                end = end.or(Some(at + 2));
                if target >= lowest {
                    return None;
                }
                lowest = target;
                at = target;
            }
            _ => return None,
        }
    }
}

/// A query's header, its one question and what its OPT record says: for forwarding, logs and caches.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Query<'q> {
    /// Message identifier.
    pub id: u16,
    /// The name asked for, as written.
    pub name: NameRef<'q>,
    /// The type asked for.
    pub record_type: RecordType,
    /// The class asked for; 1 is IN.
    pub class: u16,
    /// RD: whether recursion is wanted.
    pub recursion_desired: bool,
    /// CD: whether DNSSEC checking is disabled.
    pub checking_disabled: bool,
    /// DO: whether DNSSEC records are wanted; `None` without an OPT record.
    pub dnssec_ok: Option<bool>,
    /// The largest datagram that the client takes: 512 without an OPT record.
    pub max_payload: u16,
}

impl<'q> Query<'q> {
    /// Reads a message of one question with an uncompressed name.
    ///
    /// `None` when it is no such query, or when what follows the question can't be read.
    pub fn parse(message: &'q [u8]) -> Option<Self> {
        let header = Header::read(message).ok()?;
        let question = Question::read(message, header, &mut FoldedName::empty()).ok()?;
        if question.is_broken {
            return None;
        }
        Some(Self {
            id: header.id,
            name: NameRef::trusted(question.name),
            record_type: question.record_type,
            class: question.class,
            recursion_desired: header.recursion_desired(),
            checking_disabled: header.checking_disabled(),
            dnssec_ok: question.edns.map(|edns| edns.dnssec_ok()),
            max_payload: question.edns.map_or(super::MIN_PAYLOAD, |edns| edns.payload.max(super::MIN_PAYLOAD)),
        })
    }
}
