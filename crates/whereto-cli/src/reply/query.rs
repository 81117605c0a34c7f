use dns_records::{NameRef, RecordType};

/// A query as a stub resolver sends it: recursion desired, class IN, no EDNS.
pub(crate) fn query(name: NameRef<'_>, record_type: RecordType) -> Vec<u8> {
    let mut message = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    message.extend_from_slice(name.as_wire());
    message.extend_from_slice(&record_type.0.to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    message
}
