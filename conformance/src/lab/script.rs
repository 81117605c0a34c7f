//! How the name servers of a case answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::SERVERS;

/// The type of record A, RFC 1035 §3.2.2.
pub const A: u16 = 1;
/// The type of record AAAA, RFC 3596 §2.1.
pub const AAAA: u16 = 28;

/// The rules by which servers answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The first rule that fits decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What is said where none fits.
    pub otherwise: Behaviour,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name in question, in small letters and with its final dot; any where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The type in question; any where there is none.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub qtype: Option<u16>,
    /// The server that is asked; any where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<IpAddr>,
    /// How many queries the rule is for; all where there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// What is said.
    pub reply: Behaviour,
}

/// What a server says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// That there is no such name.
    #[default]
    NxDomain,
    /// That the name has no such records.
    NoData,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// FORMERR, without an OPT record.
    FormErr,
    /// FORMERR to a query with an OPT record, as a server from before EDNS says, and an address to others.
    FormErrToEdns,
    /// NOTIMP.
    NotImp,
    /// Nothing.
    Silence,
    /// A cut reply with one address over UDP; all of them over TCP.
    Truncated,
    /// One address.
    Address,
    /// Two addresses.
    Addresses,
    /// An alias and the address of what it stands for.
    Alias,
    /// An alias of a name that has no such records.
    AliasOfNothing,
    /// A reply without records from a server that has no authority and offers no recursion.
    Lame,
}

/// A query, as far as it decides the reply.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The name, with its final dot.
    pub name: &'a str,
    /// The type.
    pub qtype: u16,
    /// The server asked.
    pub server: IpAddr,
}

/// Servers that follow a script: it, and how often each rule was used.
#[derive(Clone, Debug)]
pub struct Performance {
    script: Script,
    used: Vec<u32>,
}

impl Performance {
    /// Before the first query.
    #[must_use]
    pub fn new(script: &Script) -> Self {
        Self { script: script.clone(), used: vec![0; script.rules.len()] }
    }

    /// What is said to the next query, and the number by which addresses in the reply tell the rule.
    pub fn next(&mut self, question: Question<'_>) -> (Behaviour, u8) {
        let name = question.name.to_ascii_lowercase();
        for (at, (rule, used)) in self.script.rules.iter().zip(&mut self.used).enumerate() {
            let fits = rule.name.as_ref().is_none_or(|wanted| *wanted == name)
                && rule.qtype.is_none_or(|wanted| wanted == question.qtype)
                && rule.server.is_none_or(|wanted| wanted == question.server)
                && rule.times.is_none_or(|times| *used < times);
            if fits {
                *used += 1;
                return (rule.reply, u8::try_from(at + 1).unwrap_or(u8::MAX));
            }
        }
        (self.script.otherwise, 0)
    }
}

impl Behaviour {
    /// How many addresses a whole reply has.
    #[must_use]
    pub const fn addresses(self) -> u8 {
        match self {
            Self::Address | Self::Alias | Self::FormErrToEdns => 1,
            Self::Addresses | Self::Truncated => 2,
            _ => 0,
        }
    }
}

/// The address number `at` in a reply by rule `rule`.
#[must_use]
pub fn address(qtype: u16, rule: u8, at: u8) -> IpAddr {
    if qtype == AAAA {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, u16::from(rule), u16::from(at) + 1).into()
    } else {
        Ipv4Addr::new(192, 0, 2 + at, rule).into()
    }
}

/// How long a server takes to reply. Every server and type has its own time, so that the order in which replies to
/// simultaneous queries come is always the same, and known.
#[must_use]
pub fn reply_time(server: IpAddr, qtype: u16) -> Duration {
    let place = SERVERS.iter().position(|one| *one == server).unwrap_or_default() as u64;
    Duration::from_millis(2 + 10 * place + if qtype == AAAA { 5 } else { 0 })
}

impl Rule {
    /// Says `reply` to everything.
    #[must_use]
    pub const fn new(reply: Behaviour) -> Self {
        Self { name: None, qtype: None, server: None, times: None, reply }
    }
}

impl Script {
    /// What the rule of this number says, as [`Performance::next`] numbers them.
    #[must_use]
    pub fn behaviour(&self, rule: u8) -> Behaviour {
        let rule = usize::from(rule).checked_sub(1).and_then(|at| self.rules.get(at));
        rule.map_or(self.otherwise, |rule| rule.reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_and_is_not_used_up_decides() {
        let name = Some("x.test.".to_owned());
        let script = Script {
            rules: vec![
                Rule { name: name.clone(), times: Some(1), ..Rule::new(Behaviour::ServFail) },
                Rule { name, qtype: Some(A), ..Rule::new(Behaviour::Address) },
                Rule { server: Some(SERVERS[1]), ..Rule::new(Behaviour::Refused) },
            ],
            otherwise: Behaviour::NoData,
        };
        let mut performance = Performance::new(&script);
        let mut ask = |name, qtype, server| performance.next(Question { name, qtype, server: SERVERS[server] });
        assert_eq!(ask("X.test.", A, 1), (Behaviour::ServFail, 1));
        assert_eq!(ask("x.test.", A, 1), (Behaviour::Address, 2));
        assert_eq!(ask("x.test.", AAAA, 1), (Behaviour::Refused, 3));
        assert_eq!(ask("x.test.", AAAA, 0), (Behaviour::NoData, 0));
        assert_eq!(address(A, 2, 1).to_string(), "192.0.3.2");
        assert_eq!(address(AAAA, 2, 0).to_string(), "2001:db8::2:1");
        assert!(reply_time(SERVERS[0], AAAA) < reply_time(SERVERS[1], A));
    }
}
