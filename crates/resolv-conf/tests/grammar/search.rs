use super::columns::{row, search};

/// File (behind a nameserver) → the search lists of glibc, musl, Go, c-ares and hickory, on the host `host.dom.test`.
#[test]
fn search_and_domain_lines() {
    let long = format!("search {}\n", "a.test ".repeat(40).trim_end());
    let all = "a.test ".repeat(40).trim_end().to_owned();
    let once = "a.test".to_owned();
    let dom_all = format!("dom.test {all}");
    let rows: [(&str, [&str; 5]); 27] = [
        // The hostname's domain: hickory puts it before any list.
        ("", ["dom.test", "", "dom.test", "dom.test", "dom.test"]),
        (
            "search a.test b.test\n",
            ["a.test b.test", "a.test b.test", "a.test b.test", "a.test b.test", "dom.test a.test b.test"],
        ),
        (
            "search a.test\tb.test\n",
            ["a.test b.test", "a.test b.test", "a.test b.test", "dom.test", "dom.test a.test b.test"],
        ),
        (" search a.test\n", ["dom.test", "", "a.test", "a.test", "dom.test a.test"]),
        // The last line wins; c-ares prefers search and the first domain, hickory has the domain besides.
        ("search a.test\nsearch b.test\n", ["b.test", "b.test", "b.test", "b.test", "dom.test b.test"]),
        ("search a.test\ndomain b.test\n", ["b.test", "b.test", "b.test", "a.test", "b.test b.test"]),
        ("domain b.test\nsearch a.test\n", ["a.test", "a.test", "a.test", "a.test", "b.test a.test"]),
        ("domain a.test\ndomain b.test\n", ["b.test", "b.test", "b.test", "a.test", "b.test b.test"]),
        ("domain a.test b.test\n", ["a.test", "a.test b.test", "a.test", "a.test", "a.test a.test"]),
        // Without words.
        ("search a.test\nsearch\n", ["a.test", "", "dom.test", "a.test", "dom.test"]),
        ("search a.test\nsearch \n", ["a.test", "", "dom.test", "a.test", "dom.test"]),
        ("search a.test\ndomain\n", ["a.test", "", "a.test", "a.test", "dom.test a.test"]),
        // Comments.
        (
            "search a.test # b.test\n",
            ["a.test # b.test", "a.test # b.test", "a.test # b.test", "a.test", "dom.test a.test"],
        ),
        ("search a.test#x b\n", ["a.test#x b", "a.test#x b", "a.test#x b", "a.test", "dom.test a.test"]),
        // Line endings.
        ("search a.test\r\n", ["a.test\\r", "a.test", "a.test", "a.test", "dom.test a.test"]),
        ("search a.test", ["a.test", "a.test", "a.test", "a.test", "dom.test a.test"]),
        // The root, dots before and behind, letters' case, commas.
        ("search .\n", [".", ".", "dom.test", ".", "dom.test ."]),
        ("search a.test .\n", ["a.test .", "a.test .", "a.test", "a.test .", "dom.test a.test ."]),
        ("search a.test.\n", ["a.test", "a.test", "a.test", "a.test", "dom.test a.test"]),
        ("search .a.test\n", [".a.test", ".a.test", ".a.test", ".a.test", "refused"]),
        // hickory: a label begins with no hyphen, underscores are fine.
        ("search -a.test\n", ["-a.test", "-a.test", "-a.test", "-a.test", "refused"]),
        (
            "search a_b.test _c.test\n",
            [
                "a_b.test _c.test",
                "a_b.test _c.test",
                "a_b.test _c.test",
                "a_b.test _c.test",
                "dom.test a_b.test _c.test",
            ],
        ),
        (
            "search a.test A.TEST a.test\n",
            [
                "a.test A.TEST a.test",
                "a.test A.TEST a.test",
                "a.test A.TEST a.test",
                "a.test",
                "dom.test a.test a.test a.test",
            ],
        ),
        (
            "search a.test,b.test c\n",
            ["a.test,b.test c", "a.test,b.test c", "a.test,b.test c", "a.test b.test c", "dom.test c"],
        ),
        // c-ares drops all that it read at a list of commas.
        ("search ,\n", [",", ",", ",", "dom.test", "dom.test"]),
        ("search -- lan\n", ["-- lan", "-- lan", "-- lan", "-- lan", "dom.test lan"]),
        // No limit on the number since glibc 2.26; musl passes over lines of more than 254 octets.
        (&long, [&all, "", &all, &once, &dom_all]),
    ];
    for (lines, expected) in rows {
        assert_eq!(row(&format!("nameserver 1.2.3.4\n{lines}"), search), expected, "{lines:?}");
    }
}

/// Limits on a line: musl 254 octets and the `\n`, or 254 without; c-ares a value of 511; Go 65535.
#[test]
fn long_lines() {
    let line = |octets: usize| format!("search {}", "a".repeat(octets - "search ".len()));
    let held = |column: usize, file: &str| row(&format!("nameserver 1.2.3.4\n{file}"), search)[column].len();
    for (octets, musl) in [(254, 247), (255, 0), (256, 0)] {
        assert_eq!(held(1, &format!("{}\n", line(octets))), musl, "{octets}");
        assert_eq!(held(1, &line(octets)), musl, "{octets}, without an end");
    }
    let domain = "dom.test".len();
    for (octets, c_ares) in [(511, 511), (512, domain)] {
        assert_eq!(held(3, &format!("{}\n", line(octets + 7))), c_ares, "{octets}");
    }
    for (octets, go) in [(65535, 65528), (65536, domain)] {
        assert_eq!(held(2, &format!("{}\n", line(octets))), go, "{octets}");
    }
}
