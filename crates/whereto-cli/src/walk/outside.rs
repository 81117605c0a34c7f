use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use dns_records::{Name, RecordType};
use whereto_dns::{Answer, Lookup, Question, TtlCaps};

use crate::exit::Failure;

/// How many aliases are followed in the table.
const MAX_ALIASES: usize = 8;

/// TTL of its records.
const TTL: u32 = 300;

/// The world outside the cluster, as far as a table tells: a name that is not in it does not exist.
#[derive(Debug, Default)]
pub(crate) struct Outside(BTreeMap<String, Vec<Data>>);

#[derive(Clone, Debug)]
enum Data {
    Address(IpAddr),
    Alias(Name),
}

impl Outside {
    /// Reads a table.
    ///
    /// # Errors
    /// When there is none, or a line is no record.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| Failure::bad_input(format_args!("{shown}: {error}")))?;
        Self::parse(&text).map_err(|(line, reason)| Failure::bad_input(format_args!("{shown}:{line}: {reason}")))
    }

    /// One record in each line, as in a zone file: name, optionally TTL and class, type (A, AAAA, CNAME), content. All names are absolute.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut table = Self::default();
        for (index, line) in text.lines().enumerate() {
            let content = line.split([';', '#']).next().unwrap_or_default();
            let words: Vec<&str> = content.split_whitespace().collect();
            let Some((name, rest)) = words.split_first() else { continue };
            let told = |reason: String| (index + 1, reason);
            let is_extra = |word: &&&str| word.parse::<u32>().is_ok() || word.eq_ignore_ascii_case("IN");
            let extra = rest.iter().take_while(is_extra).count();
            let data = match rest.get(extra..) {
                Some([record_type, content]) => data(record_type, content).map_err(told)?,
                _ => {
                    return Err(told(
                        "not a record: write NAME TYPE CONTENT, such as api.example.com A 192.0.2.7".to_owned(),
                    ));
                }
            };
            let name: Name = name.parse().map_err(|error| told(format!("{name:?} is not a domain name: {error}")))?;
            table.0.entry(key(&name)).or_default().push(data);
        }
        Ok(table)
    }

    /// What the table says to a question that is not about the cluster.
    pub(crate) fn lookup(&self, question: &Question) -> Lookup {
        let message = self.message(&question.name().to_name(), question.record_type());
        Answer::read(question, &message, TtlCaps::new(TTL, TTL)).map_or(Lookup::Failed, Lookup::Answer)
    }

    /// A whole reply (RFC 1035 §4.1), without compression.
    pub(crate) fn message(&self, name: &Name, record_type: RecordType) -> Vec<u8> {
        let mut records = Vec::new();
        let mut owner = name.clone();
        let mut found = self.0.get(&key(&owner));
        for _ in 0..MAX_ALIASES {
            let alias = found.and_then(|all| {
                all.iter().find_map(|data| match data {
                    Data::Alias(target) => Some(target.clone()),
                    Data::Address(_) => None,
                })
            });
            let Some(target) = alias.filter(|_| record_type != RecordType::CNAME) else { break };
            records.push((owner, RecordType::CNAME, target.as_ref().as_wire().to_vec()));
            owner = target;
            found = self.0.get(&key(&owner));
        }
        for data in found.into_iter().flatten() {
            let record = match data {
                Data::Address(IpAddr::V4(address)) => (RecordType::A, address.octets().to_vec()),
                Data::Address(IpAddr::V6(address)) => (RecordType::AAAA, address.octets().to_vec()),
                Data::Alias(target) => (RecordType::CNAME, target.as_ref().as_wire().to_vec()),
            };
            if record.0 == record_type {
                records.push((owner.clone(), record.0, record.1));
            }
        }
        let rcode: u8 = if found.is_none() { 3 } else { 0 };
        let count = u16::try_from(records.len()).unwrap_or(u16::MAX).to_be_bytes();
        // A reply to a question that wanted recursion, and recursion available.
        let mut message = vec![0, 0, 0x81, 0x80 | rcode, 0, 1, count[0], count[1], 0, 0, 0, 0];
        message.extend_from_slice(name.as_ref().as_wire());
        message.extend_from_slice(&record_type.0.to_be_bytes());
        message.extend_from_slice(&[0, 1]);
        for (owner, record_type, data) in records {
            message.extend_from_slice(owner.as_ref().as_wire());
            message.extend_from_slice(&record_type.0.to_be_bytes());
            message.extend_from_slice(&[0, 1]);
            message.extend_from_slice(&TTL.to_be_bytes());
            message.extend_from_slice(&u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
            message.extend_from_slice(&data);
        }
        message
    }
}

fn key(name: &Name) -> String {
    name.to_string().to_ascii_lowercase()
}

fn data(record_type: &str, content: &str) -> Result<Data, String> {
    match record_type.to_ascii_uppercase().as_str() {
        "A" => content
            .parse()
            .map(|address| Data::Address(IpAddr::V4(address)))
            .map_err(|_| format!("{content:?} is not an IPv4 address")),
        "AAAA" => content
            .parse()
            .map(|address| Data::Address(IpAddr::V6(address)))
            .map_err(|_| format!("{content:?} is not an IPv6 address")),
        "CNAME" => {
            content.parse().map(Data::Alias).map_err(|error| format!("{content:?} is not a domain name: {error}"))
        }
        other => Err(format!("{other:?} is none of A, AAAA, CNAME")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Reply;

    #[test]
    fn tables_have_one_record_in_each_line() {
        let table = Outside::parse(
            "; outside\napi.example.com A 192.0.2.7\nwww.example.com. 60 IN CNAME API.example.com.\nv6 AAAA 2001:db8::7 # old\n\n",
        );
        let table = table.unwrap();
        let ask = |name: &str, record_type| Reply::read(&table.message(&name.parse().unwrap(), record_type)).unwrap();
        assert_eq!(ask("api.example.com.", RecordType::A).answers, ["api.example.com. 300 IN A 192.0.2.7"]);
        assert_eq!(ask("WWW.example.com.", RecordType::A).answers.len(), 2);
        let nodata = ask("api.example.com.", RecordType::AAAA);
        assert_eq!((nodata.rcode.to_string(), nodata.answers.len()), ("NOERROR".to_owned(), 0));
        assert_eq!(ask("none.example.com.", RecordType::A).rcode.to_string(), "NXDOMAIN");
        assert_eq!(ask("v6.", RecordType::AAAA).answers.len(), 1);
        for (wrong, line) in
            [("a", 1), ("\na A", 2), ("a A x", 1), ("a MX b", 1), ("a..b A 192.0.2.1", 1), ("a A 192.0.2.1 b", 1)]
        {
            assert_eq!(Outside::parse(wrong).unwrap_err().0, line, "{wrong}");
        }
    }
}
