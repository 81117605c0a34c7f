//! 100 MB up and 100 MB down, in each version of HTTP, to endpoints and clients that are slow to begin: the proxy's
//! memory stays as it is.

use std::io;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::{Method, Version};

use super::Stage;
use crate::client::{Content, Target, request, whole};

/// Octets of each content.
const OCTETS: u64 = 100_000_000;
/// Octets of one piece.
const PIECE: u64 = 64 * 1024;
/// By which the proxy's memory may grow at most: buffers of sockets, of TLS, and windows of HTTP/2.
const GROWTH: u64 = 6 * 1024;
/// How long endpoints and clients wait before they read.
const SLEEP: Duration = Duration::from_millis(300);

pub(super) async fn run(stage: Stage) -> Result<String> {
    let _plain = stage.site("web", "web.test", 1, false).await?;
    let _secure = stage.site("shop", "shop.test", 1, true).await?;
    let proxy = stage.proxy(&[])?;
    let targets = [
        ("http/1.1", "web", stage.plain(&proxy, "web.test", Version::HTTP_11)),
        ("h2c", "web", stage.plain(&proxy, "web.test", Version::HTTP_2)),
        ("https/1.1", "shop", stage.tls(&proxy, "shop.test", Version::HTTP_11)?),
        ("h2", "shop", stage.tls(&proxy, "shop.test", Version::HTTP_2)?),
    ];
    // What is there once is no growth.
    for (_, service, target) in &targets {
        upload(target, service, PIECE).await?;
        download(target, PIECE).await?;
    }
    let before = proxy.memory()?;
    let mut figures = Vec::new();
    for (name, service, target) in &targets {
        let up = upload(target, service, OCTETS).await?;
        let down = download(target, OCTETS).await?;
        figures.push(format!("{name} {up:.0} MB/s up {down:.0} MB/s down"));
    }
    let growth = proxy.memory()?.peak.saturating_sub(before.resident);
    ensure!(growth <= GROWTH, "the most in memory was {growth} KiB more than before");
    Ok(format!("{}; at most {growth} KiB more in memory, {} KiB before", figures.join(", "), before.resident))
}

/// MB a second.
async fn upload(target: &Target, service: &str, octets: u64) -> Result<f64> {
    let begin = Instant::now();
    let mut connection = target.connect().await?;
    let path = format!("/sleepy?{}", SLEEP.as_millis());
    let response = connection.send(request(Method::PUT, &target.host, &path, content(octets))?).await?;
    ensure!(response.status() == 200, "{}", response.status());
    let text = response.into_body().collect().await?.to_bytes();
    ensure!(text == format!("{service} 0 PUT {path} {octets}\n"), "{}", text.escape_ascii());
    Ok(rate(octets, begin))
}

async fn download(target: &Target, octets: u64) -> Result<f64> {
    let begin = Instant::now();
    let mut connection = target.connect().await?;
    let path = format!("/download?{octets}");
    let mut response = connection.send(request(Method::GET, &target.host, &path, whole(""))?).await?;
    ensure!(response.status() == 200, "{}", response.status());
    tokio::time::sleep(SLEEP).await;
    let mut read = 0;
    while let Some(frame) = response.frame().await {
        read += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    ensure!(read == octets, "{read} of {octets} octets");
    Ok(rate(octets, begin))
}

fn content(octets: u64) -> Content {
    let piece = Bytes::from_static(&[b'u'; PIECE as usize]);
    let pieces = stream::unfold(octets, move |left| {
        let length = left.min(PIECE);
        let piece = piece.slice(..length as usize);
        async move { (length > 0).then(|| (Ok::<_, io::Error>(Frame::data(piece)), left - length)) }
    });
    StreamBody::new(pieces).boxed()
}

fn rate(octets: u64, begin: Instant) -> f64 {
    octets as f64 / 1e6 / begin.elapsed().saturating_sub(SLEEP).as_secs_f64()
}
