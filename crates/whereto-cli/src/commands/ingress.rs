//! `whereto ingress`: sockets first, then the objects, then one line that says so.

mod keys;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;

use arc_swap::ArcSwap;
use ingress_routing::Router;
use k8s_source::RouterConsumer;
use serde::Serialize;
use tracing::info;
use whereto_ingress::{Addresses, Certificates, IngressServer, Phase, ServerHandle};

use crate::arguments::IngressArgs;
use crate::demo::EchoEndpoints;
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::kube::{EndWriting, Live, ProgrammingDuration, Writing};
use crate::output::{self, Format};
use crate::serving::{self, Manifests, News, TellWhenGone, attend, follow, follow_and_write, spawn};
use crate::{logging, routing, signals};
use keys::Keys;

/// Port of https where clients do not name one.
const HTTPS_PORT: u16 = 443;

pub(crate) fn run(args: IngressArgs) -> Result<Exit, Failure> {
    let format = args.log.log_format;
    logging::start(format, args.log.log_level);
    // Programs that read the log as JSON do so to its last line.
    serve(args).map_err(|failure| if format == Format::Json { failure.logged() } else { failure })
}

fn serve(args: IngressArgs) -> Result<Exit, Failure> {
    let mut config = args.config().map_err(Failure::bad_input)?;
    let live = Live::open(&args.source.kube, || args.kube_options())?;
    let mut writing = None;
    if let Some(live) = &live {
        writing = live.writing(&args.publish, args.router.controller_name())?;
        let (reading, written) = (live.remarks(), writing.as_ref().map(Writing::remarks));
        config = config
            .with_collector(live.metrics(&ProgrammingDuration::default()))
            .with_ready_remarks(move || reading() + &written.as_ref().map(|written| written()).unwrap_or_default());
    }
    let (is_live, is_demo) = (live.is_some(), live.is_none() && args.source.is_demo());
    // Until objects were read every request gets 503, whatever the options are.
    let tables = Arc::new(ArcSwap::new(Router::new(args.router.options(is_live)).publish()));
    let certificates = Arc::new(Certificates::new());
    serving::raise_open_files();
    let server = IngressServer::start(config, Arc::clone(&tables), Arc::clone(&certificates));
    let server = server.map_err(Failure::cannot_run)?;
    let (handle, addresses) = (server.handle(), server.addresses().clone());
    listen_for_signals(&args, handle.clone(), writing.as_ref().map(Writing::end))?;

    let (tell, news) = channel();
    let told = tell.clone();
    spawn("wait", move || {
        server.wait();
        // The main thread is gone when this fails, and with it the process.
        let _ = told.send(News::Ended);
    })?;
    // Nothing stands between the demo cluster and its clients that would serve https at its usual port.
    let demo_port = addresses.https.first().filter(|_| is_demo).map(SocketAddr::port);
    let router = Router::new(args.router.options_for_port(is_live, demo_port.unwrap_or(HTTPS_PORT)));
    let keep_going = args.source.reading.keep_going;
    let format = args.log.log_format;
    let manifests = Manifests {
        source: args.source.open(routing::READS),
        reload: args.source.reload(args.reload_interval),
        logs: format,
    };
    let echoes = if is_demo { Some(EchoEndpoints::start()?) } else { None };
    spawn("objects", move || {
        let guard = TellWhenGone(tell);
        let published = Arc::clone(&tables);
        let router = RouterConsumer::new(router, move |table| published.store(table));
        let consumer = (router, Keys::new(certificates, args.default_certificate.clone()));
        match (live, echoes) {
            (Some(live), _) => match writing {
                Some(writing) => follow_and_write(live, writing, consumer, tables, format, &guard),
                None => follow(live, consumer, format, &guard),
            },
            (None, Some(echoes)) => manifests.keep_current(echoes.instead_of_pods(consumer), &mut planted, &guard),
            (None, None) => manifests.keep_current(consumer, &mut serving::log, &guard),
        }
    })?;
    attend(
        &news,
        || handle.abort(),
        |loaded| {
            if let Some(failure) = loaded.refusal().filter(|_| !keep_going) {
                return Err(failure);
            }
            if handle.phase() == Phase::Serving {
                announce(&addresses, format);
            }
            Ok(())
        },
    )
}

/// The demo cluster's mistakes are there on purpose, for `whereto lint`.
fn planted(finding: Finding) {
    tracing::debug!("{finding}");
}

fn listen_for_signals(args: &IngressArgs, handle: ServerHandle, writing: Option<EndWriting>) -> Result<(), Failure> {
    let lame_duck = args.lame_duck;
    let begin = move || {
        info!(?lame_duck, "ending; a second signal ends at once");
        handle.begin_shutdown();
        if let Some(writing) = &writing {
            writing.end();
        }
    };
    signals::listen(begin).map_err(|error| Failure::cannot_run(format_args!("cannot listen for signals: {error}")))
}

/// The line that a ready server prints.
fn announce(addresses: &Addresses, format: Format) {
    match format {
        Format::Text => output::line(&format!("whereto ingress is ready: {addresses}")),
        Format::Json => {
            let Addresses { http, https, admin } = addresses;
            // Addresses and lists of them always have a JSON form.
            let line = serde_json::to_string(&Ready { ready: true, http, https, admin }).unwrap_or_default();
            output::line(&line);
        }
    }
}

#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    http: &'a [SocketAddr],
    https: &'a [SocketAddr],
    admin: &'a [SocketAddr],
}
