use dns_records::{ConfigError, Endpoints, ZonalNames, ZoneConfig};

use crate::table::{both, check, check_with, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/db headless http/tcp/80
    slice shop/db-a db http/tcp/80 = 10.1.0.1;host=ep-a;zone=zone-a 10.1.0.2;zone=zone-a 10.1.0.3;zone=Zone-B fd00::1;zone=zone-a
    slice shop/db-b db http/tcp/80 = 10.1.0.4;zone=zone-a 10.1.0.5;zone=eu.west-1
    service shop/gone headless http/tcp/80
    slice shop/gone-a gone http/tcp/80 = 10.1.1.1;unready;zone=zone-a
    service shop/web 10.0.0.1 http/tcp/80
    slice shop/web-a web http/tcp/80 = 10.1.2.1;zone=zone-a
    service shop/out ->example.com.
";

fn on(config: ZoneConfig) -> ZoneConfig {
    config.with_zonal_names(ZonalNames::Serve)
}

#[test]
fn pin_has_the_endpoints_of_one_topology_zone() {
    check_with(
        CLUSTER,
        on,
        &[
            both("RFC 1034 3.6", "zone-a.pin._zone.db.shop.svc A", &["A 10.1.0.1", "A 10.1.0.2", "A 10.1.0.4"]),
            both("RFC 1034 3.6", "zone-a.pin._zone.db.shop.svc AAAA", &["AAAA fd00::1"]),
            both("RFC 4343 3", "ZONE-b.pin._zone.db.shop.svc A", &["A 10.1.0.3"]),
            both("RFC 2308 2.2", "zone-b.pin._zone.db.shop.svc AAAA", &["NODATA"]),
            both("RFC 1034 3.6", "eu.west-1.pin._zone.db.shop.svc A", &["A 10.1.0.5"]),
            both(
                "RFC 2782",
                "zone-b.pin._zone.db.shop.svc SRV",
                &["+ 10-1-0-3.db.shop.svc A 10.1.0.3", "SRV 0 100 80 10-1-0-3.db.shop.svc"],
            ),
            both(
                "RFC 2782",
                "zone-a.pin._zone.db.shop.svc SRV",
                &[
                    "+ 10-1-0-2.db.shop.svc A 10.1.0.2",
                    "+ 10-1-0-4.db.shop.svc A 10.1.0.4",
                    "+ ep-a.db.shop.svc A 10.1.0.1",
                    "+ fd00--1.db.shop.svc AAAA fd00::1",
                    "SRV 0 25 80 10-1-0-2.db.shop.svc",
                    "SRV 0 25 80 10-1-0-4.db.shop.svc",
                    "SRV 0 25 80 ep-a.db.shop.svc",
                    "SRV 0 25 80 fd00--1.db.shop.svc",
                ],
            ),
            both("RFC 2308 2.2", "nosuch.pin._zone.db.shop.svc A", &["NODATA"]),
            both("RFC 2308 2.2", "nosuch.pin._zone.db.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.2", "nosuch.pin._zone.db.shop.svc TXT", &["NODATA"]),
        ],
    );
}

#[test]
fn prefer_has_all_endpoints_where_the_zone_has_none() {
    check_with(
        CLUSTER,
        on,
        &[
            both("RFC 1034 3.6", "zone-b.prefer._zone.db.shop.svc A", &["A 10.1.0.3"]),
            both(
                "RFC 1034 3.6",
                "nosuch.prefer._zone.db.shop.svc A",
                &["A 10.1.0.1", "A 10.1.0.2", "A 10.1.0.3", "A 10.1.0.4", "A 10.1.0.5"],
            ),
        ],
    );
}

#[test]
fn other_services_have_no_zonal_names() {
    check_with(
        CLUSTER,
        on,
        &[
            both("RFC 2308 2.1", "zone-a.pin._zone.web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "zone-a.pin._zone.out.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "zone-a.pin._zone.nosuch.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "zone-a.other._zone.db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "zone-a.pin.zone.db.shop.svc A", &["NXDOMAIN"]),
            differ("RFC 8020 2", "zone-a.pin._zone.gone.shop.svc A", &["NXDOMAIN"], &["NODATA"]),
            differ("RFC 8020 2", "pin._zone.db.shop.svc A", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "_zone.db.shop.svc A", &["NODATA"], &["NXDOMAIN"]),
            both("RFC 8020 2", "_zone.web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 8020 2", "_zone.gone.shop.svc A", &["NXDOMAIN"]),
            both("RFC 8020 2", "pin._zone.gone.shop.svc A", &["NXDOMAIN"]),
        ],
    );
    check(CLUSTER, &[both("RFC 2308 2.1", "zone-a.pin._zone.db.shop.svc A", &["NXDOMAIN"])]);
}

#[test]
fn they_need_endpoints() {
    let config = on(ZoneConfig::new("cluster.local").unwrap()).with_endpoints(Endpoints::Ignore);
    assert_eq!(config.check(), Err(ConfigError::ZonalWithoutEndpoints));
}
