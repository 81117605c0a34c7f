use dns_records::{MAX_LABEL, MAX_NAME, Name, NameRef};

/// Reads a message from front to end. Everything is `None` past its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'m> {
    message: &'m [u8],
    at: usize,
    end: usize,
}

impl<'m> Reader<'m> {
    pub(super) const fn new(message: &'m [u8]) -> Self {
        Self { message, at: 0, end: message.len() }
    }

    /// The next octets, read on their own; names in them may point back into the message.
    pub(super) fn part(&mut self, length: usize) -> Option<Self> {
        let at = self.at;
        self.take(length)?;
        Some(Self { message: self.message, at, end: self.at })
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'m [u8]> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.end)?;
        let taken = self.message.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn rest(&mut self) -> &'m [u8] {
        self.take(self.end.saturating_sub(self.at)).unwrap_or_default()
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[octet]| octet)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// The six numbers of a message's header.
    pub(super) fn header(&mut self) -> Option<[u16; 6]> {
        let mut numbers = [0; 6];
        for number in &mut numbers {
            *number = self.u16()?;
        }
        Some(numbers)
    }

    /// A name, compressed or not (RFC 1035 §4.1.4). Pointers lead backwards only, so reading ends.
    pub(super) fn name(&mut self) -> Option<Name> {
        let mut wire = Vec::new();
        let mut here = *self;
        let mut after_pointer = None;
        loop {
            let start = here.at;
            let length = usize::from(here.u8()?);
            if length == 0 {
                break;
            }
            if length >= 0xc0 {
                let target = (length & 0x3f) << 8 | usize::from(here.u8()?);
                if target >= start {
                    return None;
                }
                after_pointer.get_or_insert(here.at);
                here = Self { message: self.message, at: target, end: self.message.len() };
                continue;
            }
            if length > MAX_LABEL || wire.len() + length >= MAX_NAME {
                return None;
            }
            wire.push(length as u8);
            wire.extend_from_slice(here.take(length)?);
        }
        wire.push(0);
        self.at = after_pointer.unwrap_or(here.at);
        NameRef::from_wire(&wire).ok().map(|name| name.to_name())
    }
}
