use std::sync::Arc;

use arc_swap::ArcSwap;
use hickory_proto::op::ResponseCode;

use super::{config, loopback, receive, start};
use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::server::DnsServer;
use crate::testing::{edns_query, empty_snapshot, query, read, snapshot, texts};

#[test]
fn cluster_names_are_answered() {
    let running = start(config());
    let reply = running.ask(&query("web.shop.svc.cluster.local.", "A"));
    assert_eq!(texts(&reply.answers), ["web.shop.svc.cluster.local. 5 IN A 10.96.0.10"]);
    assert!(reply.metadata.authoritative && !reply.metadata.recursion_available);
}

#[test]
fn other_names_are_refused_without_forwarders() {
    let running = start(config());
    let reply = running.ask(&edns_query("www.example.com.", "A", 1232, false));
    assert_eq!(reply.metadata.response_code, ResponseCode::Refused);
    assert!(reply.edns.is_some());
    let alias = running.ask(&query("alias.shop.svc.cluster.local.", "A"));
    assert_eq!(texts(&alias.answers), ["alias.shop.svc.cluster.local. 5 IN CNAME www.example.com."]);
    let reverse = running.ask(&query("9.9.9.9.in-addr.arpa.", "PTR"));
    assert_eq!(reverse.metadata.response_code, ResponseCode::NXDomain);
}

#[test]
fn a_published_snapshot_is_answered_from_at_once() {
    let running = start(config());
    let ask = || running.ask(&query("web.shop.svc.cluster.local.", "A")).metadata.response_code;
    assert_eq!(ask(), ResponseCode::NoError);
    running.snapshots.store(empty_snapshot());
    assert_eq!(ask(), ResponseCode::ServFail);
    running.snapshots.store(snapshot());
    assert_eq!(ask(), ResponseCode::NoError);
}

#[test]
fn garbage_hurts_nobody() {
    let running = start(config());
    let client = running.client();
    let mut is_reply = query("web.shop.svc.cluster.local.", "A");
    is_reply[2] |= 0x80;
    for garbage in [&[][..], &[0; 11], &is_reply, &[0xff; 3], &[0xff; 600]] {
        client.send(garbage).unwrap();
    }
    // A header that promises what does not come.
    client.send(&query("web.shop.svc.cluster.local.", "A")[..20]).unwrap();
    assert_eq!(read(&receive(&client)).metadata.response_code, ResponseCode::FormErr);
    // As long as datagrams get: the question counts.
    let mut long = edns_query("web.shop.svc.cluster.local.", "A", 1232, false);
    let length_at = long.len() - 2;
    let option = 30_000_u16;
    long[length_at..].copy_from_slice(&(option + 4).to_be_bytes());
    long.extend_from_slice(&65_001_u16.to_be_bytes());
    long.extend_from_slice(&option.to_be_bytes());
    long.extend(vec![7; usize::from(option)]);
    client.send(&long).unwrap();
    assert_eq!(read(&receive(&client)).answers.len(), 1);
    assert!(running.metric("whereto_dns_dropped_total") >= 2.0);
}

#[test]
fn every_address_of_the_host_answers_from_itself() {
    let running = start(ServerConfig::new().with_listen("0.0.0.0:0".parse().unwrap()).with_workers(2));
    let port = running.dns().port();
    let addresses = crate::interface_addresses().unwrap();
    assert!(addresses.iter().any(std::net::IpAddr::is_loopback));
    for address in addresses.into_iter().filter(std::net::IpAddr::is_ipv4) {
        // Connected sockets hear replies from that address only.
        let client = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
        client.set_read_timeout(Some(super::LONG)).unwrap();
        client.connect((address, port)).unwrap();
        client.send(&query("web.shop.svc.cluster.local.", "A")).unwrap();
        assert_eq!(read(&receive(&client)).answers.len(), 1);
    }
}

#[test]
fn datagrams_and_streams_share_the_port_and_nobody_else_gets_it() {
    let running = start(config());
    let taken = running.dns();
    assert_ne!(taken.port(), 0);
    let snapshots = Arc::new(ArcSwap::new(snapshot()));
    let again = DnsServer::start(ServerConfig::new().with_listen(taken), Arc::clone(&snapshots));
    let error = again.unwrap_err();
    assert!(matches!(&error, ServerError::Bind(error) if error.address == taken));
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
    assert!(matches!(DnsServer::start(ServerConfig::new(), snapshots), Err(ServerError::NoAddress)));
}

#[test]
fn an_upstream_that_is_the_server_itself_is_refused() {
    let running = start(config());
    let free = running.dns();
    drop(running);
    // The address is free again once the workers have ended.
    super::until(|| std::net::UdpSocket::bind(free).is_ok());
    let rule = crate::ForwardRule::everything(vec![free]);
    let config = ServerConfig::new()
        .with_listen(free)
        .with_listen(loopback())
        .with_forward(crate::ForwardConfig::new(vec![rule]));
    let error = DnsServer::start(config, Arc::new(ArcSwap::new(snapshot()))).unwrap_err();
    assert!(matches!(error, ServerError::ForwardsToItself(address) if address == free), "{error}");
}
