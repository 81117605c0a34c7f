use dns_records::{Conformance, PodMode, RecordType};

use crate::common::{ask, cluster};

const CLUSTER: &str = "
    namespace shop
    namespace bank
    service shop/web 10.0.0.1 http/tcp/80
    service bank/web 10.0.0.2
    service shop/db headless
    slice shop/db-a db http/tcp/80 = 10.1.0.1;host=db-0 10.1.0.2;unready
    service shop/gone headless
    slice shop/gone-a gone http/tcp/80 = 10.1.1.1;unready 10.1.1.2;unready
    service shop/out ->example.com.
    service shop/ring ->ring.shop.svc.cluster.local.
    service shop/broken ->nosuch.shop.svc.cluster.local.
    service shop/address ->192.0.2.1
";

/// Name asked for, outcome, and the names offered first instead.
fn rows() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    vec![
        ("web.shop.svc", "NOERROR", vec![]),
        ("db.shop.svc", "NOERROR", vec![]),
        // The tree is missing, or the zone, or both.
        ("web.shop", "NXDOMAIN", vec!["web.shop.svc"]),
        ("web.shop.svc.", "OUTSIDE", vec!["web.shop.svc"]),
        ("web.shop.", "OUTSIDE", vec!["web.shop.svc"]),
        ("web.", "OUTSIDE", vec!["web.bank.svc", "web.shop.svc"]),
        ("web", "NXDOMAIN", vec!["web.bank.svc", "web.shop.svc"]),
        // Something too much.
        ("web.shop.svc.cluster.local.cluster.local.", "NXDOMAIN", vec!["web.shop.svc"]),
        ("web.shop.svc.cluster.local.shop.svc.cluster.local.", "NXDOMAIN", vec!["web.shop.svc"]),
        ("web.shop.svc.cluster.local.pod.cluster.local.", "NXDOMAIN", vec!["web.shop.svc"]),
        ("a.b.c.web.shop.svc", "NXDOMAIN", vec!["web.shop.svc"]),
        // The wrong way round, misspelt, in another namespace.
        ("shop.web.svc", "NXDOMAIN", vec!["web.shop.svc"]),
        ("wbe.shop.svc", "NXDOMAIN", vec!["web.shop.svc"]),
        ("web.shpo.svc", "NXDOMAIN", vec!["web.shop.svc", "web.bank.svc"]),
        ("db.bank.svc", "NXDOMAIN", vec!["web.bank.svc", "db.shop.svc"]),
        // What belongs below the Service.
        ("db-0.shop.svc", "NXDOMAIN", vec!["db-0.db.shop.svc"]),
        ("db-1.db.shop.svc", "NXDOMAIN", vec!["_http._tcp.db.shop.svc", "db-0.db.shop.svc"]),
        ("_https._tcp.web.shop.svc", "NXDOMAIN", vec!["_http._tcp.web.shop.svc"]),
    ]
}

#[test]
fn wrong_names_that_people_write_lead_to_right_ones() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let mut wrong = String::new();
    for (text, outcome, expected) in rows() {
        let explanation = snapshot.explain(ask::name(text).as_ref(), RecordType::A);
        let offered: Vec<String> = explanation
            .hints
            .iter()
            .filter_map(|hint| hint.name.as_ref())
            .map(|name| ask::relative(name.as_ref()))
            .collect();
        let best = offered.get(..expected.len()).unwrap_or_default();
        if explanation.outcome != outcome || best != expected || offered.is_empty() != expected.is_empty() {
            wrong += &format!("{text}: {outcome} {expected:?}\n{explanation}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn reasons_name_what_is_missing() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    for (text, outcome, reason) in [
        ("web.nosuch.svc", "NXDOMAIN", "the namespace does not exist or is not served"),
        ("nosuch.shop.svc", "NXDOMAIN", "no such Service in the namespace"),
        ("gone.shop.svc", "NXDOMAIN", "the Service has no ready endpoint"),
        ("x.db.shop.svc", "NXDOMAIN", "no ready endpoint of the Service has this name"),
        ("_x._tcp.web.shop.svc", "NXDOMAIN", "the Service has no such port and protocol"),
        ("x.out.shop.svc", "NXDOMAIN", "the Service is an alias: there are no ports and endpoints below it"),
        ("address.shop.svc", "NXDOMAIN", "the Service's external name is an IP address or no domain name"),
        ("1-2-3-4.shop.pod", "NXDOMAIN", "Pod names are not served"),
        ("web.shop.svc", "NOERROR", "the name is a Service with a cluster IP"),
        ("db.shop.svc", "NOERROR", "the name is a headless Service with 1 ready and 1 other endpoint addresses"),
        ("shop.svc", "NODATA", "the name is a namespace, but has no A record"),
        ("_tcp.web.shop.svc", "NODATA", "names below this one exist, it has no records itself"),
        ("out.shop.svc", "OUTSIDE", "the alias leads out of the zones: its target is resolved elsewhere"),
        ("ring.shop.svc", "NOERROR", "the aliases go round in a ring"),
        ("broken.shop.svc", "NXDOMAIN", "no such Service in the namespace"),
        ("example.com.", "OUTSIDE", "the name is in none of the zones"),
        ("7.7.7.7.in-addr.arpa.", "NXDOMAIN", "no Service and no endpoint has this address"),
    ] {
        let explanation = snapshot.explain(ask::name(text).as_ref(), RecordType::A);
        assert_eq!((explanation.outcome, &*explanation.reason), (outcome, reason), "{text}");
        assert!(explanation.to_string().contains(reason), "{text}");
    }
}

#[test]
fn hints_tell_which_object_would_make_a_name_exist() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let hints = |text: &str| -> Vec<String> {
        snapshot.explain(ask::name(text).as_ref(), RecordType::A).hints.into_iter().map(|hint| hint.why).collect()
    };
    assert!(
        hints("nosuch.shop.svc").contains(&"a Service \"nosuch\" in namespace \"shop\" would make it exist".to_owned())
    );
    assert!(hints("web.nosuch.svc").contains(&"a Namespace \"nosuch\" does not exist or is not served".to_owned()));
    assert!(
        hints("gone.shop.svc")
            .contains(&"the Service has 1 EndpointSlices with 2 endpoints that are not ready".to_owned())
    );
    assert!(hints("1-2-3-4.shop.pod").contains(&"Pod names are served with pods insecure or verified".to_owned()));
}

#[test]
fn objects_behind_an_answer_are_named() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc).with_pods(PodMode::Insecure), CLUSTER);
    let objects = |text: &str, record_type| -> Vec<String> {
        snapshot.explain(ask::name(text).as_ref(), record_type).objects.iter().map(ToString::to_string).collect()
    };
    assert_eq!(objects("web.shop.svc", RecordType::A), ["Service shop/web"]);
    assert_eq!(objects("db.shop.svc", RecordType::A), ["Service shop/db", "EndpointSlice shop/db-a"]);
    assert_eq!(objects("1.0.0.10.in-addr.arpa.", RecordType::PTR), ["Service shop/web"]);
    assert_eq!(objects("gone.shop.svc", RecordType::A), ["Service shop/gone"]);
    assert_eq!(objects("out.shop.svc", RecordType::A), ["Service shop/out"]);
}
