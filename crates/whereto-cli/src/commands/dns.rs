//! `whereto dns`: sockets first, then the objects, then one line that says so.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;

use arc_swap::ArcSwap;
use dns_records::ClusterZones;
use dns_records::model::Change;
use k8s_source::DnsConsumer;
use serde::Serialize;
use tracing::info;
use whereto_dns::{Addresses, DnsServer, Phase, ServerHandle, interface_addresses};

use crate::arguments::{DnsArgs, Reads};
use crate::cluster::unix_seconds;
use crate::exit::{Exit, Failure};
use crate::kube::{Live, Programming, ProgrammingDuration};
use crate::output::{self, Format};
use crate::serving::{self, Manifests, News, TellWhenGone, attend, follow, spawn};
use crate::{logging, signals};

pub(crate) fn run(args: DnsArgs) -> Result<Exit, Failure> {
    let format = args.log.log_format;
    logging::start(format, args.log.log_level);
    // Programs that read the log as JSON do so to its last line.
    serve(args).map_err(|failure| if format == Format::Json { failure.logged() } else { failure })
}

fn serve(args: DnsArgs) -> Result<Exit, Failure> {
    let (mut server_config, zone_config) = args.configs().map_err(Failure::bad_input)?;
    let mut zones = ClusterZones::new(zone_config).map_err(Failure::bad_input)?;
    let live = Live::open(&args.source.kube, || args.zones().kube_options(Reads::default()))?;
    let duration = ProgrammingDuration::default();
    if let Some(live) = &live {
        server_config = server_config.with_collector(live.metrics(&duration)).with_ready_remarks(live.remarks());
    }
    let snapshots = Arc::new(ArcSwap::new(zones.publish(0)));
    serving::raise_open_files();
    let server = DnsServer::start(server_config, Arc::clone(&snapshots)).map_err(Failure::cannot_run)?;
    let handle = server.handle();
    listen_for_signals(&args, handle.clone())?;

    let addresses = server.addresses().clone();
    let (tell, news) = channel();
    let told = tell.clone();
    spawn("wait", move || {
        server.wait();
        // The main thread is gone when this fails, and with it the process.
        let _ = told.send(News::Ended);
    })?;
    let keep_going = args.source.reading.keep_going;
    let manifests = Manifests {
        source: args.source.open(Reads { multicluster: args.is_multicluster(), ..Reads::default() }),
        reload: args.source.reload(args.reload_interval),
        logs: args.log.log_format,
    };
    let format = args.log.log_format;
    spawn("objects", move || {
        let guard = TellWhenGone(tell);
        let own = if args.own_addresses.is_empty() {
            interface_addresses().unwrap_or_default()
        } else {
            args.own_addresses.clone()
        };
        zones.apply(Change::OwnAddresses(own));
        let consumer = DnsConsumer::new(zones, unix_seconds, |snapshot| snapshots.store(snapshot));
        match live {
            Some(live) => follow(live, Programming::new(consumer, duration), format, &guard),
            None => manifests.keep_current(consumer, &mut serving::log, &guard),
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

fn listen_for_signals(args: &DnsArgs, handle: ServerHandle) -> Result<(), Failure> {
    let lame_duck = args.lame_duck;
    let begin = move || {
        info!(?lame_duck, "ending; a second signal ends at once");
        handle.begin_shutdown();
    };
    signals::listen(begin).map_err(|error| Failure::cannot_run(format_args!("cannot listen for signals: {error}")))
}

/// The line that a ready server prints.
fn announce(addresses: &Addresses, format: Format) {
    match format {
        Format::Text => output::line(&format!("whereto dns is ready: {addresses}")),
        Format::Json => {
            let Addresses { dns, tls, admin } = addresses;
            // Addresses and lists of them always have a JSON form.
            let line = serde_json::to_string(&Ready { ready: true, dns, tls, admin }).unwrap_or_default();
            output::line(&line);
        }
    }
}

#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    dns: &'a [SocketAddr],
    tls: &'a [SocketAddr],
    admin: &'a [SocketAddr],
}
