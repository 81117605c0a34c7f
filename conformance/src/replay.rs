//! Our own answers, made as the server makes them but without sockets: a recorded cluster in, replies out.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use dns_records::model::Change;
use dns_records::{ClusterZones, Conformance, EndpointNames, Fallthrough, PodMode, Snapshot, ZoneConfig};
use k8s_source::{Consumer as _, DnsConsumer, Kind, ObjectChange, objects};
use object_change::Delta;
use serde::Deserialize;
use serde_json::value::RawValue;
use whereto_dns::{Answer, Client, Lookup, TtlCaps};

use crate::compare::Theirs;
use crate::golden::Golden;
use crate::question::Question;
use crate::reply::{Reply, hex};
use crate::upstream;
use crate::variant::Variant;

/// Octets of a message header.
const HEADER: usize = 12;
/// The address under which the recorded CoreDNS ran.
const OWN_ADDRESS: [u8; 4] = [10, 244, 0, 53];

/// A server for one cluster and configuration.
#[derive(Clone, Debug)]
pub struct Server {
    snapshot: Arc<Snapshot>,
    variant: Variant,
}

impl Server {
    /// A server that knows the objects of a `v1` `List` in JSON.
    ///
    /// # Errors
    /// Where that is no such list, or an object in it is not usable.
    pub fn new(list: &[u8], variant: Variant, conformance: Conformance) -> Result<Self> {
        let mut published = None;
        let zones = ClusterZones::new(config(variant, conformance)?)?;
        let mut consumer = DnsConsumer::new(zones, || 1, |snapshot| published = Some(snapshot));
        load(list, &mut consumer)?;
        consumer.apply_change(Change::OwnAddresses(vec![OWN_ADDRESS.into()]));
        consumer.publish();
        drop(consumer);
        Ok(Self { snapshot: published.context("nothing was published")?, variant })
    }

    /// The reply to a datagram, if there is one.
    #[must_use]
    pub fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        self.reply(query, Client::udp())
    }

    fn reply(&self, query: &[u8], client: Client) -> Option<Vec<u8>> {
        whereto_dns::resolve(&self.snapshot, query, client, 0, &mut ask_upstream)
    }

    /// The reply to a question, and its whole over TCP; `edns` is the payload size to advertise.
    ///
    /// # Errors
    /// Where there is no such question, or a reply cannot be decoded.
    pub fn ask(&self, question: &Question, edns: Option<u16>) -> Result<Theirs> {
        let mut question = question.clone();
        if self.variant == Variant::Stockg && is_reverse(&question.qname) {
            // With this configuration CoreDNS caches the reverse zones, and its cache knows no letter case: who asks
            // IN-ADDR.ARPA. gets what the one before got for in-addr.arpa., which is not what the plugin would say.
            // The recorded replies are those to small letters, and owners are compared without regard to case.
            question.qname.make_ascii_lowercase();
        }
        let query = question.to_wire(1, edns)?;
        let decoded = |client| self.reply(&query, client).map(|wire| Reply::from_wire(&wire)).transpose();
        Ok(Theirs { replies: decoded(Client::udp())?.into_iter().collect(), tcp: decoded(Client::stream())? })
    }
}

fn is_reverse(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["in-addr.arpa.", "ip6.arpa."].iter().any(|zone| name.ends_with(zone))
}

/// The ways in which each recorded row was asked over UDP, with what is known of the answers.
#[must_use]
pub fn ways(row: &crate::golden::Row) -> [(Theirs, Option<u16>); 2] {
    [(row.plain(), None), (row.edns(), Some(1232))]
}

/// The server of a recorded cluster.
///
/// # Errors
/// As [`Server::new`].
pub fn server(golden: &Golden, conformance: Conformance) -> Result<Server> {
    Server::new(&golden.cluster, golden.variant, conformance)
}

fn config(variant: Variant, conformance: Conformance) -> Result<ZoneConfig> {
    let config = ZoneConfig::new("cluster.local")?.with_zone("in-addr.arpa")?.with_zone("ip6.arpa")?;
    let config = config.with_conformance(conformance).with_ttl(variant.ttl())?;
    let reverse = || -> Result<_> { Ok(Fallthrough::Zones(vec!["in-addr.arpa.".parse()?, "ip6.arpa.".parse()?])) };
    Ok(match variant {
        Variant::Insecure => config.with_pods(PodMode::Insecure),
        Variant::Verified => {
            config.with_pods(PodMode::Verified).with_endpoint_names(EndpointNames::PodName).with_fallthrough(reverse()?)
        }
        Variant::Stockg => config.with_pods(PodMode::Insecure).with_fallthrough(reverse()?),
    })
}

fn load<C, S>(list: &[u8], consumer: &mut DnsConsumer<C, S>) -> Result<()>
where
    C: FnMut() -> u64,
    S: FnMut(Arc<Snapshot>),
{
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Typed {
        kind: String,
    }
    for item in serde_json::from_slice::<List<'_>>(list).context("no list of objects")?.items {
        let text = item.get();
        // Diagnostics are for people: an API server takes much that DNS has no use for.
        match serde_json::from_str::<Typed>(text)?.kind.as_str() {
            "Namespace" => {
                let namespace: objects::Namespace = serde_json::from_str(text)?;
                consumer.apply(ObjectChange::Namespace(Delta::Upsert(namespace.metadata.cluster_key(), &namespace)))
            }
            "Service" => {
                let service: objects::Service = serde_json::from_str(text)?;
                consumer.apply(ObjectChange::Service(Delta::Upsert(service.metadata.key(), &service)))
            }
            "EndpointSlice" => {
                let slice: objects::EndpointSlice = serde_json::from_str(text)?;
                consumer.apply(ObjectChange::EndpointSlice(Delta::Upsert(slice.metadata.key(), &slice)))
            }
            "Pod" => {
                let pod: objects::Pod = serde_json::from_str(text)?;
                consumer.apply(ObjectChange::Pod(Delta::Upsert(pod.metadata.key(), &pod)))
            }
            other => bail!("no {other} was recorded"),
        };
    }
    for kind in Kind::ALL {
        consumer.apply(ObjectChange::Synced(kind));
    }
    Ok(())
}

/// The recorded upstream, asked in memory.
fn ask_upstream(question: &whereto_dns::Question) -> Lookup {
    let mut query = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend(question.name().as_wire());
    query.extend(question.record_type().0.to_be_bytes());
    query.extend(question.class().to_be_bytes());
    let reply = upstream::answer(&query).and_then(|reply| Answer::read(question, &reply, TtlCaps::NONE).ok());
    reply.map_or(Lookup::Failed, Lookup::Answer)
}

/// Whether two replies to an odd message are the same: identifier, flags, counts and, by content, sections and OPT.
#[must_use]
pub fn same_message(theirs: Option<&[u8]>, ours: Option<&[u8]>) -> bool {
    let (Some(theirs), Some(ours)) = (theirs, ours) else { return theirs.is_none() && ours.is_none() };
    if theirs.len() <= HEADER || ours.len() <= HEADER {
        return theirs == ours;
    }
    let decoded = |wire: &[u8]| Reply::from_wire(wire).ok();
    theirs[..HEADER] == ours[..HEADER] && decoded(theirs) == decoded(ours)
}

/// A message for people.
#[must_use]
pub fn show(message: Option<&[u8]>) -> String {
    let Some(message) = message else { return "no reply".to_owned() };
    match Reply::from_wire(message) {
        Ok(reply) if message.len() > HEADER => format!("{} {reply:?}", hex(&message[..HEADER])),
        _ => hex(message),
    }
}
