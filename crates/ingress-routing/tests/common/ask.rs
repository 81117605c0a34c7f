//! Requests and outcomes in a few words.

use ingress_routing::{Outcome, RequestBuffer, RequestHead, RoutingTable, Scheme};

/// What a request gets, by `http://host/path`, with `https` or without scheme too: `namespace/service:port`, or status and reason,
/// or `308 location`.
pub(crate) fn ask(table: &RoutingTable, url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some(("http", rest)) => (Scheme::Http, rest),
        Some((_, rest)) => (Scheme::Https, rest),
        None => (Scheme::Https, url),
    };
    let (host, target) = rest.split_at(rest.find('/').unwrap_or_else(|| panic!("{url}: no path")));
    let head = RequestHead::new("GET", target).with_host(host).with_scheme(scheme);
    outcome(table.route(&head, &mut RequestBuffer::new()))
}

pub(crate) fn outcome(outcome: Outcome<'_>) -> String {
    match outcome {
        Outcome::Forward(forward) => forward.upstream.to_string(),
        Outcome::Respond { status, reason, .. } => format!("{status} {reason}"),
        Outcome::Redirect { redirect, .. } => format!("308 {redirect}"),
        Outcome::Malformed(malformed) => format!("400 {malformed}"),
        other => panic!("{other:?}"),
    }
}
