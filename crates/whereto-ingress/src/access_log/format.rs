use std::fmt::{self, Display};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{AccessEntry, AccessLogFormat};

#[derive(Serialize)]
struct Line<'a> {
    #[serde(serialize_with = "as_text")]
    time: Text<'a>,
    client: IpAddr,
    method: &'a str,
    scheme: &'a str,
    host: Option<&'a str>,
    path: &'a str,
    protocol: &'a str,
    status: Option<u16>,
    received_bytes: u64,
    sent_bytes: u64,
    seconds: f64,
    first_byte_seconds: Option<f64>,
    #[serde(serialize_with = "as_text")]
    ingress: Text<'a>,
    rule: Option<&'a str>,
    #[serde(serialize_with = "as_text")]
    service: Text<'a>,
    endpoint: Option<SocketAddr>,
    attempts: u32,
    #[serde(serialize_with = "as_text")]
    reason: Text<'a>,
    tls: Option<&'a str>,
    server_name: Option<&'a str>,
}

/// Anything that is written as text, or null.
type Text<'a> = Option<&'a dyn Display>;

fn as_text<S: Serializer>(text: &Text<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => serializer.collect_str(text),
        None => serializer.serialize_none(),
    }
}

/// Appends a line.
pub(super) fn write(entry: &AccessEntry<'_>, format: AccessLogFormat, out: &mut Vec<u8>) {
    let time = Timestamp::try_from(entry.time).ok().map(Milliseconds);
    let service = entry.service.map(|(service, port)| format!("{service}:{port}"));
    let line = Line {
        time: time.as_ref().map(|time| time as &dyn Display),
        client: entry.client,
        method: entry.method,
        scheme: entry.scheme,
        host: entry.host,
        path: entry.path,
        protocol: match entry.version {
            http::Version::HTTP_10 => "HTTP/1.0",
            http::Version::HTTP_2 => "HTTP/2",
            _ => "HTTP/1.1",
        },
        status: entry.status,
        received_bytes: entry.received,
        sent_bytes: entry.sent,
        seconds: entry.duration.as_secs_f64(),
        first_byte_seconds: entry.first_byte.map(|time| time.as_secs_f64()),
        ingress: entry.ingress.map(|ingress| ingress as &dyn Display),
        rule: entry.rule,
        service: service.as_ref().map(|service| service as &dyn Display),
        endpoint: entry.endpoint,
        attempts: entry.attempts,
        reason: entry.reason,
        tls: entry.tls,
        server_name: entry.server_name,
    };
    // Writing to memory does not fail, and no value is one that JSON has not.
    let _ = match format {
        AccessLogFormat::Json => serde_json::to_writer(&mut *out, &line).map_err(io::Error::from),
        AccessLogFormat::Text => line.text(&mut Escaped(out)),
    };
    out.push(b'\n');
}

/// A time with three digits of its second, always: lines sort by their text.
struct Milliseconds(Timestamp);

impl Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Line<'_> {
    fn text(&self, out: &mut Escaped<'_>) -> io::Result<()> {
        out.plain(&self.client)?;
        out.optional(self.time)?;
        out.raw(b" \"")?;
        write!(out, "{} {}://{}{}", self.method, self.scheme, self.host.unwrap_or_default(), self.path)?;
        out.raw(b" ")?;
        out.raw(self.protocol.as_bytes())?;
        out.raw(b"\"")?;
        out.optional(self.status.as_ref().map(|status| status as &dyn Display))?;
        out.raw(b" ")?;
        out.plain(&self.sent_bytes)?;
        out.raw(b" ")?;
        out.plain(&format_args!("{:.6}", self.seconds))?;
        out.optional(self.ingress)?;
        out.optional(self.rule.as_ref().map(|rule| rule as &dyn Display))?;
        out.optional(self.service)?;
        out.optional(self.endpoint.as_ref().map(|endpoint| endpoint as &dyn Display))?;
        match self.reason {
            Some(reason) => {
                out.raw(b" \"")?;
                write!(out, "{reason}")?;
                out.raw(b"\"")
            }
            None => out.raw(b" -"),
        }
    }
}

/// Text of which what could be taken for the form of a line is written as hexadecimal digits.
struct Escaped<'a>(&'a mut Vec<u8>);

impl Escaped<'_> {
    fn raw(&mut self, octets: &[u8]) -> io::Result<()> {
        self.0.write_all(octets)
    }

    /// What has no characters to escape.
    fn plain(&mut self, value: &dyn Display) -> io::Result<()> {
        write!(self.0, "{value}")
    }

    fn optional(&mut self, value: Option<&dyn Display>) -> io::Result<()> {
        self.raw(b" ")?;
        match value {
            Some(value) => write!(self, "{value}"),
            None => self.raw(b"-"),
        }
    }
}

impl Write for Escaped<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        for octet in octets {
            match octet {
                b'"' | b'\\' | 0..=0x1f | 0x7f..=0xff => write!(self.0, "\\x{octet:02X}")?,
                _ => self.0.push(*octet),
            }
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
