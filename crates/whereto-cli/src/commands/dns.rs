//! `whereto dns`: sockets first, then the objects, then one line that says so.

mod reload;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use arc_swap::ArcSwap;
use dns_records::ClusterZones;
use dns_records::model::Change;
use k8s_source::manifests::PodOrigins;
use k8s_source::{Consumer, DnsConsumer};
use serde::Serialize;
use tracing::info;
use whereto_dns::{Addresses, DnsServer, Phase, ServerHandle, interface_addresses};

use crate::arguments::DnsArgs;
use crate::cluster::{self, Loaded, unix_seconds};
use crate::exit::{Exit, Failure};
use crate::kube::{Live, Programming, ProgrammingDuration};
use crate::output::{self, Format};
use crate::progress::Progress;
use crate::{logging, signals};

/// Open files that a busy server may have: questions to upstreams, streams, listeners.
const OPEN_FILES: u64 = 16_384;

/// What the server's threads tell the main one.
enum News {
    /// Everything was read for the first time.
    Loaded(Loaded),
    /// The thread that reads objects is gone: answers would get old without anybody noticing.
    LoaderGone,
    /// The server has ended.
    Ended,
}

pub(crate) fn run(args: DnsArgs) -> Result<Exit, Failure> {
    let format = args.log.log_format;
    logging::start(format, args.log.log_level);
    // Programs that read the log as JSON do so to its last line.
    serve(args).map_err(|failure| if format == Format::Json { failure.logged() } else { failure })
}

fn serve(args: DnsArgs) -> Result<Exit, Failure> {
    let (mut server_config, zone_config) = args.configs().map_err(Failure::bad_input)?;
    let mut zones = ClusterZones::new(zone_config).map_err(Failure::bad_input)?;
    let live = Live::open(&args.source, args.zones(), PodOrigins::Skip)?;
    let duration = ProgrammingDuration::default();
    if let Some(live) = &live {
        server_config = server_config.with_collector(live.metrics(&duration));
    }
    let snapshots = Arc::new(ArcSwap::new(zones.publish(0)));
    // Many systems give 1024: fewer than the questions that may wait for upstreams, each on a socket of its own. Less
    // than wanted is no reason not to serve.
    let _ = rlimit::increase_nofile_limit(OPEN_FILES);
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
    let keep_going = args.source.keep_going;
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
            None => keep_current(&args, consumer, &guard),
        }
    })?;
    attend(&news, &handle, |loaded| {
        if let Some(failure) = loaded.refusal().filter(|_| !keep_going) {
            return Err(failure);
        }
        if handle.phase() == Phase::Serving {
            announce(&addresses, format);
        }
        Ok(())
    })
}

/// Waits for the end.
fn attend(
    news: &Receiver<News>,
    handle: &ServerHandle,
    on_load: impl Fn(&Loaded) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let mut result = Ok(Exit::Answered);
    for news in news {
        match news {
            News::Loaded(loaded) => {
                if let Err(failure) = on_load(&loaded) {
                    result = Err(failure);
                    handle.abort();
                }
            }
            News::LoaderGone => {
                if result.is_ok() {
                    result = Err(Failure::cannot_run("the thread that reads objects has ended"));
                }
                handle.abort();
            }
            News::Ended => break,
        }
    }
    result
}

/// Reads manifests and then, for as long as the process lives, what changes of them.
fn keep_current(args: &DnsArgs, mut consumer: impl Consumer, guard: &TellWhenGone) -> Infallible {
    let mut source = args.source.open(args.is_multicluster(), PodOrigins::Skip);
    let loaded = cluster::load(&mut source, &mut consumer, Progress::start(args.log.log_format), &mut reload::log);
    // The main thread is gone when this fails, and with it the process.
    let _ = guard.0.send(News::Loaded(loaded));
    if args.source.may_change() && !args.reload_interval.is_zero() {
        reload::watch(&mut source, &mut consumer, args.reload_interval);
    }
    // The zones stay: freeing them while the server runs helps nobody.
    loop {
        thread::park();
    }
}

/// Follows a live cluster for as long as the process lives.
fn follow(live: Live, mut consumer: impl Consumer, format: Format, guard: &TellWhenGone) -> Infallible {
    live.run(&mut consumer, format, || {
        // As above.
        let _ = guard.0.send(News::Loaded(Loaded::default()));
    })
}

/// Tells that a thread is gone even if it panicked.
struct TellWhenGone(Sender<News>);

impl Drop for TellWhenGone {
    fn drop(&mut self) {
        let _ = self.0.send(News::LoaderGone);
    }
}

fn listen_for_signals(args: &DnsArgs, handle: ServerHandle) -> Result<(), Failure> {
    let lame_duck = args.lame_duck;
    let begin = move || {
        info!(?lame_duck, "ending; a second signal ends at once");
        handle.begin_shutdown();
    };
    signals::listen(begin).map_err(|error| Failure::cannot_run(format_args!("cannot listen for signals: {error}")))
}

fn spawn<T: Send + 'static>(name: &str, body: impl FnOnce() -> T + Send + 'static) -> Result<(), Failure> {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    spawned.map(drop).map_err(|error| Failure::cannot_run(format_args!("cannot start a thread: {error}")))
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
