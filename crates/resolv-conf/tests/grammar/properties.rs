#![allow(clippy::disallowed_methods, reason = "seeds are files")]

use std::fs;
use std::path::Path;

use k8s_resolv_conf::{ResolvConf, lint};
use proptest::prelude::*;

use super::columns::{COLUMNS, machine};
use super::resolv_conf_bytes::resolv_conf_bytes;

/// Pieces of which files are made, so that more than the unknown keyword is met.
const PIECES: [&str; 40] = [
    "nameserver ",
    "search ",
    "domain ",
    "options ",
    "sortlist ",
    "lookup ",
    "1.2.3.4",
    "::1",
    "fe80::1%lo",
    "010.1",
    "1.2.3.4:53",
    "a.test",
    ".",
    ".a",
    "a,b",
    "ndots:5",
    "ndots:",
    "xndots:3",
    "timeout:0",
    "attempts:0",
    "rotate",
    "-rotate",
    "edns0",
    " ",
    "\t",
    "\n",
    "\r\n",
    "#",
    ";",
    "\0",
    "\u{e9}",
    "\u{2003}",
    "/",
    "&",
    "255.0.0.0",
    "--",
    "svc.cluster.local",
    "dns://",
    "[::1]:5",
    "1",
];

fn file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        20 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
        1 => (200..600_usize).prop_map(|length| vec![b'a'; length]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_octets(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        resolv_conf_bytes(&octets);
    }

    #[test]
    fn files_of_pieces(octets in file()) {
        resolv_conf_bytes(&octets);
    }
}

#[test]
fn seeds_of_resolv_conf_bytes() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/resolv_conf_bytes");
    let mut replayed = 0;
    for entry in fs::read_dir(seeds).expect("seeds") {
        resolv_conf_bytes(&fs::read(entry.expect("an entry").path()).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0);
}

/// Linear: some megabytes of one kind of line, and 10,000 domains, in a moment.
#[test]
fn large_files() {
    let line = |line: &str| line.repeat(20_000).into_bytes();
    let domains = format!("search {}\n", (0..10_000).map(|number| format!("d{number}.test ")).collect::<String>());
    let servers: String =
        (0..4_000).map(|number| format!("nameserver 10.{}.{}.1\n", number / 256, number % 256)).collect();
    for octets in [
        line("# comment\n"),
        line("options ndots:5\n"),
        line("search a.test\n"),
        domains.into_bytes(),
        servers.into_bytes(),
        line("options x ").to_vec(),
    ] {
        let mut file = ResolvConf::from(octets);
        for resolver in COLUMNS {
            let _ = resolver.read(&file, &machine());
        }
        let _ = lint(&file, &[]);
        file.set_option("ndots", Some("2")).expect("a word");
        assert_eq!(file.options().filter(|word| word.bytes == b"ndots:2").count(), 1);
    }
}
