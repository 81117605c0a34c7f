//! Names with a meaning of their own, and texts that are no names. Measured with search `s1.test s2.test`, ndots 2, unless a row says else.

use std::net::IpAddr;

use k8s_resolv_conf::{Candidates, Choices, Families, HostAliases, Lookup, Outcome};

use crate::world::{ALL, C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, config, run, run_for, run_lookup};

const FILE: &str = "nameserver 10.0.0.1\nsearch s1.test s2.test\noptions ndots:2\n";

/// What happens: the names asked for when none exists, or without a query the addresses or the failure.
fn told(resolver: k8s_resolv_conf::StubResolver, name: &str) -> String {
    told_by(resolver, FILE, name)
}

fn told_by(resolver: k8s_resolv_conf::StubResolver, file: &str, name: &str) -> String {
    let run = run(resolver, &config(resolver, file), name, |_| Does::Nx);
    match &run.outcome {
        _ if !run.sent.is_empty() => run.names().join(" "),
        Outcome::Found { addresses, .. } => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        _ => run.end(),
    }
}

/// `NAME.s1.test. NAME.s2.test. NAME.`
fn walked(name: &str) -> String {
    format!("{name}.s1.test. {name}.s2.test. {name}.")
}

/// The same with the name as it is first.
fn walked_first(name: &str) -> String {
    format!("{name}. {name}.s1.test. {name}.s2.test.")
}

const NO_NAME: &str = "EAI_NONAME (-2)";
const NO_HOST: &str = "no such host";

/// Measured with c-ares 1.34.9: the empty name is the root where it is asked for as it is, and no name with a search entry.
#[test]
fn an_empty_name_can_be_the_root_for_c_ares() {
    let rows: [(&str, &[&str], &str); 4] = [
        ("search s1.test s2.test\noptions ndots:0\n", &["."], "EBADNAME"),
        ("search s1.test s2.test\noptions ndots:1\n", &[], "EBADNAME"),
        ("options ndots:0\n", &["."], "ENOTFOUND"),
        ("options ndots:1\n", &["."], "ENOTFOUND"),
    ];
    for (lines, names, end) in rows {
        let config = config(C_ARES, &format!("nameserver 10.0.0.1\n{lines}"));
        let run = run(C_ARES, &config, "", |_| Does::Nx);
        assert_eq!(
            (run.names().as_slice(), run.end().as_str()),
            (names.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice(), end),
            "{lines}"
        );
    }
}

#[test]
fn special_names() {
    let bad_label = "an empty label";
    let bad_character = "a character that the resolver does not take";
    let w = walked;
    let rows: Vec<(&str, [String; 5])> = vec![
        ("", [NO_NAME.into(), NO_NAME.into(), NO_HOST.into(), "EBADNAME".into(), "s1.test. s2.test. .".into()]),
        (".", [".".into(), NO_NAME.into(), ".".into(), ".".into(), ".".into()]),
        ("foo..", [NO_NAME.into(), NO_NAME.into(), NO_HOST.into(), "EBADNAME".into(), bad_label.into()]),
        ("a..b", [NO_NAME.into(), NO_NAME.into(), NO_HOST.into(), "EBADNAME".into(), bad_label.into()]),
        (".foo", [NO_NAME.into(), NO_NAME.into(), NO_HOST.into(), "EBADNAME".into(), bad_label.into()]),
        ("localhost", [w("localhost"), w("localhost"), w("localhost"), "::1 127.0.0.1".into(), "::1 127.0.0.1".into()]),
        (
            "localhost.",
            [
                "localhost.".into(),
                "localhost.".into(),
                "localhost.".into(),
                "localhost.".into(),
                "::1 127.0.0.1".into(),
            ],
        ),
        (
            "foo.localhost",
            [
                w("foo.localhost"),
                w("foo.localhost"),
                w("foo.localhost"),
                "::1 127.0.0.1".into(),
                "::1 127.0.0.1".into(),
            ],
        ),
        ("x.local", std::array::from_fn(|_| w("x.local"))),
        // Go 1.19 asked nothing and told no error; its newer releases search as hickory does.
        (
            "x.onion",
            [
                w("x.onion"),
                w("x.onion"),
                "x.onion.s1.test. x.onion.s2.test.".into(),
                "ENOTFOUND".into(),
                "x.onion.s1.test. x.onion.s2.test.".into(),
            ],
        ),
        ("1.2.3.4", std::array::from_fn(|_| "1.2.3.4".into())),
        // Two dots: as it is first where it is a name. musl and glibc read addresses as inet_aton does.
        ("1.2.3", ["1.2.0.3".into(), "1.2.0.3".into(), NO_HOST.into(), walked_first("1.2.3"), walked_first("1.2.3")]),
        ("1234", ["0.0.4.210".into(), "0.0.4.210".into(), NO_HOST.into(), w("1234"), w("1234")]),
        ("0x7f.1", ["127.0.0.1".into(), "127.0.0.1".into(), w("0x7f.1"), w("0x7f.1"), w("0x7f.1")]),
        (
            "010.0.0.1",
            ["8.0.0.1".into(), "8.0.0.1".into(), NO_HOST.into(), "10.0.0.1".into(), walked_first("010.0.0.1")],
        ),
        ("1.2.3.4.", ["1.2.3.4.".into(), "1.2.3.4.".into(), NO_HOST.into(), "1.2.3.4.".into(), "1.2.3.4.".into()]),
        ("::1", std::array::from_fn(|_| "::1".into())),
        ("fe80::1%lo", ["fe80::1".into(), "fe80::1".into(), "fe80::1".into(), "EBADNAME".into(), bad_character.into()]),
        // hickory-proto's Name::from_utf8: "Error, underscore in the end".
        ("foo_bar", [w("foo_bar"), w("foo_bar"), w("foo_bar"), w("foo_bar"), bad_character.into()]),
        ("-x", [NO_NAME.into(), w("-x"), NO_HOST.into(), w("-x"), bad_character.into()]),
        ("x-", [w("x-"), w("x-"), NO_HOST.into(), w("x-"), w("x-")]),
        ("a*b", [NO_NAME.into(), w("a*b"), NO_HOST.into(), w("a*b"), bad_character.into()]),
        ("*.foo", [NO_NAME.into(), w("*.foo"), NO_HOST.into(), w("*.foo"), w("*.foo")]),
        ("foo bar", [NO_NAME.into(), w("foo\\032bar"), NO_HOST.into(), "EBADNAME".into(), bad_character.into()]),
        // Punycode of c-ares' is made by its Python binding; itself it refuses.
        ("é.test", [NO_NAME.into(), w("\\195\\169.test"), NO_HOST.into(), "EBADNAME".into(), w("xn--9ca.test")]),
        ("UPPER", [w("UPPER"), w("UPPER"), w("UPPER"), w("UPPER"), w("upper")]),
    ];
    for (name, expected) in rows {
        for (resolver, expected) in FIVE.into_iter().zip(expected) {
            assert_eq!(told(resolver, name), expected, "{resolver:?} {name:?}");
        }
    }
}

#[test]
fn lengths_of_labels_and_names() {
    let label = "l".repeat(64);
    for resolver in ALL {
        assert!(run(resolver, &config(resolver, FILE), &label, |_| Does::Nx).sent.is_empty(), "{resolver:?}");
    }
    // 253 octets fit in a name of 255, and no search entry fits behind them; 254 do not.
    let name = |last: usize| format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(last));
    for resolver in FIVE {
        let longest = run(resolver, &config(resolver, FILE), &name(61), |_| Does::Ok);
        assert_eq!(longest.names(), [format!("{}.", name(61))], "{resolver:?}");
        let absolute = run(resolver, &config(resolver, FILE), &format!("{}.", name(61)), |_| Does::Ok);
        assert_eq!(absolute.end(), "ok", "{resolver:?}");
        assert!(run(resolver, &config(resolver, FILE), &name(62), |_| Does::Ok).sent.is_empty(), "{resolver:?}");
    }
}

#[test]
fn hickory_searches_for_addresses_above_four_dots() {
    // Measured: with ndots above 4 an IPv4 address is searched for first, and is the answer in the end.
    let config = config(HICKORY, "nameserver 10.0.0.1\nsearch s1.test\noptions ndots:5\n");
    let run = run(HICKORY, &config, "1.2.3.4", |_| Does::Nx);
    assert_eq!(run.names(), ["1.2.3.4.s1.test.", "1.2.3.4."]);
    assert_eq!(run.outcome.addresses(), ["1.2.3.4".parse::<IpAddr>().expect("an address")]);
}

#[test]
fn addresses_of_the_other_family() {
    // glibc: nss/getaddrinfo.c; musl: lookup_ipliteral.c; Go: net/ipsock.go; c-ares' fake_addrinfo and hickory take IPv4 whatever is asked for.
    for (resolver, end) in [
        (GLIBC, "EAI_ADDRFAMILY (-9)"),
        (MUSL, "EAI_NODATA (-5)"),
        (GO, "no suitable address found"),
        (C_ARES, "ok"),
        (HICKORY, "ok"),
    ] {
        let run = run_for(Families::V6, resolver, &config(resolver, FILE), "1.2.3.4", |_| Does::Nx);
        assert_eq!(run.end(), end, "{resolver:?}");
    }
}

#[test]
fn go_tells_nothing_of_absolute_onions() {
    // net/dnsclient_unix.go: nameList is empty, so there is neither an address nor an error.
    let run = run(GO, &config(GO, FILE), "x.onion.", |_| Does::Ok);
    assert_eq!((run.outcome, run.sent.len()), (Outcome::Nothing, 0));
}

#[test]
fn aliases() {
    let aliases = HostAliases::parse(b"long long.example.com\nshort other\nother third\n");
    let names = |resolver, name: &str| {
        let config = config(resolver, "nameserver 10.0.0.1\nsearch a.test\noptions ndots:2\n");
        let lookup = Lookup::new(resolver, &config, name).aliases(&aliases);
        run_lookup(&lookup, Choices::pinned([]), |_| Does::Nx).names()
    };
    // Measured with glibc 2.36: the target goes through the walk.
    assert_eq!(names(GLIBC, "long"), ["long.example.com.", "long.example.com.a.test."]);
    // res_query.c: a target without dots is looked up once more, and then only asked for.
    assert_eq!(names(GLIBC, "short"), ["third."]);
    // ares_search_name_list: "there is no searching, it is used as-is".
    assert_eq!(names(C_ARES, "long"), ["long.example.com."]);
    for resolver in [MUSL, GO, HICKORY] {
        assert_eq!(names(resolver, "long"), ["long.a.test.", "long."], "{resolver:?}");
    }
    assert_eq!(names(GLIBC, "long.b"), ["long.b.a.test.", "long.b."], "only names without dots");
}

#[test]
fn c_ares_looks_where_the_file_says() {
    // Measured with 1.34.9 and no nsswitch.conf: ECONNREFUSED where no place is left to look in. `localhost` belongs to the hosts file.
    let both = "::1 127.0.0.1";
    for (lines, name, expected) in [
        ("lookup file\n", "x", "ECONNREFUSED"),
        ("lookup file\n", "", "ECONNREFUSED"),
        ("lookup file\n", "a..b", "ECONNREFUSED"),
        ("lookup file\n", "fe80::1%lo", "ECONNREFUSED"),
        ("lookup file\n", "localhost", both),
        ("lookup file\n", "x.onion", "ENOTFOUND"),
        ("lookup file\n", "1.2.3.4", "1.2.3.4"),
        ("hostresorder local\n", "x", "ECONNREFUSED"),
        ("lookup bind\n", "x", "x.s1.test. x.s2.test. x."),
        ("lookup bind file\n", "x", "x.s1.test. x.s2.test. x."),
        ("lookup bind file\n", "localhost", both),
        ("lookup bind\n", "localhost", "ECONNREFUSED"),
        ("lookup nonsense\n", "x", "x.s1.test. x.s2.test. x."),
    ] {
        assert_eq!(told_by(C_ARES, &format!("{FILE}{lines}"), name), expected, "{lines:?} {name:?}");
    }
    // Go obeys the line on OpenBSD alone.
    assert_eq!(told_by(GO, &format!("{FILE}lookup file\n"), "x"), "x.s1.test. x.s2.test. x.");
}

#[test]
fn refused_names_say_why() {
    let config = config(GLIBC, FILE);
    let candidates = Lookup::new(GLIBC, &config, "-x").candidates();
    assert!(matches!(candidates, Candidates::Refused(failure) if failure.to_string() == NO_NAME));
}
