//! The proxy is told to end (SIGTERM) under load: until it stops listening, no request fails; afterwards none that came
//! to an endpoint. Downloads and WebSockets that were begun go on to their end. It exits with 0 in time.
//!
//! Connections that are refused once it listens no more are no failures, and neither are those that it closes unused.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::{Method, Version};
use nix::sys::signal::Signal;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::Stage;
use crate::client::{Target, request, whole};
use crate::load::{Load, Plan};
use crate::proxy::PATIENCE;
use crate::tally::{Examples, Failure, Outcome};

/// How long the proxy serves on, as it is told.
const LAME_DUCK: Duration = Duration::from_secs(1);
/// How long the download and the WebSocket go on after the signal: beyond the lame duck's time.
const LONG: Duration = Duration::from_millis(2500);

/// How much later than those the end may be; the grace time is longer.
const LATE: Duration = Duration::from_secs(5);

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    let _backends = stage.site("web", "web.test", 2, false).await?;
    let _secure = stage.site("shop", "shop.test", 2, true).await?;
    let mut proxy = stage.proxy(&["--lame-duck", "1", "--grace", "10"])?;
    let post = Plan { method: Method::POST, content: 20_000, ..Plan::get("web.test", "web") };
    let late = Plan { path: "/late?300", ..Plan::get("web.test", "web") };
    let plans = vec![Plan::get("web.test", "web"), post, late, Plan::get("shop.test", "shop")];
    let mut clients = stage.clients(&proxy, &[0, 0, 0, 0, 1, 2]);
    for version in [Version::HTTP_11, Version::HTTP_11, Version::HTTP_2] {
        let target = stage.tls(&proxy, "shop.test", version)?;
        clients.push(crate::load::Client::new(target, [3]));
    }
    // Nothing under way: they have to be closed, not waited for.
    let mut idle = Vec::new();
    for version in [Version::HTTP_11, Version::HTTP_2] {
        idle.push(stage.plain(&proxy, "web.test", version).connect().await?);
    }
    let load = Load::start(clients, plans, &mut stage.chance);
    let pieces = (LONG.as_millis() + stage.load.as_millis() / 2) as usize / 20;
    let downloads =
        [Version::HTTP_11, Version::HTTP_2].map(|version| download(stage.plain(&proxy, "web.test", version), pieces));
    let socket = websocket(stage.plain(&proxy, "web.test", Version::HTTP_11), stage.load / 2 + LONG);
    tokio::time::sleep(stage.load / 2).await;

    let signalled = Instant::now();
    proxy.signal(Signal::SIGTERM)?;
    let status = proxy.ended(PATIENCE).await?;
    let ended = signalled.elapsed();
    let tally = load.stop().await?;
    ensure!(status.success(), "exit {status}");
    for task in downloads {
        task.await.context("a download")??;
    }
    socket.await.context("the WebSocket")??;
    ensure!(ended >= LONG && ended < LONG + LATE, "it ended after {ended:?}");
    for mut connection in idle {
        ensure!(!connection.ready().await, "an idle connection is still open");
    }

    // It may stop listening a little early or late, as clocks go.
    let closing = signalled + LAME_DUCK - Duration::from_millis(20);
    tally.all_well(|outcome| outcome.end < closing)?;
    let (mut refused, mut unaccepted) = (0, 0);
    for outcome in &tally.outcomes {
        match &outcome.result {
            Ok(reply) if reply.status == 200 => {}
            Err(Failure::Refused(_)) => refused += 1,
            Err(Failure::Unanswered(_)) if !stage.seen.contains(outcome.number) => unaccepted += 1,
            _ => bail!("accepted, but {}", Examples(&[outcome])),
        }
    }
    let told = |outcome: &&Outcome| outcome.result.as_ref().is_ok_and(|reply| reply.last);
    let told = tally.outcomes.iter().filter(told).count();
    ensure!(told > 0, "no response said `Connection: close`");
    let served = tally.outcomes.iter().filter(|outcome| outcome.is_well() && outcome.begin > signalled).count();
    Ok(format!(
        "no failure, {served} served after the signal, {told} with `Connection: close`, {refused} refused and {unaccepted} \
         closed unread afterwards; exit 0 after {:.2} s, when the last download and WebSocket had ended; {tally}",
        ended.as_secs_f32()
    ))
}

/// A download that takes some time.
fn download(target: Target, pieces: usize) -> JoinHandle<Result<()>> {
    tokio::spawn(async move {
        let mut connection = target.connect().await?;
        let request = request(Method::GET, &target.host, &format!("/trickle?{pieces}"), whole(""))?;
        let response = connection.send(request).await?;
        ensure!(response.status() == 200, "{}", response.status());
        let content = response.into_body().collect().await.context("a download broke off")?.to_bytes();
        ensure!(content.len() == pieces, "{} of {pieces} octets", content.len());
        Ok(())
    })
}

/// A WebSocket that is used for some time, and closed.
fn websocket(target: Target, time: Duration) -> JoinHandle<Result<()>> {
    tokio::spawn(async move {
        let end = Instant::now() + time;
        let (stream, _) = target.stream().await?;
        let (mut socket, _) = tokio_tungstenite::client_async(format!("ws://{}/chat", target.host), stream).await?;
        while Instant::now() < end {
            socket.send(Message::text("still there?")).await.context("sending")?;
            let echo = socket.next().await.context("the WebSocket was cut")??;
            ensure!(echo == Message::text("still there?"), "{echo}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        socket.close(None).await.context("closing")?;
        while let Some(message) = socket.next().await {
            ensure!(message?.is_close(), "more than a close");
        }
        Ok(())
    })
}
