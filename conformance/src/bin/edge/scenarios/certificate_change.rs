//! A Secret is replaced 20 times under load by TLS: no request fails, connections that stay are not dropped, and soon
//! after a change all new handshakes see the new certificate.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hyper::Version;
use tokio::time::sleep;

use super::Stage;
use crate::client::Target;
use crate::load::{Client, Load, Plan};
use crate::proxy::PATIENCE;

/// So often the certificate changes.
const CHANGES: u32 = 20;
/// Clients that keep their connections; as many do not.
const KEPT: usize = 8;

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    let _backends = stage.site("web", "web.test", 2, true).await?;
    let mut proxy = stage.proxy(&[])?;
    let mut clients = Vec::new();
    for place in 0..2 * KEPT {
        let version = if place % 2 == 0 { Version::HTTP_11 } else { Version::HTTP_2 };
        let client = Client::new(stage.tls(&proxy, "web.test", version)?, [0]);
        let per_connection = if place < KEPT { 0 } else { 1 };
        clients.push(Client { per_connection, ..client });
    }
    // Whoever resumes a session is shown no certificate.
    let tls = stage.authority.client(b"http/1.1", false)?;
    let witness = Target { tls: Some(tls), ..stage.tls(&proxy, "web.test", Version::HTTP_11)? };
    clients.push(Client { per_connection: 1, ..Client::new(witness.clone(), [0]) });
    let load = Load::start(clients, vec![Plan::get("web.test", "web")], &mut stage.chance);

    let pause = stage.load / CHANGES;
    let mut longest = Duration::ZERO;
    let mut changed: Vec<(Vec<u8>, Instant)> = Vec::new();
    for _ in 0..CHANGES {
        let pair = stage.authority.issue(&["web.test"])?;
        stage.cluster.secret("web", &pair)?;
        let begin = Instant::now();
        loop {
            let (_, shown) = witness.stream().await.context("handshake")?;
            if shown.as_deref() == Some(&*pair.der) {
                break;
            }
            ensure!(begin.elapsed() < PATIENCE, "a new certificate is not shown after {PATIENCE:?}");
            sleep(Duration::from_millis(10)).await;
        }
        changed.push((pair.der, Instant::now()));
        longest = longest.max(begin.elapsed());
        sleep(pause.saturating_sub(begin.elapsed())).await;
    }
    let tally = load.stop().await?;
    proxy.still_running()?;

    tally.all_well(|_| true)?;
    let kept = tally.opened.iter().filter(|opened| opened.client < KEPT).count();
    ensure!(kept == KEPT, "{} connections were dropped", kept - KEPT);
    // Once the new one was shown, it is what every whole handshake shows.
    for opened in tally.opened.iter().filter(|opened| opened.client == 2 * KEPT) {
        let shown = opened.certificate.as_ref().and_then(|shown| changed.iter().position(|(der, _)| der == shown));
        let newest = changed.iter().rposition(|(_, since)| *since < opened.at);
        ensure!(shown >= newest, "certificate {shown:?} was shown after {newest:?}");
    }
    let whole = tally.opened.iter().filter(|opened| opened.client == 2 * KEPT).count();
    Ok(format!(
        "{CHANGES} certificates, each shown after {} ms at most and then in all of {whole} whole handshakes; no failure, {KEPT} \
         connections stayed; {tally}",
        longest.as_millis()
    ))
}
