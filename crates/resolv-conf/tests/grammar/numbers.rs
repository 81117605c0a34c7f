use k8s_resolv_conf::{LookupSource, OptionFlag, ResolverConfig};

use super::columns::{COLUMNS, read, row};

/// Options → a number that glibc, musl, Go, c-ares and hickory hold: ndots, timeout in seconds, attempts.
#[test]
fn options_with_numbers() {
    let ndots: [(&str, [u32; 5]); 19] = [
        ("", [1; 5]),
        ("ndots:5", [5; 5]),
        ("ndots:0", [0; 5]),
        ("ndots:20", [15, 15, 15, 20, 20]),
        // glibc keeps four bits.
        ("ndots:-1", [15, 1, 0, 1, 1]),
        ("ndots:-2", [14, 1, 0, 1, 1]),
        ("ndots:99999999999999999999", [15, 15, 15, 1, 1]),
        ("ndots:", [0, 1, 0, 0, 1]),
        ("ndots", [1, 1, 1, 0, 1]),
        ("ndots:abc", [0, 1, 0, 1, 1]),
        ("ndots:2x", [2, 2, 2, 1, 1]),
        ("ndots: 5", [5, 1, 0, 0, 1]),
        ("ndots:+3", [3, 1, 0, 1, 3]),
        ("ndots:5 ndots:1", [1, 5, 1, 1, 1]),
        ("ndots:5\noptions ndots:1", [1; 5]),
        ("xndots:5", [1, 5, 1, 1, 1]),
        ("ndots:5 # ndots:1", [1, 5, 1, 5, 5]),
        ("ndots:5\r", [5; 5]),
        ("nonsense ndots:2", [2; 5]),
    ];
    for (options, expected) in ndots {
        let held = row(&format!("nameserver 1.2.3.4\noptions {options}\n"), |config| config.ndots.to_string());
        assert_eq!(held, expected.map(|number| number.to_string()), "{options}");
    }
    let timeout: [(&str, [u64; 5]); 9] = [
        ("", [5, 5, 5, 2, 5]),
        ("timeout:3", [3; 5]),
        ("timeout:90", [30, 60, 90, 90, 90]),
        // Zero: glibc waits a second then, musl sends nothing, hickory gives up at once.
        ("timeout:0", [0, 0, 1, 2, 0]),
        ("timeout:-2", [0, 5, 1, 2, 5]),
        ("timeout:.5", [0, 5, 1, 2, 5]),
        ("timeout:1.5", [1, 1, 1, 2, 5]),
        ("retrans:4", [5, 5, 5, 4, 5]),
        ("timeout:x", [0, 5, 1, 2, 5]),
    ];
    for (options, expected) in timeout {
        let held =
            row(&format!("nameserver 1.2.3.4\noptions {options}\n"), |config| config.timeout.as_secs().to_string());
        assert_eq!(held, expected.map(|number| number.to_string()), "{options}");
    }
    let attempts: [(&str, [u32; 5]); 6] = [
        ("", [2, 2, 2, 3, 2]),
        ("attempts:4", [4; 5]),
        ("attempts:20", [5, 10, 20, 20, 20]),
        // Zero: glibc sends nothing, musl 1.2.6 dies of SIGFPE, hickory tries once.
        ("attempts:0", [0, 0, 1, 3, 0]),
        ("attempts:-1", [0, 2, 1, 3, 2]),
        ("retry:7", [2, 2, 2, 7, 2]),
    ];
    for (options, expected) in attempts {
        let held = row(&format!("nameserver 1.2.3.4\noptions {options}\n"), |config| config.attempts.to_string());
        assert_eq!(held, expected.map(|number| number.to_string()), "{options}");
    }
}

/// Options → the columns in which they turn a switch on, and which.
#[test]
fn switches() {
    use OptionFlag::{Edns0, NoAaaa, NoReload, NoTldQuery, Rotate, SingleRequest, SingleRequestReopen, TrustAd, UseVc};
    let rows: [(&str, [Option<OptionFlag>; 5]); 23] = [
        ("rotate", [Some(Rotate), None, Some(Rotate), Some(Rotate), None]),
        // glibc compares the beginning.
        ("rotatefoo", [Some(Rotate), None, None, None, None]),
        ("rotate:1", [Some(Rotate), None, None, Some(Rotate), None]),
        // Go and c-ares always send EDNS.
        ("edns0", [Some(Edns0), None, None, None, Some(Edns0)]),
        ("trust-ad", [Some(TrustAd), None, Some(TrustAd), None, None]),
        ("single-request", [Some(SingleRequest), None, Some(SingleRequest), None, None]),
        ("single-request-reopen", [Some(SingleRequestReopen), None, Some(SingleRequest), None, None]),
        ("use-vc", [Some(UseVc), None, Some(UseVc), Some(UseVc), None]),
        ("usevc", [None, None, Some(UseVc), Some(UseVc), None]),
        ("tcp", [None, None, Some(UseVc), None, None]),
        ("no-tld-query", [Some(NoTldQuery), None, None, None, None]),
        ("no_tld_query", [Some(NoTldQuery), None, None, None, None]),
        ("no-aaaa", [Some(NoAaaa), None, None, None, None]),
        ("no-reload", [Some(NoReload), None, Some(NoReload), None, None]),
        ("strict-error", [None; 5]),
        ("-rotate", [None; 5]),
        ("inet6", [None; 5]),
        ("debug", [None; 5]),
        ("no-check-names", [None; 5]),
        ("ip6-bytestring", [None; 5]),
        ("ip6-dotint", [None; 5]),
        ("no-ip6-dotint", [None; 5]),
        ("nonsense", [None; 5]),
    ];
    for (option, expected) in rows {
        let file = format!("nameserver 1.2.3.4\noptions {option}\n");
        let held = COLUMNS.map(|resolver| read(resolver, &file).map(|config| config.flags).unwrap_or_default());
        assert_eq!(held, expected.map(|flag| flag.into_iter().collect::<Vec<_>>()), "{option}");
    }
}

/// What makes a Go program that has cgo ask the C library instead (net/conf.go, `unknownOpt`).
#[test]
fn go_and_the_c_library() {
    let rows = [
        ("options ndots:2 rotate edns0\n", false),
        ("options no-aaaa\n", true),
        ("options no-tld-query\n", true),
        ("options nonsense\n", true),
        ("sortlist 1.2.3.4\n", true),
        ("# comment\n", false),
        (" # comment\n", true),
        ("lookup file bind\n", false),
    ];
    for (file, expected) in rows {
        assert_eq!(row(file, |config| config.prefers_libc.to_string())[2], expected.to_string(), "{file:?}");
    }
}

/// Lines that few programs read: how many networks of `sortlist`, and which sources, each of the five holds.
#[test]
fn sortlist_and_lookup_lines() {
    let held = |config: &ResolverConfig| {
        let sources = config.lookup.iter().map(|source| if *source == LookupSource::Dns { 'd' } else { 'f' });
        format!("{}{}", config.sortlist.len(), sources.collect::<String>())
    };
    let rows: [(&str, [&str; 5]); 5] = [
        ("sortlist 130.155.160.0/255.255.240.0 130.155.0.0\n", ["2", "0", "0", "2", "0"]),
        ("lookup file bind\n", ["0", "0", "0fd", "0fd", "0"]),
        ("lookup bind\n", ["0", "0", "0d", "0d", "0"]),
        ("hostresorder local bind\n", ["0", "0", "0", "0fd", "0"]),
        ("family inet4 inet6\n", ["0"; 5]),
    ];
    for (lines, expected) in rows {
        assert_eq!(row(&format!("nameserver 1.2.3.4\n{lines}"), held), expected, "{lines:?}");
    }
}
