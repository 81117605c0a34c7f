//! What the tests are made of: messages written and read by hickory-proto, a small cluster, upstreams on loopback.

mod cluster;
mod sink;
mod upstream;

use std::str::FromStr;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

pub(crate) use cluster::{empty_snapshot, snapshot};
pub(crate) use sink::Sink;
pub(crate) use upstream::{FakeUpstream, Received};

/// The identifier of all queries here.
pub(crate) const ID: u16 = 0x1234;

/// `"www.example.com. 300 A 192.0.2.80"`.
pub(crate) fn record(text: &str) -> Record {
    let words: Vec<&str> = text.split(' ').collect();
    let name = |index: usize| Name::from_ascii(words[index]).unwrap();
    let number = |index: usize| words[index].parse().unwrap();
    let data = match words[2] {
        "A" => RData::A(A(words[3].parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(words[3].parse().unwrap())),
        "CNAME" => RData::CNAME(CNAME(name(3))),
        "NS" => RData::NS(NS(name(3))),
        "PTR" => RData::PTR(PTR(name(3))),
        "MX" => RData::MX(MX::new(words[3].parse().unwrap(), name(4))),
        "SRV" => RData::SRV(SRV::new(
            words[3].parse().unwrap(),
            words[4].parse().unwrap(),
            words[5].parse().unwrap(),
            name(6),
        )),
        "TXT" => RData::TXT(TXT::new(vec![words[3].into()])),
        // The last number is the minimum.
        "SOA" => RData::SOA(SOA::new(name(3), name(4), 1, 7200, 1800, 86400, number(5))),
        other => panic!("no {other} records here"),
    };
    Record::from_rdata(name(0), number(1), data)
}

pub(crate) fn query_message(name: &str, record_type: &str) -> Message {
    let mut message = Message::new(ID, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    let record_type = match record_type {
        "IXFR" => RecordType::IXFR,
        other => RecordType::from_str(other).unwrap(),
    };
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), record_type));
    message
}

/// A query without EDNS.
pub(crate) fn query(name: &str, record_type: &str) -> Vec<u8> {
    query_message(name, record_type).to_vec().unwrap()
}

/// A query with EDNS.
pub(crate) fn edns_query(name: &str, record_type: &str, payload: u16, dnssec_ok: bool) -> Vec<u8> {
    let mut message = query_message(name, record_type);
    let mut edns = Edns::new();
    edns.set_max_payload(payload).set_dnssec_ok(dnssec_ok);
    message.set_edns(edns);
    message.to_vec().unwrap()
}

/// A reply to a query, in the making.
pub(crate) struct Reply(pub(crate) Message);

pub(crate) fn reply_to(query: &[u8]) -> Reply {
    let query = Message::from_vec(query).unwrap();
    let mut message = Message::response(query.metadata.id, OpCode::Query);
    message.metadata.recursion_desired = query.metadata.recursion_desired;
    message.metadata.recursion_available = true;
    message.add_queries(query.queries);
    Reply(message)
}

impl Reply {
    pub(crate) fn rcode(mut self, rcode: ResponseCode) -> Self {
        self.0.metadata.response_code = rcode;
        self
    }

    pub(crate) fn answer(mut self, text: &str) -> Self {
        self.0.add_answer(record(text));
        self
    }

    pub(crate) fn authority(mut self, text: &str) -> Self {
        self.0.add_authority(record(text));
        self
    }

    pub(crate) fn additional(mut self, text: &str) -> Self {
        self.0.add_additional(record(text));
        self
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Message)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec().unwrap()
    }
}

/// An upstream's usual answer: one address.
pub(crate) fn address_reply(query: &[u8], ttl: u32, address: &str) -> Vec<u8> {
    let message = Message::from_vec(query).unwrap();
    reply_to(query).answer(&format!("{} {ttl} A {address}", message.queries[0].name())).to_vec()
}

pub(crate) fn read(message: &[u8]) -> Message {
    Message::from_vec(message).unwrap()
}

/// Records as text, in order.
pub(crate) fn texts(records: &[Record]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}
