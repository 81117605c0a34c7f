//! The name server for what lies outside the cluster, as it was when the answers were recorded: it knows example.com
//! ([`ZONE`]) and says of every other name that it does not exist.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

/// The zone file of example.com.
pub const ZONE: &str = include_str!("../data/upstream.zone");

/// The SOA of everything else.
const ROOT: &str = "$ORIGIN .\n@ 300 IN SOA root.invalid. admin.invalid. 0 7200 1800 86400 300\n";

/// The reply to a query, or nothing where it is no query.
#[must_use]
pub fn answer(query: &[u8]) -> Option<Vec<u8>> {
    static ZONES: OnceLock<Option<(Zone, Zone)>> = OnceLock::new();
    let (zone, root) = ZONES.get_or_init(|| Some((Zone::parse(ZONE).ok()?, Zone::parse(ROOT).ok()?))).as_ref()?;
    let query = Message::from_vec(query).ok().filter(|query| query.metadata.message_type == MessageType::Query)?;
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    reply.metadata.recursion_desired = query.metadata.recursion_desired;
    reply.metadata.checking_disabled = query.metadata.checking_disabled;
    reply.queries.clone_from(&query.queries);
    reply.edns.clone_from(&query.edns);
    match &query.queries[..] {
        _ if query.metadata.op_code != OpCode::Query => reply.metadata.response_code = ResponseCode::NotImp,
        [asked] if asked.query_class() == DNSClass::IN => {
            reply.metadata.authoritative = true;
            let name = asked.name().to_lowercase();
            if zone.origin.zone_of(&name) {
                zone.answer(&name, asked.query_type(), &mut reply);
            } else {
                // Of the root, too.
                reply.metadata.response_code = ResponseCode::NXDomain;
                reply.authorities.extend(root.records.iter().cloned());
            }
        }
        [_] => reply.metadata.response_code = ResponseCode::Refused,
        _ => reply.metadata.response_code = ResponseCode::FormErr,
    }
    reply.to_vec().ok()
}

/// Serves UDP and TCP on `address` by threads that live as long as the process.
///
/// # Errors
/// Where the address cannot be had.
pub fn serve(address: SocketAddr) -> Result<()> {
    let socket = UdpSocket::bind(address).with_context(|| format!("UDP {address}"))?;
    let listener = TcpListener::bind(address).with_context(|| format!("TCP {address}"))?;
    thread::spawn(move || {
        let mut buffer = [0; 65_535];
        loop {
            // An error here is an ICMP message about an earlier reply.
            let Ok((length, peer)) = socket.recv_from(&mut buffer) else { continue };
            if let Some(reply) = answer(&buffer[..length]) {
                let _ = socket.send_to(&reply, peer);
            }
        }
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || talk(stream));
        }
    });
    Ok(())
}

fn talk(mut stream: TcpStream) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    loop {
        let mut head = [0; 2];
        stream.read_exact(&mut head).ok()?;
        let mut query = vec![0; usize::from(u16::from_be_bytes(head))];
        stream.read_exact(&mut query).ok()?;
        let reply = answer(&query)?;
        let length = u16::try_from(reply.len()).ok()?;
        stream.write_all(&[&length.to_be_bytes()[..], &reply].concat()).ok()?;
    }
}

struct Zone {
    origin: Name,
    records: Vec<Record>,
}

impl Zone {
    /// Reads the few forms that our own two zones use.
    fn parse(text: &str) -> Result<Self> {
        let mut zone = Self { origin: Name::root(), records: Vec::new() };
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [] => {}
                ["$ORIGIN", origin] => zone.origin = Name::from_ascii(origin)?,
                [owner, ttl, "IN", kind, ..] => {
                    let data = zone.data(kind, &words[4..], line).with_context(|| format!("in {line:?}"))?;
                    zone.records.push(Record::from_rdata(zone.name(owner)?, ttl.parse()?, data));
                }
                _ => bail!("no record: {line:?}"),
            }
        }
        Ok(zone)
    }

    fn data(&self, kind: &str, words: &[&str], line: &str) -> Result<RData> {
        Ok(match (kind, words) {
            ("A", [address]) => RData::A(A(address.parse()?)),
            ("AAAA", [address]) => RData::AAAA(AAAA(address.parse()?)),
            ("NS", [target]) => RData::NS(NS(self.name(target)?)),
            ("CNAME", [target]) => RData::CNAME(CNAME(self.name(target)?)),
            ("TXT", _) => RData::TXT(TXT::new(vec![line.split('"').nth(1).context("no string")?.to_owned()])),
            ("SOA", [mname, rname, serial, refresh, retry, expire, minimum]) => RData::SOA(SOA::new(
                self.name(mname)?,
                self.name(rname)?,
                serial.parse()?,
                refresh.parse()?,
                retry.parse()?,
                expire.parse()?,
                minimum.parse()?,
            )),
            _ => bail!("unknown type or data"),
        })
    }

    fn name(&self, text: &str) -> Result<Name> {
        Ok(match text {
            "@" => self.origin.clone(),
            _ if text.ends_with('.') => Name::from_ascii(text)?,
            _ => Name::from_ascii(text)?.append_domain(&self.origin)?,
        })
    }

    fn of<'a>(&'a self, name: &'a Name, kind: RecordType) -> impl Iterator<Item = &'a Record> {
        self.records.iter().filter(move |record| record.name == *name && record.record_type() == kind)
    }

    /// Whether the name, or a name below it, has records.
    fn exists(&self, name: &Name) -> bool {
        self.records.iter().any(|record| name.zone_of(&record.name))
    }

    /// The owner whose records answer for this name: itself, or a wildcard.
    fn source(&self, name: &Name) -> Option<Name> {
        if self.exists(name) {
            return Some(name.clone());
        }
        let mut closest = name.base_name();
        while !self.exists(&closest) && !closest.is_root() {
            closest = closest.base_name();
        }
        let wildcard = Name::from_labels(std::iter::once(&b"*"[..]).chain(closest.iter())).ok()?;
        self.exists(&wildcard).then_some(wildcard)
    }

    fn answer(&self, asked: &Name, kind: RecordType, reply: &mut Message) {
        let mut name = asked.clone();
        // Longer than any chain in our own zone.
        for _ in 0..8 {
            let Some(source) = self.source(&name) else {
                reply.metadata.response_code = ResponseCode::NXDomain;
                break;
            };
            let own = |record: &Record| {
                let mut record = record.clone();
                record.name = name.clone();
                record
            };
            let found: Vec<Record> = self.of(&source, kind).map(own).collect();
            if !found.is_empty() || kind == RecordType::CNAME {
                reply.answers.extend(found);
                break;
            }
            let Some(alias) = self.of(&source, RecordType::CNAME).map(own).next() else { break };
            let RData::CNAME(CNAME(target)) = &alias.data else { break };
            let target = target.clone();
            reply.answers.push(alias);
            name = target;
        }
        let authority = if reply.answers.is_empty() { RecordType::SOA } else { RecordType::NS };
        if !(kind == RecordType::NS && authority == RecordType::NS) {
            reply.authorities.extend(self.of(&self.origin, authority).cloned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Question;
    use crate::reply::Reply;

    fn ask(name: &str, kind: &str) -> Reply {
        let query = Question::new(name, kind).to_wire(1, None).unwrap();
        Reply::from_wire(&answer(&query).unwrap()).unwrap()
    }

    #[test]
    fn names_that_no_recorded_row_asks_for() {
        assert_eq!(ask("a.b.wild.example.com.", "AAAA").answer, ["a.b.wild.example.com. 300 IN AAAA 2001:db8::99"]);
        assert!(ask("wild.example.com.", "A").is_no_data());
        assert_eq!(ask("txt.example.com.", "TXT").answer, ["txt.example.com. 300 IN TXT \"upstream text\""]);
        assert_eq!(ask("example.com.", "NS").authority, [""; 0]);
        assert_eq!(ask("x.www.example.com.", "A").rcode, "NXDOMAIN");
        assert_eq!(answer(b"no message"), None);
    }
}
