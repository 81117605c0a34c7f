//! Whether k8s-resolv-conf takes time in proportion to its input: files of 1 MB and 10 MB through every reader, 1,000 and 10,000 search
//! entries through every resolver's list of names and walk.
//!
//!     cargo bench --bench resolv_linear
//!
//! It counts instructions under valgrind, which are the same on every machine, busy or not. Each piece of work runs in a process of its own,
//! and what a process without the work takes, which makes the same input, is subtracted. Ten times the input may take 12 times the
//! instructions, as sorted sets grow a little faster than what is in them; more is a failure.
#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use k8s_resolv_conf::{
    Choices, Environment, Existence, FileReader, GlibcVersion, Lookup, MuslVersion, Nameserver, ResolvConf,
    ResolverConfig, StubResolver, Walk, cost, lint,
};

/// The most instructions for ten times the input, by those for the input.
const GROWTH: f64 = 12.0;

const READERS: [(&str, FileReader); 8] = [
    ("glibc", FileReader::Glibc(GlibcVersion::V2_41)),
    ("glibc-2.25", FileReader::Glibc(GlibcVersion::V2_25)),
    ("musl", FileReader::Musl(MuslVersion::V1_2_6)),
    ("go", FileReader::Go),
    ("c-ares", FileReader::CAres),
    ("hickory", FileReader::Hickory),
    ("kubelet", FileReader::Kubelet),
    ("systemd-resolved", FileReader::SystemdResolved),
];

const RESOLVERS: [(&str, StubResolver); 6] = [
    ("glibc", StubResolver::Glibc(GlibcVersion::V2_41)),
    ("musl", StubResolver::Musl(MuslVersion::V1_2_6)),
    ("musl-1.2.3", StubResolver::Musl(MuslVersion::V1_2_3)),
    ("go", StubResolver::Go),
    ("c-ares", StubResolver::CAres),
    ("hickory", StubResolver::Hickory),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match &words[..] {
        [] => compare(),
        [what, size, rest @ ..] => {
            size.parse().map_err(Into::into).and_then(|size| work(what, size, rest.is_empty())).map(|()| true)
        }
        _ => Err("usage: resolv_linear [WORK SIZE [without]]".into()),
    }
    .map_or_else(
        |error| {
            eprintln!("resolv_linear: {error}");
            ExitCode::from(2)
        },
        |holds| if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE },
    )
}

/// Every piece of work and its smaller size.
fn pieces() -> Vec<(String, usize)> {
    let kinds = ["read-mixed", "read-long"];
    let reading =
        kinds.iter().flat_map(|kind| READERS.iter().map(move |(name, _)| (format!("{kind}/{name}"), 1_000_000)));
    let files = ["parse", "lint", "edit"].map(|what| (what.to_owned(), 1_000_000));
    let kinds = ["names", "walk"];
    let walking =
        kinds.iter().flat_map(|kind| RESOLVERS.iter().map(move |(name, _)| (format!("{kind}/{name}"), 1_000)));
    reading.chain(files).chain(walking).collect()
}

/// Prints the table; whether all of it holds.
fn compare() -> Result<bool, Box<dyn Error>> {
    println!("{:28}{:>16}{:>16}{:>9}", "instructions", "1×", "10×", "growth");
    let mut holds = true;
    for (what, size) in pieces() {
        let (one, ten) = (instructions(&what, size)?, instructions(&what, 10 * size)?);
        let growth = ten as f64 / one as f64;
        let verdict = if growth > GROWTH { "  more than 12" } else { "" };
        println!("{what:28}{one:16}{ten:16}{growth:9.2}{verdict}");
        holds &= growth <= GROWTH;
    }
    Ok(holds)
}

fn instructions(what: &str, size: usize) -> Result<u64, Box<dyn Error>> {
    let count = |without: &[&str]| -> Result<u64, Box<dyn Error>> {
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?);
        let output = command
            .args([what, &size.to_string()])
            .args(without)
            .output()
            .map_err(|error| format!("valgrind: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said.lines().find_map(|line| line.split_once("Collected : "));
        let (_, number) =
            collected.filter(|_| output.status.success()).ok_or_else(|| format!("{what} {size}: {said}"))?;
        Ok(number.trim().parse()?)
    };
    Ok(count(&[])?.saturating_sub(count(&["without"])?).max(1))
}

/// Does `what` on an input of `size`, or only makes the input.
fn work(what: &str, size: usize, all: bool) -> Result<(), Box<dyn Error>> {
    let (kind, name) = what.split_once('/').unwrap_or((what, ""));
    if let Some((_, reader)) = READERS.iter().find(|(known, _)| *known == name).filter(|_| kind.starts_with("read")) {
        let file = ResolvConf::from(if kind == "read-long" { long(size) } else { mixed(size) });
        if all {
            drop(black_box(reader.read(&file, &Environment::new())));
        }
        return Ok(());
    }
    if let Some((_, resolver)) = RESOLVERS.iter().find(|(known, _)| *known == name) {
        let config = many_entries(*resolver, size);
        let lookup = Lookup::new(*resolver, &config, "web");
        match kind {
            "names" if all => drop(black_box(lookup.candidates())),
            "walk" if all => drop(black_box(cost(&lookup, 0, |_, _| Existence::NoSuchName)?)),
            // The list of names is work of its own.
            "walk" => drop(black_box(Walk::new(&lookup, Choices::pinned([])))),
            _ => {}
        }
        return Ok(());
    }
    let octets = mixed(size);
    match what {
        "parse" if all => {
            let file = ResolvConf::parse(&octets);
            black_box(file.lines().map(|line| line.words().count()).sum::<usize>());
        }
        "lint" | "edit" => {
            let mut file = ResolvConf::from(octets);
            match what {
                _ if !all => {}
                "lint" => drop(black_box(lint(&file, &["web", "api.example.com"]))),
                _ => {
                    file.set_option("ndots", Some("2"))?;
                    file.add_search("example.com")?;
                    black_box(file);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// A file of all that files have, again and again: each time with names of its own, and with rubbish.
fn mixed(size: usize) -> Vec<u8> {
    let mut octets = Vec::with_capacity(size + 256);
    let mut number = 0_u32;
    while octets.len() < size {
        let [_, a, b, c] = number.to_be_bytes();
        octets.extend(format!("nameserver 10.{a}.{b}.{c}\n# by hand {number}\n").bytes());
        octets.extend(format!("search shop{number}.svc.cluster.local svc.cluster.local cluster.local\n").bytes());
        octets.extend(
            format!("options ndots:{} rotate unknown{number}\r\nsortlist 10.{a}.{b}.0/255.255.255.0\n", number % 9)
                .bytes(),
        );
        octets.extend((0..32_u32).map(|at| (number.wrapping_mul(2_654_435_761).wrapping_add(at * 40_503) >> 7) as u8));
        octets.push(b'\n');
        number += 1;
    }
    octets
}

/// A file with one line for each keyword, as long as can be.
fn long(size: usize) -> Vec<u8> {
    let mut octets = b"nameserver 10.0.0.1\n".to_vec();
    for (keyword, word) in [
        ("search", "name.example"),
        ("options", "ndots:2 x"),
        ("nameserver", "10.1.1.1 "),
        ("sortlist", "10.1.0.0/16 "),
    ] {
        octets.extend(keyword.bytes());
        let begin = octets.len();
        let mut number = 0;
        while octets.len() - begin < size / 4 {
            octets.extend(format!(" {word}{number}").bytes());
            number += 1;
        }
        octets.push(b'\n');
    }
    octets
}

fn many_entries(resolver: StubResolver, entries: usize) -> ResolverConfig {
    let mut config = ResolverConfig::defaults(resolver);
    config.nameservers = vec![Nameserver::new(([10, 96, 0, 10], 53).into())];
    config.search = (0..entries).map(|entry| format!("shop{entry}.svc.cluster.local").as_str().into()).collect();
    config.ndots = 5;
    config
}
