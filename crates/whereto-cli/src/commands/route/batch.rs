use std::collections::BTreeMap;
use std::path::Path;

use ingress_routing::{RequestBuffer, RoutingTable, Scheme};
use serde::{Deserialize, Deserializer};

use super::answer::Answer;
use super::request::{Asked, ServerName};
use crate::batch;
use crate::cluster::unix_seconds;
use crate::exit::{Exit, Failure};

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    method: Option<String>,
    scheme: Option<String>,
    host: Option<String>,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, Values>,
    /// Absent: the host. Null: no server name.
    #[serde(default, deserialize_with = "present")]
    sni: Option<Option<String>>,
}

/// The values of a header field.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Answers each line of `file` with a line.
pub(super) fn run(file: &Path, table: &RoutingTable) -> Result<Exit, Failure> {
    let now = unix_seconds() as i64;
    batch::run(file, |text| {
        let asked = line(text)?;
        let mut buffer = RequestBuffer::new();
        let head = asked.head();
        let outcome = table.route(&head, &mut buffer);
        Ok(Answer::new(table, &outcome, asked.certificate(table, now).as_ref()))
    })
}

fn line(text: &[u8]) -> Result<Asked, String> {
    let line: Line = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let scheme = match line.scheme.as_deref() {
        None | Some("http") => Scheme::Http,
        Some("https") => Scheme::Https,
        Some(other) => return Err(format!("scheme {other:?} is neither http nor https")),
    };
    let mut fields = Vec::new();
    for (name, values) in line.headers {
        match values {
            Values::One(value) => fields.push((name, value)),
            Values::Several(values) => fields.extend(values.into_iter().map(|value| (name.clone(), value))),
        }
    }
    let method = line.method.as_deref().unwrap_or("GET");
    let server_name = line.sni.map_or(ServerName::Host, ServerName::Given);
    Asked::new(method, scheme, line.host.as_deref(), &line.path, fields, server_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_requests_or_told_why_not() {
        let asked = line(
            br#"{"method":"GET","scheme":"https","host":"a.example","path":"/x?y","headers":{},"sni":"b.example"}"#,
        );
        let asked = asked.expect("a request");
        assert_eq!((asked.hosts, asked.server_name), (vec!["a.example".to_owned()], Some("b.example".to_owned())));
        let without =
            |sni: &str| line(format!(r#"{{"scheme":"https","host":"a.example","path":"/"{sni}}}"#).as_bytes());
        assert_eq!(without("").expect("a request").server_name.as_deref(), Some("a.example"));
        assert_eq!(without(r#","sni":null"#).expect("a request").server_name, None);
        let several = line(br#"{"path":"/","headers":{"Host":["a","a"],"x":"y"}}"#).expect("a request");
        assert_eq!((several.hosts.len(), several.fields), (2, vec!["x".to_owned()]));
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"path":1}"#,
            r#"{"path":"/","scheme":"ws"}"#,
            r#"{"path":"/","method":"A B"}"#,
            r#"{"path":"/","body":""}"#,
        ] {
            assert!(line(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
