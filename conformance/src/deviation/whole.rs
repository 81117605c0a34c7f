//! Answers as if there had been room, and as if everything had been asked at the same moment.

use std::collections::BTreeMap;

use super::condition::only_in;
use crate::compare::Theirs;
use crate::reply::{Reply, parts};

/// What they answer: for each code with flags, TC aside, every record that was in a reply, and whether one was cut.
///
/// # Errors
/// Where there is no reply, or one was cut and the whole of it is not known.
pub(super) fn theirs(said: &Theirs, has_aged: bool) -> Result<Vec<(Reply, bool)>, String> {
    let whole = said.tcp.as_ref().map(|reply| bare(reply, has_aged));
    let mut heads: BTreeMap<(String, Vec<String>), (Reply, bool)> = BTreeMap::new();
    for sent in &said.replies {
        let is_cut = sent.has("tc");
        let mut reply = bare(sent, has_aged);
        match &whole {
            // An answer that changes may have been another by then: what was sent counts, too.
            Some(whole) if is_cut => reply = union(&reply, whole),
            None if is_cut => return Err("theirs is cut, and the whole of it is not known".to_owned()),
            _ => {}
        }
        let merged = heads.entry((reply.rcode.clone(), reply.flags.clone())).or_insert_with(|| (reply.clone(), false));
        *merged = (union(&merged.0, &reply), merged.1 || is_cut);
    }
    if heads.is_empty() { Err("theirs: no reply".to_owned()) } else { Ok(heads.into_values().collect()) }
}

/// What we answer, TC aside, and whether it was cut.
///
/// # Errors
/// Where the whole is not known although it was cut, or what was sent is no part of it.
pub(super) fn ours(said: &Theirs, has_aged: bool) -> Result<(Reply, bool), String> {
    let sent = said.replies.first().ok_or("ours: no reply")?;
    let is_cut = sent.has("tc");
    let reply = bare(sent, has_aged);
    let Some(whole) = said.tcp.as_ref().map(|reply| bare(reply, has_aged)) else {
        return if is_cut {
            Err("ours is cut, and the whole of it is not known".to_owned())
        } else {
            Ok((reply, false))
        };
    };
    let is_part = reply.rcode == whole.rcode
        && reply.flags == whole.flags
        && reply
            .sections()
            .into_iter()
            .zip(whole.sections())
            .all(|((_, part), (_, all))| only_in(part, all).is_empty());
    // RFC 2181 §9: without TC nothing but extra information is missing.
    let is_honest = is_cut || reply.answer == whole.answer && reply.authority == whole.authority;
    if is_part && is_honest { Ok((whole, is_cut)) } else { Err("ours is no part of our whole answer".to_owned()) }
}

/// Without TC and OPT, and without TTLs where caches lower them.
fn bare(reply: &Reply, has_aged: bool) -> Reply {
    let lines = |lines: &[String]| {
        let mut lines: Vec<String> =
            lines.iter().map(|line| if has_aged { without_ttl(line) } else { line.clone() }).collect();
        lines.sort_unstable();
        lines
    };
    Reply {
        rcode: reply.rcode.clone(),
        flags: reply.flags.iter().filter(|flag| *flag != "tc").cloned().collect(),
        answer: lines(&reply.answer),
        authority: lines(&reply.authority),
        additional: lines(&reply.additional),
        opt: None,
    }
}

fn without_ttl(line: &str) -> String {
    parts(line).map_or_else(|_| line.to_owned(), |(owner, _, rest)| format!("{owner} 0 {rest}"))
}

/// Every record of either, as often as in that which has it most often; the rest is the first's.
fn union(one: &Reply, other: &Reply) -> Reply {
    let merged = |left: &[String], right: &[String]| {
        let mut lines = left.to_vec();
        lines.extend(only_in(right, left).into_iter().map(str::to_owned));
        lines.sort_unstable();
        lines
    };
    Reply {
        answer: merged(&one.answer, &other.answer),
        authority: merged(&one.authority, &other.authority),
        additional: merged(&one.additional, &other.additional),
        ..one.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(flags: &[&str], answer: &[&str]) -> Reply {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Reply { rcode: "NOERROR".to_owned(), flags: owned(flags), answer: owned(answer), ..Reply::default() }
    }

    const LINES: [&str; 3] = ["a. 5 IN A 10.0.0.1", "a. 5 IN A 10.0.0.2", "a. 5 IN A 10.0.0.3"];

    #[test]
    fn a_cut_reply_stands_for_the_whole() {
        let cut = reply(&["aa", "tc"], &LINES[..1]);
        let whole = reply(&["aa"], &LINES);
        let known = Theirs { replies: vec![cut.clone()], tcp: Some(whole.clone()) };
        assert_eq!(theirs(&known, false), Ok(vec![(whole.clone(), true)]));
        assert_eq!(ours(&known, false), Ok((whole.clone(), true)));
        let unknown = Theirs { replies: vec![cut], tcp: None };
        assert!(theirs(&unknown, false).is_err() && ours(&unknown, false).is_err());
        let uncut = Theirs { replies: vec![reply(&["aa"], &LINES[..1])], tcp: Some(whole) };
        assert!(ours(&uncut, false).is_err(), "something is missing, and we do not say so");
        let other = Theirs { replies: vec![reply(&["aa", "tc"], &["a. 5 IN A 10.0.0.4"])], ..uncut };
        assert!(ours(&other, false).is_err(), "something is there that is not in the whole");
    }

    #[test]
    fn a_changing_answer_is_all_that_was_seen_of_it() {
        let (first, second) = (reply(&["aa"], &LINES[..2]), reply(&["aa"], &LINES[1..]));
        let denial = Reply { rcode: "NXDOMAIN".to_owned(), ..reply(&["aa"], &[]) };
        let said = Theirs { replies: vec![first, second, denial.clone()], tcp: None };
        assert_eq!(theirs(&said, false), Ok(vec![(reply(&["aa"], &LINES), false), (denial, false)]));
    }

    #[test]
    fn age_does_not_make_two_records_of_one() {
        let (young, old) = (reply(&["aa"], &["a. 30 IN A 10.0.0.1"]), reply(&["aa"], &["a. 29 IN A 10.0.0.1"]));
        let said = Theirs { replies: vec![young, old], tcp: None };
        assert_eq!(theirs(&said, true).unwrap()[0].0.answer, ["a. 0 IN A 10.0.0.1"]);
        assert_eq!(theirs(&said, false).unwrap()[0].0.answer.len(), 2);
    }
}
