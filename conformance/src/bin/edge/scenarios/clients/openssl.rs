//! openssl s_client: versions of TLS, ALPN, server names, resumed sessions.

use std::path::Path;

use anyhow::{Result, ensure};

use super::World;
use super::program::output;

pub(super) async fn run(world: &World) -> Result<String> {
    let mut handshakes = 0;
    for (version, name) in [("-tls1_3", "TLSv1.3"), ("-tls1_2", "TLSv1.2")] {
        for (host, protocols, chosen) in [("shop.test", "h2,http/1.1", "h2"), ("blog.test", "http/1.1", "http/1.1")] {
            let text = ask(world, host, &[version, "-alpn", protocols, "-verify_hostname", host]).await?;
            for expected in
                [format!("New, {name}, "), format!("ALPN protocol: {chosen}"), "Verify return code: 0 (ok)".into()]
            {
                ensure!(text.contains(&expected), "{host} {version}: no {expected:?} in\n{text}");
            }
            handshakes += 1;
        }
        // The ticket of TLS 1.3 comes after the handshake: with the response.
        let session = world.folder.join(format!("session{version}"));
        let session = session.display().to_string();
        let text = ask(world, "shop.test", &[version, "-sess_out", &session]).await?;
        ensure!(text.contains("HTTP/1.1 200 OK") && Path::new(&session).is_file(), "{version}: {text}");
        let text = ask(world, "shop.test", &[version, "-sess_in", &session]).await?;
        ensure!(text.contains(&format!("Reused, {name}, ")), "{version}: not resumed\n{text}");
        ensure!(text.contains("HTTP/1.1 200 OK"), "{version}: no response on a resumed session\n{text}");
        handshakes += 2;
    }
    // RFC 6066 §3: no certificate for that name.
    let text = ask(world, "nobody.test", &["-tls1_3"]).await?;
    ensure!(text.contains("alert"), "no alert for an unknown name:\n{text}");
    let text = ask(world, "shop.test", &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]).await?;
    ensure!(text.contains(" alert "), "TLS 1.1: {text}");
    Ok(format!("{handshakes} handshakes (4 sessions kept or resumed), 2 refused"))
}

/// A handshake and a request; what the program tells.
async fn ask(world: &World, host: &str, options: &[&str]) -> Result<String> {
    let (address, authority) = (world.proxy.https.to_string(), world.authority.display().to_string());
    let fixed = ["s_client", "-connect", &address, "-servername", host, "-CAfile", &authority, "-ign_eof"];
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let input: &[u8] = if options.contains(&"h2,http/1.1") { b"" } else { request.as_bytes() };
    // With HTTP/2 there is nothing to say here: the server hears no preface, and closes.
    let fixed = if input.is_empty() { &fixed[..7] } else { &fixed[..] };
    output("openssl", fixed.iter().chain(options), input).await
}
