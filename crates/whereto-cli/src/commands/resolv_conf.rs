//! `whereto resolv-conf`.

use std::io::{self, Write};

use k8s_resolv_conf::pod::{Event, PodFile, ambiguous_options};
use serde::Serialize;

use crate::arguments::ResolvConfArgs;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::pods::{Given, Node, Pods};

pub(crate) fn run(args: &ResolvConfArgs) -> Result<Exit, Failure> {
    let pods = Pods::read(&args.offline)?;
    let node = Node::new(&args.asker.node, &args.offline.zones, &pods.consumer)?;
    let given = Given::new(pods.asker(&args.asker)?, &node)?;
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &GivenJson::new(&given)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            tell(&given);
            if !args.hosts {
                out.write_all(file(&given))?;
            } else if let Some(hosts) = &given.hosts {
                out.write_all(hosts)?;
            } else {
                output::line("note: the Pod has no address yet: /etc/hosts is the image's own");
            }
        }
    }
    out.flush()?;
    Ok(Exit::Answered)
}

/// The octets of the file, none where nobody knows them.
fn file<'g>(given: &'g Given<'_>) -> &'g [u8] {
    match &given.resolv_conf.file {
        PodFile::Written(text) => text.as_bytes(),
        _ => &given.node.host_file,
    }
}

/// What is no part of the file.
fn tell(given: &Given<'_>) {
    for note in &given.node.notes {
        output::line(&format!("note: {note}"));
    }
    for event in &given.resolv_conf.events {
        output::line(&format!("event on the {}: {event}", event.object));
    }
    if given.resolv_conf.file == PodFile::NodeCopy {
        let tail = if given.node.is_host_known { "" } else { " (--host-resolv-conf tells what is in it)" };
        output::line(&format!("note: the Pod gets a copy of its node's /etc/resolv.conf{tail}"));
    }
    for option in ambiguous_options(&given.resolv_conf) {
        let entries = option.entries.join(" and ");
        output::line(&format!(
            "note: {entries}: kubelet writes them in no certain order, so that it is left to chance which one counts"
        ));
    }
}

/// As it is printed with `-o json`.
#[derive(Serialize)]
struct GivenJson<'g> {
    namespace: &'g str,
    name: &'g str,
    dns_policy: &'g str,
    host_network: bool,
    /// The text of /etc/resolv.conf; null where it is the node's, and that is not known.
    file: Option<String>,
    nameservers: &'g [Box<str>],
    searches: &'g [Box<str>],
    options: &'g [Box<str>],
    /// Whether kubelet may write the options in another order.
    option_order_varies: bool,
    events: Vec<EventJson<'g>>,
    hostname: &'g str,
    fqdn: Option<String>,
    /// The name that the kernel has; null for the node's.
    kernel_hostname: Option<&'g str>,
    /// The text of /etc/hosts; null for the image's own.
    hosts: Option<String>,
    notes: &'g [String],
}

#[derive(Serialize)]
struct EventJson<'g> {
    object: String,
    reason: &'g str,
    message: &'g str,
}

impl<'g> GivenJson<'g> {
    fn new(given: &'g Given<'_>) -> Self {
        let (pod, made, names) = (&given.pod, &given.resolv_conf, &given.names);
        let event = |event: &'g Event| EventJson {
            object: event.object.to_string(),
            reason: event.reason,
            message: &event.message,
        };
        Self {
            namespace: &pod.namespace,
            name: &pod.name,
            dns_policy: pod.dns_policy.as_str(),
            host_network: pod.host_network,
            file: given.resolv_conf_octets().ok().map(|octets| String::from_utf8_lossy(octets).into_owned()),
            nameservers: &made.nameservers,
            searches: &made.searches,
            options: &made.options,
            option_order_varies: made.is_option_order_ours,
            events: made.events.iter().map(event).collect(),
            hostname: &names.hostname,
            fqdn: names.fqdn(),
            kernel_hostname: names.kernel.as_deref(),
            hosts: given.hosts.as_deref().map(|hosts| String::from_utf8_lossy(hosts).into_owned()),
            notes: &given.node.notes,
        }
    }
}
