//! The Secrets of the demo cluster's Ingresses: self-signed, with keys made for the occasion.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use serde_json::{Value, json};

/// A Secret, the names that its certificate has, and the year in which it ends.
const SECRETS: [(&str, &[&str], i32); 3] = [
    ("shop-tls", &["shop.localhost", "*.shop.localhost"], 2124),
    ("api-tls", &["api.localhost"], 2124),
    ("old-tls", &["old.localhost"], 2025),
];

/// The Secrets as manifests in JSON.
pub(super) fn secrets() -> String {
    SECRETS
        .iter()
        .filter_map(|(name, hosts, year)| secret(name, hosts, *year).ok())
        .map(|secret| secret.to_string())
        .collect()
}

fn secret(name: &str, hosts: &[&str], year: i32) -> Result<Value, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, hosts.first().copied().unwrap_or(name));
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let certificate = params.self_signed(&key)?;
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "shop"},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate.pem(), "tls.key": key.serialize_pem()},
    }))
}
