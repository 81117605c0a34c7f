//! Random look-ups.
//!
//! A case is odd in one respect at most, mostly: a file with oddities has servers that answer, servers that do not
//! answer have a file whose waits are short, so that what differs tells why, and that a case ends within seconds.

use super::case::{Case, Family, SERVERS};
use crate::chance::Chance;

mod file;
mod name;
mod script;

use file::File;

/// What is odd about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Theme {
    /// Nothing: an ordinary file, an ordinary name, servers that know some names.
    Walk,
    /// What the servers say.
    Replies,
    /// Servers that say nothing, or are not there.
    Waits,
    /// The file.
    File,
    /// The name.
    Name,
    /// What surrounds the file: environment variables, the host's name.
    Environment,
}

const THEMES: [(Theme, usize); 6] = [
    (Theme::Walk, 20),
    (Theme::Replies, 25),
    (Theme::Waits, 15),
    (Theme::File, 22),
    (Theme::Name, 12),
    (Theme::Environment, 6),
];

/// The case number `number` of `seed`.
#[must_use]
pub fn case(seed: u64, number: u64) -> Case {
    // Neighbours in one counter would begin alike.
    let mut chance = Chance::new(seed ^ Chance::new(number).bits());
    let theme = weighted(&mut chance, &THEMES);
    let mut file = File::plain(&mut chance);
    if theme == Theme::File {
        file.make_odd(&mut chance);
    }
    if matches!(theme, Theme::Replies | Theme::Waits) {
        file.make_short(&mut chance, theme == Theme::Waits);
    }
    let typed = if theme == Theme::Name { name::odd(&mut chance) } else { name::plain(&mut chance) };
    let script = match theme {
        Theme::Replies => script::varied(&mut chance, &typed, &file.domains()),
        Theme::Waits => script::silent(&mut chance, &typed, &file.domains()),
        _ => script::plain(&mut chance, &typed, &file.domains()),
    };
    let mut case = Case {
        file: file.render(&mut chance, theme == Theme::File),
        name: typed,
        family: weighted(&mut chance, &[(Family::Both, 80), (Family::V4, 12), (Family::V6, 8)]),
        hostname: "host".to_owned(),
        localdomain: None,
        res_options: None,
        hostaliases: None,
        dead: Vec::new(),
        script,
    };
    if theme == Theme::Waits && chance.percent(40) {
        let count = chance.between(1, 2);
        case.dead = chance.sample(&SERVERS[..3], count);
    }
    if theme == Theme::Environment {
        surround(&mut chance, &mut case);
    }
    case
}

/// Gives the case environment variables and a host's name that matter.
fn surround(chance: &mut Chance, case: &mut Case) {
    if chance.percent(40) {
        case.hostname = (*chance.pick(&["host.home.test", "host.a.home.test", "host.", "host"])).to_owned();
        if chance.percent(70) {
            // The host's name matters where the file has no search list.
            case.file = "nameserver 127.0.0.1\n".to_owned();
        }
    }
    if chance.percent(40) {
        let values = ["", "env.test", "env.test other.test", "env.test\tother.test", " env.test", "."];
        case.localdomain = Some((*chance.pick(&values)).to_owned());
    }
    if chance.percent(40) {
        let values = [
            "ndots:3",
            "ndots:0",
            "edns0",
            "no-aaaa",
            "ndots:2 edns0",
            "attempts:1\tuse-vc",
            "trust-ad",
            "rotate",
            "ndots:x",
        ];
        case.res_options = Some((*chance.pick(&values)).to_owned());
    }
    if chance.percent(25) {
        case.hostaliases = Some("web target.example.test\nalias other.example\n".to_owned());
        case.name = (*chance.pick(&["web", "alias", "web.", "WEB", "none"])).to_owned();
    }
}

/// One of `choices`, as often as its weight says.
fn weighted<T: Copy>(chance: &mut Chance, choices: &[(T, usize)]) -> T {
    let mut place = chance.below(choices.iter().map(|(_, weight)| weight).sum());
    for (choice, weight) in choices {
        if place < *weight {
            return *choice;
        }
        place -= weight;
    }
    choices[0].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_seed_has_one_sequence_of_different_cases() {
        let cases =
            |seed| (0..200).map(|number| serde_json::to_string(&case(seed, number)).unwrap()).collect::<Vec<_>>();
        assert_eq!(cases(1), cases(1));
        assert!(cases(1).into_iter().collect::<HashSet<_>>().len() > 195);
        assert_ne!(cases(1)[0], cases(2)[0]);
    }
}
