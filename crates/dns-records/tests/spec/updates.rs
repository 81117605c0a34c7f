use dns_records::model::{Change, Kind, Kinds};
use dns_records::{Answer, ClusterZones, Conformance, Endpoints, Limits, PodMode, RecordType};

use crate::common::ask::{self, Ask};
use crate::common::cluster;

/// Applies texts one after another; after each, a question has to get the answer beside it.
fn story(conformance: Conformance, steps: &[(&str, &str, &[&str])]) {
    let mut zones = cluster::zones(&cluster::config(conformance).with_pods(PodMode::Verified), "namespace shop");
    for (number, (text, question, expected)) in steps.iter().enumerate() {
        zones.apply_all(cluster::changes(text));
        let got = ask::answer(&zones.publish(number as u32), question);
        assert_eq!(got, *expected, "step {number}: {text}");
    }
}

fn in_both(steps: &[(&str, &str, &[&str])]) {
    story(Conformance::Rfc, steps);
    story(Conformance::CoreDns, steps);
}

#[test]
fn services_come_change_and_go() {
    in_both(&[
        ("service shop/web 10.0.0.1 http/tcp/80", "web.shop.svc A", &["A 10.0.0.1"]),
        ("service shop/web 10.0.0.2 http/tcp/81", "web.shop.svc A", &["A 10.0.0.2"]),
        ("", "1.0.0.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ("", "2.0.0.10.in-addr.arpa. PTR", &["PTR web.shop.svc"]),
        ("service shop/web ->example.com.", "web.shop.svc CNAME", &["CNAME example.com."]),
        ("", "2.0.0.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ("service shop/web headless", "web.shop.svc A", &["NXDOMAIN"]),
        ("slice shop/web-a web = 10.1.0.1", "web.shop.svc A", &["A 10.1.0.1"]),
        ("delete service shop/web", "web.shop.svc A", &["NXDOMAIN"]),
        ("service shop/web headless", "web.shop.svc A", &["A 10.1.0.1"]),
        ("delete slice shop/web-a", "web.shop.svc A", &["NXDOMAIN"]),
        ("delete slice shop/web-a", "web.shop.svc A", &["NXDOMAIN"]),
        ("delete service shop/nosuch", "web.shop.svc A", &["NXDOMAIN"]),
    ]);
}

#[test]
fn slices_may_come_before_their_service() {
    let steps: [(&str, &str, &[&str]); 3] = [
        ("slice shop/db-a db http/tcp/80 = 10.1.0.1", "db.shop.svc A", &["NXDOMAIN"]),
        ("service shop/db headless", "db.shop.svc A", &["A 10.1.0.1"]),
        ("", "1.0.1.10.in-addr.arpa. PTR", &["PTR 10-1-0-1.db.shop.svc"]),
    ];
    in_both(&steps);
    // RFC 1912 2.1: a pointer to a name that does not exist is left out.
    let text = "slice shop/db-a db http/tcp/80 = 10.1.0.1";
    story(Conformance::Rfc, &[(text, "1.0.1.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."])]);
    story(Conformance::CoreDns, &[(text, "1.0.1.10.in-addr.arpa. PTR", &["PTR 10-1-0-1.db.shop.svc"])]);
}

#[test]
fn a_slice_moves_between_services() {
    in_both(&[
        ("service shop/a headless\nservice shop/b headless", "a.shop.svc A", &["NXDOMAIN"]),
        ("slice shop/s a = 10.1.0.1", "a.shop.svc A", &["A 10.1.0.1"]),
        ("slice shop/s b = 10.1.0.1", "a.shop.svc A", &["NXDOMAIN"]),
        ("", "b.shop.svc A", &["A 10.1.0.1"]),
        ("", "1.0.1.10.in-addr.arpa. PTR", &["PTR 10-1-0-1.b.shop.svc"]),
        ("slice shop/s - = 10.1.0.1", "b.shop.svc A", &["NXDOMAIN"]),
        ("", "1.0.1.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ("slice shop/s a = 10.1.0.2", "a.shop.svc A", &["A 10.1.0.2"]),
    ]);
}

#[test]
fn several_slices_are_one_service() {
    in_both(&[
        ("service shop/db headless", "db.shop.svc A", &["NXDOMAIN"]),
        ("slice shop/db-a db = 10.1.0.1 10.1.0.2", "db.shop.svc A", &["A 10.1.0.1", "A 10.1.0.2"]),
        ("slice shop/db-b db = 10.1.0.2 10.1.0.3", "db.shop.svc A", &["A 10.1.0.1", "A 10.1.0.2", "A 10.1.0.3"]),
        ("slice shop/db-a db = 10.1.0.1;unready", "db.shop.svc A", &["A 10.1.0.2", "A 10.1.0.3"]),
        ("delete slice shop/db-b", "db.shop.svc A", &["NXDOMAIN"]),
        ("slice shop/db-a db = 10.1.0.1", "db.shop.svc A", &["A 10.1.0.1"]),
    ]);
}

#[test]
fn a_list_replaces_its_kind_and_no_other() {
    let mut zones = cluster::zones(
        &cluster::config(Conformance::Rfc).with_pods(PodMode::Verified),
        "
        namespace shop
        service shop/web 10.0.0.1
        service shop/db headless
        slice shop/db-a db = 10.1.0.1
        pod shop/x 10.1.0.1
    ",
    );
    zones.apply(cluster::list(Kind::Service, "service shop/db headless\nservice shop/new 10.0.0.2"));
    let ask = |zones: &mut ClusterZones, question: &str| ask::answer(&zones.publish(1), question);
    assert_eq!(ask(&mut zones, "web.shop.svc A"), ["NXDOMAIN"]);
    assert_eq!(ask(&mut zones, "1.0.0.10.in-addr.arpa. PTR"), ["NXDOMAIN in-addr.arpa."]);
    assert_eq!(ask(&mut zones, "new.shop.svc A"), ["A 10.0.0.2"]);
    assert_eq!(ask(&mut zones, "db.shop.svc A"), ["A 10.1.0.1"]);
    zones.apply(cluster::list(Kind::EndpointSlice, "slice shop/db-b db = 10.1.0.2"));
    assert_eq!(ask(&mut zones, "db.shop.svc A"), ["A 10.1.0.2"]);
    assert_eq!(ask(&mut zones, "10-1-0-1.shop.pod A"), ["A 10.1.0.1"]);
    zones.apply(cluster::list(Kind::Pod, ""));
    assert_eq!(ask(&mut zones, "10-1-0-1.shop.pod A"), ["NXDOMAIN"]);
    // Of two entries with one key the later holds.
    zones.apply(cluster::list(Kind::Service, "service shop/twice 10.0.0.3\nservice shop/twice 10.0.0.4"));
    assert_eq!(ask(&mut zones, "twice.shop.svc A"), ["A 10.0.0.4"]);
    assert_eq!(ask(&mut zones, "3.0.0.10.in-addr.arpa. PTR"), ["NXDOMAIN in-addr.arpa."]);
    zones.apply(cluster::list(Kind::Namespace, "namespace other"));
    assert_eq!(ask(&mut zones, "twice.shop.svc A"), ["NXDOMAIN"]);
    assert_eq!(ask(&mut zones, "other.svc A"), ["NODATA"]);
}

#[test]
fn a_namespace_takes_its_names_with_it() {
    in_both(&[
        ("service shop/web 10.0.0.1", "web.shop.svc A", &["A 10.0.0.1"]),
        ("delete namespace shop", "web.shop.svc A", &["NXDOMAIN"]),
        ("", "shop.svc A", &["NXDOMAIN"]),
        ("", "svc A", &["NODATA"]),
        ("namespace shop", "web.shop.svc A", &["A 10.0.0.1"]),
    ]);
}

#[test]
fn pods_that_share_an_address_keep_its_name() {
    in_both(&[
        ("pod shop/a 10.2.0.1\npod shop/b 10.2.0.1", "10-2-0-1.shop.pod A", &["A 10.2.0.1"]),
        ("delete pod shop/a", "10-2-0-1.shop.pod A", &["A 10.2.0.1"]),
        ("pod shop/b 10.2.0.2", "10-2-0-1.shop.pod A", &["NXDOMAIN"]),
        ("", "10-2-0-2.shop.pod A", &["A 10.2.0.2"]),
        ("delete pod shop/b", "10-2-0-2.shop.pod A", &["NXDOMAIN"]),
    ]);
}

#[test]
fn until_everything_was_seen_there_is_no_answer() {
    let config = cluster::config(Conformance::Rfc);
    let mut zones = ClusterZones::new(config).unwrap();
    zones.apply_all(cluster::changes("namespace shop\nservice shop/web 10.0.0.1"));
    let expect = |zones: &mut ClusterZones, expected: &[&str]| {
        let snapshot = zones.publish(3);
        assert_eq!(ask::answer(&snapshot, "web.shop.svc A"), expected);
        let name = ask::name("web.shop.svc");
        let answer = snapshot.lookup(name.as_ref(), RecordType::A);
        assert_eq!(matches!(answer, Answer::NotSynced(_)), expected.contains(&"SERVFAIL"));
    };
    expect(&mut zones, &["; SOA", "SERVFAIL"]);
    zones.apply(Change::Synced(Kind::Service));
    zones.apply(cluster::list(Kind::Namespace, "namespace shop"));
    assert_eq!(zones.missing(), Kinds::EMPTY.with(Kind::EndpointSlice));
    expect(&mut zones, &["; SOA", "SERVFAIL"]);
    zones.apply(Change::Synced(Kind::EndpointSlice));
    assert!(zones.missing().is_empty());
    expect(&mut zones, &["A 10.0.0.1"]);
    assert_eq!(ask::answer(&zones.publish(4), "example.com. A"), ["not ours"]);
}

#[test]
fn the_original_answers_what_it_has_before_everything_was_seen() {
    let mut zones = ClusterZones::new(cluster::config(Conformance::CoreDns)).unwrap();
    zones.apply_all(cluster::changes("namespace shop\nservice shop/web 10.0.0.1"));
    let snapshot = zones.publish(3);
    assert_eq!(ask::answer(&snapshot, "web.shop.svc A"), ["A 10.0.0.1"]);
    assert_eq!(ask::answer(&snapshot, "nosuch.shop.svc A"), ["; SOA", "SERVFAIL"]);
}

#[test]
fn the_reason_is_told_where_it_is_wanted() {
    let zones = &mut ClusterZones::new(cluster::config(Conformance::Rfc)).unwrap();
    let limits = Limits::udp().with_extended_errors(true);
    let query = Ask::new("web.shop.svc A").with_payload(1232).wire();
    let got = ask::respond(&zones.publish(1), &query, limits, 0);
    assert_eq!(crate::wire::extended_error(&got.octets), Some((14, "the Services were not read yet".to_owned())));
}

#[test]
fn what_the_options_do_not_need_is_not_waited_for() {
    let config = || cluster::config(Conformance::Rfc);
    let missing = |config| ClusterZones::new(config).unwrap().missing().to_string();
    assert_eq!(missing(config()), "Service, EndpointSlice, Namespace");
    assert_eq!(missing(config().with_pods(PodMode::Insecure)), "Service, EndpointSlice, Namespace");
    assert_eq!(missing(config().with_pods(PodMode::Verified)), "Service, EndpointSlice, Namespace, Pod");
    assert_eq!(missing(config().with_endpoints(Endpoints::Ignore)), "Service, Namespace");
    let multicluster =
        config().with_zone("clusterset.local").unwrap().with_multicluster_zone("clusterset.local").unwrap();
    assert_eq!(missing(multicluster), "Service, EndpointSlice, Namespace, ServiceImport");
}

#[test]
fn a_change_says_whether_answers_may_differ() {
    let mut zones = cluster::zones(&cluster::config(Conformance::Rfc), "namespace shop\nservice shop/web 10.0.0.1");
    let mut changed = |text: &str| zones.apply_all(cluster::changes(text)).changed;
    assert!(!changed("service shop/web 10.0.0.1"));
    assert!(changed("service shop/web 10.0.0.1 http/tcp/80"));
    assert!(!changed("namespace shop"));
    assert!(!changed("delete service shop/nosuch"));
    assert!(changed("slice shop/web-a web = 10.1.0.1"));
    assert!(!changed("slice shop/web-a web = 10.1.0.1"));
    assert!(!changed("pod shop/x 10.1.0.1"), "Pods do not matter with pods disabled");
    assert!(changed("own 10.1.0.1"));
    assert!(!changed("own 10.1.0.1"));
}

#[test]
fn bad_objects_are_told_and_the_rest_is_used() {
    let mut zones = cluster::zones(&cluster::config(Conformance::Rfc), "namespace shop");
    let effect = zones.apply_all(cluster::changes(
        "
        service shop/address ->192.0.2.1
        service shop/bad ->a..b
        service shop/a.b 10.0.0.1
        service shop/db headless
        slice shop/db-a db = 10.1.0.1;host=a..b
        slice shop/bad-a x..y = 10.1.0.2
    ",
    ));
    let told: Vec<String> = effect.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "error: Service shop/address: spec.externalName: an IP address, which no alias can point to",
            "error: Service shop/bad: spec.externalName: not a domain name: empty label",
            "error: Service shop/a.b: metadata.name: not a DNS label",
            "warning: EndpointSlice shop/db-a: endpoints[0]: \"a..b\" is not a DNS label; the address with dashes serves instead",
            "error: EndpointSlice shop/bad-a: metadata.labels: the Service's name can't be part of a DNS name",
        ]
    );
    assert_eq!(ask::answer(&zones.publish(1), "10-1-0-1.db.shop.svc A"), ["A 10.1.0.1"]);
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let mut zones = cluster::zones(&cluster::config(Conformance::Rfc), "namespace shop\nservice shop/web 10.0.0.1");
    let before = zones.publish(1);
    zones.apply_all(cluster::changes("delete service shop/web\nnamespace other\nown 10.9.9.9"));
    let after = zones.publish(2);
    assert_eq!(ask::answer(&before, "web.shop.svc A"), ["A 10.0.0.1"]);
    assert_eq!(ask::answer(&after, "web.shop.svc A"), ["NXDOMAIN"]);
    assert_eq!((before.serial(), after.serial()), (1, 2));
}
