//! Manifests that change while the server runs.

use std::hash::{BuildHasher as _, RandomState};
use std::thread;
use std::time::Duration;

use k8s_source::Consumer;
use k8s_source::manifests::{Event, ManifestSource};
use object_change::Severity;
use tracing::{debug, error, info, warn};

use crate::finding::Finding;

/// Logs what was found.
pub(crate) fn log(finding: Finding) {
    match finding.severity() {
        Severity::Error => error!("{finding}"),
        Severity::Warning => warn!("{finding}"),
        _ => debug!("{finding}"),
    }
}

/// Looks for changes for ever.
pub(super) fn watch(
    source: &mut ManifestSource,
    consumer: &mut dyn Consumer,
    interval: Duration,
    log: &mut dyn FnMut(Finding),
) -> ! {
    loop {
        thread::sleep(jittered(interval));
        let summary = source.poll(consumer, &mut |event| {
            if let Event::Found(located) = event {
                log(Finding::Located(located));
            }
        });
        if summary.changed {
            info!(objects = summary.objects, "changed manifests taken up");
        }
    }
}

/// Up to a tenth more or less, so that many servers with one file system do not look at the same moment.
fn jittered(interval: Duration) -> Duration {
    let chance = RandomState::new().hash_one(()) % 2001;
    // 0.9 to 1.1 in steps of a ten-thousandth.
    interval.mul_f64((9000 + chance) as f64 / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_a_tenth() {
        for _ in 0..1000 {
            let jittered = jittered(Duration::from_secs(10));
            assert!((Duration::from_secs(9)..=Duration::from_secs(11)).contains(&jittered), "{jittered:?}");
        }
    }
}
