//! `whereto dns`: sockets first, then the objects, then one line that says so.

use std::sync::Arc;

use arc_swap::ArcSwap;
use dns_records::ClusterZones;
use dns_records::model::Change;
use k8s_source::DnsConsumer;
use whereto_dns::{DnsServer, interface_addresses};

use crate::arguments::{DnsArgs, Reads};
use crate::cluster::unix_seconds;
use crate::exit::{Exit, Failure};
use crate::kube::{Live, Programming, ProgrammingDuration};
use crate::serving::{self, Manifests, Server, follow};

pub(crate) fn run(args: DnsArgs) -> Result<Exit, Failure> {
    serving::with_logs(&args.log, || serve(&args))
}

fn serve(args: &DnsArgs) -> Result<Exit, Failure> {
    let (server_config, zone_config) = args.configs().map_err(Failure::bad_input)?;
    let mut zones = ClusterZones::new(zone_config).map_err(Failure::bad_input)?;
    let live = Live::open(&args.source.kube, || args.zones().kube_options(Reads::default()))?;
    let duration = ProgrammingDuration::default();
    let mut admin = args.admin();
    if let Some(live) = &live {
        admin = admin.with_collector(live.metrics(&duration)).with_ready_remarks(live.remarks());
    }
    let snapshots = Arc::new(ArcSwap::new(zones.publish(0)));
    serving::raise_open_files();
    let started = DnsServer::start(server_config.with_admin(admin), Arc::clone(&snapshots));
    let started = started.map_err(Failure::cannot_run)?;
    let addresses = started.addresses().clone();
    let server = Server {
        name: "whereto dns",
        addresses: addresses.by_purpose(),
        handle: started.handle(),
        lame_duck: args.lame_duck,
        format: args.log.log_format,
        keep_going: args.source.reading.keep_going,
    };
    server.end_on_signals(|| {})?;

    let manifests = Manifests {
        source: args.source.open(Reads { multicluster: args.is_multicluster(), ..Reads::default() }),
        reload: args.source.reload(args.reload_interval),
        logs: server.format,
    };
    let (format, mut own) = (server.format, args.own_addresses.clone());
    server.attend(
        || started.wait(),
        move |guard| {
            if own.is_empty() {
                own = interface_addresses().unwrap_or_default();
            }
            zones.apply(Change::OwnAddresses(own));
            let consumer = DnsConsumer::new(zones, unix_seconds, |snapshot| snapshots.store(snapshot));
            match live {
                Some(live) => follow(live, Programming::new(consumer, duration), format, guard),
                None => manifests.keep_current(consumer, &mut serving::log, guard),
            }
        },
    )
}
