//! Rules as a configuration of HAProxy, as HAProxy's own ingress controller writes it (fs/usr/local/etc/haproxy/haproxy.cfg,
//! pkg/controller/builder.go): maps from host to key, and from key and path to backend.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::rules::RuleSet;

/// Writes `haproxy.cfg` and its maps for a server at this port of 127.0.0.1; the program's arguments.
pub(crate) fn configure(rules: &RuleSet, port: u16, folder: &Path) -> Result<Vec<String>> {
    let write = |name: &str, text: String| fs::write(folder.join(name), text).with_context(|| name.to_owned());
    let Maps { host, exact, prefix_exact, prefix } = maps(rules)?;
    write("host.map", host)?;
    write("path-exact.map", exact)?;
    write("path-prefix-exact.map", prefix_exact)?;
    write("path-prefix.map", prefix)?;
    write("haproxy.cfg", configuration(rules, port)?)?;
    let path = folder.join("haproxy.cfg");
    Ok(["-db", "-f", path.to_str().context("the folder's name")?].map(str::to_owned).to_vec())
}

fn configuration(rules: &RuleSet, port: u16) -> Result<String, fmt::Error> {
    let mut text = format!(
        "\
global
    nbthread 1
    maxconn 100
defaults
    mode http
    timeout client 60s
    timeout connect 5s
    timeout server 60s
    timeout http-request 60s
frontend http
    bind 127.0.0.1:{port}
    http-request set-var(txn.path) path
    http-request set-var(txn.host) req.hdr(Host),field(1,:),lower
    http-request set-var(txn.host_match) var(txn.host),map(host.map)
    http-request set-var(txn.host_match) var(txn.host),regsub(^[^.]*,,),map(host.map,'') if !{{ var(txn.host_match) -m found }}
    http-request set-var(txn.path_match) var(txn.host_match),concat(,txn.path,),map(path-exact.map)
    http-request set-var(txn.path_match) var(txn.host_match),concat(,txn.path,),map(path-prefix-exact.map) if !{{ var(txn.path_match) -m found }}
    http-request set-var(txn.path_match) var(txn.host_match),concat(,txn.path,),map_beg(path-prefix.map) if !{{ var(txn.path_match) -m found }}
    use_backend %[var(txn.path_match)] if {{ var(txn.path_match) -m found }}
    default_backend default
"
    );
    for route in rules.hosts().values().flatten() {
        let name = &route.backend;
        writeln!(text, "backend {name}\n    http-request return status 200 content-type text/plain string {name}")?;
    }
    match &rules.default {
        Some(name) => {
            writeln!(text, "backend default\n    http-request return status 200 content-type text/plain string {name}")?
        }
        None => writeln!(text, "backend default\n    http-request return status 404")?,
    }
    Ok(text)
}

/// The content of the maps.
#[derive(Default)]
struct Maps {
    /// Host, or what follows the `*` of a wildcard, to the same.
    host: String,
    /// Paths of Exact rules, each after its host.
    exact: String,
    /// Prefixes without a final slash, which are the whole path.
    prefix_exact: String,
    /// Prefixes with a final slash, with which the path begins: the longest decides.
    prefix: String,
}

fn maps(rules: &RuleSet) -> Result<Maps, fmt::Error> {
    let mut maps = Maps::default();
    for (host, routes) in rules.hosts() {
        let host = host.strip_prefix('*').unwrap_or(host);
        if !host.is_empty() {
            writeln!(maps.host, "{host} {host}")?;
        }
        for route in routes {
            let (key, backend) = (route.key(), &route.backend);
            if route.exact {
                writeln!(maps.exact, "{host}{key} {backend}")?;
            } else {
                writeln!(maps.prefix, "{host}{key}/ {backend}")?;
                if !key.is_empty() {
                    writeln!(maps.prefix_exact, "{host}{key} {backend}")?;
                }
            }
        }
    }
    Ok(maps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Route;

    #[test]
    fn rules_are_rows_of_maps() {
        let routes = vec![
            Route::new("*.e", "/a/", false, "s1"),
            Route::new("*.e", "/a", true, "s2"),
            Route::new("", "/", false, "s3"),
        ];
        let maps = maps(&RuleSet { ingresses: vec![routes], default: None }).unwrap();
        assert_eq!(maps.host, ".e .e\n");
        assert_eq!(maps.exact, ".e/a s2\n");
        assert_eq!(maps.prefix_exact, ".e/a s1\n");
        assert_eq!(maps.prefix, "/ s3\n.e/a/ s1\n");
    }
}
