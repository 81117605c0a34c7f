//! Real clients: curl, h2load, nghttp, openssl s_client, WebSockets, gRPC.

mod curl;
mod grpc;
mod nghttp2;
mod openssl;
mod program;
mod websocket;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Stage;
use crate::proxy::Proxy;

/// What clients are told.
struct World {
    proxy: Proxy,
    /// The file of the authority of all certificates.
    authority: PathBuf,
    folder: PathBuf,
    python: PathBuf,
}

/// Hosts: `web.test` in clear text, `shop.test` and `blog.test` by TLS with a certificate each, `empty.test` without
/// endpoints, `multiplexed.test` at an endpoint that is asked by HTTP/2, `grpc.test` and `secure-grpc.test` at an endpoint of gRPC.
pub(super) async fn run(stage: Stage) -> Result<String> {
    let _web = stage.site("web", "web.test", 2, false).await?;
    let _shop = stage.site("shop", "shop.test", 1, true).await?;
    let _blog = stage.site("blog", "blog.test", 1, true).await?;
    let _empty = stage.site("empty", "empty.test", 0, false).await?;
    let _multiplexed = stage.site("multiplexed", "multiplexed.test", 1, false).await?;
    stage.cluster.service("multiplexed", Some("kubernetes.io/h2c"))?;
    let server = grpc::Server::start(&stage.python, &stage.folder)?;
    stage.cluster.service("grpc", Some("kubernetes.io/h2c"))?;
    stage.cluster.endpoints("grpc", &[server.address])?;
    stage.cluster.ingress("grpc", &["grpc.test"], "grpc", None)?;
    stage.cluster.secret("secure-grpc", &stage.authority.issue(&["secure-grpc.test"])?)?;
    stage.cluster.ingress("secure-grpc", &["secure-grpc.test"], "grpc", Some("secure-grpc"))?;
    let proxy = stage.proxy(&["--max-body-size", "8M", "--https-redirect-port", "8443"])?;
    let authority = stage.folder.join("authority.pem");
    std::fs::write(&authority, stage.authority.pem()).context("authority")?;
    let mut world = World { proxy, authority, folder: stage.folder.clone(), python: stage.python.clone() };

    let curl = curl::run(&world).await.context("curl")?;
    let nghttp2 = nghttp2::run(&world).await?;
    let openssl = openssl::run(&world).await.context("openssl s_client")?;
    let websocket = websocket::run(&stage, &world.proxy).await.context("WebSocket")?;
    let grpc = grpc::run(&world).await.context("gRPC")?;
    world.proxy.still_running()?;
    Ok(format!("curl {curl}; {nghttp2}; openssl s_client {openssl}; WebSocket {websocket}; gRPC {grpc}"))
}

impl World {
    /// Where a scheme is served.
    const fn address(&self, scheme: &str) -> SocketAddr {
        if matches!(scheme.as_bytes(), b"https") { self.proxy.https } else { self.proxy.http }
    }
}
