//! Random scripts.

use crate::chance::Chance;
use crate::lab::case::SERVERS;
use crate::lab::script::{A, AAAA, Behaviour, Rule, Script};

const ANSWERS: [Behaviour; 6] = [
    Behaviour::Address,
    Behaviour::Address,
    Behaviour::Addresses,
    Behaviour::Alias,
    Behaviour::Truncated,
    Behaviour::AliasOfNothing,
];
const REFUSALS: [Behaviour; 8] = [
    Behaviour::NoData,
    Behaviour::NoData,
    Behaviour::ServFail,
    Behaviour::Refused,
    Behaviour::FormErr,
    Behaviour::NotImp,
    Behaviour::Lame,
    Behaviour::FormErrToEdns,
];

/// The names that a walk may ask for, by the simplest idea of a walk.
fn candidates(typed: &str, domains: &[String]) -> Vec<String> {
    let typed = typed.trim_end_matches('.').to_ascii_lowercase();
    let mut names: Vec<String> =
        domains.iter().map(|domain| format!("{typed}.{}.", domain.to_ascii_lowercase())).collect();
    names.push(format!("{typed}."));
    names
}

/// Servers that know at most one of the names, and deny the rest.
pub(super) fn plain(chance: &mut Chance, typed: &str, domains: &[String]) -> Script {
    let mut script = Script::default();
    if chance.percent(60) {
        let name = chance.pick(&candidates(typed, domains)).clone();
        let reply = *chance.pick(&[Behaviour::Address, Behaviour::Addresses, Behaviour::Alias]);
        script.rules.push(Rule { name: Some(name), ..Rule::new(reply) });
    }
    script
}

/// Servers that say all kinds of things, perhaps each its own.
pub(super) fn varied(chance: &mut Chance, typed: &str, domains: &[String]) -> Script {
    let mut script = Script::default();
    for name in candidates(typed, domains) {
        if !chance.percent(60) {
            continue;
        }
        let all = [&ANSWERS[..], &REFUSALS, &REFUSALS].concat();
        let mut rule = Rule { name: Some(name), ..Rule::new(*chance.pick(&all)) };
        if chance.percent(25) {
            rule.qtype = Some(*chance.pick(&[A, AAAA]));
        }
        if chance.percent(20) {
            rule.server = Some(*chance.pick(&SERVERS[..3]));
        }
        if chance.percent(15) {
            rule.times = Some(chance.between(1, 2) as u32);
        }
        if rule.qtype.is_some() || rule.server.is_some() || rule.times.is_some() {
            let rest = Rule { qtype: None, server: None, times: None, ..rule.clone() };
            script.rules.push(rule);
            if chance.percent(70) {
                script.rules.push(Rule { reply: *chance.pick(&all), ..rest });
            }
        } else {
            script.rules.push(rule);
        }
    }
    if chance.percent(20) {
        script.otherwise = *chance.pick(&REFUSALS);
    }
    script
}

/// Servers of which one, or all, keep silent about something.
pub(super) fn silent(chance: &mut Chance, typed: &str, domains: &[String]) -> Script {
    let mut script = plain(chance, typed, domains);
    let names = candidates(typed, domains);
    for _ in 0..chance.between(1, 2) {
        let mut rule = Rule::new(Behaviour::Silence);
        if chance.percent(60) {
            rule.name = Some(chance.pick(&names).clone());
        }
        if chance.percent(35) {
            rule.qtype = Some(*chance.pick(&[A, AAAA]));
        }
        if chance.percent(40) {
            rule.server = Some(*chance.pick(&SERVERS[..2]));
        }
        if chance.percent(25) {
            rule.times = Some(chance.between(1, 2) as u32);
        }
        script.rules.insert(0, rule);
    }
    script
}
