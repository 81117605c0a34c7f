//! What must hold for any request.

use proptest::prelude::*;

#[path = "../fuzzed/mod.rs"]
mod fuzzed;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Paths made of what matters, so that most are neither refused nor untouched.
    #[test]
    fn paths(options in any::<[u8; 2]>(), pieces in prop::collection::vec(piece(), 0..12)) {
        let mut octets = options.to_vec();
        octets.push(b'/');
        octets.extend(pieces.concat());
        fuzzed::path_normalise(&octets);
    }

    #[test]
    fn hosts(text in "[a-cA-C0-9._*:@\\[\\]-]{0,24}") {
        fuzzed::host_text(text.as_bytes());
    }

    #[test]
    fn heads(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzzed::request_head(&octets);
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::sample::select(vec![
            &b"/"[..], b".", b"..", b";", b"\\", b"%2e", b"%2E", b"%2f", b"%2F", b"%5C", b"%5c", b"%3B", b"%25", b"%41", b"a", b"B", b"~",
            b"%c3%bc", b"\xc3\xbc", b"/../", b"/./", b"//", b"%7e", b"2", b"e",
        ])
        .prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|octet| vec![octet]),
        1 => any::<u8>().prop_map(|octet| format!("%{octet:02x}").into_bytes()),
    ]
}
