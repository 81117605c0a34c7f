//! Findings about names under a file.

use object_change::Severity::{Info, Warning};

use super::Finding;
use crate::{Environment, GlibcVersion, ResolvConf, StubResolver};

pub(super) fn check(file: &ResolvConf, names: &[&str], findings: &mut Vec<Finding>) {
    if names.is_empty() {
        return;
    }
    let Ok(config) = StubResolver::Glibc(GlibcVersion::V2_41).read(file, &Environment::new()).result else { return };
    let entries: Vec<String> =
        config.search.iter().map(|entry| String::from_utf8_lossy(&entry.0).to_ascii_lowercase()).collect();
    // `svc.cluster.local` among the entries tells the cluster's domain.
    let cluster = entries.iter().find_map(|entry| entry.strip_prefix("svc."));
    for &name in names {
        let lower = name.to_ascii_lowercase();
        if entries.is_empty() || name.is_empty() || name.ends_with('.') || name.parse::<std::net::IpAddr>().is_ok() {
            continue;
        }
        let dots = name.bytes().filter(|&octet| octet == b'.').count();
        let searched = u32::try_from(dots).is_ok_and(|dots| dots < config.ndots);
        let whole = cluster.is_some_and(|cluster| lower.strip_suffix(cluster).is_some_and(|rest| rest.ends_with('.')));
        // `service.namespace`, or `service.namespace.svc`: names that only mean something with a search domain.
        let short = cluster.is_some() && (dots == 0 || dots == 1 || lower.ends_with(".svc"));
        let queries = entries.len();
        if whole && searched {
            let text = format!(
                "the name is whole, and yet it is asked for in {queries} search domains first, for ndots is {}",
                config.ndots
            );
            findings.push(
                Finding::about("cluster-name-without-final-dot", Info, name, text).rename(name, format!("{name}.")),
            );
        } else if !short && !whole && searched && dots > 0 {
            let text = format!(
                "a name from outside is asked for in {queries} search domains first, for ndots is {}; a final dot avoids it, but some \
                 clients send it on in Host headers and TLS server names",
                config.ndots
            );
            findings.push(Finding::about("name-walks-search-list", Info, name, text).rename(name, format!("{name}.")));
        } else if short && !whole && !searched {
            let text = format!(
                "musl searches no name with {dots} dots under ndots:{}: if it is a Service's, programs on Alpine do not find it",
                config.ndots
            );
            let mut fixed = file.clone();
            let value = (dots + 1).to_string();
            let edits = match fixed.set_option("ndots", Some(&value)) {
                Ok(()) => vec![crate::TextEdit::replace(0..file.as_bytes().len(), fixed.into_bytes())],
                Err(_) => Vec::new(),
            };
            findings.push(
                Finding::about("name-not-searched-by-musl", Warning, name, text)
                    .edit(format!("set ndots:{value}"), edits),
            );
        }
    }
}
