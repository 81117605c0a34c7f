//! Endpoints are killed (SIGKILL) under load, one after another, and come back: requests of idempotent methods without
//! content are sent again (`--retry idempotent`, the default) and never fail; others fail only when they were under way
//! at that moment.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hyper::Method;
use tokio::time::sleep;

use super::Stage;
use crate::backend::Child;
use crate::load::{Load, Plan};
use crate::tally::{Examples, Outcome};

/// A dead endpoint is one of the Service's for so long.
const DEAD: Duration = Duration::from_millis(400);
/// Between two deaths, besides.
const PAUSE: Duration = Duration::from_millis(300);
/// How long a connection may look alive whose other end is dead.
const UNNOTICED: Duration = Duration::from_millis(100);

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    stage.cluster.service("web", None)?;
    stage.cluster.ingress("web", &["web.test"], "web", None)?;
    let mut children = Vec::new();
    for number in 0..3 {
        children.push(Child::start("web", number, &stage.folder)?);
    }
    let publish = |stage: &Stage, children: &[Child]| {
        let addresses: Vec<_> = children.iter().map(|child| child.address).collect();
        stage.cluster.endpoints("web", &addresses)
    };
    publish(&stage, &children)?;
    let mut proxy = stage.proxy(&[])?;
    let get = Plan::get("web.test", "web");
    let put = Plan { method: Method::PUT, path: "/item", ..get.clone() };
    let post = Plan { method: Method::POST, path: "/form", content: 500, ..get.clone() };
    let filled = Plan { content: 500, ..put.clone() };
    let late = Plan { path: "/late?30", ..get.clone() };
    let plans = vec![get, put, late, post, filled];
    let repeated = 3;
    let load = Load::start(stage.clients(&proxy, &[0, 1, 2, 3, 4]), plans, &mut stage.chance);

    let end = Instant::now() + stage.load;
    let mut deaths = Vec::new();
    while Instant::now() < end {
        sleep(PAUSE).await;
        let place = stage.chance.below(children.len());
        let begin = Instant::now();
        drop(children.swap_remove(place));
        deaths.push((begin, Instant::now() + UNNOTICED));
        sleep(DEAD).await;
        let number = children.iter().map(Child::number).max().map_or(0, |number| number + 1);
        children.push(Child::start("web", number, &stage.folder)?);
        publish(&stage, &children)?;
    }
    let tally = load.stop().await?;
    proxy.still_running()?;

    tally.all_well(|outcome| outcome.plan < repeated)?;
    let failed: Vec<&Outcome> = tally.outcomes.iter().filter(|outcome| !outcome.is_well()).collect();
    let unexcused: Vec<&Outcome> = failed
        .iter()
        .filter(|outcome| {
            let under_way = deaths.iter().any(|&(begin, end)| outcome.overlaps(begin, end));
            !under_way || !matches!(outcome.status(), 502 | 504)
        })
        .copied()
        .collect();
    ensure!(unexcused.is_empty(), "{} failed that were not under way: {}", unexcused.len(), Examples(&unexcused));
    let idempotent = tally.outcomes.iter().filter(|outcome| outcome.plan < repeated).count();
    Ok(format!(
        "{} deaths; none of {idempotent} idempotent requests failed, {} of {} others (502); {tally}",
        deaths.len(),
        failed.len(),
        tally.outcomes.len() - idempotent
    ))
}
