//! An Ingress goes and comes back, again and again: meanwhile requests to its host are 404, at any time one or the other,
//! and those to other hosts have their replies.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::Stage;
use crate::load::{Load, Plan};
use crate::tally::{Examples, Outcome};

/// After which a change has to be seen: some looks at the folder.
const SEEN: Duration = Duration::from_millis(800);
/// How long it then stays as it is.
const QUIET: Duration = Duration::from_millis(300);

pub(super) async fn run(mut stage: Stage) -> Result<String> {
    let _stays = stage.site("web", "web.test", 2, false).await?;
    let _goes = stage.site("shop", "shop.test", 2, false).await?;
    let mut proxy = stage.proxy(&[])?;
    let plans = vec![Plan::get("web.test", "web"), Plan::get("shop.test", "shop")];
    let load = Load::start(stage.clients(&proxy, &[0, 1]), plans, &mut stage.chance);

    let end = Instant::now() + stage.load;
    // When which status is the only one.
    let mut sure = Vec::new();
    let mut there = true;
    while Instant::now() < end || !there {
        there = !there;
        if there {
            stage.cluster.ingress("shop", &["shop.test"], "shop", None)?;
        } else {
            stage.cluster.remove_ingress("shop")?;
        }
        sleep(SEEN).await;
        let begin = Instant::now();
        sleep(QUIET).await;
        sure.push((begin, Instant::now(), if there { 200 } else { 404 }));
    }
    let tally = load.stop().await?;
    proxy.still_running()?;

    tally.all_well(|outcome| outcome.plan == 0)?;
    let wrong: Vec<&Outcome> = tally
        .outcomes
        .iter()
        .filter(|outcome| outcome.plan == 1)
        .filter(|outcome| {
            let inside = |&&(begin, end, _): &&(Instant, Instant, u16)| outcome.begin > begin && outcome.end < end;
            match sure.iter().find(inside) {
                Some(&(_, _, status)) => outcome.status() != status,
                None => !matches!(outcome.status(), 200 | 404),
            }
        })
        .collect();
    ensure!(wrong.is_empty(), "{} with another status than expected: {}", wrong.len(), Examples(&wrong));
    let statuses = tally.statuses(|outcome| outcome.plan == 1);
    ensure!(statuses.len() == 2, "only {statuses:?}");
    Ok(format!("{} changes, statuses of that host {statuses:?}, no failure of others; {tally}", sure.len()))
}
