//! The error that the program's caller sees, in its own words. Measured.

use k8s_resolv_conf::{QueryType, StubResolver};

use crate::world::{C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, MUSL_OLD, Run, alone, config, run};

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
    use Does::{Drop, FormErr, NoData, Nx, Ok, Refused, ServFail};
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
