use k8s_resolv_conf::{Environment, HostAliases, ResolvConf, StubResolver};

use super::columns::{COLUMNS, machine, search};

fn lists(environment: &Environment, file: &str) -> [String; 5] {
    let file = ResolvConf::parse(file.as_bytes());
    COLUMNS.map(|resolver| resolver.read(&file, environment).result.map(|config| search(&config)).unwrap_or_default())
}

/// `LOCALDOMAIN` → the search lists: glibc takes all of it, c-ares its first word.
#[test]
fn localdomain() {
    let file = "nameserver 1.2.3.4\nsearch s t\n";
    let rows: [(&str, [&str; 5]); 5] = [
        ("l m", ["l m", "s t", "s t", "l", "dom.test s t"]),
        // Set and empty: the root for glibc; c-ares drops the file and goes by the hostname.
        ("", [".", "s t", "s t", "dom.test", "dom.test s t"]),
        (" l", [". l", "s t", "s t", "l", "dom.test s t"]),
        ("l\nm", ["l", "s t", "s t", "dom.test", "dom.test s t"]),
        ("l,m", ["l,m", "s t", "s t", "l", "dom.test s t"]),
    ];
    for (value, expected) in rows {
        assert_eq!(lists(&machine().with_localdomain(value), file), expected, "{value:?}");
    }
}

#[test]
fn res_options() {
    let file = ResolvConf::parse(b"nameserver 1.2.3.4\nsearch s\noptions ndots:3\n");
    let ndots = |value: &str| {
        COLUMNS.map(|resolver| resolver.read(&file, &machine().with_res_options(value)).result.unwrap().ndots)
    };
    assert_eq!(ndots("ndots:2"), [2, 3, 3, 2, 3]);
    // An empty one makes c-ares drop what it read.
    assert_eq!(ndots(""), [3, 3, 3, 1, 3]);
    let go = |environment: Environment| StubResolver::Go.read(&file, &environment).result.unwrap().prefers_libc;
    assert!(!go(machine().with_res_options("")));
    assert!(go(machine().with_res_options("x")));
    assert!(go(machine().with_localdomain("")));
    let mut aliases = machine();
    assert!(!go(aliases.clone()));
    aliases.host_aliases = true;
    assert!(go(aliases));
}

/// Hostnames → default search lists. musl has none.
#[test]
fn hostnames() {
    let rows: [(&str, [&str; 5]); 3] = [
        ("web-0", ["", "", "", "", ""]),
        ("web-0.shop.example", ["shop.example", "", "shop.example", "shop.example", "shop.example"]),
        ("web-0.", [".", "", "", ".", ""]),
    ];
    for (hostname, expected) in rows {
        let environment = Environment::new().with_hostname(hostname);
        assert_eq!(lists(&environment, "nameserver 1.2.3.4\n"), expected, "{hostname}");
    }
}

#[test]
fn host_aliases() {
    let table = HostAliases::parse(b"short long.example.com\nnothing\nSHORT other.example.com\n");
    assert_eq!(table.get(b"Short"), Some(&b"long.example.com"[..]));
    assert_eq!(table.get(b"nothing"), None);
    assert!(HostAliases::parse(b"").is_empty());
}
