//! kubelet and systemd-resolved.

use k8s_resolv_conf::pod::HostResolvConf;
use k8s_resolv_conf::{Environment, ReadError, ResolvConf, UpstreamConfig};

fn kubelet(file: &str) -> Result<String, ReadError> {
    let held = HostResolvConf::read(&ResolvConf::parse(file.as_bytes())).result?;
    Ok([held.nameservers.join(" "), held.searches.join(" "), held.options.join(" ")].join("|"))
}

/// `TestParseResolvConf` of kubelet's `pkg/kubelet/network/dns/dns_test.go`, by its values.
#[test]
fn kubelet_reads() {
    let rows = [
        ("", "||"),
        (" ", "||"),
        ("\n", "||"),
        ("\t\n\t", "||"),
        ("#comment\n", "||"),
        (" #comment\n", "||"),
        ("#comment\n#comment", "||"),
        ("#comment\nnameserver 1.2.3.4\nsearch", "1.2.3.4||"),
        ("nameserver 1.2.3.4", "1.2.3.4||"),
        (" nameserver 1.2.3.4", "1.2.3.4||"),
        ("\tnameserver 1.2.3.4", "1.2.3.4||"),
        ("nameserver\t1.2.3.4", "1.2.3.4||"),
        ("nameserver \t 1.2.3.4", "1.2.3.4||"),
        ("nameserver 1.2.3.4 #comment", "1.2.3.4||"),
        ("nameserver 1.2.3.4\nnameserver 5.6.7.8", "1.2.3.4 5.6.7.8||"),
        ("search ", "||"),
        ("search foo", "|foo|"),
        ("search foo bar", "|foo bar|"),
        ("search foo. bar", "|foo bar|"),
        ("search foo bar bat\n", "|foo bar bat|"),
        ("search foo\nsearch bar", "|bar|"),
        ("search . foo", "|foo|"),
        ("nameserver 1.2.3.4\nsearch foo bar", "1.2.3.4|foo bar|"),
        ("nameserver 1.2.3.4\nsearch foo\nnameserver 5.6.7.8\nsearch bar", "1.2.3.4 5.6.7.8|bar|"),
        ("#comment\nnameserver 1.2.3.4\n#comment\nsearch foo\ncomment", "1.2.3.4|foo|"),
        ("options ", "||"),
        ("options ndots:5 attempts:2", "||ndots:5 attempts:2"),
        ("options ndots:1\noptions ndots:5 attempts:3", "||ndots:5 attempts:3"),
        ("options ndots:1 rotate\noptions ndots:5", "||ndots:5 rotate"),
        (
            "nameserver 1.2.3.4\nsearch foo\nnameserver 5.6.7.8\nsearch bar\noptions ndots:5 attempts:4",
            "1.2.3.4 5.6.7.8|bar|ndots:5 attempts:4",
        ),
    ];
    for (file, expected) in rows {
        assert_eq!(kubelet(file).as_deref(), Ok(expected), "{file:?}");
    }
    for file in ["#comment\nnameserver", "#comment\nnameserver\nsearch"] {
        assert!(
            matches!(kubelet(file), Err(ReadError::Rejected { place: Some(place), .. }) if place.line == 2),
            "{file:?}"
        );
    }
    let long = ResolvConf::from(vec![b'\n'; (10 << 20) + 1]);
    assert!(HostResolvConf::read(&long).result.is_err());
}

/// What that table leaves out of `parseResolvConf` (dns.go): words between white space, not one of them checked.
#[test]
fn kubelet_passes_words_on() {
    let domains = (0..40).map(|number| format!("d{number}.test")).collect::<Vec<_>>().join(" ");
    let rows = [
        // No check of addresses, no keyword `domain`, no comment after `;` or behind words.
        ("nameserver nonsense\ndomain x\n;search y", "nonsense||"),
        ("nameserver 1.2.3.4:53", "1.2.3.4:53||"),
        ("search foo\ndomain bar\nsortlist 1.2.3.4\nlookup file bind", "|foo|"),
        ("search foo # bar", "|foo # bar|"),
        ("options rotate # debug", "||rotate # debug"),
        ("nameserver 1.2.3.4\r\nsearch foo\r\noptions ndots:5\r\n", "1.2.3.4|foo|ndots:5"),
        ("  search\tfoo\tbar\n\toptions rotate", "|foo bar|rotate"),
        ("search foo\nsearch", "||"),
        // No limit and nothing merged: that comes later, and for a Pod.
        (
            "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\nnameserver 1.0.0.4",
            "1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4||",
        ),
        ("nameserver 1.2.3.4\nnameserver 1.2.3.4", "1.2.3.4 1.2.3.4||"),
        (&format!("search {domains}"), &format!("|{domains}|")),
        // Options: any, but by name the last one, "either in new line or in the same line" (appendOptions).
        ("options nonsense no-aaaa attempts:0", "||nonsense no-aaaa attempts:0"),
        ("options ndots:5 rotate ndots:1", "||ndots:1 rotate"),
    ];
    for (file, expected) in rows {
        assert_eq!(kubelet(file).as_deref(), Ok(expected), "{file:?}");
    }
}

/// `manager_read_resolv_conf` of systemd's `src/resolve/resolved-resolv-conf.c`.
#[test]
fn systemd_resolved_reads() {
    let environment = Environment::new().with_interface("eth0", 3);
    let file = b"  ; comment\nnameserver 1.2.3.4:5353 [2001:db8::1]:54%eth0#dns.example\nnameserver 127.0.0.53\nnameserver 1.2.3.4:5353\n\
        domain a.test\nsearch b.test ~corp.test A.TEST .bad\noptions ndots:5\n";
    let config = UpstreamConfig::read(&ResolvConf::parse(file), &environment).result.unwrap();
    let servers: Vec<_> = config.servers.iter().map(|held| (held.server.address.to_string(), held.interface)).collect();
    assert_eq!(servers, [("1.2.3.4:5353".to_owned(), None), ("[2001:db8::1%3]:54".to_owned(), Some(3))]);
    assert_eq!(config.servers[1].server_name.as_deref(), Some(&b"dns.example"[..]));
    let search: Vec<_> = config.search.iter().map(|held| (held.domain.to_string(), held.route_only)).collect();
    assert_eq!(search, [("a.test.".to_owned(), false), ("b.test.".to_owned(), false), ("corp.test.".to_owned(), true)]);
    let root = UpstreamConfig::read(&ResolvConf::parse(b"search .\n"), &environment).result.unwrap();
    assert!(root.search[0].route_only);
}

/// The same, word by word: `manager_parse_dns_server_string_and_warn` and `manager_parse_search_domains_and_warn`.
#[test]
fn systemd_resolved_adds_up() {
    // Neither the hostname nor a variable counts.
    let environment =
        Environment::new().with_hostname("host.dom.test").with_localdomain("l.test").with_res_options("ndots:9");
    let domains = (0..40).map(|number| format!("d{number}.test ")).collect::<String>();
    let rows: [(&str, &str, &str); 11] = [
        // Without a server it goes on with its own configuration.
        ("", "", ""),
        ("  nameserver 1.2.3.4\n\tsearch a.test\n", "1.2.3.4:53", "a.test"),
        ("# nameserver 1.2.3.4\n; nameserver 1.2.3.4\n # search a.test\n", "", ""),
        ("search a.test # b.test\n", "", "a.test # b.test"),
        ("nameserver 1.2.3.4\r\nsearch a.test\r\n", "1.2.3.4:53", "a.test"),
        ("nameserver\t1.2.3.4\nsearch\ta.test\tb.test\n", "1.2.3.4:53", "a.test b.test"),
        ("search a.test\nsearch\nsearch b.test\n", "", "a.test b.test"),
        (
            "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\nnameserver 1.0.0.4\n",
            "1.0.0.1:53 1.0.0.2:53 1.0.0.3:53 1.0.0.4:53",
            "",
        ),
        ("nameserver 1.2.3.4\nnameserver 1.2.3.4\nnameserver 1.2.3.4:53\n", "1.2.3.4:53", ""),
        ("options ndots:5 nonsense\nsortlist 1.2.3.4\nlookup file\n", "", ""),
        (&format!("search {domains}\n"), "", domains.trim_end()),
    ];
    for (file, servers, search) in rows {
        let held = UpstreamConfig::read(&ResolvConf::parse(file.as_bytes()), &environment).result.unwrap();
        let held_servers: Vec<_> = held.servers.iter().map(|held| held.server.address.to_string()).collect();
        let held_search: Vec<_> = held.search.iter().map(|held| held.domain.0.escape_ascii().to_string()).collect();
        assert_eq!((held_servers.join(" ").as_str(), held_search.join(" ").as_str()), (servers, search), "{file:?}");
    }
}
