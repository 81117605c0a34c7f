//! Random files.

use crate::chance::Chance;

/// What a file says, line by line.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    nameservers: Vec<String>,
    search: Vec<String>,
    options: Vec<String>,
    odd: Vec<String>,
}

const DOMAINS: [&str; 6] = ["a.test", "b.test", "sub.a.test", "c.example", "test", "corp.internal"];
const CLUSTER: [&str; 3] = ["ns.svc.cluster.local", "svc.cluster.local", "cluster.local"];

impl File {
    /// What an administrator or kubelet writes.
    pub(super) fn plain(chance: &mut Chance) -> Self {
        let count = *chance.pick(&[1, 1, 1, 1, 2, 2, 3, 4]);
        let nameservers = (1..=count).map(|last| format!("nameserver 127.0.0.{last}")).collect();
        let words: Vec<&str> = if chance.percent(35) {
            let mut words = CLUSTER.to_vec();
            words.extend(DOMAINS.iter().take(chance.below(3)));
            words
        } else {
            let count = chance.below(4);
            chance.sample(&DOMAINS, count)
        };
        let search = if words.is_empty() { Vec::new() } else { vec![format!("search {}", words.join(" "))] };
        let mut options = Vec::new();
        if chance.percent(75) {
            options.push(format!("ndots:{}", chance.pick(&[0, 1, 1, 2, 2, 3, 4, 5, 5, 5])));
        }
        for (word, percent) in [
            ("edns0", 12),
            ("trust-ad", 8),
            ("single-request", 6),
            ("single-request-reopen", 6),
            ("use-vc", 6),
            ("no-tld-query", 6),
            ("no-aaaa", 6),
            ("rotate", 6),
        ] {
            if chance.percent(percent) {
                options.push(word.to_owned());
            }
        }
        Self { nameservers, search, options, odd: Vec::new() }
    }

    /// Makes the waits short, and the list too. `silent` servers are not asked over TCP: glibc waits for them without end.
    pub(super) fn make_short(&mut self, chance: &mut Chance, silent: bool) {
        if silent {
            self.options.retain(|word| word != "use-vc");
        }
        self.options.push("timeout:1".to_owned());
        self.options.push(format!("attempts:{}", chance.between(1, 2)));
        self.nameservers.truncate(3);
        if self.search.is_empty() || chance.percent(70) {
            let count = chance.between(1, 2);
            self.search = vec![format!("search {}", chance.sample(&DOMAINS, count).join(" "))];
        }
    }

    /// Makes one to three things odd.
    pub(super) fn make_odd(&mut self, chance: &mut Chance) {
        for _ in 0..chance.between(1, 3) {
            match chance.below(4) {
                0 => self.odd_nameserver(chance),
                1 | 2 => self.odd_search(chance),
                _ => self.odd_options(chance),
            }
        }
        if chance.percent(25) {
            let lines = [
                "# a comment",
                "; a comment",
                "  # indented",
                "",
                "unknown word",
                "sortlist 192.0.2.0/255.255.255.0",
                "search",
                "domain",
                "options",
                "nameserver",
                "lookup file bind",
                "family inet4",
                "sortlist 127.0.0.1 10/8",
            ];
            self.odd.push((*chance.pick(&lines)).to_owned());
        }
    }

    fn odd_nameserver(&mut self, chance: &mut Chance) {
        let lines = [
            "nameserver 127.0.0.2 # inline",
            "nameserver\t127.0.0.2",
            "  nameserver 127.0.0.2",
            "nameserver 127.0.0.2 127.0.0.3",
            "NAMESERVER 127.0.0.2",
            "nameserver  127.0.0.2  ",
            "nameserver 127.2",
            "nameserver 0x7f.0.0.2",
            "nameserver 127.0.0.02",
            "nameserver 127.0.0.2:53",
            "nameserver foo",
            "nameserver 127.0.0.1",
            "nameserver=127.0.0.2",
            "nameserver 127.0.0.2;",
            "nameserver ::ffff:127.0.0.2",
            "nameserver 127.0.0.2%lo",
            "nameserver [::1]",
            "nameserver ::1",
            "nameserver 127.0.0.3,127.0.0.2",
        ];
        let line = (*chance.pick(&lines)).to_owned();
        match chance.below(3) {
            0 => self.nameservers = vec![line],
            1 => self.nameservers.insert(0, line),
            _ => self.nameservers.push(line),
        }
    }

    fn odd_search(&mut self, chance: &mut Chance) {
        let long = |octets: usize| {
            let label = "l".repeat(60);
            let mut domain = String::new();
            while domain.len() + 61 < octets {
                domain += &label;
                domain.push('.');
            }
            let rest = octets.saturating_sub(domain.len()).clamp(1, 60);
            domain + &"m".repeat(rest)
        };
        let line = match chance.below(26) {
            0 => "search .".to_owned(),
            1 => "search a.test .".to_owned(),
            2 => "search . a.test".to_owned(),
            3 => "search a.test.".to_owned(),
            4 => "search .a.test b.test".to_owned(),
            5 => "search a.test A.TEST a.test".to_owned(),
            6 => "search a.test,b.test".to_owned(),
            7 => "search a.test # comment".to_owned(),
            8 => "search a.test;b.test".to_owned(),
            9 => "search\ta.test\tb.test".to_owned(),
            10 => "search  a.test   b.test  ".to_owned(),
            11 => "  search a.test".to_owned(),
            12 => "domain a.test".to_owned(),
            13 => "domain a.test b.test".to_owned(),
            14 => "SEARCH a.test".to_owned(),
            15 => "search".to_owned(),
            16 => "search a_b.test -x.test".to_owned(),
            17 => "search a..test b.test".to_owned(),
            18 => format!("search {}", long(chance.between(225, 250))),
            19 => format!("search {} b.test", long(chance.between(180, 240))),
            20 => format!(
                "search {}",
                (0..40).map(|n| format!("d{n}.test")).take(chance.between(7, 40)).collect::<Vec<_>>().join(" ")
            ),
            21 => format!("search {} b.test", "l".repeat(chance.between(62, 66))),
            22 => "search a.test ; comment".to_owned(),
            23 => "search a.test\tb.test c.test".to_owned(),
            24 => "search \\# a.test".to_owned(),
            _ => format!("search a.test {}", "w".repeat(chance.between(1, 20))),
        };
        match chance.below(3) {
            0 => self.search.push(line),
            1 => self.search.insert(0, line),
            _ => self.search = vec![line],
        }
    }

    fn odd_options(&mut self, chance: &mut Chance) {
        let words = [
            "ndots:",
            "ndots:abc",
            "ndots:2x",
            "ndots: 5",
            "ndots:-1",
            "ndots:16",
            "ndots:99",
            "ndots:+3",
            "ndots:03",
            "xndots:5",
            "ndots5",
            "ndots:5 ndots:1",
            "ndots:1 ndots:5",
            "NDOTS:4",
            "ndots:3,edns0",
            "ndots=3",
            "timeout:0",
            "timeout:-1",
            "timeout:x",
            "attempts:0",
            "attempts:-1",
            "attempts:x",
            "attempts:9",
            "timeout:99",
            "rotatefoo",
            "edns0x",
            "no-aaaax",
            "no_tld_query",
            "usevc",
            "tcp",
            "inet6",
            "debug",
            "unknown",
            "-edns0",
            "strict-error",
            "no-check-names",
            "ip6-bytestring",
            "retrans:1",
            "retry:1",
            "use-vcx",
            "trust-adx",
            "single-requestx",
            "ndots:4294967297",
            "ndots:300",
            "no-reload",
            "timeout:.5",
            "attempts:1 attempts:4",
        ];
        let word = (*chance.pick(&words)).to_owned();
        match chance.below(4) {
            0 => self.options = vec![word],
            1 => self.options.insert(0, word),
            2 => self.options.push(word),
            // A second line.
            _ => self.odd.push(format!("options {word}")),
        }
    }

    /// The domains that the file may add to a name.
    pub(super) fn domains(&self) -> Vec<String> {
        let words = self.search.iter().flat_map(|line| line.split_whitespace().skip(1));
        words.map(|word| word.trim_matches('.').to_owned()).collect()
    }

    /// The file's text; its lines in any order where it is an odd one.
    pub(super) fn render(&self, chance: &mut Chance, odd: bool) -> String {
        let mut lines = [&self.nameservers[..], &self.search[..]].concat();
        match chance.below(8) {
            _ if self.options.is_empty() => {}
            0 if odd => lines.push(format!("options\t{}", self.options.join("\t"))),
            1 if odd => lines.extend(self.options.iter().map(|word| format!("options {word}"))),
            2 if odd => lines.push(format!(" options {}", self.options.join(" "))),
            _ => lines.push(format!("options {}", self.options.join(" "))),
        }
        lines.extend(self.odd.iter().cloned());
        if odd && chance.percent(30) {
            chance.shuffle(&mut lines);
        }
        let end = if odd && chance.percent(10) { "\r\n" } else { "\n" };
        let mut text = lines.join(end);
        if !(odd && chance.percent(10)) {
            text += end;
        }
        text
    }
}
