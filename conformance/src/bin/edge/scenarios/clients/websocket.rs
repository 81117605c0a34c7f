//! WebSockets through both schemes.

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::Version;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Stage;
use crate::proxy::Proxy;

/// Octets of the largest message.
const LARGE: usize = 1_000_000;

pub(super) async fn run(stage: &Stage, proxy: &Proxy) -> Result<String> {
    let targets = [
        ("ws", stage.plain(proxy, "web.test", Version::HTTP_11)),
        ("wss", stage.tls(proxy, "shop.test", Version::HTTP_11)?),
    ];
    for (scheme, target) in &targets {
        let (stream, _) = target.stream().await?;
        let (mut socket, _) =
            tokio_tungstenite::client_async(format!("{scheme}://{}/chat", target.host), stream).await?;
        for message in
            [Message::text("Grüße"), Message::binary(vec![0, 255]), Message::binary(vec![7; LARGE]), Message::text("")]
        {
            socket.send(message.clone()).await.context("sending")?;
            let echo = socket.next().await.context("closed")??;
            ensure!(echo == message, "{scheme}: not what was sent");
        }
        socket.send(Message::Ping("1".into())).await.context("ping")?;
        ensure!(socket.next().await.context("closed")?? == Message::Pong("1".into()), "{scheme}: no pong");
        socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: "bye".into() })).await.context("closing")?;
        match socket.next().await.context("no close")?? {
            Message::Close(Some(frame)) => ensure!(frame.code == CloseCode::Normal, "{scheme}: {frame}"),
            other => bail!("{scheme}: {other} instead of close"),
        }
    }
    Ok("text, binary, 1 MB, ping, close by ws and wss".to_owned())
}
