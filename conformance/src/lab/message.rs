//! The messages of the laboratory's servers: queries read, replies written. Shares nothing with the code under test.

use std::net::IpAddr;

use super::script::{A, AAAA, Behaviour, address};

const CLASS_IN: [u8; 2] = [0, 1];
/// A pointer to the question's name, RFC 1035 §4.1.4.
const POINTER: [u8; 2] = [0xc0, 0x0c];
const TYPE_CNAME: u16 = 5;
const TYPE_SOA: u16 = 6;
const TYPE_OPT: u16 = 41;
/// The name that an alias stands for.
const ALIASED: &[u8] = b"\x06target\x04test\x00";

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The identifier.
    pub id: u16,
    /// RD, RFC 1035 §4.1.1.
    pub rd: bool,
    /// AD, RFC 6840 §5.7.
    pub ad: bool,
    /// The name as text, as [`super::trace::Query::name`] has it.
    pub name: String,
    /// The type.
    pub qtype: u16,
    /// The payload size of the OPT record.
    pub edns: Option<u16>,
    /// The question as it came.
    question: Vec<u8>,
}

impl Query {
    /// Reads a message; nothing where it is no query with one question.
    #[must_use]
    pub fn read(message: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]));
        let flags = word(2)?;
        if flags & 0x8000 != 0 || word(4)? != 1 {
            return None;
        }
        let (mut at, mut name) = (12, String::new());
        loop {
            let length = usize::from(*message.get(at)?);
            if length > 63 {
                return None;
            }
            at += 1;
            if length == 0 {
                break;
            }
            for &octet in message.get(at..at + length)? {
                match octet {
                    b'.' | b'\\' => name.extend(['\\', char::from(octet)]),
                    0x21..=0x7e => name.push(char::from(octet)),
                    _ => name += &format!("\\{octet:03}"),
                }
            }
            name.push('.');
            at += length;
        }
        if name.is_empty() {
            name.push('.');
        }
        let qtype = word(at)?;
        let question = message.get(12..at + 4)?.to_vec();
        at += 4;
        // OPT is the only record that resolvers add: root, type, size.
        let has_opt = word(10)? == 1 && message.get(at)? == &0 && word(at + 1)? == TYPE_OPT;
        let edns = if has_opt { Some(word(at + 3)?) } else { None };
        Some(Self { id: word(0)?, rd: flags & 0x100 != 0, ad: flags & 0x20 != 0, name, qtype, edns, question })
    }

    /// Stands for a message that is no query, of which `name` tells.
    #[must_use]
    pub const fn unreadable(name: String) -> Self {
        Self { id: 0, rd: true, ad: false, name, qtype: 0, edns: None, question: Vec::new() }
    }

    /// The reply by `behaviour`, whose addresses tell `rule`; nothing for silence.
    #[must_use]
    pub fn reply(&self, behaviour: Behaviour, rule: u8, tcp: bool) -> Option<Vec<u8>> {
        let mut answers = Vec::new();
        let mut owner = &POINTER[..];
        let (mut tc, mut ra, mut rcode, mut opt, mut count) = (false, true, 0, true, behaviour.addresses());
        match behaviour {
            Behaviour::Silence => return None,
            Behaviour::NxDomain => rcode = 3,
            Behaviour::ServFail => rcode = 2,
            Behaviour::Refused => rcode = 5,
            Behaviour::NotImp => rcode = 4,
            Behaviour::FormErr => (rcode, opt) = (1, false),
            Behaviour::FormErrToEdns if self.edns.is_some() => (rcode, opt, count) = (1, false, 0),
            Behaviour::Truncated if !tcp => (tc, count) = (true, 1),
            Behaviour::Alias | Behaviour::AliasOfNothing => {
                answers.push(record(owner, TYPE_CNAME, ALIASED));
                owner = ALIASED;
            }
            Behaviour::Lame => (ra, opt) = (false, false),
            _ => {}
        }
        if self.qtype == A || self.qtype == AAAA {
            answers.extend((0..count).map(|at| match address(self.qtype, rule, at) {
                IpAddr::V4(ip) => record(owner, A, &ip.octets()),
                IpAddr::V6(ip) => record(owner, AAAA, &ip.octets()),
            }));
        }
        let negative = matches!(behaviour, Behaviour::NxDomain | Behaviour::NoData | Behaviour::AliasOfNothing);
        let soa = negative.then(|| record(&[0], TYPE_SOA, &[&[0, 0][..], &[0; 16], &[0, 0, 0, 5]].concat()));

        let flags = 0x8000 | u16::from(self.rd) << 8 | u16::from(tc) << 9 | u16::from(ra) << 7 | rcode;
        let opt = (opt && self.edns.is_some()).then_some([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
        let counts = [1, answers.len() as u16, u16::from(soa.is_some()), u16::from(opt.is_some())];
        let mut reply = [self.id.to_be_bytes(), flags.to_be_bytes()].concat();
        reply.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        reply.extend(&self.question);
        reply.extend(answers.into_iter().chain(soa).flatten());
        reply.extend(opt.into_iter().flatten());
        Some(reply)
    }
}

fn record(owner: &[u8], rtype: u16, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16).to_be_bytes();
    [owner, &rtype.to_be_bytes(), &CLASS_IN, &5_u32.to_be_bytes(), &length, data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::{Message, ResponseCode};
    use hickory_proto::rr::RecordType;

    fn query(edns: bool) -> Vec<u8> {
        let mut message = [7, 8, 1, 0x20, 0, 1, 0, 0, 0, 0, 0, u8::from(edns)].to_vec();
        message.extend(b"\x03a.b\x01 \x00\x00\x01\x00\x01");
        message.extend(if edns { &[0, 0, 41, 0x04, 0xb0, 0, 0, 0, 0, 0, 0][..] } else { &[] });
        message
    }

    #[test]
    fn queries() {
        let read = Query::read(&query(true)).unwrap();
        assert_eq!((read.id, read.rd, read.ad, read.qtype, read.edns), (0x708, true, true, 1, Some(1200)));
        assert_eq!(read.name, "a\\.b.\\032.");
        assert_eq!(Query::read(&query(false)).unwrap().edns, None);
        let whole = query(true);
        assert!((0..whole.len() - 6).all(|end| Query::read(&whole[..end]).is_none()));
    }

    /// Each reply as another implementation reads it.
    #[test]
    fn replies() {
        let rows = [
            (Behaviour::NxDomain, ResponseCode::NXDomain, 0, 1),
            (Behaviour::NoData, ResponseCode::NoError, 0, 1),
            (Behaviour::ServFail, ResponseCode::ServFail, 0, 0),
            (Behaviour::Refused, ResponseCode::Refused, 0, 0),
            (Behaviour::NotImp, ResponseCode::NotImp, 0, 0),
            (Behaviour::FormErr, ResponseCode::FormErr, 0, 0),
            (Behaviour::Truncated, ResponseCode::NoError, 1, 0),
            (Behaviour::Address, ResponseCode::NoError, 1, 0),
            (Behaviour::Addresses, ResponseCode::NoError, 2, 0),
            (Behaviour::Alias, ResponseCode::NoError, 2, 0),
            (Behaviour::AliasOfNothing, ResponseCode::NoError, 1, 1),
            (Behaviour::Lame, ResponseCode::NoError, 0, 0),
        ];
        let asked = Query::read(&query(true)).unwrap();
        for (behaviour, rcode, answers, authority) in rows {
            let reply = Message::from_vec(&asked.reply(behaviour, 1, false).unwrap()).unwrap();
            assert_eq!(reply.metadata.response_code, rcode, "{behaviour:?}");
            assert_eq!((reply.answers.len(), reply.authorities.len()), (answers, authority), "{behaviour:?}");
            assert_eq!(reply.metadata.truncation, behaviour == Behaviour::Truncated);
            assert_eq!(reply.metadata.recursion_available, behaviour != Behaviour::Lame);
        }
        assert!(asked.reply(Behaviour::Silence, 1, false).is_none());
        let whole = Message::from_vec(&asked.reply(Behaviour::Truncated, 1, true).unwrap()).unwrap();
        assert_eq!((whole.answers.len(), whole.answers[0].record_type()), (2, RecordType::A));
        let plain = Query::read(&query(false)).unwrap();
        let reply = Message::from_vec(&plain.reply(Behaviour::FormErrToEdns, 1, false).unwrap()).unwrap();
        assert_eq!(reply.answers.len(), 1);
        let reply = Message::from_vec(&asked.reply(Behaviour::FormErrToEdns, 1, false).unwrap()).unwrap();
        assert_eq!(reply.metadata.response_code, ResponseCode::FormErr);
    }
}
