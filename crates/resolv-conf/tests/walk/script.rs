//! A configuration, a name and a script of replies from any octets: shared by the fuzz target and the replay of its seeds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use k8s_resolv_conf::{
    Candidates, Choices, Families, GlibcVersion, Lookup, MAX_NAME, MAX_QUERY, MuslVersion, Nameserver, OptionFlag,
    Outcome, Rcode, Reply, ResolverConfig, SearchDomain, Step, StubResolver, Transmit, Walk,
};

const RESOLVERS: [StubResolver; 6] = [
    StubResolver::Glibc(GlibcVersion::V2_41),
    StubResolver::Musl(MuslVersion::V1_2_6),
    StubResolver::Musl(MuslVersion::V1_2_3),
    StubResolver::Go,
    StubResolver::CAres,
    StubResolver::Hickory,
];
const FLAGS: [OptionFlag; 9] = [
    OptionFlag::Rotate,
    OptionFlag::SingleRequest,
    OptionFlag::SingleRequestReopen,
    OptionFlag::UseVc,
    OptionFlag::Edns0,
    OptionFlag::TrustAd,
    OptionFlag::NoTldQuery,
    OptionFlag::NoAaaa,
    OptionFlag::StrictError,
];

/// Octets, one after the other; zero after the last.
struct Octets<'a>(std::slice::Iter<'a, u8>);

impl Octets<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next()) % limit
    }

    /// A text of up to 15 words from a small table, so that names meet the rules.
    fn text(&mut self) -> String {
        const WORDS: [&str; 16] = [
            "",
            "a",
            "web",
            ".",
            ".",
            ".",
            "svc",
            "localhost",
            "onion",
            "-",
            "_",
            "1",
            "127",
            "invalid",
            "é",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ];
        (0..self.below(16)).map(|_| WORDS[self.below(WORDS.len())]).collect()
    }
}

/// Runs a walk from the start to its end.
///
/// # Panics
/// When a walk breaks its bounds, sends what is no query, or waits for no time.
pub(crate) fn walk_script(octets: &[u8]) {
    let mut octets = Octets(octets.iter());
    let resolver = RESOLVERS[octets.below(RESOLVERS.len())];
    let mut config = ResolverConfig::defaults(resolver);
    let address = |last: u8| SocketAddr::from((Ipv4Addr::new(10, 0, 0, last), 53));
    config.nameservers = (0..octets.below(5)).map(|_| Nameserver::new(address(octets.next() % 4))).collect();
    config.search = (0..octets.below(6)).map(|_| SearchDomain::new(octets.text().as_bytes())).collect();
    config.ndots = u32::from(octets.next() % 8);
    config.timeout = Duration::from_millis([0, 1, 900, 1000, 5000, 60_000][octets.below(6)]);
    config.attempts = [0, 1, 2, 3, 5, 10, 1000][octets.below(7)];
    let flags = u16::from_be_bytes([octets.next(), octets.next()]);
    for (bit, flag) in FLAGS.into_iter().enumerate() {
        config.set(flag, flags >> bit & 1 == 1);
    }
    let name = octets.text();
    let families = [Families::Both, Families::V4, Families::V6][octets.below(3)];
    let lookup = Lookup::new(resolver, &config, &name).families(families);
    if let Candidates::Names { list, .. } = lookup.candidates() {
        assert!(list.len() <= config.search.len() + 2);
        for name in list.iter().filter_map(|candidate| candidate.name()) {
            assert!(name.wire().len() <= MAX_NAME && name.labels().all(|label| (1..=63).contains(&label.len())));
        }
    }
    let seed = u64::from(octets.next());
    drive(Walk::new(&lookup, Choices::seeded(seed)), &mut octets);
}

/// The octets say, after each step, what comes from the servers and when.
fn drive(mut walk: Walk, octets: &mut Octets<'_>) {
    let (most, longest) = (walk.max_queries(), walk.max_duration());
    let (mut now, mut sent, mut queries) = (Duration::ZERO, Vec::<Transmit>::new(), 0_u64);
    // Unending configurations are cut; what was seen until then held.
    for _ in 0..20_000 {
        match walk.poll(now) {
            Step::Send(transmit) => {
                queries += 1;
                assert!(queries <= most, "more than {most} queries");
                assert!(transmit.query.encode().len() <= MAX_QUERY);
                sent.push(transmit);
                if octets.next() >= 0xe0 {
                    act(&mut walk, octets, now, &sent);
                }
            }
            Step::Wait { until, earliest } => {
                assert!(until > now && earliest <= until, "a wait of no time");
                match octets.next() {
                    0..=0x3f => now = until,
                    0x40..=0x4f => {
                        now = now.max(earliest);
                        walk.on_timeout(now);
                    }
                    // Some milliseconds, and then something comes.
                    wait => {
                        let later = now + Duration::from_millis(u64::from(wait) * 3);
                        now = later.min(until);
                        act(&mut walk, octets, now, &sent);
                    }
                }
                assert!(now <= longest, "later than {longest:?}");
            }
            Step::Done(outcome) => {
                if let Outcome::Found { addresses, .. } = &outcome {
                    assert!(!addresses.is_empty() || queries > 0 || walk.candidates().is_empty());
                }
                assert_eq!(walk.poll(now), Step::Done(outcome), "the end stays");
                return;
            }
        }
    }
}

/// A reply to any query so far, or an error of its socket.
fn act(walk: &mut Walk, octets: &mut Octets<'_>, now: Duration, sent: &[Transmit]) {
    let Some(transmit) = sent.len().checked_sub(1 + octets.below(8)).and_then(|at| sent.get(at)) else { return };
    let kind = octets.next();
    let rcode = Rcode::from(u16::from(kind & 7));
    let mut reply = Reply::new(&transmit.query, rcode);
    match kind >> 3 & 7 {
        0 => return walk.on_unreachable(now, transmit.socket),
        1 => reply = reply.truncated(),
        2 => reply = reply.lame(),
        3 => reply.answers = 1,
        4 => reply.id ^= 1,
        5 => {
            let octets: Vec<u8> = (0..64).map(|_| octets.next()).collect();
            match Reply::parse(&octets) {
                Ok(parsed) => reply = parsed,
                Err(_) => return,
            }
        }
        _ => reply = reply.with_addresses([IpAddr::V4(Ipv4Addr::LOCALHOST)]),
    }
    walk.on_reply(now, transmit.socket, transmit.server, &reply);
}
