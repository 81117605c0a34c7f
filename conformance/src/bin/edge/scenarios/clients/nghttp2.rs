//! nghttp2's programs: h2load for many requests at the same time, nghttp for frames.

use anyhow::{Context as _, Result, ensure};

use super::World;
use super::program::output;

/// Requests of each kind.
const REQUESTS: &str = "10000";

pub(super) async fn run(world: &World) -> Result<String> {
    let mut figures = Vec::new();
    for (scheme, host) in [("https", "shop.test"), ("http", "web.test")] {
        let address = world.address(scheme);
        let target = format!("--connect-to={address}");
        let url = format!("{scheme}://{host}:{}/", address.port());
        let text = output("h2load", ["-n", REQUESTS, "-c", "16", "-m", "16", &target, &url], b"").await?;
        ensure!(
            text.contains(&format!("status codes: {REQUESTS} 2xx, 0 3xx, 0 4xx, 0 5xx")),
            "h2load {scheme}: {text}"
        );
        let line = text.lines().find_map(|line| line.strip_prefix("finished in ")).context("h2load's figures")?;
        let rate = line.split(", ").nth(1).unwrap_or(line);
        figures.push(format!("{scheme} {rate}"));
    }
    let url = format!("http://{}/trailers", world.proxy.http);
    let text = output("nghttp", ["--verbose", "--header=:authority: multiplexed.test", &url], b"").await?;
    let content = text.find("recv DATA frame").with_context(|| format!("nghttp: no content\n{text}"))?;
    let trailers = text.rfind("x-checksum: 17").with_context(|| format!("nghttp: no trailers\n{text}"))?;
    ensure!(content < trailers, "nghttp: trailers before the content\n{text}");
    Ok(format!("h2load {REQUESTS} requests each, {}; nghttp trailers", figures.join(", ")))
}
