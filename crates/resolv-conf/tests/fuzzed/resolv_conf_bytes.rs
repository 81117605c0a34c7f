//! What must hold whatever octets come: shared by the fuzz target and the replay of its seeds.

use k8s_resolv_conf::{
    Environment, FINDING_CODES, FileReader, FindingPlace, GlibcVersion, Held, MuslVersion, Place, ResolvConf,
    ResolverConfig, lint,
};

const READERS: [FileReader; 9] = [
    FileReader::Glibc(GlibcVersion::V2_25),
    FileReader::Glibc(GlibcVersion::V2_36),
    FileReader::Glibc(GlibcVersion::V2_41),
    FileReader::Musl(MuslVersion::V1_2_6),
    FileReader::Go,
    FileReader::CAres,
    FileReader::Hickory,
    FileReader::Kubelet,
    FileReader::SystemdResolved,
];

/// Octets as a file: they come out as they went in, every reader ends within its caps, places are in the file, and fixes can be made.
pub(crate) fn resolv_conf_bytes(octets: &[u8]) {
    let file = ResolvConf::parse(octets);
    assert_eq!(file.as_bytes(), octets);
    let lines: Vec<u8> =
        file.lines().flat_map(|line| line.raw.iter().copied().chain(line.ended.then_some(b'\n'))).collect();
    assert_eq!(lines, octets);
    // The octets are the variables, too.
    let environments = [
        Environment::new().with_hostname("a.b").with_interface("lo", 1),
        Environment::new().with_localdomain(octets).with_res_options(octets),
    ];
    for reader in READERS {
        for environment in &environments {
            let reading = reader.read(&file, environment);
            for note in &reading.diagnostics {
                if let Place::File(span) = note.place {
                    assert!(file.range(span).is_some(), "{reader:?}: {note}");
                }
            }
            if let Ok(Held::Resolver(config)) = reading.result {
                within_caps(reader, &config);
            }
        }
    }
    let names = ["web", "web.shop", "web.shop.svc.cluster.local", "www.example.com"];
    for finding in lint(&file, &names) {
        assert!(FINDING_CODES.iter().any(|(code, _)| *code == finding.code), "{}", finding.code);
        if let FindingPlace::File(span) = finding.place {
            assert!(file.range(span).is_some() || (file.as_bytes().is_empty() && span.length == 0), "{finding}");
        }
        if let Some(fix) = finding.fix {
            let mut fixed = file.clone();
            let mut renamed = names.map(str::to_owned);
            fix.apply(&mut fixed, &mut renamed);
            assert!(fixed != file || renamed != names, "{} does nothing", finding.code);
        }
    }
    let mut edited = file.clone();
    edited.set_option("ndots", Some("7")).expect("a word");
    assert_eq!(edited.option("ndots").flatten().map(|word| word.bytes), Some(&b"7"[..]));
    edited.set_search(&["s.test"]).expect("a word");
    assert_eq!(edited.search().iter().map(|word| word.bytes).collect::<Vec<_>>(), [b"s.test"]);
    edited.set_nameservers(&["192.0.2.1"]).expect("a word");
    assert_eq!(edited.nameservers().map(|word| word.bytes).collect::<Vec<_>>(), [b"192.0.2.1"]);
    // Comments stay.
    let comments = |file: &ResolvConf| {
        file.lines().filter(|line| line.words().next().is_some_and(|word| word.bytes.starts_with(b"#"))).count()
    };
    assert!(comments(&edited) >= comments(&file));
}

fn within_caps(reader: FileReader, config: &ResolverConfig) {
    assert!(config.flags.is_sorted());
    let (servers, ndots, attempts, seconds) = match reader {
        FileReader::Glibc(_) => (3, 15, 5, 30),
        FileReader::Musl(_) => (3, 15, 10, 60),
        FileReader::Go => (3, 15, u32::MAX, u64::MAX),
        _ => (usize::MAX, u32::MAX, u32::MAX, u64::MAX),
    };
    assert!(!config.nameservers.is_empty() && config.nameservers.len() <= servers);
    assert!(config.ndots <= ndots && config.attempts <= attempts && config.timeout.as_secs() <= seconds);
}
