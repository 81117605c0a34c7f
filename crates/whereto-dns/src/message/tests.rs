use dns_records::RecordType;
use proptest::prelude::*;

use super::{QueryView, expand_name};
use crate::testing::{ID, edns_query, query};

#[test]
fn a_plain_query_is_read() {
    let query = query("Web.shop.svc.cluster.local.", "AAAA");
    let view = QueryView::parse(&query).unwrap();
    assert_eq!(view.id, ID);
    assert_eq!(view.name().to_string(), "Web.shop.svc.cluster.local.");
    assert_eq!((view.record_type, view.class), (RecordType::AAAA, 1));
    assert_eq!(view.edns, None);
}

#[test]
fn edns_is_read() {
    let query = edns_query("a.", "A", 4000, true);
    let edns = QueryView::parse(&query).unwrap().edns.unwrap();
    assert_eq!((edns.payload, edns.version, edns.dnssec_ok), (4000, 0, true));
}

#[test]
fn only_one_question_with_a_plain_name_is_read() {
    let query = query("a.b.", "A");
    let mut none = query.clone();
    none[5] = 0;
    assert!(QueryView::parse(&none).is_none());
    let mut two = query.clone();
    two[5] = 2;
    assert!(QueryView::parse(&two).is_none());
    let mut pointer = query;
    pointer[12] = 0xc0;
    assert!(QueryView::parse(&pointer).is_none());
}

#[test]
fn pointers_only_lead_backwards() {
    let mut name = Vec::new();
    // A pointer to itself, and one to later octets.
    assert_eq!(expand_name(&[0xc0, 0x00], 0, &mut name), None);
    assert_eq!(expand_name(&[0xc0, 0x02, 0x00], 0, &mut name), None);
    name.clear();
    // `b.` in front, then `a` and a pointer to it.
    assert_eq!(expand_name(&[1, b'b', 0, 1, b'a', 0xc0, 0x00], 3, &mut name), Some(7));
    assert_eq!(name, b"\x01a\x01b\x00");
    name.clear();
    // Back to the label that the pointer follows: round and round.
    assert_eq!(expand_name(&[1, b'a', 0xc0, 0x00], 0, &mut name), None);
}

#[test]
fn names_end_at_255_octets() {
    let mut long = [[1, b'x']; 127].concat();
    long.push(0);
    let mut name = Vec::new();
    assert_eq!(expand_name(&long, 0, &mut name), Some(255));
    let mut longer = [[1, b'x']; 128].concat();
    longer.push(0);
    name.clear();
    assert_eq!(expand_name(&longer, 0, &mut name), None);
}

proptest! {
    #[test]
    fn any_octets_are_survived(message in proptest::collection::vec(any::<u8>(), 0..300), at in 0..300_usize) {
        QueryView::parse(&message);
        let mut name = Vec::new();
        expand_name(&message, at, &mut name);
        prop_assert!(name.len() <= 255 + 64);
    }
}
