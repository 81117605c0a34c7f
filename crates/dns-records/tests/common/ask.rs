//! Questions in wire form, and replies as text.
//!
//! Names are relative to `cluster.local.`, as after `$ORIGIN cluster.local.` in a zone file; a name with a final dot is
//! absolute, `@` is the origin.

use dns_records::{Answer, Limits, Name, NameRef, RecordType, Snapshot, Verdict};
use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::{self, RData};

pub(crate) const ORIGIN: &str = "cluster.local.";

pub(crate) fn name(text: &str) -> Name {
    let text = match text {
        "@" => ORIGIN.to_owned(),
        _ if text.ends_with('.') => text.to_owned(),
        _ => format!("{text}.{ORIGIN}"),
    };
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A query as it goes over the wire; ordinary unless told otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) id: u16,
    pub(crate) flags: u16,
    pub(crate) name: Name,
    pub(crate) record_type: RecordType,
    pub(crate) class: u16,
    pub(crate) opt: Option<Opt>,
    /// The serial of an SOA record in the authority section.
    pub(crate) serial: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Opt {
    pub(crate) payload: u16,
    pub(crate) version: u8,
    pub(crate) flags: u16,
    pub(crate) options: Vec<(u16, Vec<u8>)>,
}

impl Ask {
    /// Reads `NAME TYPE`.
    pub(crate) fn new(text: &str) -> Self {
        let (name_text, type_text) = text.split_once(' ').expect("NAME TYPE");
        let record_type = type_text.trim().parse().expect("a record type");
        Self::of(name(name_text), record_type)
    }

    pub(crate) fn of(name: Name, record_type: RecordType) -> Self {
        Self { id: 0x1234, flags: 0x0100, name, record_type, class: 1, opt: None, serial: None }
    }

    pub(crate) fn with_flags(mut self, flags: u16) -> Self {
        self.flags = flags;
        self
    }

    pub(crate) fn with_class(mut self, class: u16) -> Self {
        self.class = class;
        self
    }

    pub(crate) fn with_serial(mut self, serial: u32) -> Self {
        self.serial = Some(serial);
        self
    }

    pub(crate) fn with_payload(mut self, payload: u16) -> Self {
        self.opt = Some(Opt { payload, version: 0, flags: 0, options: Vec::new() });
        self
    }

    pub(crate) fn with_opt(mut self, opt: Opt) -> Self {
        self.opt = Some(opt);
        self
    }

    pub(crate) fn wire(&self) -> Vec<u8> {
        let mut wire = Vec::new();
        let counts = [1, 0, u16::from(self.serial.is_some()), u16::from(self.opt.is_some())];
        for word in [self.id, self.flags].into_iter().chain(counts) {
            wire.extend(word.to_be_bytes());
        }
        wire.extend(self.name.as_wire());
        wire.extend(self.record_type.0.to_be_bytes());
        wire.extend(self.class.to_be_bytes());
        if let Some(serial) = self.serial {
            wire.extend(self.name.as_wire());
            wire.extend(RecordType::SOA.0.to_be_bytes());
            wire.extend([0, 1, 0, 0, 0, 0, 0, 22, 0, 0]);
            wire.extend(serial.to_be_bytes());
            wire.extend([0; 16]);
        }
        if let Some(opt) = &self.opt {
            wire.extend([0, 0, 41]);
            wire.extend(opt.payload.to_be_bytes());
            wire.extend([0, opt.version]);
            wire.extend(opt.flags.to_be_bytes());
            let len: usize = opt.options.iter().map(|(_, content)| content.len() + 4).sum();
            wire.extend((len as u16).to_be_bytes());
            for (code, content) in &opt.options {
                wire.extend(code.to_be_bytes());
                wire.extend((content.len() as u16).to_be_bytes());
                wire.extend(content);
            }
        }
        wire
    }
}

/// What came of a query.
pub(crate) struct Got {
    /// `reply`, or how else the verdict is called.
    pub(crate) verdict: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) message: Option<Message>,
}

pub(crate) fn respond(snapshot: &Snapshot, query: &[u8], limits: Limits, seed: u64) -> Got {
    let mut out = vec![0xaa; 65535];
    let (verdict, len) = match snapshot.respond(query, limits, seed, &mut out) {
        Verdict::Reply(len) => ("reply".to_owned(), len),
        Verdict::Drop => ("drop".to_owned(), 0),
        Verdict::NotOurs => ("not ours".to_owned(), 0),
        Verdict::Chase { target, record_type, len } => (format!("chase {} {record_type}", relative(target)), len),
        Verdict::FallThrough { len } => ("fall through".to_owned(), len),
        Verdict::Transfer { kind, len } => (format!("transfer {kind:?}"), len),
        other => panic!("{other:?}"),
    };
    out.truncate(len);
    let message = (len > 0).then(|| Message::from_vec(&out).expect("a reply decodes"));
    Got { verdict, octets: out, message }
}

/// Everything that a question gets, as sorted lines; see [`lines`].
pub(crate) fn answer(snapshot: &Snapshot, question: &str) -> Vec<String> {
    let ask = Ask::new(question);
    lines(&ask, &respond(snapshot, &ask.wire(), Limits::tcp(), 7))
}

/// A reply as lines in order of their text.
///
/// - `A 10.0.0.1`: a record of the answer; the owner is left out where it is the question's name, the TTL where it is 5.
/// - `+ web.shop.svc A 10.0.0.1`: one of the additional section, `; …`: of the authority section.
/// - `NODATA`, `NXDOMAIN`: no records, and the zone's SOA in the authority section; with the zone's name unless it is
///   the origin.
/// - `SERVFAIL`, …: another response code. `TC`; `-AA` where it is not authoritative; other verdicts by their name.
pub(crate) fn lines(ask: &Ask, got: &Got) -> Vec<String> {
    let mut lines = Vec::new();
    if got.verdict != "reply" {
        lines.push(got.verdict.clone());
    }
    if let Some(message) = &got.message {
        message_lines(ask, message, &mut lines);
    }
    lines.sort();
    lines
}

fn message_lines(ask: &Ask, message: &Message, lines: &mut Vec<String>) {
    let head = &message.metadata;
    assert_eq!(head.message_type, MessageType::Response);
    assert_eq!(head.id, ask.id);
    if head.truncation {
        lines.push("TC".to_owned());
    }
    if !head.authoritative {
        lines.push("-AA".to_owned());
    }
    lines.extend(message.answers.iter().map(|record| show(record, &ask.name)));
    let rcode = u16::from(head.response_code);
    let is_denial = message.answers.is_empty() && matches!(rcode, 0 | 3) && head.authoritative;
    match (rcode, &*message.authorities) {
        (0 | 3, [soa]) if is_denial && soa.record_type() == rr::RecordType::SOA => {
            let word = if rcode == 0 { "NODATA" } else { "NXDOMAIN" };
            let zone = name_of(&soa.name);
            let zone_text = zone.to_string().to_ascii_lowercase();
            lines.push(if zone_text == ORIGIN { word.to_owned() } else { format!("{word} {zone}") });
        }
        (_, authorities) => {
            match rcode {
                0 if message.answers.is_empty() => lines.push("empty".to_owned()),
                0 => {}
                2 => lines.push("SERVFAIL".to_owned()),
                3 => lines.push("NXDOMAIN".to_owned()),
                other => lines.push(format!("RCODE{other}")),
            }
            lines.extend(authorities.iter().map(|record| show_authority(record, &ask.name)));
        }
    }
    lines.extend(message.additionals.iter().map(|record| format!("+ {}", show(record, &ask.name))));
}

/// An SOA record of our own is `; SOA`, with the zone's name unless it is the origin.
fn show_authority(record: &rr::Record, question: &Name) -> String {
    let owner = name_of(&record.name);
    match &record.data {
        RData::SOA(soa) if name_of(&soa.mname).to_string() == format!("ns.dns.{owner}") => {
            match &*relative(owner.as_ref()) {
                "@" => "; SOA".to_owned(),
                zone => format!("; {zone} SOA"),
            }
        }
        _ => format!("; {}", show(record, question)),
    }
}

/// A name as the library has it.
pub(crate) fn name_of(name: &rr::Name) -> Name {
    let mut wire = Vec::new();
    for label in name.iter() {
        wire.push(label.len() as u8);
        wire.extend(label);
    }
    wire.push(0);
    NameRef::from_wire(&wire).expect("a name").to_name()
}

/// A name below the origin without it.
pub(crate) fn relative(name: NameRef<'_>) -> String {
    let text = name.to_string();
    match text.strip_suffix(ORIGIN) {
        Some("") => "@".to_owned(),
        Some(head) if head.ends_with('.') => head.trim_end_matches('.').to_owned(),
        _ => text,
    }
}

fn show(record: &rr::Record, question: &Name) -> String {
    let owner = name_of(&record.name);
    let mut text = String::new();
    if owner.as_wire() != question.as_wire() {
        text = format!("{} ", relative(owner.as_ref()));
    }
    assert_eq!(u16::from(record.dns_class), 1, "class IN");
    if record.ttl != 5 {
        text += &format!("{} ", record.ttl);
    }
    text + &format!("{} {}", record.record_type(), show_data(&record.data))
}

pub(crate) fn show_data(data: &RData) -> String {
    let relative = |name: &rr::Name| relative(name_of(name).as_ref());
    match data {
        RData::A(a) => a.0.to_string(),
        RData::AAAA(a) => a.0.to_string(),
        RData::CNAME(name) => relative(&name.0),
        RData::NS(name) => relative(&name.0),
        RData::PTR(name) => relative(&name.0),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, relative(&srv.target)),
        RData::TXT(txt) => {
            let strings: Vec<_> =
                txt.txt_data.iter().map(|text| format!("{:?}", String::from_utf8_lossy(text))).collect();
            strings.join(" ")
        }
        RData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            relative(&soa.mname),
            relative(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        other => format!("{other:?}"),
    }
}

/// What [`Snapshot::lookup`] says, in words comparable to a reply's: response code, answer lines, additional lines.
pub(crate) fn looked_up(
    snapshot: &Snapshot,
    name: NameRef<'_>,
    record_type: RecordType,
) -> (String, Vec<String>, Vec<String>) {
    let collect = |records: dns_records::Records<'_>| {
        let (mut answer, mut additional) = (Vec::new(), Vec::new());
        records.for_each(|record| {
            answer.push(record.to_string());
            true
        });
        records.for_each_additional(|record| {
            additional.push(record.to_string());
            true
        });
        answer.sort();
        additional.sort();
        (answer, additional)
    };
    match snapshot.lookup(name, record_type) {
        Answer::Records(records) => {
            let (answer, additional) = collect(records);
            ("NOERROR".to_owned(), answer, additional)
        }
        Answer::NoData { .. } => ("NODATA".to_owned(), Vec::new(), Vec::new()),
        Answer::NxDomain { .. } => ("NXDOMAIN".to_owned(), Vec::new(), Vec::new()),
        Answer::Chase { aliases, target } => (format!("chase {target}"), collect(aliases).0, Vec::new()),
        Answer::NotAuthoritative => ("outside".to_owned(), Vec::new(), Vec::new()),
        Answer::NotSynced(kinds) => (format!("not synced {kinds}"), Vec::new(), Vec::new()),
        other => panic!("{other:?}"),
    }
}

/// A reply's record as the library writes records.
pub(crate) fn full_line(record: &rr::Record) -> String {
    let data = match &record.data {
        RData::CNAME(name) => name_of(&name.0).to_string(),
        RData::NS(name) => name_of(&name.0).to_string(),
        RData::PTR(name) => name_of(&name.0).to_string(),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, name_of(&srv.target)),
        RData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            name_of(&soa.mname),
            name_of(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        other => show_data(other),
    };
    format!("{} {} IN {} {data}", name_of(&record.name), record.ttl, record.record_type())
}
