use super::*;

fn query() -> Query {
    Query::new(0x1234, "web.shop.".parse().expect("a name"), QueryType::Aaaa)
}

/// A reply to [`query`] with these flags, counts of records and records.
fn message(flags: [u8; 2], counts: [u16; 3], records: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![0x12, 0x34, flags[0], flags[1], 0, 1];
    out.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
    out.extend(query().name.wire());
    out.extend([0, 28, 0, 1]);
    out.extend(records.iter().copied().flatten());
    out
}

/// A record of the question's name, by pointer: type, TTL 5, data.
fn record(record_type: u8, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0xc0, 12, 0, record_type, 0, 1, 0, 0, 0, 5, 0, data.len() as u8];
    out.extend(data);
    out
}

#[test]
fn query_with_opt_and_ad() {
    // RFC 6891 §6.1.2: root, type 41, class = payload size, four octets of flags, no data. RFC 6840 §5.7: AD in a query.
    let mut query = query();
    query.edns = Some(1232);
    query.authentic_data = true;
    let wire = query.encode();
    assert_eq!(wire[..12], [0x12, 0x34, 1, 0x20, 0, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(wire[wire.len() - 11..], [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    assert!(wire.len() <= MAX_QUERY);
}

#[test]
fn addresses_of_the_questions_type_are_read() {
    let alias = record(5, &[1, b'a', 0]);
    let address = record(28, &[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let other = record(1, &[10, 0, 0, 1]);
    let wire = message([0x84, 0x80], [3, 0, 0], &[&alias, &address, &other]);
    let reply = Reply::parse(&wire).expect("a reply");
    assert_eq!(reply.addresses, ["fd00::1".parse::<IpAddr>().expect("an address")]);
    assert_eq!((reply.answers, reply.authoritative, reply.recursion_available), (3, true, true));
    assert_eq!(reply.question, Some((query().name, QueryType::Aaaa)));
}

#[test]
fn rcode_has_the_bits_of_the_opt_record() {
    // RFC 6891 §6.1.3: the upper eight bits. 16 is BADVERS.
    let opt = [0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0];
    let reply = Reply::parse(&message([0x80, 0], [0, 0, 1], &[&opt])).expect("a reply");
    assert_eq!(reply.rcode, Rcode::Other(16));
    assert_eq!(reply.additional, 1);
    assert_eq!(Reply::parse(&message([0x80, 0x05], [0, 0, 0], &[])).expect("a reply").rcode, Rcode::Refused);
}

#[test]
fn faults_are_told() {
    assert_eq!(Reply::parse(&[0; 11]), Err(ReplyError::Short));
    assert_eq!(Reply::parse(&query().encode()), Err(ReplyError::NotAReply));
    assert_eq!(Reply::parse(&message([0x80, 0], [1, 0, 0], &[])), Err(ReplyError::Short));
    // A question's name that points elsewhere.
    let mut pointing = message([0x80, 0], [0, 0, 0], &[]);
    pointing[12] = 0xc0;
    assert_eq!(Reply::parse(&pointing), Err(ReplyError::Question));
    // What is missing of a truncated reply is no fault.
    assert!(Reply::parse(&message([0x82, 0], [9, 0, 0], &[])).expect("a reply").truncated);
}

#[test]
fn constructed_replies_answer_their_query() {
    let reply = Reply::new(&query(), Rcode::NoError).with_addresses(["fd00::1".parse().expect("an address")]);
    assert_eq!((reply.id, reply.answers), (0x1234, 1));
    assert!(!reply.clone().lame().recursion_available && reply.truncated().truncated);
}
