use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

/// What the system tells of this process, under the names that every Prometheus client uses. Nothing where there is no /proc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let gauges = [
            (
                "process_resident_memory_bytes",
                "Octets of memory in use",
                resident_octets().and_then(|octets| i64::try_from(octets).ok()),
            ),
            ("process_open_fds", "Open file descriptors", open_files()),
            ("process_max_fds", "File descriptors that may be open", max_files()),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)?;
            }
        }
        Ok(())
    }
}

/// The memory that the system counts for this process, where it tells.
pub(crate) fn resident_octets() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_ascii_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn open_files() -> Option<i64> {
    // Without the one that lists them.
    i64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1)).ok()
}

fn max_files() -> Option<i64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use prometheus_client::encoding::text;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn a_process_has_memory_and_files() {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process));
        let mut metrics = String::new();
        text::encode(&mut metrics, &registry).unwrap();
        let value = |name: &str| -> i64 {
            let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("{name} is not in\n{metrics}")).parse().unwrap()
        };
        assert!(value("process_resident_memory_bytes") > 100_000);
        // Standard input, output and error, and whatever the test harness has.
        assert!(value("process_open_fds") >= 3);
        assert!(value("process_max_fds") >= value("process_open_fds"));
    }
}
