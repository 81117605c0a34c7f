//! Rules as a configuration of nginx, as ingress-nginx writes it (rootfs/etc/nginx/template/nginx.tmpl): a server for each
//! host, a location for each path.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::rules::{Route, RuleSet};

/// Writes `nginx.conf` for a server at this port of 127.0.0.1; the program's arguments.
pub(crate) fn configure(rules: &RuleSet, port: u16, folder: &Path) -> Result<Vec<String>> {
    fs::write(folder.join("nginx.conf"), configuration(rules, port)?).context("nginx.conf")?;
    let folder = folder.to_str().context("the folder's name")?;
    Ok(["-p", folder, "-e", "stderr", "-c", "nginx.conf"].map(str::to_owned).to_vec())
}

fn configuration(rules: &RuleSet, port: u16) -> Result<String, fmt::Error> {
    let mut text = "\
daemon off;
master_process off;
pid nginx.pid;
events {}
http {
    access_log off;
    default_type text/plain;
    server_names_hash_bucket_size 128;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
"
    .to_owned();
    for (host, routes) in rules.hosts() {
        let (listen, name) = match host.strip_prefix("*.") {
            Some(rest) => ("", format!(r"~^(?<subdomain>[\w-]+)\.{}$", rest.replace('.', r"\."))),
            None if host.is_empty() => (" default_server", "_".to_owned()),
            None => ("", host.to_owned()),
        };
        writeln!(text, "    server {{\n        listen 127.0.0.1:{port}{listen};\n        server_name {name};")?;
        locations(&mut text, &routes, rules.default.as_deref())?;
        writeln!(text, "    }}")?;
    }
    writeln!(text, "}}")?;
    Ok(text)
}

/// A Prefix has two locations, `= /foo` and `/foo/`, but for `/`; an Exact rule goes before the first of them.
fn locations(text: &mut String, routes: &[&Route], default: Option<&str>) -> fmt::Result {
    let exact: BTreeSet<&str> = routes.iter().filter(|route| route.exact).map(|route| route.key()).collect();
    let mut location = |place: fmt::Arguments<'_>, backend: Option<&str>| match backend {
        Some(backend) => writeln!(text, "        location {place} {{ return 200 \"{backend}\"; }}"),
        None => writeln!(text, "        location {place} {{ return 404; }}"),
    };
    for route in routes {
        let (key, backend) = (route.key(), Some(&*route.backend));
        if !route.exact {
            location(format_args!("{key}/"), backend)?;
        }
        if route.exact || (!key.is_empty() && !exact.contains(key)) {
            location(format_args!("= {key}"), backend)?;
        }
    }
    if !routes.iter().any(|route| !route.exact && route.key().is_empty()) {
        location(format_args!("/"), default)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_rule_stands_in_for_its_prefix() {
        let route = |path, exact, backend| Route::new("*.e", path, exact, backend);
        let rules = RuleSet {
            ingresses: vec![vec![route("/a/", false, "s1"), route("/a", true, "s2"), route("/b", false, "s3")]],
            default: None,
        };
        let text = configuration(&rules, 80).unwrap();
        let server = text.split("server {").find(|server| server.contains("subdomain")).unwrap();
        let lines: Vec<&str> = server.lines().skip(2).map(str::trim).filter(|line| line.len() > 1).collect();
        assert_eq!(
            lines,
            [
                r"server_name ~^(?<subdomain>[\w-]+)\.e$;",
                r#"location /a/ { return 200 "s1"; }"#,
                r#"location = /a { return 200 "s2"; }"#,
                r#"location /b/ { return 200 "s3"; }"#,
                r#"location = /b { return 200 "s3"; }"#,
                "location / { return 404; }",
            ]
        );
    }
}
