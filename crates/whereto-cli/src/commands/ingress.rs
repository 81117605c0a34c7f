//! `whereto ingress`: sockets first, then the objects, then one line that says so.

mod keys;

use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ingress_routing::Router;
use k8s_source::RouterConsumer;
use whereto_ingress::{Certificates, IngressServer};

use crate::arguments::IngressArgs;
use crate::demo::EchoEndpoints;
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::kube::{Live, ProgrammingDuration, Writing};
use crate::routing;
use crate::serving::{self, Manifests, Server, follow, follow_and_write};
use keys::Keys;

/// Port of https where clients do not name one.
const HTTPS_PORT: u16 = 443;

pub(crate) fn run(args: IngressArgs) -> Result<Exit, Failure> {
    serving::with_logs(&args.log, || serve(&args))
}

fn serve(args: &IngressArgs) -> Result<Exit, Failure> {
    let config = args.config().map_err(Failure::bad_input)?;
    let live = Live::open(&args.source.kube, || args.kube_options())?;
    let (mut admin, mut writing) = (args.admin(), None);
    if let Some(live) = &live {
        writing = live.writing(&args.publish, args.router.controller_name())?;
        let (reading, written) = (live.remarks(), writing.as_ref().map(Writing::remarks));
        admin = admin
            .with_collector(live.metrics(&ProgrammingDuration::default()))
            .with_ready_remarks(move || reading() + &written.as_ref().map(|written| written()).unwrap_or_default());
    }
    let (is_live, is_demo) = (live.is_some(), live.is_none() && args.source.is_demo());
    // Until objects were read every request gets 503, whatever the options are.
    let tables = Arc::new(ArcSwap::new(Router::new(args.router.options(is_live)).publish()));
    let certificates = Arc::new(Certificates::new());
    serving::raise_open_files();
    let started = IngressServer::start(config.with_admin(admin), Arc::clone(&tables), Arc::clone(&certificates));
    let started = started.map_err(Failure::cannot_run)?;
    let addresses = started.addresses().clone();
    let server = Server {
        name: "whereto ingress",
        addresses: addresses.by_purpose(),
        handle: started.handle(),
        lame_duck: args.lame_duck,
        format: args.log.log_format,
        keep_going: args.source.reading.keep_going,
    };
    let end_writing = writing.as_ref().map(Writing::end);
    server.end_on_signals(move || {
        if let Some(writing) = &end_writing {
            writing.end();
        }
    })?;

    // Nothing stands between the demo cluster and its clients that would serve https at its usual port.
    let demo_port = addresses.https.first().filter(|_| is_demo).map(SocketAddr::port);
    let router = Router::new(args.router.options_for_port(is_live, demo_port.unwrap_or(HTTPS_PORT)));
    let manifests = Manifests {
        source: args.source.open(routing::READS),
        reload: args.source.reload(args.reload_interval),
        logs: server.format,
    };
    let echoes = if is_demo { Some(EchoEndpoints::start()?) } else { None };
    let (format, default_certificate) = (server.format, args.default_certificate.clone());
    server.attend(
        || started.wait(),
        move |guard| {
            let published = Arc::clone(&tables);
            let router = RouterConsumer::new(router, move |table| published.store(table));
            let consumer = (router, Keys::new(certificates, default_certificate));
            match (live, echoes) {
                (Some(live), _) => match writing {
                    Some(writing) => follow_and_write(live, writing, consumer, tables, format, guard),
                    None => follow(live, consumer, format, guard),
                },
                (None, Some(echoes)) => manifests.keep_current(echoes.instead_of_pods(consumer), &mut planted, guard),
                (None, None) => manifests.keep_current(consumer, &mut serving::log, guard),
            }
        },
    )
}

/// The demo cluster's mistakes are there on purpose, for `whereto lint`.
fn planted(finding: Finding) {
    tracing::debug!("{finding}");
}
