//! The two messages that a stub resolver needs, in RFC 1035 §4's form: a query with one question, and what counts of a reply.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::QueryType;
use crate::QueryName;

/// Octets of a message's header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// QR: a reply.
const QR: u8 = 0x80;
/// AA of octet 2.
const AA: u8 = 0x04;
/// TC of octet 2.
const TC: u8 = 0x02;
/// RD of octet 2.
const RD: u8 = 0x01;
/// RA of octet 3.
const RA: u8 = 0x80;
/// AD of octet 3 (RFC 4035 §3.2.3; in queries RFC 6840 §5.7).
const AD: u8 = 0x20;
/// The OPT pseudo-record (RFC 6891 §6.1.1).
const OPT: u16 = 41;
/// Octets of the longest query: header, name, type and class, and an OPT record without options.
pub const MAX_QUERY: usize = HEADER + crate::MAX_NAME + 4 + 11;

/// A question as a resolver sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// The identifier that the reply repeats.
    pub id: u16,
    /// The name asked for.
    pub name: QueryName,
    /// The type asked for; the class is IN.
    pub query_type: QueryType,
    /// The UDP payload size of its OPT record, if it has one (RFC 6891 §6.2.3).
    pub edns: Option<u16>,
    /// The AD bit.
    pub authentic_data: bool,
}

impl Query {
    /// A plain question: RD set, no OPT, no AD.
    pub fn new(id: u16, name: QueryName, query_type: QueryType) -> Self {
        Self { id, name, query_type, edns: None, authentic_data: false }
    }

    /// The message, without the two octets of length that precede it on TCP. At most [`MAX_QUERY`] octets.
    ///
    /// ```
    /// # use k8s_resolv_conf::{Query, QueryType};
    /// let query = Query::new(0x1234, "a.".parse()?, QueryType::A);
    /// assert_eq!(query.encode(), [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 1, 0, 1]);
    /// # Ok::<(), k8s_resolv_conf::NameFault>(())
    /// ```
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MAX_QUERY);
        out.extend(self.id.to_be_bytes());
        out.extend([RD, if self.authentic_data { AD } else { 0 }]);
        out.extend([0, 1, 0, 0, 0, 0, 0, u8::from(self.edns.is_some())]);
        out.extend(self.name.wire());
        out.extend(self.query_type.code().to_be_bytes());
        out.extend([0, 1]);
        if let Some(payload) = self.edns {
            out.push(0);
            out.extend(OPT.to_be_bytes());
            out.extend(payload.to_be_bytes());
            out.extend([0; 6]);
        }
        out
    }
}

/// A reply's response code (RFC 1035 §4.1.1), as far as a resolver tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rcode {
    /// 0.
    NoError,
    /// 1.
    FormErr,
    /// 2.
    ServFail,
    /// 3.
    NxDomain,
    /// 4.
    NotImp,
    /// 5.
    Refused,
    /// Any other.
    Other(u16),
}

impl From<u16> for Rcode {
    fn from(code: u16) -> Self {
        match code {
            0 => Self::NoError,
            1 => Self::FormErr,
            2 => Self::ServFail,
            3 => Self::NxDomain,
            4 => Self::NotImp,
            5 => Self::Refused,
            other => Self::Other(other),
        }
    }
}

/// What a resolver reads of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The identifier of the query.
    pub id: u16,
    /// The first question, if there is one of type A or AAAA.
    pub question: Option<(QueryName, QueryType)>,
    /// The response code, with the bits of an OPT record (RFC 6891 §6.1.3).
    pub rcode: Rcode,
    /// AA: the server has the zone.
    pub authoritative: bool,
    /// RA: the server can recurse.
    pub recursion_available: bool,
    /// TC: there is more than fits.
    pub truncated: bool,
    /// Records of the answer section, as the header says.
    pub answers: u16,
    /// Records of the additional section, as the header says.
    pub additional: u16,
    /// The addresses among the answers, of the question's type.
    pub addresses: Vec<IpAddr>,
}

/// Why octets are no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyError {
    /// They end within a header, name or record.
    Short,
    /// A query, not a reply.
    NotAReply,
    /// A question whose name is compressed or not within the limits.
    Question,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "the message ends too early",
            Self::NotAReply => "a query, not a reply",
            Self::Question => "a question with a faulty name",
        })
    }
}

impl std::error::Error for ReplyError {}

impl Reply {
    /// A server's reply to `query`: recursion available, no records.
    pub fn new(query: &Query, rcode: Rcode) -> Self {
        Self {
            id: query.id,
            question: Some((query.name.clone(), query.query_type)),
            rcode,
            authoritative: false,
            recursion_available: true,
            truncated: false,
            answers: 0,
            additional: 0,
            addresses: Vec::new(),
        }
    }

    /// The same with these addresses as its answers.
    pub fn with_addresses(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.addresses.extend(addresses);
        self.answers = u16::try_from(self.addresses.len()).unwrap_or(u16::MAX);
        self
    }

    /// The same, truncated.
    pub fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }

    /// The same from a server that neither has the zone nor recurses.
    pub fn lame(mut self) -> Self {
        (self.authoritative, self.recursion_available) = (false, false);
        self
    }

    /// Reads a message, without the two octets of length that precede it on TCP. Total: every octet string is a reply or an error, in time
    /// linear in its length. Records that it does not need are skipped.
    ///
    /// # Errors
    /// What makes it no reply.
    pub fn parse(message: &[u8]) -> Result<Self, ReplyError> {
        let mut reader = Reader { message, at: 0 };
        let id = reader.u16()?;
        let [flags, more] = reader.array()?;
        let [questions, answers, authorities, additional] =
            [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
        if flags & QR == 0 {
            return Err(ReplyError::NotAReply);
        }
        let mut question = None;
        for at in 0..questions {
            let name = reader.question_name()?;
            let code = reader.u16()?;
            reader.u16()?;
            if at == 0 {
                question = QueryType::from_code(code).map(|query_type| (name, query_type));
            }
        }
        let mut reply = Self {
            id,
            question,
            rcode: u16::from(more & 0x0f).into(),
            authoritative: flags & AA != 0,
            recursion_available: more & RA != 0,
            truncated: flags & TC != 0,
            answers,
            additional,
            addresses: Vec::new(),
        };
        let sections = [(answers, true), (authorities, false), (additional, false)];
        match reader.records(sections, &mut reply, more) {
            // What a truncated message holds is what counts of it.
            Err(ReplyError::Short) if reply.truncated => Ok(reply),
            Err(error) => Err(error),
            Ok(()) => Ok(reply),
        }
    }
}

/// A place in a message.
struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ReplyError> {
        let end = self.at.checked_add(length).ok_or(ReplyError::Short)?;
        let taken = self.message.get(self.at..end).ok_or(ReplyError::Short)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReplyError> {
        self.take(N)?.try_into().map_err(|_| ReplyError::Short)
    }

    fn u16(&mut self) -> Result<u16, ReplyError> {
        self.array().map(u16::from_be_bytes)
    }

    /// The name of a question, which nothing precedes that it could point to.
    fn question_name(&mut self) -> Result<QueryName, ReplyError> {
        let mut labels = Vec::new();
        loop {
            let [length] = self.array()?;
            match length {
                0 => return QueryName::from_labels(labels).map_err(|_| ReplyError::Question),
                1..=63 => labels.push(self.take(length.into())?),
                _ => return Err(ReplyError::Question),
            }
        }
    }

    /// Passes a record's owner: labels up to the root or a pointer (RFC 1035 §4.1.4).
    fn skip_name(&mut self) -> Result<(), ReplyError> {
        loop {
            let [length] = self.array()?;
            match length {
                0 => return Ok(()),
                192.. => return self.take(1).map(drop),
                _ => self.take(length.into()).map(drop)?,
            }
        }
    }

    fn records(&mut self, sections: [(u16, bool); 3], reply: &mut Reply, low: u8) -> Result<(), ReplyError> {
        let wanted = reply.question.as_ref().map(|(_, query_type)| *query_type);
        for (count, is_answer) in sections {
            for _ in 0..count {
                self.skip_name()?;
                let record_type = self.u16()?;
                self.u16()?;
                let [extended, _, _, _] = self.array()?;
                let length = self.u16()?;
                let data = self.take(length.into())?;
                if record_type == OPT && !is_answer {
                    reply.rcode = (u16::from(extended) << 4 | u16::from(low & 0x0f)).into();
                }
                if is_answer && QueryType::from_code(record_type).is_some_and(|found| Some(found) == wanted) {
                    reply.addresses.extend(address(data));
                }
            }
        }
        Ok(())
    }
}

fn address(data: &[u8]) -> Option<IpAddr> {
    match data.len() {
        4 => <[u8; 4]>::try_from(data).ok().map(|octets| Ipv4Addr::from(octets).into()),
        16 => <[u8; 16]>::try_from(data).ok().map(|octets| Ipv6Addr::from(octets).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
