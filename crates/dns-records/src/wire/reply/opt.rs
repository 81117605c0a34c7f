//! The OPT record of a reply (RFC 6891 §7).

use super::{EXTENDED_ERROR, Reply, payload_size};
use crate::config::Conformance;
use crate::record_type::RecordType;
use crate::verdict::Rcode;

impl Reply<'_, '_> {
    pub(super) fn push_opt(&mut self) -> Option<()> {
        let edns = self.question.edns?;
        self.limit = self.out.len();
        let original = self.conformance == Conformance::CoreDns;
        let bad_version = self.rcode == Rcode::BADVERS;
        let payload = match (original, bad_version) {
            (true, true) => 0,
            (true, false) => edns.payload,
            (false, _) => self.limits.max_payload,
        };
        let flags = match (original, bad_version) {
            (true, true) => 0,
            (true, false) => edns.flags,
            (false, _) => edns.standard_flags(),
        };
        self.put(&[0])?;
        self.put_u16(RecordType::OPT.0)?;
        self.put_u16(payload)?;
        self.put(&[(self.rcode.0 >> 4) as u8, 0])?;
        self.put_u16(flags)?;
        let len_at = self.at;
        self.put_u16(0)?;
        if original && !bad_version {
            for (code, content) in edns.echoed() {
                self.put_u16(code)?;
                self.put_u16(content.len() as u16)?;
                self.put(content)?;
            }
        }
        if let Some((code, text)) = self.extended_error {
            let size = payload_size(self.question, self.limits, self.conformance);
            if self.at + 6 + text.len() <= size {
                self.put_u16(EXTENDED_ERROR)?;
                self.put_u16(2 + text.len() as u16)?;
                self.put_u16(code)?;
                self.put(text.as_bytes())?;
            }
        }
        let len = (self.at - len_at - 2) as u16;
        self.out.get_mut(len_at..len_at + 2)?.copy_from_slice(&len.to_be_bytes());
        Some(())
    }
}
