use dns_records::RecordType;

/// The types that CoreDNS counts by name, and "other" for the rest.
pub(super) const TYPES: [&str; 20] = [
    "A", "AAAA", "CNAME", "DNSKEY", "DS", "MX", "NSEC", "NSEC3", "NS", "PTR", "RRSIG", "SOA", "SRV", "TXT", "HTTPS",
    "SVCB", "IXFR", "AXFR", "ANY", OTHER,
];
const OTHER: &str = "other";

/// The place of a type in [`TYPES`].
pub(super) const fn type_index(record_type: RecordType) -> usize {
    match record_type {
        RecordType::A => 0,
        RecordType::AAAA => 1,
        RecordType::CNAME => 2,
        RecordType::DNSKEY => 3,
        RecordType::DS => 4,
        RecordType::MX => 5,
        RecordType::NSEC => 6,
        RecordType::NSEC3 => 7,
        RecordType::NS => 8,
        RecordType::PTR => 9,
        RecordType::RRSIG => 10,
        RecordType::SOA => 11,
        RecordType::SRV => 12,
        RecordType::TXT => 13,
        RecordType::HTTPS => 14,
        RecordType::SVCB => 15,
        RecordType::IXFR => 16,
        RecordType::AXFR => 17,
        RecordType::ANY => 18,
        _ => 19,
    }
}
