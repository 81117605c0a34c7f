use std::fmt::Display;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{AccessEntry, AccessLogFormat};

#[derive(Serialize)]
struct Line<'a> {
    time: Option<&'a str>,
    client: IpAddr,
    method: &'a str,
    scheme: &'a str,
    host: Option<&'a str>,
    path: &'a str,
    referrer: Option<&'a str>,
    user_agent: Option<&'a str>,
    protocol: &'a str,
    status: Option<u16>,
    received_bytes: u64,
    sent_bytes: u64,
    #[serde(serialize_with = "as_seconds")]
    seconds: Duration,
    first_byte_seconds: Option<f64>,
    ingress: Option<&'a str>,
    rule: Option<&'a str>,
    service: Option<&'a str>,
    endpoint: Option<SocketAddr>,
    attempts: u32,
    #[serde(serialize_with = "as_text")]
    reason: Option<&'a dyn Display>,
    tls: Option<&'a str>,
    server_name: Option<&'a str>,
}

fn as_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

fn as_text<S: Serializer>(text: &Option<&dyn Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => serializer.collect_str(text),
        None => serializer.serialize_none(),
    }
}

/// Appends a line.
pub(super) fn write(entry: &AccessEntry<'_>, format: AccessLogFormat, calendar: &mut Calendar, out: &mut Vec<u8>) {
    let line = Line {
        time: calendar.text(entry.time),
        client: entry.client,
        method: entry.method,
        scheme: entry.scheme,
        host: entry.host,
        path: entry.path,
        referrer: entry.referrer,
        user_agent: entry.user_agent,
        protocol: match entry.version {
            http::Version::HTTP_10 => "HTTP/1.0",
            http::Version::HTTP_2 => "HTTP/2",
            _ => "HTTP/1.1",
        },
        status: entry.status,
        received_bytes: entry.received,
        sent_bytes: entry.sent,
        seconds: entry.duration,
        first_byte_seconds: entry.first_byte.map(|time| time.as_secs_f64()),
        ingress: entry.ingress,
        rule: entry.rule,
        service: entry.service,
        endpoint: entry.endpoint,
        attempts: entry.attempts,
        reason: entry.reason,
        tls: entry.tls,
        server_name: entry.server_name,
    };
    match format {
        AccessLogFormat::Json => {
            // Writing to memory does not fail, and no value is one that JSON has not.
            let _ = serde_json::to_writer(&mut *out, &line);
        }
        AccessLogFormat::Text => line.text(out),
    }
    out.push(b'\n');
}

/// Times with three digits of their second, always: lines sort by their text. The text of the second is kept for those that follow.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    second: Option<u64>,
    text: String,
}

/// How a second ends: three digits are put in their place.
const END_OF_SECOND: &str = "000Z";

impl Calendar {
    /// `2025-11-21T18:00:00.500Z`; `None` before 1970 or after 9999.
    fn text(&mut self, time: SystemTime) -> Option<&str> {
        let since = time.duration_since(UNIX_EPOCH).ok()?;
        if self.second != Some(since.as_secs()) {
            let second = Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()?;
            (self.second, self.text) = (Some(since.as_secs()), format!("{second:.3}"));
        }
        self.text.truncate(self.text.len().checked_sub(END_OF_SECOND.len())?);
        let milliseconds = since.subsec_millis();
        for digit in [milliseconds / 100, milliseconds / 10 % 10, milliseconds % 10] {
            self.text.push(char::from_digit(digit, 10)?);
        }
        self.text.push('Z');
        Some(&self.text)
    }
}

impl Line<'_> {
    fn text(&self, out: &mut Vec<u8>) {
        address(self.client, out);
        plain_or_dash(self.time, out);
        out.extend_from_slice(b" \"");
        escape(self.method, out);
        out.push(b' ');
        out.extend_from_slice(self.scheme.as_bytes());
        out.extend_from_slice(b"://");
        escape(self.host.unwrap_or_default(), out);
        escape(self.path, out);
        out.push(b' ');
        out.extend_from_slice(self.protocol.as_bytes());
        out.push(b'"');
        match self.status {
            Some(status) => {
                out.push(b' ');
                number(status.into(), out);
            }
            None => out.extend_from_slice(b" -"),
        }
        out.push(b' ');
        number(self.sent_bytes, out);
        out.push(b' ');
        seconds(self.seconds, out);
        text_or_dash(self.ingress, out);
        text_or_dash(self.rule, out);
        text_or_dash(self.service, out);
        match self.endpoint {
            Some(endpoint) => {
                out.push(b' ');
                socket_address(endpoint, out);
            }
            None => out.extend_from_slice(b" -"),
        }
        quoted_or_dash(self.reason.map(ToString::to_string).as_deref(), out);
        quoted_or_dash(self.referrer, out);
        quoted_or_dash(self.user_agent, out);
    }
}

fn number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// With six digits after the point.
fn seconds(duration: Duration, out: &mut Vec<u8>) {
    let rounded = duration.saturating_add(Duration::from_nanos(500));
    number(rounded.as_secs(), out);
    // A million and the digits: those after the first.
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(1_000_000 + rounded.subsec_micros());
    out.push(b'.');
    out.extend_from_slice(digits.as_bytes().get(1..).unwrap_or_default());
}

fn address(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(address) => {
            let [first, rest @ ..] = address.octets();
            number(first.into(), out);
            for octet in rest {
                out.push(b'.');
                number(octet.into(), out);
            }
        }
        // Writing to memory does not fail.
        IpAddr::V6(address) => drop(write!(out, "{address}")),
    }
}

fn socket_address(endpoint: SocketAddr, out: &mut Vec<u8>) {
    match endpoint {
        SocketAddr::V4(endpoint) => {
            address(IpAddr::V4(*endpoint.ip()), out);
            out.push(b':');
            number(endpoint.port().into(), out);
        }
        SocketAddr::V6(endpoint) => drop(write!(out, "{endpoint}")),
    }
}

/// What has no characters to escape.
fn plain_or_dash(text: Option<&str>, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(text.unwrap_or("-").as_bytes());
}

fn text_or_dash(text: Option<&str>, out: &mut Vec<u8>) {
    out.push(b' ');
    escape(text.unwrap_or("-"), out);
}

/// Text that may have spaces.
fn quoted_or_dash(text: Option<&str>, out: &mut Vec<u8>) {
    let Some(text) = text else { return out.extend_from_slice(b" -") };
    out.extend_from_slice(b" \"");
    escape(text, out);
    out.push(b'"');
}

/// Whether an octet could be taken for the form of a line.
const fn is_escaped(octet: u8) -> bool {
    matches!(octet, b'"' | b'\\' | 0..=0x1f | 0x7f..=0xff)
}

/// Text of which what could be taken for the form of a line is written as hexadecimal digits.
fn escape(text: &str, out: &mut Vec<u8>) {
    // Nearly all is as it is: looking at all octets without an early end is done for many of them at a time.
    if !text.bytes().fold(false, |any, octet| any | is_escaped(octet)) {
        return out.extend_from_slice(text.as_bytes());
    }
    for octet in text.bytes() {
        if is_escaped(octet) {
            // Writing to memory does not fail.
            drop(write!(out, "\\x{octet:02X}"));
        } else {
            out.push(octet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_one_second_and_the_next() {
        let mut calendar = Calendar::default();
        for (milliseconds, expected) in [
            (1_763_748_000_500, "2025-11-21T18:00:00.500Z"),
            (1_763_748_000_007, "2025-11-21T18:00:00.007Z"),
            (1_763_748_001_000, "2025-11-21T18:00:01.000Z"),
        ] {
            assert_eq!(calendar.text(UNIX_EPOCH + Duration::from_millis(milliseconds)), Some(expected));
        }
        assert_eq!(calendar.text(UNIX_EPOCH - Duration::from_secs(1)), None);
        assert_eq!(calendar.text(UNIX_EPOCH + Duration::from_secs(1 << 40)), None);
        assert_eq!(calendar.text(UNIX_EPOCH), Some("1970-01-01T00:00:00.000Z"));
    }

    #[test]
    fn durations_have_six_digits() {
        for (nanoseconds, expected) in [
            (0, "0.000000"),
            (499, "0.000000"),
            (500, "0.000001"),
            (12_000_499, "0.012000"),
            (999_999_500, "1.000000"),
            (61_000_001_000, "61.000001"),
        ] {
            let mut out = Vec::new();
            seconds(Duration::from_nanos(nanoseconds), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn addresses_are_written_as_std_writes_them() {
        for text in ["0.0.0.0:1", "255.10.9.100:65535", "[2001:db8::1]:80", "[::ffff:192.0.2.1]:443"] {
            let parsed: SocketAddr = text.parse().unwrap();
            let (mut both, mut ip) = (Vec::new(), Vec::new());
            socket_address(parsed, &mut both);
            address(parsed.ip(), &mut ip);
            assert_eq!(String::from_utf8(both).unwrap(), text);
            assert_eq!(String::from_utf8(ip).unwrap(), parsed.ip().to_string());
        }
    }
}
