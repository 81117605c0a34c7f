//! What differs by release of glibc, and where it fails.

use k8s_resolv_conf::{GlibcVersion, OptionFlag, ReadError, ResolverConfig, SortEntry, SortMask, Span, StubResolver};

use super::columns::{cell, read, search, servers};

fn held(version: u8, file: &str) -> Result<ResolverConfig, ReadError> {
    read(StubResolver::Glibc(GlibcVersion(version)), file)
}

/// The releases that brought options: resolv.conf(5) and the NEWS of 2.14, 2.31, 2.36 and 2.41.
#[test]
fn options_by_release() {
    let rows = [
        ("edns0", OptionFlag::Edns0, 6),
        ("single-request-reopen", OptionFlag::SingleRequestReopen, 9),
        ("no-tld-query", OptionFlag::NoTldQuery, 14),
        ("use-vc", OptionFlag::UseVc, 14),
        ("single-request", OptionFlag::SingleRequest, 10),
        ("no-reload", OptionFlag::NoReload, 26),
        ("trust-ad", OptionFlag::TrustAd, 31),
        ("no-aaaa", OptionFlag::NoAaaa, 36),
        ("strict-error", OptionFlag::StrictError, 41),
    ];
    for (option, flag, since) in rows {
        let file = format!("options {option}\n");
        assert!(held(since, &file).unwrap().has(flag), "{option} in 2.{since}");
        assert!(!held(since - 1, &file).unwrap().has(flag), "{option} before 2.{since}");
    }
    // 2.41: a leading minus clears.
    assert!(held(40, "options rotate -rotate\n").unwrap().has(OptionFlag::Rotate));
    assert!(!held(41, "options rotate -rotate\n").unwrap().has(OptionFlag::Rotate));
}

/// Before 2.26: 6 domains, of the first 255 octets.
#[test]
fn search_limits_before_2_26() {
    let seven = "search a b c d e f g\n";
    assert_eq!(search(&held(25, seven).unwrap()), "a b c d e f");
    assert_eq!(search(&held(26, seven).unwrap()), "a b c d e f g");
    let long = format!("search {} {}\n", "a".repeat(200), "b".repeat(100));
    assert_eq!(held(25, &long).unwrap().search[1].0.len(), 54);
    assert_eq!(held(26, &long).unwrap().search[1].0.len(), 100);
}

/// Before 2.29 an address ended at any space.
#[test]
fn carriage_returns_before_2_29() {
    assert_eq!(servers(&held(28, "nameserver 1.2.3.4\r\n").unwrap()), "1.2.3.4");
    assert_eq!(servers(&held(29, "nameserver 1.2.3.4\r\n").unwrap()), "127.0.0.1");
}

/// Where the 256 octets of `_res` end the list and 56 or less came before, 2.36 dies of `resolv_conf_matches (resp, conf)`.
#[test]
fn domains_that_abort() {
    let rows: [(&[usize], bool); 16] = [
        (&[255], false),
        (&[256], true),
        (&[1, 253], false),
        (&[1, 254], true),
        (&[300, 1], true),
        (&[100, 155], false),
        (&[100, 154], false),
        (&[55, 219], true),
        (&[56, 219], false),
        (&[27, 27, 250], true),
        (&[27, 28, 250], false),
        (&[50, 50, 50, 50, 50, 50], false),
        (&[1, 1, 1, 1, 1, 254], true),
        (&[1, 1, 1, 1, 1, 1, 254], false),
        (&[1, 300, 1], true),
        (&[200, 56], false),
    ];
    for (lengths, aborts) in rows {
        let file =
            format!("search {}\n", lengths.iter().map(|length| "z".repeat(*length)).collect::<Vec<_>>().join(" "));
        let result = cell(StubResolver::Glibc(GlibcVersion::V2_36), &file, |_| String::new());
        assert_eq!(result == "aborts", aborts, "{lengths:?}");
        assert_ne!(cell(StubResolver::Glibc(GlibcVersion::V2_25), &file, |_| String::new()), "aborts");
    }
}

/// Octets at which the loop of `sortlist` stays: 2.36 hangs.
#[test]
fn sortlists_that_hang() {
    let rows = [
        ("sortlist 1.2.3.0\r\n", Some(17)),
        ("sortlist /\n", Some(10)),
        ("sortlist x/8\n", Some(11)),
        ("sortlist x y\n", None),
        ("sortlist 1.2.3.0/x\n", None),
        ("sortlist 1.2.3.0;/\n", None),
        ("sortlist é\n", Some(10)),
    ];
    for (file, column) in rows {
        let hangs = column.map(|column| ReadError::Hangs { place: Span { line: 1, column, length: 1 } });
        assert_eq!(held(36, file).err(), hangs, "{file:?}");
    }
}

/// Masks: written, or of the address' class; ten entries.
#[test]
fn sortlists() {
    let bits =
        |address: &str, mask: &str| SortEntry::new(address.parse().unwrap(), SortMask::Bits(mask.parse().unwrap()));
    let config =
        held(36, "sortlist 130.155.160.0/255.255.240.0 130.155.0.0 10.0.0.0&255.0.0.0 192.0.2.1 nonsense\n").unwrap();
    let expected = [
        bits("130.155.160.0", "255.255.240.0"),
        bits("130.155.0.0", "255.255.0.0"),
        bits("10.0.0.0", "255.0.0.0"),
        bits("192.0.2.1", "255.255.255.0"),
    ];
    assert_eq!(config.sortlist, expected);
    let many = format!("sortlist {}\n", "1.2.3.4 ".repeat(12).trim_end());
    assert_eq!(held(36, &many).unwrap().sortlist.len(), 10);
    // c-ares: a prefix's length, and nothing where one entry is bad.
    let prefix = |address: &str, length| SortEntry::new(address.parse().unwrap(), SortMask::Prefix(length));
    let list = |file: &str| read(StubResolver::CAres, file).unwrap().sortlist;
    let expected =
        [prefix("130.155.160.0", 20), prefix("10.0.0.0", 8), prefix("2001:db8::", 64), prefix("192.0.2.0", 28)];
    assert_eq!(list("sortlist 130.155.160.0/255.255.240.0 10.0.0.0 2001:db8:: 192.0.2.0/28\n"), expected);
    assert_eq!(list("sortlist 10.0.0.0 nonsense\n"), []);
}
