//! What in a file will surprise its author, tied to what programs do with it.

mod finding;
mod line;
mod names;
mod nameserver;
mod option;
mod search;
mod whole;

pub use finding::{Finding, FindingPlace, Fix};

use crate::ResolvConf;
use crate::file::Directive;

/// Every code of a [`Finding`], with what it is about.
pub const FINDING_CODES: [(&str, &str); 35] = [
    ("attempts-zero", "glibc sends nothing, musl divides by zero"),
    ("blanks-before-keyword", "glibc and musl pass over the line"),
    ("carriage-return", "lines end with \\r\\n: for glibc the \\r belongs to the last word"),
    ("cluster-name-without-final-dot", "a whole cluster name walks the search list first"),
    (
        "comma-between-domains",
        "c-ares takes a comma for a blank, hickory leaves the word out, for the others it is a part of the domain",
    ),
    ("comment-behind-words", "for glibc, musl and Go the comment's words are domains or options"),
    ("comment-within-word", "c-ares and hickory end the line in the middle of the word"),
    ("domain-and-search", "programs differ in which of the lines counts"),
    ("duplicate-domain", "all but c-ares and hickory ask twice"),
    ("duplicate-nameserver", "all but c-ares ask a server twice"),
    ("glibc-aborts", "glibc's check of its search list fails: the process dies"),
    ("glibc-hangs", "glibc's reader of sortlist goes on for ever"),
    ("keyword-case", "keywords are in lower case"),
    ("leading-dot-domain", "c-ares fails the whole lookup, hickory makes no resolver"),
    ("line-too-long-for-musl", "musl passes over lines of more than 254 octets"),
    ("loopback-nameserver", "in a Pod it is the Pod itself; CoreDNS that forwards to it asks itself"),
    ("name-not-searched-by-musl", "musl searches no name with as many dots as ndots"),
    ("name-walks-search-list", "an outside name is asked for in each search domain first"),
    ("nameserver-not-an-address", "no program takes it"),
    ("nameserver-reads-differently", "C libraries take it for another address than the rest"),
    ("nameserver-with-port", "c-ares and systemd-resolved take ports, the others drop the line"),
    ("ndots-above-15", "glibc, musl and Go stop at 15"),
    ("no-nameserver", "hickory makes no resolver; the others ask this machine"),
    ("not-a-domain", "no query with it can be made"),
    ("not-ascii", "c-ares passes over the line"),
    ("nothing-after-keyword", "programs clear, keep, or refuse: kubelet starts no Pod for an empty nameserver line"),
    ("nul-octet", "C libraries stop at it, and musl loses the next line too"),
    ("option-not-everywhere", "some resolvers do not have the option"),
    ("option-repeated", "musl takes the first on a line, the others the last"),
    ("option-value", "programs read the value differently"),
    ("root-domain", "old musl hangs at it, c-ares asks twice"),
    ("tab-within-value", "c-ares passes over the line"),
    ("timeout-zero", "musl sends nothing, hickory gives up at once"),
    ("too-many", "programs use 3 nameservers, kubelet passes 32 domains and 2048 octets on, c-ares reads 511"),
    ("unknown-word", "a keyword or option that programs do not know"),
];

/// Findings for `file`, and for `names` as programs would be given them under it.
///
/// In the file's order, then the names'. Each names a place, and most have a [`Fix`] that removes them.
///
/// ```
/// use k8s_resolv_conf::{ResolvConf, lint};
///
/// let mut file = ResolvConf::parse(b"nameserver 10.96.0.10\nsearch shop.svc.cluster.local,svc.cluster.local\noptions ndots:5\n");
/// let findings = lint(&file, &[]);
/// assert_eq!(findings[0].code, "comma-between-domains");
/// assert_eq!(findings[0].to_string().split(": ").next(), Some("2:8"));
/// let fix = findings[0].fix.as_ref().unwrap();
/// fix.apply(&mut file, &mut []);
/// assert_eq!(lint(&file, &[]), []);
/// ```
pub fn lint(file: &ResolvConf, names: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let directives: Vec<Directive<'_>> = file.lines().filter_map(Directive::of).collect();
    whole::check(file, &directives, &mut findings);
    for directive in &directives {
        line::check(file, directive, &mut findings);
    }
    nameserver::check(file, &directives, &mut findings);
    search::check(file, &directives, &mut findings);
    option::check(file, &directives, &mut findings);
    findings.sort_by_key(|finding| match finding.place {
        FindingPlace::File(span) => (span.line, span.column),
        FindingPlace::Name(_) => (usize::MAX, 0),
    });
    names::check(file, names, &mut findings);
    findings
}
