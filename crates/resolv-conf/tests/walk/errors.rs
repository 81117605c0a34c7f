//! The error that the program's caller sees, in its own words. Measured.

use k8s_resolv_conf::{Families, GlibcVersion, QueryType, StubResolver};

use crate::world::{C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, MUSL_OLD, Run, alone, config, run, run_for};

fn both(resolver: StubResolver, a: Does, aaaa: Does) -> Run {
    run(resolver, &alone(resolver, ""), "x.test", |sent| if sent.query.query_type == QueryType::A { a } else { aaaa })
}

#[test]
fn one_name() {
    let nx = "no records found: NXDomain";
    let rows: [(Does, Does, [&str; 5]); 9] = [
        (Does::Nx, Does::Nx, ["EAI_NONAME (-2)", "EAI_NONAME (-2)", "no such host", "ENOTFOUND", nx]),
        (
            Does::NoData,
            Does::NoData,
            ["EAI_NODATA (-5)", "EAI_NODATA (-5)", "no such host", "ENODATA", "no records found: NoError"],
        ),
        (
            Does::ServFail,
            Does::ServFail,
            ["EAI_AGAIN (-3)", "EAI_AGAIN (-3)", "server misbehaving", "ESERVFAIL", "ServFail"],
        ),
        (
            Does::Refused,
            Does::Refused,
            ["EAI_AGAIN (-3)", "EAI_AGAIN (-3)", "server misbehaving", "EREFUSED", "Refused"],
        ),
        (
            Does::FormErr,
            Does::FormErr,
            ["EAI_NONAME (-2)", "EAI_AGAIN (-3)", "server misbehaving", "EFORMERR", "FormErr"],
        ),
        (Does::NotImp, Does::NotImp, ["EAI_AGAIN (-3)", "EAI_AGAIN (-3)", "server misbehaving", "ENOTIMP", "NotImp"]),
        (Does::Drop, Does::Drop, ["EAI_AGAIN (-3)", "EAI_AGAIN (-3)", "i/o timeout", "ETIMEOUT", "request timed out"]),
        (
            Does::NoData,
            Does::ServFail,
            ["EAI_NODATA (-5)", "EAI_AGAIN (-3)", "server misbehaving", "ESERVFAIL", "ServFail"],
        ),
        (
            Does::Nx,
            Does::ServFail,
            ["EAI_NONAME (-2)", "EAI_NONAME (-2)", "server misbehaving", "ESERVFAIL", "ServFail"],
        ),
    ];
    for (a, aaaa, ends) in rows {
        for (resolver, end) in FIVE.into_iter().zip(ends) {
            assert_eq!(both(resolver, a, aaaa).end(), end, "{resolver:?} {a:?} {aaaa:?}");
        }
    }
    assert_eq!(both(MUSL_OLD, Does::NoData, Does::NoData).end(), "EAI_NONAME (-2)");
    // musl waits out its time before it says so.
    assert_eq!(both(MUSL, Does::Nx, Does::ServFail).took.as_secs(), 5);
}

#[test]
fn whole_walks() {
    use Does::{Drop, FormErr, NoData, Nx, Ok, Other, Refused, ServFail};
    // For each place of the walk what the servers do: two search entries, then the name as it is; or, "first", the other way round.
    let rows: &[(StubResolver, bool, [Does; 3], &str)] = &[
        // glibc: the name as it is, if it came first; else NODATA, else SERVFAIL, if any had it; else the last.
        (GLIBC, true, [ServFail, NoData, Nx], "EAI_AGAIN (-3)"),
        (GLIBC, true, [Nx, NoData, ServFail], "EAI_NONAME (-2)"),
        (GLIBC, false, [NoData, ServFail, Nx], "EAI_NODATA (-5)"),
        (GLIBC, false, [ServFail, Nx, Nx], "EAI_AGAIN (-3)"),
        (GLIBC, false, [Nx, Nx, ServFail], "EAI_AGAIN (-3)"),
        (GLIBC, false, [Nx, Nx, NoData], "EAI_NODATA (-5)"),
        (GLIBC, false, [Nx, FormErr, Nx], "EAI_NONAME (-2)"),
        (GLIBC, false, [Refused, Ok, Nx], "EAI_NONAME (-2)"),
        (GLIBC, false, [Drop, Ok, Ok], "ok"),
        // A code that it does not know is "no recovery" (__res_context_query), not "no data".
        (GLIBC, false, [Other, Ok, Nx], "EAI_NONAME (-2)"),
        // After the name as it is come all entries, whatever became of it.
        (GLIBC, true, [Refused, Nx, Ok], "ok"),
        (GLIBC, true, [Drop, Ok, Nx], "ok"),
        (GLIBC, true, [FormErr, NoData, Nx], "EAI_NONAME (-2)"),
        // musl: the first that is not NXDOMAIN decides.
        (MUSL, false, [Nx, NoData, Ok], "EAI_NODATA (-5)"),
        (MUSL, false, [Nx, Refused, Ok], "EAI_AGAIN (-3)"),
        (MUSL, false, [Nx, Nx, Nx], "EAI_NONAME (-2)"),
        // Go: the name as it is, wherever it stands.
        (GO, false, [ServFail, Nx, Nx], "no such host"),
        (GO, false, [Nx, Nx, ServFail], "server misbehaving"),
        (GO, true, [ServFail, Nx, Nx], "server misbehaving"),
        (GO, true, [Nx, ServFail, Drop], "no such host"),
        // c-ares: ENODATA if any name had it and the last was not found; else the last.
        (C_ARES, false, [NoData, Nx, Nx], "ENODATA"),
        (C_ARES, true, [NoData, Nx, Nx], "ENODATA"),
        (C_ARES, false, [NoData, Nx, FormErr], "EFORMERR"),
        (C_ARES, false, [Nx, Nx, Nx], "ENOTFOUND"),
        // ares_dns_query_reply_tostatus: a code that it does not know is no error, and there is no address.
        (C_ARES, false, [Other, Nx, Nx], "ENODATA"),
        // hickory: the last; of a pair AAAA's.
        (HICKORY, false, [ServFail, ServFail, Nx], "no records found: NXDomain"),
        (HICKORY, false, [Nx, NoData, Refused], "Refused"),
        (HICKORY, true, [Nx, Refused, NoData], "no records found: NoError"),
    ];
    for (resolver, as_is_first, does, end) in rows {
        let ndots = if *as_is_first { 1 } else { 5 };
        let file = format!("nameserver 10.0.0.1\nsearch a.test b.test\noptions ndots:{ndots}\n");
        let order: [&str; 3] =
            if *as_is_first { ["x.y.", "x.y.a.test.", "x.y.b.test."] } else { ["x.y.a.test.", "x.y.b.test.", "x.y."] };
        let run = run(*resolver, &config(*resolver, &file), "x.y", |sent| {
            let name = sent.query.name.to_string();
            does[order.iter().position(|known| *known == name).expect("a known name")]
        });
        assert_eq!(run.end(), *end, "{resolver:?} {does:?}");
    }
}

/// `x.y.a.test.` and `x.y.`, in this order at `ndots:2`, in the other one at `ndots:1`.
fn two_names(resolver: StubResolver, families: Families, options: &str, searched: Does, as_is: Does) -> Run {
    let config = config(resolver, &format!("nameserver 10.0.0.1\nsearch a.test\noptions {options}\n"));
    let rule = |sent: &k8s_resolv_conf::Transmit| if sent.query.name.labels().count() == 2 { as_is } else { searched };
    run_for(families, resolver, &config, "x.y", rule)
}

#[test]
fn an_alias_of_nothing() {
    // Measured, on both sides of a name that does not exist. glibc ends the walk: gaih_getanswer says HOST_NOT_FOUND, and getanswer_r, for
    // IPv4 alone, NO_RECOVERY, of which getaddrinfo makes "no data". c-ares: ENODATA, wherever the name stands.
    let no_records = "no records found: NoError";
    let rows: [(Families, [&str; 5]); 3] = [
        (Families::Both, ["EAI_NONAME (-2)", "EAI_NODATA (-5)", "no such host", "ENODATA", no_records]),
        (Families::V4, ["EAI_NODATA (-5)", "EAI_NODATA (-5)", "no such host", "ENODATA", no_records]),
        (Families::V6, ["EAI_NONAME (-2)", "EAI_NODATA (-5)", "no such host", "ENODATA", no_records]),
    ];
    for (families, ends) in rows {
        for (resolver, end) in FIVE.into_iter().zip(ends) {
            let last = two_names(resolver, families, "ndots:2", Does::Nx, Does::Alias);
            assert_eq!((last.end().as_str(), last.names().len()), (end, 2), "{resolver:?} {families:?}");
            let first = two_names(resolver, families, "ndots:1", Does::Nx, Does::Alias);
            let (goes_on, end) = match resolver {
                HICKORY => (true, "no records found: NXDomain"),
                GO | C_ARES => (true, end),
                _ => (false, end),
            };
            let names = if goes_on { 2 } else { 1 };
            assert_eq!((first.end().as_str(), first.names().len()), (end, names), "{resolver:?} {families:?} first");
        }
    }
    // getanswer_r up to 2.33: "it only contains a CNAME …, we fail with NOTFOUND instead of TRYAGAIN".
    let old = StubResolver::Glibc(GlibcVersion(33));
    assert_eq!(two_names(old, Families::V4, "ndots:2", Does::Nx, Does::Alias).end(), "EAI_NONAME (-2)");
    // What answers to a name that is no host name is "no such name" (__res_binary_hnok), an alias too.
    let mut config = alone(GLIBC, "options ndots:2\n");
    config.search = vec!["a,test".into()];
    for does in [Does::Alias, Does::Ok] {
        let run = run_for(Families::V4, GLIBC, &config, "x.y", |_| does);
        assert_eq!((run.end().as_str(), run.names().len()), ("EAI_NONAME (-2)", 1), "{does:?}");
    }
}

#[test]
fn glibc_looks_for_ipv4_alone_by_another_way() {
    // Measured. gethostbyname3_context tells "try again" only while errno is set, by a query without a reply that counts: over TCP any
    // reply does (send_vc), over UDP none that says SERVFAIL or REFUSED (send_dg). Each query sets errno anew.
    let (again, none) = ("EAI_AGAIN (-3)", "EAI_NONAME (-2)");
    let rows = [
        ("ndots:2", Does::ServFail, Does::Nx, again, none),
        ("ndots:2", Does::Nx, Does::ServFail, again, again),
        ("ndots:2", Does::ServFail, Does::Drop, again, again),
        ("ndots:1", Does::Nx, Does::ServFail, again, none),
        ("ndots:1", Does::Drop, Does::ServFail, again, again),
        ("ndots:2 use-vc", Does::Nx, Does::ServFail, again, none),
        ("ndots:2 use-vc", Does::ServFail, Does::ServFail, again, none),
        ("ndots:1 use-vc", Does::ServFail, Does::ServFail, again, none),
        ("ndots:2", Does::NoData, Does::Nx, "EAI_NODATA (-5)", "EAI_NODATA (-5)"),
    ];
    for (options, searched, as_is, both, alone) in rows {
        for (families, end) in [(Families::Both, both), (Families::V6, both), (Families::V4, alone)] {
            let run = two_names(GLIBC, families, options, searched, as_is);
            assert_eq!(run.end(), end, "{families:?} {options} {searched:?} {as_is:?}");
        }
    }
}

#[test]
fn go_prefers_no_error_for_an_absolute_name() {
    // goLookupIPCNAMEOrder: "Prefer error for original name", which it compares with a dot added even where there is one; so of a pair the
    // first error stands, and the last one for a name without the dot.
    let (a, aaaa) = (Does::Nx, Does::ServFail);
    let told = |name: &str| {
        let rule = |sent: &k8s_resolv_conf::Transmit| if sent.query.query_type == QueryType::A { a } else { aaaa };
        run(GO, &alone(GO, ""), name, rule).end()
    };
    assert_eq!((told("x.test."), told("x.test")), ("no such host".to_owned(), "server misbehaving".to_owned()));
}

#[test]
fn hickory_answers_reserved_names_itself() {
    // CachingClient (RFC 7686 §2): NXDOMAIN for the last name, whatever the ones before had.
    let config = config(HICKORY, "nameserver 10.0.0.1\nsearch s1.test\noptions ndots:2\n");
    let run = run(HICKORY, &config, "x.onion", |_| Does::NoData);
    assert_eq!((run.names().len(), run.end().as_str()), (1, "no records found: NXDomain"));
}

#[test]
fn hickory_tells_the_fault_of_aaaa() {
    // lookup_ip.rs, multi_lookup: `(Err(e1), Err(e2)) => Err(e1)`, and AAAA is first.
    let run = both(HICKORY, Does::Refused, Does::Nx);
    assert_eq!(run.end(), "no records found: NXDomain");
}

#[test]
fn no_server() {
    for (resolver, end, seconds) in [
        (GLIBC, "EAI_AGAIN (-3)", 0),
        (MUSL, "EAI_AGAIN (-3)", 5),
        (GO, "connection refused", 0),
        (C_ARES, "ENOSERVER", 0),
        (HICKORY, "no connections available", 0),
    ] {
        let mut config = alone(resolver, "");
        config.nameservers.clear();
        let run = run(resolver, &config, "x.test", |_| Does::Ok);
        assert_eq!((run.end().as_str(), run.sent.len(), run.took.as_secs()), (end, 0, seconds), "{resolver:?}");
    }
}
