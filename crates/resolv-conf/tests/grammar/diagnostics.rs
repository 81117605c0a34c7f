use k8s_resolv_conf::{FINDING_CODES, FileReader, GlibcVersion, MuslVersion, NOT_MODELLED, ResolvConf};

use super::columns::machine;

fn told(reader: FileReader, file: &str) -> Vec<String> {
    let reading = reader.read(&ResolvConf::parse(file.as_bytes()), &machine());
    reading.diagnostics.iter().map(ToString::to_string).collect()
}

/// Each place is the line and the octet of the word that has no effect.
#[test]
fn places_and_reasons() {
    let glibc = FileReader::Glibc(GlibcVersion::V2_36);
    let musl = FileReader::Musl(MuslVersion::V1_2_6);
    let rows: [(FileReader, &str, &[&str]); 12] = [
        (
            glibc,
            "nameserver  1.2.3.4:53\n",
            &["1:13: warning: 1.2.3.4:53 has no effect: glibc does not take it for an address"],
        ),
        (glibc, "search a\n\nsearch b\n", &["1:1: warning: the line has no effect: line 3 takes its place"]),
        (
            glibc,
            "options rotate strict-error\n",
            &["1:16: info: strict-error has no effect: strict-error came with glibc 2.41"],
        ),
        (glibc, "options attempts:0\n", &["1:9: error: attempts:0 makes glibc send no query at all"]),
        (
            glibc,
            " search a\n",
            &["1:1: warning: the line has no effect: glibc takes keywords at the beginning of a line alone"],
        ),
        (glibc, "search a # b\n", &["1:10: warning: glibc has no comments here: the words from here on are domains"]),
        (
            musl,
            "options xndots:3\n",
            &["1:9: warning: xndots:3 counts as the option that ends it: musl looks for options within words"],
        ),
        (
            musl,
            "options attempts:0\n",
            &["1:9: error: attempts:0 makes musl 1.2.6 divide by zero and die of SIGFPE at the first query"],
        ),
        (
            FileReader::Go,
            "options no-aaaa\n",
            &["1:9: info: no-aaaa has no effect: Go does not know it: a program with cgo asks the C library"],
        ),
        (
            FileReader::CAres,
            "search a\tb\n",
            &["1:1: warning: the line has no effect: c-ares passes over a line with a tab within the value"],
        ),
        (FileReader::Kubelet, "domain x\n", &["1:1: info: the line has no effect: kubelet does not know the keyword"]),
        (
            FileReader::SystemdResolved,
            "options x\n",
            &["1:1: info: the line has no effect: systemd-resolved takes servers and domains alone"],
        ),
    ];
    for (reader, file, expected) in rows {
        assert_eq!(told(reader, file), expected, "{reader:?} {file:?}");
    }
}

#[test]
fn a_plain_file_has_no_diagnostics() {
    let file =
        "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
    for reader in [
        FileReader::Glibc(GlibcVersion::V2_41),
        FileReader::Musl(MuslVersion::V1_2_6),
        FileReader::Go,
        FileReader::CAres,
        FileReader::Hickory,
        FileReader::Kubelet,
    ] {
        assert_eq!(told(reader, file), [""; 0], "{reader:?}");
    }
}

#[test]
fn tables_are_in_order() {
    assert!(FINDING_CODES.is_sorted());
    assert!(NOT_MODELLED.iter().all(|(what, why)| !what.is_empty() && !why.is_empty()));
}
