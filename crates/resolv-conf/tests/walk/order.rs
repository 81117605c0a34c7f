//! Which names are asked for, in which order, when nothing exists.

use crate::world::{ALL, C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, MUSL_OLD, config, pod, run};

const SEARCH: [&str; 3] = ["ns.svc.cluster.local", "svc.cluster.local", "cluster.local"];

/// The names asked for, or that the file is refused.
type Asked = Option<&'static [&'static str]>;

/// The codes of the order table: search then last, first, only.
fn names(code: char, name: &str) -> Vec<String> {
    let as_is = [format!("{}.", name.trim_end_matches('.'))];
    let searched = SEARCH.map(|entry| format!("{name}.{entry}."));
    match code {
        'L' => searched.into_iter().chain(as_is).collect(),
        'F' => as_is.into_iter().chain(searched).collect(),
        _ => as_is.to_vec(),
    }
}

#[test]
fn order_by_dots_and_ndots() {
    // Measured with all six for every cell, ndots 5, 4, 2, 1 and 0.
    let rows = [
        ("svc", ["L", "L", "L", "L", "F"]),
        ("example.com", ["L", "L", "L", "F", "F"]),
        ("svc.ns", ["L", "L", "L", "F", "F"]),
        ("svc.ns.svc", ["L", "L", "F", "F", "F"]),
        ("svc.ns.svc.cluster.local", ["L", "F", "F", "F", "F"]),
        ("a.b.c.d.e.f", ["F", "F", "F", "F", "F"]),
        ("foo.", ["O", "O", "O", "O", "O"]),
    ];
    for (name, codes) in rows {
        for (ndots, code) in [5, 4, 2, 1, 0].into_iter().zip(codes) {
            for resolver in ALL {
                let code = match code.chars().next().expect("a code") {
                    // musl: enough dots end the search list.
                    'F' if [MUSL, MUSL_OLD].contains(&resolver) => 'O',
                    code => code,
                };
                let run = run(resolver, &config(resolver, &pod(ndots)), name, |_| Does::Nx);
                assert_eq!(run.names(), names(code, name), "{resolver:?} {name} ndots:{ndots}");
                assert_eq!(run.sent.len(), 2 * run.names().len(), "{resolver:?} {name}: a pair each");
            }
        }
    }
}

#[test]
fn walk_ends_at_the_name_that_exists() {
    // Measured: where a real cluster stops, in names asked for at ndots 5.
    let exists = ["svc.ns.svc.cluster.local.", "example.com."];
    for (name, position) in
        [("svc", 1), ("svc.ns", 2), ("svc.ns.svc", 3), ("svc.ns.svc.cluster.local", 4), ("example.com", 4)]
    {
        for resolver in FIVE {
            let run = run(resolver, &config(resolver, &pod(5)), name, |sent| {
                if exists.contains(&sent.query.name.to_string().as_str()) { Does::Ok } else { Does::Nx }
            });
            assert_eq!((run.names().len(), run.end().as_str()), (position, "ok"), "{resolver:?} {name}");
        }
    }
}

#[test]
fn search_entries_that_are_no_plain_names() {
    // Measured; Go's root entry as its releases since 1.20 have it (golang.org/issue/54124).
    let rows: [(&str, &str, u32, [Asked; 6]); 7] = [
        // A root alone: glibc asks for it in its place, and not again at the end; musl 1.2.3 makes a packet that nobody reads.
        (
            "search .",
            "x.y",
            5,
            [Some(&["x.y."]), Some(&["x.y."]), Some(&[]), Some(&["x.y."]), Some(&["x.y."]), Some(&["x.y."])],
        ),
        (
            "search a.test .",
            "x.y",
            5,
            [
                Some(&["x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test."]),
                Some(&["x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y."]),
            ],
        ),
        (
            "search . a.test",
            "x.y",
            1,
            [
                Some(&["x.y.", "x.y.a.test."]),
                Some(&["x.y."]),
                Some(&["x.y."]),
                Some(&["x.y.", "x.y.a.test."]),
                Some(&["x.y.", "x.y.a.test."]),
                Some(&["x.y.", "x.y.a.test."]),
            ],
        ),
        ("search a.test.", "x.y", 5, [Some(&["x.y.a.test.", "x.y."]); 6]),
        // A leading dot: stripped, left out, or the end. hickory rejects the whole file.
        (
            "search .a.test",
            "x.y",
            5,
            [Some(&["x.y.a.test.", "x.y."]), Some(&["x.y."]), Some(&[]), Some(&["x.y."]), Some(&[]), None],
        ),
        (
            "search a.test A.TEST a.test",
            "x.y",
            5,
            [
                Some(&["x.y.a.test.", "x.y.A.TEST.", "x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y.A.TEST.", "x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y.A.TEST.", "x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y.A.TEST.", "x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y."]),
            ],
        ),
        // One odd domain, two domains, or none.
        (
            "search a.test,b.test",
            "x.y",
            5,
            [
                Some(&["x.y.a.test,b.test.", "x.y."]),
                Some(&["x.y.a.test,b.test.", "x.y."]),
                Some(&["x.y.a.test,b.test.", "x.y."]),
                Some(&["x.y.a.test,b.test.", "x.y."]),
                Some(&["x.y.a.test.", "x.y.b.test.", "x.y."]),
                Some(&["x.y."]),
            ],
        ),
    ];
    for (search, name, ndots, expected) in rows {
        let file = format!("nameserver 10.0.0.1\n{search}\noptions ndots:{ndots}\n");
        for (resolver, expected) in [GLIBC, MUSL, MUSL_OLD, GO, C_ARES, HICKORY].into_iter().zip(expected) {
            let Some(expected) = expected else { continue };
            let run = run(resolver, &config(resolver, &file), name, |_| Does::Nx);
            assert_eq!(run.names(), expected, "{resolver:?} {search}");
        }
    }
}

#[test]
fn root_entries_repeat_a_name() {
    // Measured: how often each of the five asks for `x.y.`, as a pair. hickory has the second answer in its cache, if the first had an SOA
    // record (RFC 2308 §5); so has c-ares, whose cache is left out.
    let pairs = |resolver, search: &str, ndots| {
        let file = format!("nameserver 10.0.0.1\nsearch {search}\noptions ndots:{ndots}\n");
        let run = run(resolver, &config(resolver, &file), "x.y", |_| Does::Nx);
        run.sent.iter().filter(|sent| sent.name() == "x.y.").count() / 2
    };
    for (search, ndots, expected) in [
        (".", 5, [1, 1, 1, 2, 1]),
        (".", 1, [2, 1, 1, 2, 1]),
        ("a.test .", 5, [1, 1, 1, 2, 1]),
        (". a.test", 1, [2, 1, 1, 2, 1]),
    ] {
        assert_eq!(FIVE.map(|resolver| pairs(resolver, search, ndots)), expected, "{search} ndots:{ndots}");
    }
}

#[test]
fn entries_that_end_a_lookup() {
    // Measured: after its unreadable packet musl 1.2.3 waits 5 s. With an empty label in the middle it and c-ares send nothing at all.
    for (resolver, search, names, end, seconds) in [
        (MUSL_OLD, ".", 0, "EAI_AGAIN (-3)", 5),
        (MUSL_OLD, "a.test .", 1, "EAI_AGAIN (-3)", 5),
        (MUSL_OLD, ".a.test", 0, "EAI_NONAME (-2)", 0),
        (C_ARES, ".a.test", 0, "EBADNAME", 0),
    ] {
        let config = config(resolver, &format!("nameserver 10.0.0.1\nsearch {search}\noptions ndots:5\n"));
        let run = run(resolver, &config, "x.y", |sent| match sent.query.name.labels().count() {
            2 => Does::Ok,
            _ => Does::Nx,
        });
        let told = (run.names().len(), run.end(), run.took.as_secs());
        assert_eq!(told, (names, end.to_owned(), seconds), "{resolver:?} {search}");
    }
}

#[test]
fn of_equal_entries_hickory_keeps_the_last() {
    // hickory's Resolver::build_names fills a stack from the end of the list.
    let file = "nameserver 10.0.0.1\ndomain d.test\nsearch a.test b.test a.test\noptions ndots:5\n";
    let run = run(HICKORY, &config(HICKORY, file), "x", |_| Does::Nx);
    assert_eq!(run.names(), ["x.d.test.", "x.b.test.", "x.a.test.", "x."]);
}

#[test]
fn names_that_grow_too_long() {
    // Measured with a name of 250 octets: glibc leaves out the rest of the list, c-ares fails, the others leave out the entry.
    let long = format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(58));
    assert_eq!(long.len(), 250);
    let file = "nameserver 10.0.0.1\nsearch long.test x\noptions ndots:5\n";
    let (as_is, short) = (format!("{long}."), format!("{long}.x."));
    for (resolver, expected, end) in [
        (GLIBC, vec![as_is.clone()], "EAI_NONAME (-2)"),
        (MUSL, vec![short.clone(), as_is.clone()], "EAI_NONAME (-2)"),
        (GO, vec![short.clone(), as_is.clone()], "no such host"),
        (C_ARES, vec![], "EBADNAME"),
        (HICKORY, vec![short, as_is], "no records found: NXDomain"),
    ] {
        let run = run(resolver, &config(resolver, file), &long, |_| Does::Nx);
        assert_eq!((run.names(), run.end().as_str()), (expected, end), "{resolver:?}");
    }
}
