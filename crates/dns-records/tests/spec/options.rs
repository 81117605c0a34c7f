use dns_records::{ConfigError, EmptyServices, EndpointNames, Endpoints, Fallthrough, LabelSelector, ZoneConfig};

use crate::common::ask;
use crate::common::cluster;
use crate::table::{both, check, check_with, differ};

const CLUSTER: &str = "
    namespace shop #tier=front
    namespace hidden #tier=back
    service shop/web 10.0.0.1 http/tcp/80 #app=web
    slice shop/web-a web http/tcp/80 = 10.1.0.1;pod=web-x #app=web
    service shop/empty 10.0.0.2 http/tcp/80
    slice shop/empty-a empty http/tcp/80 = 10.1.0.2;unready
    service shop/db headless http/tcp/80
    slice shop/db-a db http/tcp/80 = 10.1.0.3;host=db-0;pod=x 10.1.0.4;pod=db-x 10.1.0.5 10.1.0.6;pod=a-name-of-more-than-sixty-three-octets-which-is-too-long-for-a-label
    service shop/out ->example.com.
    service hidden/web 10.0.0.9 http/tcp/80
    slice hidden/web-a web http/tcp/80 = 10.1.0.9
";

#[test]
fn a_list_of_namespaces_hides_the_others() {
    check_with(
        CLUSTER,
        |config| config.with_namespaces(["shop"]),
        &[
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("RFC 2308 2.1", "web.hidden.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "hidden.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "9.0.0.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 2308 2.1", "9.0.1.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("spec 2.3.3", "1.0.0.10.in-addr.arpa. PTR", &["PTR web.shop.svc"]),
        ],
    );
    check_with(
        CLUSTER,
        |config| config.with_namespaces(["nosuch"]),
        &[
            both("RFC 2308 2.1", "web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "nosuch.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.2", "svc A", &["NODATA"]),
        ],
    );
}

#[test]
fn labels_of_namespaces_hide_names_but_not_pointers() {
    let selector: LabelSelector = "tier=front".parse().unwrap();
    check_with(
        CLUSTER,
        |config| config.with_namespace_labels(selector.clone()),
        &[
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("RFC 2308 2.1", "web.hidden.svc A", &["NXDOMAIN"]),
            both("spec 2.3.3", "9.0.0.10.in-addr.arpa. PTR", &["PTR web.hidden.svc"]),
        ],
    );
    let config = ZoneConfig::new("cluster.local").unwrap().with_namespaces(["shop"]);
    assert_eq!(config.with_namespace_labels(selector).check(), Err(ConfigError::NamespacesAndLabels));
}

#[test]
fn labels_choose_services_and_slices() {
    let selector: LabelSelector = "app=web".parse().unwrap();
    check_with(
        CLUSTER,
        |config| config.with_labels(selector.clone()),
        &[
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("spec 2.4.1", "10-1-0-1.web.shop.svc A", &["A 10.1.0.1"]),
            both("RFC 2308 2.1", "db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "3.0.1.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ],
    );
}

#[test]
fn without_endpoints_only_cluster_ips_answer() {
    check_with(
        CLUSTER,
        |config| config.with_endpoints(Endpoints::Ignore),
        &[
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("RFC 2308 2.1", "db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "db.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "10-1-0-1.web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "1.0.1.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ],
    );
    let options =
        |config: ZoneConfig| config.with_endpoints(Endpoints::Ignore).with_empty_services(EmptyServices::Ignore);
    check_with(CLUSTER, options, &[both("RFC 2308 2.1", "web.shop.svc A", &["NXDOMAIN"])]);
}

#[test]
fn services_without_ready_endpoints_may_be_left_out() {
    check(CLUSTER, &[both("spec 2.3.1", "empty.shop.svc A", &["A 10.0.0.2"])]);
    check_with(
        CLUSTER,
        |config| config.with_empty_services(EmptyServices::Ignore),
        &[
            both("RFC 2308 2.1", "empty.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "empty.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_http._tcp.empty.shop.svc SRV", &["NXDOMAIN"]),
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("spec 2.5.1", "out.shop.svc CNAME", &["CNAME example.com."]),
        ],
    );
}

#[test]
fn endpoints_may_have_the_names_of_their_pods() {
    check_with(
        CLUSTER,
        |config| config.with_endpoint_names(EndpointNames::PodName),
        &[
            both("spec 2.4.1", "web-x.web.shop.svc A", &["A 10.1.0.1"]),
            both("RFC 2308 2.1", "10-1-0-1.web.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.1", "db-0.db.shop.svc A", &["A 10.1.0.3"]),
            both("RFC 2308 2.1", "x.db.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.1", "db-x.db.shop.svc A", &["A 10.1.0.4"]),
            both("spec 2.4.1", "10-1-0-5.db.shop.svc A", &["A 10.1.0.5"]),
            both("RFC 1035 2.3.4", "10-1-0-6.db.shop.svc A", &["A 10.1.0.6"]),
            both("spec 2.4.3", "4.0.1.10.in-addr.arpa. PTR", &["PTR db-x.db.shop.svc"]),
        ],
    );
}

#[test]
fn names_that_do_not_exist_may_fall_through() {
    let cases: [(Fallthrough, bool, bool); 4] = [
        (Fallthrough::Never, false, false),
        (Fallthrough::Always, true, true),
        (Fallthrough::Zones(vec![ask::name("in-addr.arpa.")]), false, true),
        (Fallthrough::Zones(vec![ask::name("shop.svc")]), true, false),
    ];
    for (fallthrough, forward, reverse) in cases {
        for conformance in [dns_records::Conformance::Rfc, dns_records::Conformance::CoreDns] {
            let config = cluster::config(conformance).with_fallthrough(fallthrough.clone());
            let snapshot = cluster::snapshot(&config, CLUSTER);
            let falls = |question: &str| ask::answer(&snapshot, question).contains(&"fall through".to_owned());
            assert_eq!(falls("nosuch.shop.svc A"), forward, "{fallthrough:?}");
            assert_eq!(falls("NoSuch.Shop.SVC A"), forward, "{fallthrough:?}");
            assert_eq!(falls("7.0.0.10.in-addr.arpa. PTR"), reverse, "{fallthrough:?}");
            for there in ["web.shop.svc A", "web.shop.svc TXT", "shop.svc A", "@ SOA", "1.0.0.10.in-addr.arpa. PTR"] {
                assert!(!falls(there), "{there} {fallthrough:?}");
            }
        }
    }
}

#[test]
fn a_target_that_falls_through_is_resolved_elsewhere() {
    let cluster = "
        namespace shop
        service shop/alias ->nosuch.shop.svc.cluster.local.
    ";
    check_with(
        cluster,
        |config| config.with_fallthrough(Fallthrough::Always),
        &[differ(
            "RFC 1034 4.3.2",
            "alias.shop.svc A",
            &["CNAME nosuch.shop.svc", "chase nosuch.shop.svc A"],
            &["NODATA"],
        )],
    );
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let new = || ZoneConfig::new("cluster.local").unwrap();
    assert_eq!(new().with_ttl(3601).unwrap_err(), ConfigError::Ttl(3601));
    assert!(matches!(ZoneConfig::new("a..b"), Err(ConfigError::Zone(_))));
    assert!(matches!(new().with_zone("10.0.0.0/33"), Err(ConfigError::Cidr(_))));
    assert_eq!(ZoneConfig::new("10.0.0.0/8").unwrap().check(), Err(ConfigError::OnlyReverseZones));
    assert!(dns_records::ClusterZones::new(ZoneConfig::new("ip6.arpa").unwrap()).is_err());
}

#[test]
fn a_zone_below_a_zone_answers_for_its_own_names() {
    let cluster = "
        namespace shop
        service shop/web 10.0.0.1
    ";
    check_with(
        cluster,
        |config| config.with_zone("inner.cluster.local").unwrap(),
        &[
            both("RFC 1034 4.2.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("RFC 1034 4.2.1", "web.shop.svc.inner A", &["A 10.0.0.1"]),
            both("RFC 1034 4.2.1", "nosuch.shop.svc.inner A", &["NXDOMAIN inner.cluster.local."]),
        ],
    );
}
