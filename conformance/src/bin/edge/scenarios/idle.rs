//! 10,000 connections that ask once and then nothing, in each version of HTTP: others are served meanwhile, what a
//! connection costs is bounded, and afterwards the memory is used again. Then come clients who mean no good.

mod abuse;

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use hyper::{Method, Version};

use super::Stage;
use crate::client::{Connection, Target, request, whole};
use crate::load::{Client, Load, Plan};
use crate::proxy::Proxy;

/// Connections, half of them by TLS.
const CONNECTIONS: usize = 10_000;
/// Made at the same time.
const AT_ONCE: usize = 64;
/// From one source address: the ports of one do not reach for all.
const PER_SOURCE: usize = 2000;
/// KiB that an idle connection may cost: buffers of HTTP and TLS, and the task.
const KIB_PER_CONNECTION: f64 = 40.0;
/// So many times they come and go.
const CROWDS: usize = 3;
/// By how much of what all of them took the last crowd may need more than the one before: what was freed is used again, though
/// the allocator need not give it back to the operating system. The first leaves holes that are too small for some of the second.
const PERCENT_MORE: u64 = 10;

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    let _plain = stage.site("web", "web.test", 1, false).await?;
    let _secure = stage.site("shop", "shop.test", 1, true).await?;
    let mut proxy = stage.proxy(&["--head-timeout", "1", "--body-timeout", "1", "--idle-timeout", "600"])?;
    let targets = [
        stage.plain(&proxy, "web.test", Version::HTTP_11),
        stage.tls(&proxy, "shop.test", Version::HTTP_11)?,
        stage.plain(&proxy, "web.test", Version::HTTP_2),
        stage.tls(&proxy, "shop.test", Version::HTTP_2)?,
    ];
    let before = proxy.memory()?.resident;
    let others = targets.iter().map(|target| Client::new(target.clone(), [usize::from(target.tls.is_some())]));
    let plans = vec![Plan::get("web.test", "web"), Plan::get("shop.test", "shop")];
    let load = Load::start(others.collect(), plans, &mut stage.chance);
    let (mut with, mut after) = (Vec::new(), Vec::new());
    for _ in 0..CROWDS {
        let (crowd, resident) = crowd(&proxy, &targets).await?;
        with.push(resident);
        // All are still there: more than the timeouts of heads and contents later, which are not theirs.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let mut asked = stream::iter(crowd).map(again).buffer_unordered(AT_ONCE);
        while let Some(asked) = asked.next().await {
            asked.context("an idle connection")?;
        }
        drop(asked);
        tokio::time::sleep(Duration::from_secs(2)).await;
        after.push(proxy.memory()?.resident);
    }
    let tally = load.stop().await?;
    tally.all_well(|_| true)?;
    let most = |crowd: usize| with[crowd].iter().copied().max().unwrap_or(0);
    let mut costs = Vec::new();
    for (number, name) in ["http/1.1", "https/1.1", "h2c", "h2"].into_iter().enumerate() {
        let earlier = if number == 0 { before } else { with[0][number - 1] };
        let cost = with[0][number].saturating_sub(earlier) as f64 / (CONNECTIONS / targets.len()) as f64;
        ensure!(cost < KIB_PER_CONNECTION, "an idle connection of {name} costs {cost:.1} KiB");
        costs.push(format!("{name} {cost:.1}"));
    }
    let (grown, more) = (most(CROWDS - 1).saturating_sub(before), most(CROWDS - 1).saturating_sub(most(CROWDS - 2)));
    ensure!(
        more * 100 <= grown * PERCENT_MORE,
        "{CROWDS} times {CONNECTIONS} connections took {grown} KiB, {more} of it the last"
    );

    let abuse = abuse::run(&proxy, "web.test").await?;
    proxy.still_running()?;
    let crowds = (0..CROWDS).map(|crowd| format!("{} with them and {} after", most(crowd), after[crowd]));
    Ok(format!(
        "KiB for each of {CONNECTIONS} idle connections: {}; resident {before} KiB before, {}; others meanwhile: {tally}; {abuse}",
        costs.join(", "),
        crowds.collect::<Vec<_>>().join(", ")
    ))
}

/// Connections that have asked once, and what was in memory after those of each target.
async fn crowd(proxy: &Proxy, targets: &[Target]) -> Result<(Vec<(Target, Connection)>, Vec<u64>)> {
    let share = CONNECTIONS / targets.len();
    let (mut crowd, mut resident) = (Vec::new(), Vec::new());
    for target in targets {
        let open = |number: usize| async move {
            let source = Ipv4Addr::new(127, 0, 1, 1 + (number / PER_SOURCE) as u8);
            let mut connection = target.connect_from(source).await.with_context(|| format!("connection {number}"))?;
            ask(target, &mut connection).await?;
            Ok((target.clone(), connection))
        };
        let opened: Vec<Result<_>> = stream::iter(0..share).map(open).buffer_unordered(AT_ONCE).collect().await;
        crowd.extend(opened.into_iter().collect::<Result<Vec<_>>>()?);
        resident.push(proxy.memory()?.resident);
    }
    Ok((crowd, resident))
}

async fn again((target, mut connection): (Target, Connection)) -> Result<()> {
    ask(&target, &mut connection).await
}

async fn ask(target: &Target, connection: &mut Connection) -> Result<()> {
    ensure!(connection.ready().await, "closed");
    let response = connection.send(request(Method::GET, &target.host, "/", whole(""))?).await?;
    ensure!(response.status() == 200, "{}", response.status());
    response.into_body().collect().await?;
    Ok(())
}
