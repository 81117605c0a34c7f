use super::*;

/// `a. A` asked, answered with everything that the reader knows, names pointing to the question.
fn message() -> Vec<u8> {
    let mut message = b"\x00\x00\x85\x80\x00\x01\x00\x05\x00\x00\x00\x01\x01a\x00\x00\x01\x00\x01".to_vec();
    let mut add = |record_type: u8, data: &[u8]| {
        message.extend_from_slice(&[0xc0, 12, 0, record_type, 0, 1, 0, 0, 0, 5, 0, data.len() as u8]);
        message.extend_from_slice(data);
    };
    add(1, &[10, 0, 0, 1]);
    add(5, b"\x01b\xc0\x0c");
    add(33, b"\x00\x00\x00\x64\x00\x50\xc0\x0c");
    add(16, b"\x041 \"2\x01\xff");
    add(200, &[1, 255]);
    add(41, &[]);
    message
}

#[test]
fn every_section_is_read() {
    let reply = Reply::read(&message()).unwrap();
    assert_eq!(reply.rcode, Rcode::NOERROR);
    assert!(reply.is_authoritative);
    assert_eq!(
        reply.answers,
        [
            "a. 5 IN A 10.0.0.1",
            "a. 5 IN CNAME b.a.",
            "a. 5 IN SRV 0 100 80 a.",
            r#"a. 5 IN TXT "1 \"2" "\255""#,
            "a. 5 IN TYPE200 \\# 2 01ff",
        ]
    );
    assert_eq!(reply.additional, [""; 0]);
}

#[test]
fn no_malformed_message_is_read() {
    let whole = message();
    for end in 0..whole.len() {
        assert_eq!(Reply::read(&whole[..end]), None, "cut at {end}");
    }
    // A name that points to itself.
    let ring = b"\x00\x00\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01";
    assert_eq!(Reply::read(ring), None);
}

#[test]
fn a_query_is_what_a_stub_resolver_sends() {
    let name: Name = "web.".parse().unwrap();
    let query = query(name.as_ref(), RecordType::AAAA);
    assert_eq!(query, b"\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03web\x00\x00\x1c\x00\x01");
}
