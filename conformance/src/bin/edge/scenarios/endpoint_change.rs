//! Endpoints of two Services come and go, ten times a second, and all requests have their reply from an endpoint of the
//! right Service; when it is quiet again, from one that is left.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::Stage;
use super::stage::addresses;
use crate::load::{Load, Plan};

/// Between two changes.
const PAUSE: Duration = Duration::from_millis(100);
/// After which the last change has to be seen.
const SETTLED: Duration = Duration::from_secs(1);

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    let sites = [
        ("web", stage.site("web", "web.test", 6, false).await?),
        ("api", stage.site("api", "api.test", 6, false).await?),
    ];
    let mut proxy = stage.proxy(&[])?;
    let post = |plan: Plan| Plan { method: hyper::Method::POST, path: "/form", content: 4000, ..plan };
    let (web, api) = (Plan::get("web.test", "web"), Plan::get("api.test", "api"));
    let plans = vec![web.clone(), api.clone(), post(web), post(api)];
    let load = Load::start(stage.clients(&proxy, &[0, 1, 2, 3]), plans, &mut stage.chance);

    let end = Instant::now() + stage.load;
    let mut changes = 0;
    let mut left = [BTreeSet::new(), BTreeSet::new()];
    while Instant::now() < end {
        for ((service, backends), left) in sites.iter().zip(&mut left) {
            let places: Vec<usize> = (0..backends.len()).collect();
            let count = stage.chance.between(1, 4);
            let chosen = stage.chance.sample(&places, count);
            let all = addresses(backends);
            let chosen_addresses: Vec<SocketAddr> = chosen.iter().map(|&place| all[place]).collect();
            stage.cluster.endpoints(service, &chosen_addresses)?;
            *left = chosen.into_iter().collect();
            changes += 1;
        }
        sleep(PAUSE).await;
    }
    sleep(SETTLED).await;
    let settled = Instant::now();
    sleep(SETTLED).await;
    let tally = load.stop().await?;
    proxy.still_running()?;
    tally.all_well(|_| true)?;

    let mut used = BTreeSet::new();
    for outcome in &tally.outcomes {
        let endpoint = outcome.result.as_ref().ok().and_then(|reply| reply.endpoint).unwrap_or(usize::MAX);
        used.insert((outcome.plan % 2, endpoint));
        let left = &left[outcome.plan % 2];
        ensure!(
            outcome.begin < settled || left.contains(&endpoint),
            "endpoint {endpoint} still has requests, {left:?} are left"
        );
    }
    ensure!(used.len() == 12, "only endpoints {used:?} had requests");
    Ok(format!("{changes} changes, no failure; {tally}"))
}
