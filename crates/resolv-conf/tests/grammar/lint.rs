use std::collections::BTreeSet;

use k8s_resolv_conf::{FINDING_CODES, Finding, FindingPlace, ResolvConf, lint};

const NAMESERVER: &str = "nameserver 10.96.0.10\n";

/// Code, lines behind a nameserver, a name, and where the finding is.
const ROWS: [(&str, &str, &str, &str); 44] = [
    ("attempts-zero", "options attempts:0\n", "", "2:9"),
    ("timeout-zero", "options rotate timeout:0\n", "", "2:16"),
    ("ndots-above-15", "options ndots:16\n", "", "2:9"),
    ("option-repeated", "options ndots:5 ndots:1\n", "", "2:9"),
    ("option-value", "options ndots:2x\n", "", "2:9"),
    ("option-value", "options ndots:-1 rotate\n", "", "2:9"),
    ("option-value", "options timeout:\n", "", "2:9"),
    ("option-not-everywhere", "options single-request-reopen\n", "", "2:9"),
    ("option-not-everywhere", "options ndots:2 inet6\n", "", "2:17"),
    ("unknown-word", "options xndots:5\n", "", "2:9"),
    ("unknown-word", "nonsense\n", "", "2:1"),
    ("unknown-word", "lookup file bind\n", "", "2:1"),
    ("keyword-case", "Search a\n", "", "2:1"),
    ("blanks-before-keyword", "  search a\n", "", "2:1"),
    ("nothing-after-keyword", "search\n", "", "2:1"),
    ("comment-behind-words", "search a # b\n", "", "2:10"),
    ("comment-behind-words", "options ndots:5 ; b\r\n", "", "2:17"),
    ("comment-within-word", "search a;b\n", "", "2:9"),
    ("tab-within-value", "search a\tb\n", "", "2:9"),
    ("not-ascii", "search \u{e9}.test\n", "", "2:8"),
    ("nul-octet", "search a\0b\n", "", "2:9"),
    ("carriage-return", "search a\r\n", "", "2:9"),
    ("domain-and-search", "domain a\nsearch b\n", "", "2:1"),
    ("domain-and-search", "search a\nsearch b\n", "", "2:1"),
    ("duplicate-domain", "search a b A.\n", "", "2:12"),
    ("root-domain", "search .\n", "", "2:8"),
    ("root-domain", "search a .\n", "", "2:10"),
    ("leading-dot-domain", "search .a\n", "", "2:8"),
    ("comma-between-domains", "search a,b\n", "", "2:8"),
    ("not-a-domain", "search a..b c\n", "", "2:8"),
    ("duplicate-nameserver", "nameserver 10.96.0.10\n", "", "2:12"),
    ("loopback-nameserver", "nameserver 127.0.0.53\n", "", "2:12"),
    ("nameserver-not-an-address", "nameserver dns.example\n", "", "2:12"),
    ("nameserver-reads-differently", "nameserver 010.0.0.1\n", "", "2:12"),
    ("nameserver-with-port", "nameserver 1.2.3.4:53\n", "", "2:12"),
    ("nameserver-with-port", "nameserver 1.2.3.4%eth0#dns.example\n", "", "2:12"),
    ("too-many", "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\n", "", "4:12"),
    ("glibc-hangs", "sortlist 1.2.3.0 /\n", "", "2:18"),
    ("name-walks-search-list", "search a.svc.k svc.k k\noptions ndots:5\n", "www.example.com", "www.example.com"),
    ("name-walks-search-list", "search corp.example\noptions ndots:3\n", "example.com", "example.com"),
    ("cluster-name-without-final-dot", "search a.svc.k svc.k k\noptions ndots:5\n", "web.shop.svc.k", "web.shop.svc.k"),
    ("name-not-searched-by-musl", "search a.svc.k svc.k k\noptions ndots:1\n", "web.shop", "web.shop"),
    ("name-not-searched-by-musl", "search a.svc.k svc.k k\noptions ndots:2\n", "web.shop.svc", "web.shop.svc"),
    ("name-not-searched-by-musl", "search a.svc.k svc.k k\n", "web.shop", "web.shop"),
];

fn place(finding: &Finding) -> String {
    match &finding.place {
        FindingPlace::File(span) => span.to_string(),
        FindingPlace::Name(name) => name.clone(),
    }
}

/// The finding is there, at its place, and its fix removes it.
fn check(code: &str, file: &str, name: &str, at: &str) {
    let mut file = ResolvConf::parse(file.as_bytes());
    let mut names: Vec<String> = [name].into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let of = |file: &ResolvConf, names: &[String]| -> Vec<Finding> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        lint(file, &names).into_iter().filter(|finding| finding.code == code).collect()
    };
    let findings = of(&file, &names);
    let finding = findings.iter().find(|finding| place(finding) == at);
    let finding = finding.unwrap_or_else(|| panic!("{code} at {at} in {:?}: {findings:?}", file.to_string()));
    let Some(fix) = &finding.fix else {
        assert_eq!(code, "not-ascii", "only the author knows better");
        return;
    };
    let before = file.clone();
    fix.apply(&mut file, &mut names);
    let left = of(&file, &names);
    assert!(left.len() < findings.len(), "{code}: {:?} became {:?}: {left:?}", before.to_string(), file.to_string());
}

#[test]
fn findings_and_fixes() {
    for (code, lines, name, at) in ROWS {
        check(code, &format!("{NAMESERVER}{lines}"), name, at);
    }
    check("no-nameserver", "search a\n", "", "1:1");
    let domains = |length: usize, count: usize| {
        let list: Vec<String> = (0..count).map(|number| format!("{number:0length$}.test")).collect();
        format!("search {}\n{NAMESERVER}", list.join(" "))
    };
    check("line-too-long-for-musl", &domains(40, 6), "", "1:1");
    check("line-too-long-for-musl", &format!("{NAMESERVER}options {}\n", "rotate ".repeat(40).trim_end()), "", "2:1");
    check("line-too-long-for-musl", &format!("nameserver 1.2.3.4 # {}\n", "why ".repeat(70)), "", "1:1");
    check("too-many", &domains(40, 12), "", "1:1");
    check("too-many", &domains(3, 33), "", "1:1");
    let wide =
        format!("search a {}.{}.{}.{}\n{NAMESERVER}", "b".repeat(63), "c".repeat(63), "d".repeat(63), "e".repeat(63));
    check("glibc-aborts", &wide, "", "1:1");
}

#[test]
fn every_code_has_a_row() {
    let elsewhere = ["no-nameserver", "line-too-long-for-musl", "glibc-aborts"];
    let tested: BTreeSet<&str> = ROWS.iter().map(|row| row.0).chain(elsewhere).collect();
    let known: BTreeSet<&str> = FINDING_CODES.iter().map(|row| row.0).collect();
    assert_eq!(tested, known);
}

/// What kubelet writes is as good as it can be.
#[test]
fn a_pods_file_has_no_findings() {
    let file =
        "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
    assert_eq!(lint(&ResolvConf::parse(file.as_bytes()), &["web", "web.shop", "web.shop.svc", "example.com."]), []);
}
