use dns_records::PodMode;

use crate::table::{both, check_with, differ};

const CLUSTER: &str = "
    namespace podns
    service podns/web 10.0.0.1 http/tcp/80
    pod podns/foo 10.240.0.1
    pod podns/host-a 10.240.0.2
    pod podns/host-b 10.240.0.2
    pod podns/six fd00::5
    pod podns/zero fd00::
    pod hidden/foo 10.240.0.3
";

#[test]
fn disabled_pods_have_no_names() {
    check_with(
        CLUSTER,
        |config| config.with_pods(PodMode::Disabled),
        &[
            both("RFC 2308 2.1", "10-240-0-1.podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.2", "pod A", &["NODATA"]),
        ],
    );
}

#[test]
fn insecure_pods_have_the_address_that_they_spell() {
    check_with(
        CLUSTER,
        |config| config.with_pods(PodMode::Insecure),
        &[
            both("RFC 1035 3.4.1", "10-240-0-1.podns.pod A", &["A 10.240.0.1"]),
            both("RFC 1035 3.4.1", "192-0-2-99.podns.pod A", &["A 192.0.2.99"]),
            both("RFC 2308 2.2", "10-240-0-1.podns.pod AAAA", &["NODATA"]),
            both("RFC 2308 2.2", "10-240-0-1.podns.pod TXT", &["NODATA"]),
            both("RFC 3596 2.1", "fd00--5.podns.pod AAAA", &["AAAA fd00::5"]),
            both("RFC 3596 2.1", "--1.podns.pod AAAA", &["AAAA ::1"]),
            both("RFC 3596 2.1", "2001-DB8-0-0-0-0-0-1.podns.pod AAAA", &["AAAA 2001:db8::1"]),
            both("RFC 4291 2.5.5.2", "--ffff-a00-1.podns.pod A", &["A 10.0.0.1"]),
            both("RFC 2308 2.1", "10-240-0-999.podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "blah.podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "blah.podns.pod AAAA", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "blah.podns.pod HINFO", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "10-240-0-1.nosuch.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.2", "podns.pod A", &["NODATA"]),
            both("RFC 2308 2.1", "nosuch.pod A", &["NXDOMAIN"]),
            both("RFC 2782", "10-240-0-1.podns.pod SRV", &["+ A 10.240.0.1", "SRV 0 100 0 10-240-0-1.podns.pod"]),
            both("RFC 1035 3.4.1", "foo.10-240-0-1.podns.pod A", &["A 10.240.0.1"]),
            both("RFC 1035 3.4.1", "_a._b.10-240-0-1.podns.pod A", &["A 10.240.0.1"]),
            both("RFC 2308 2.1", "a.b.c.10-240-0-1.podns.pod A", &["NXDOMAIN"]),
            differ("RFC 8482 4.1", "10-240-0-1.podns.pod ANY", &["A 10.240.0.1"], &["NODATA"]),
        ],
    );
}

#[test]
fn verified_pods_have_names_while_they_are_there() {
    check_with(
        CLUSTER,
        |config| config.with_pods(PodMode::Verified),
        &[
            both("RFC 1035 3.4.1", "10-240-0-1.podns.pod A", &["A 10.240.0.1"]),
            both("RFC 1035 3.4.1", "10-240-0-2.podns.pod A", &["A 10.240.0.2"]),
            both("RFC 3596 2.1", "fd00--5.podns.pod AAAA", &["AAAA fd00::5"]),
            both("RFC 3596 2.1", "fd00--.podns.pod AAAA", &["AAAA fd00::"]),
            both("RFC 2308 2.1", "fd00-0-0-0-0-0-0-5.podns.pod AAAA", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "192-0-2-99.podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "10-240-0-3.podns.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "10-240-0-3.hidden.pod A", &["NXDOMAIN"]),
            both("RFC 2308 2.2", "podns.pod A", &["NODATA"]),
            both("RFC 2308 2.1", "nosuch.pod A", &["NXDOMAIN"]),
            both("RFC 2782", "10-240-0-1.podns.pod SRV", &["+ A 10.240.0.1", "SRV 0 100 0 10-240-0-1.podns.pod"]),
        ],
    );
}
