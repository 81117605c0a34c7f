//! Clients who mean no good.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::proxy::{PATIENCE, Proxy};

/// The timeouts of heads and contents, as the proxy is told.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Streams that are opened and reset.
const RESETS: u32 = 100_000;
/// GOAWAY, and its error code ENHANCE_YOUR_CALM (RFC 9113 §6.8, §7).
const GOAWAY: u8 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// What they met; all of them have to be cut.
pub(super) async fn run(proxy: &Proxy, host: &str) -> Result<String> {
    let head = format!("GET / HTTP/1.1\r\nhost: {host}\r\nx-slow: ");
    let (seconds, _) = drip(proxy, &head, "").await.context("a head that does not end")?;
    let body = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\nbegin");
    let (body_seconds, answer) = drip(proxy, "", &body).await.context("content that does not come")?;
    ensure!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let streams = rapid_reset(proxy, host).await.context("streams reset at once")?;
    Ok(format!(
        "slow head cut after {seconds:.1} s, slow content after {body_seconds:.1} s (408), streams reset at once: GOAWAY \
         ENHANCE_YOUR_CALM after {streams}"
    ))
}

/// Sends `begin` octet by octet and goes on so without end, or `whole` and then nothing; after how many seconds it was
/// cut, and what it was answered.
async fn drip(proxy: &Proxy, begin: &str, whole: &str) -> Result<(f32, String)> {
    let start = Instant::now();
    let (mut from, mut to) = TcpStream::connect(proxy.http).await?.into_split();
    to.write_all(whole.as_bytes()).await?;
    let begin = begin.to_owned();
    let dripping = tokio::spawn(async move {
        let octets = if begin.is_empty() { Vec::new() } else { begin.into_bytes() };
        for octet in octets.iter().chain(std::iter::repeat_n(&b'x', 10_000)) {
            if octets.is_empty() || to.write_all(&[*octet]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        to
    });
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, from.read_to_end(&mut answer)).await.context("not cut")?;
    dripping.abort();
    let took = start.elapsed();
    ensure!(read.is_ok() || !answer.is_empty() || took >= TIMEOUT, "{read:?}");
    ensure!(took >= TIMEOUT && took < TIMEOUT * 4, "cut after {took:?}");
    Ok((took.as_secs_f32(), String::from_utf8_lossy(&answer).into_owned()))
}

/// Opens streams and resets them at once (CVE-2023-44487); how many were sent before the connection was ended.
async fn rapid_reset(proxy: &Proxy, host: &str) -> Result<u32> {
    let (mut from, mut to) = TcpStream::connect(proxy.http).await?.into_split();
    let host = host.to_owned();
    let sending = tokio::spawn(async move {
        let mut sent = 0;
        if to.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00").await.is_err() {
            return sent;
        }
        for number in 0..RESETS {
            let stream = number * 2 + 1;
            let mut frames = frame(1, 0x5, stream, &fields(&host));
            frames.extend(frame(3, 0, stream, &8_u32.to_be_bytes()));
            if to.write_all(&frames).await.is_err() {
                break;
            }
            sent += 1;
        }
        sent
    });
    loop {
        let mut head = [0; 9];
        if timeout(PATIENCE, from.read_exact(&mut head)).await.context("not cut")?.is_err() {
            bail!("closed without GOAWAY");
        }
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        from.read_exact(&mut payload).await.context("a frame broke off")?;
        if head[3] == GOAWAY {
            let code = payload.get(4..8).and_then(|code| code.try_into().ok()).map(u32::from_be_bytes);
            ensure!(code == Some(ENHANCE_YOUR_CALM), "GOAWAY with {code:?}");
            break;
        }
    }
    // Who goes on sending gets no further.
    drop(from);
    timeout(PATIENCE, sending).await.context("it may go on")?.context("sending")
}

/// A frame (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = (payload.len() as u32).to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `GET /` of a host (RFC 7541): three fields of the static table, and the authority as a literal that is not indexed.
fn fields(host: &str) -> Vec<u8> {
    let mut fields = vec![0x82, 0x84, 0x86, 0x01, host.len() as u8];
    fields.extend(host.as_bytes());
    fields
}
