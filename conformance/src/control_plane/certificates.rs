//! The certificates of an API server and its clients: one that may do everything, and one that has no rights of its own.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// Writes `ca`, `server`, `admin`, `reader` (`.crt` and `.key`), `tokens.key` and `tokens.pub` into `folder`.
pub(super) fn write(folder: &Path) -> Result<()> {
    let save = |name: &str, text: String| fs::write(folder.join(name), text).with_context(|| format!("writing {name}"));
    let key = KeyPair::generate()?;
    let mut ca = params("conformance", &[])?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    save("ca.crt", ca.self_signed(&key)?.pem())?;
    let issuer = Issuer::new(ca, key);

    let mut server = params("kube-apiserver", &["127.0.0.1", "localhost"])?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let mut admin = params("admin", &[])?;
    admin.distinguished_name.push(DnType::OrganizationName, "system:masters");
    admin.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let mut reader = params("reader", &[])?;
    reader.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    for (name, params) in [("server", server), ("admin", admin), ("reader", reader)] {
        let key = KeyPair::generate()?;
        save(&format!("{name}.crt"), params.signed_by(&key, &issuer)?.pem())?;
        save(&format!("{name}.key"), key.serialize_pem())?;
    }
    // Signs service accounts' tokens.
    let tokens = KeyPair::generate()?;
    save("tokens.pub", tokens.public_key_pem())?;
    save("tokens.key", tokens.serialize_pem())
}

fn params(name: &str, addresses: &[&str]) -> Result<CertificateParams> {
    let addresses: Vec<String> = addresses.iter().map(|&address| address.to_owned()).collect();
    let mut params = CertificateParams::new(addresses)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    Ok(params)
}
