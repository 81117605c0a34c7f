use std::time::SystemTime;

use jiff::Timestamp;
use k8s_source::kube::Event;
use object_change::Severity;
use tracing::{debug, error, info, warn};

/// Logs what a source tells.
pub(crate) fn log(event: &Event) {
    match event {
        Event::Found(diagnostic) => match diagnostic.severity {
            Severity::Error => error!("{diagnostic}"),
            Severity::Warning => warn!("{diagnostic}"),
            _ => debug!("{diagnostic}"),
        },
        Event::Synced(kind) => info!(kind = kind.name(), "read from the API server"),
        Event::Failed { kind, namespace, problem, stale_since } => {
            let namespace = namespace.as_deref();
            match stale_since {
                Some(since) => {
                    let stale_since = time(*since);
                    warn!(kind = kind.name(), namespace, %stale_since, "{problem}; what is known is served on");
                }
                None => warn!(kind = kind.name(), namespace, "{problem}"),
            }
        }
        Event::Recovered { kind, namespace } => {
            info!(kind = kind.name(), namespace = namespace.as_deref(), "current again");
        }
        _ => {}
    }
}

/// A time as logs write it: RFC 3339 in UTC, to the millisecond.
fn time(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| "?".into(), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn times_are_in_utc() {
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_250);
        assert_eq!(super::time(time), "2023-11-14T22:13:20.250Z");
    }
}
