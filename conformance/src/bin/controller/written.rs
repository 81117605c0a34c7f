//! Who wrote what, by the API server's audit log.

use anyhow::Result;
use serde_json::Value;
use whereto_conformance::control_plane::ControlPlane;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Lease,
    Status,
    Event,
}

/// Something that was written by who has a token, each replica one of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    /// All have the same form, with microseconds.
    when: String,
    pub(crate) kind: Kind,
    /// The token's identifier.
    pub(crate) who: String,
}

/// What was written so far, in order.
pub(crate) fn all(control_plane: &ControlPlane) -> Result<Vec<Written>> {
    let mut all: Vec<_> = control_plane.audit()?.iter().filter_map(read).collect();
    all.sort();
    Ok(all)
}

fn read(event: &Value) -> Option<Written> {
    event["responseStatus"]["code"].as_u64().filter(|code| *code < 300)?;
    let who = event["user"]["extra"]["authentication.kubernetes.io/credential-id"][0].as_str()?.to_owned();
    let kind = match (event["objectRef"]["resource"].as_str()?, event["objectRef"]["subresource"].as_str()) {
        ("leases", None) => Kind::Lease,
        ("ingresses", Some("status")) => Kind::Status,
        ("events", None) => Kind::Event,
        _ => return None,
    };
    Some(Written { when: event["requestReceivedTimestamp"].as_str()?.to_owned(), kind, who })
}

/// How many statuses and Events were written, and how many of them by who did not hold the Lease.
pub(crate) fn judge(written: &[Written]) -> (usize, usize) {
    let (mut holder, mut count, mut strangers) = ("", 0, 0);
    for one in written {
        if one.kind == Kind::Lease {
            holder = &one.who;
        } else {
            count += 1;
            strangers += usize::from(one.who != holder);
        }
    }
    (count, strangers)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_has_no_lease_is_a_stranger() {
        let event = |second: u8, resource: &str, subresource: Option<&str>, who: &str, code: u16| {
            json!({
                "requestReceivedTimestamp": format!("2026-11-21T18:00:0{second}.000000Z"), "responseStatus": {"code": code},
                "objectRef": {"resource": resource, "subresource": subresource},
                "user": {"extra": {"authentication.kubernetes.io/credential-id": [who]}}
            })
        };
        let log = [
            event(2, "ingresses", Some("status"), "a", 200),
            event(1, "leases", None, "a", 201),
            event(3, "leases", None, "b", 409),
            event(4, "events", None, "a", 201),
            event(5, "leases", None, "b", 200),
            event(6, "ingresses", Some("status"), "a", 200),
            event(7, "ingresses", Some("status"), "b", 403),
        ];
        let mut written: Vec<_> = log.iter().filter_map(read).collect();
        written.sort();
        assert_eq!(judge(&written), (3, 1));
    }
}
