//! The corpus of raw requests: each is refused or made harmless (RFC 9112 §6.3, §11.2), and nothing ambiguous is sent on.
//!
//! The endpoint reads strictly: bare line feeds, several framings, chunk extensions or whitespace in field names would fail the case.

use serde::Deserialize;

use super::common::{Client, Cluster, Endpoint};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What says so.
    source: String,
    /// Octets, each as the character of the same number.
    send: String,
    /// The statuses of the responses.
    answers: Vec<u16>,
    /// What the endpoint gets: start line, then content after `|` if there is any, then selected fields in brackets.
    #[serde(default)]
    forwarded: Vec<String>,
    /// Whether the server closes then; if not, the connection has to be in step: the next request on it is answered.
    #[serde(default)]
    closes: bool,
}

fn octets(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).expect("a character of one octet")).collect()
}

fn corpus() -> Vec<Case> {
    toml::from_str::<Corpus>(include_str!("smuggling.toml")).unwrap().case
}

/// What came of a case, in the words of the corpus.
fn run(case: &Case) -> Result<(), String> {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send(octets(&case.send));
    let mut answers = Vec::new();
    for _ in &case.answers {
        match client.try_receive() {
            Ok(Some(response)) => answers.push(response.status()),
            other => return Err(format!("after {answers:?}: {other:?}, endpoint: {:?}", endpoint.take())),
        }
    }
    let probe = if case.closes {
        let closed = client.is_closed();
        if closed { None } else { return Err(format!("{answers:?}, but not closed, endpoint: {:?}", endpoint.take())) }
    } else {
        client.send("GET /probe HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
        match client.try_receive() {
            Ok(Some(response)) if response.status() == 200 && response.text().starts_with("GET /probe ") => {
                Some("GET /probe HTTP/1.1")
            }
            other => return Err(format!("after {answers:?}, the probe: {other:?}, endpoint: {:?}", endpoint.take())),
        }
    };
    let mut forwarded = Vec::new();
    for request in endpoint.requests() {
        let content = if request.content.is_empty() { String::new() } else { format!("|{}", request.text()) };
        forwarded.push(format!("{}{content}", request.start));
    }
    let expected: Vec<String> = case.forwarded.iter().cloned().chain(probe.map(str::to_owned)).collect();
    if answers != case.answers || forwarded != expected {
        return Err(format!("{answers:?} {forwarded:?}"));
    }
    Ok(())
}

#[test]
fn every_case_is_refused_or_harmless() {
    let cases = corpus();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        assert!(!case.source.is_empty());
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(case)));
        match result.unwrap_or_else(|_| Err("the endpoint got what is malformed".into())) {
            Ok(()) => {}
            Err(what) => wrong.push(format!("{}: expected {:?} {:?}: {what}", case.name, case.answers, case.forwarded)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
