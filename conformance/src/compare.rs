//! Whether our reply is what the original replies.

use std::collections::BTreeMap;

use crate::deviation::Facts;
use crate::question::Question;
use crate::reply::{Reply, parts};

/// What is known of a server's answer to one question over one transport: the original's, and where differences are
/// judged ours, too.
#[derive(Clone, Debug, Default)]
pub struct Theirs {
    /// Every distinct reply seen. Empty where it never answered.
    pub replies: Vec<Reply>,
    /// The reply over TCP, where one over UDP was truncated, the other server's among them.
    pub tcp: Option<Reply>,
}

/// In what a reply may differ without being different.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The original caches names outside cluster.local, and lowers every TTL of a reply to the reply's least, at most
    /// this.
    pub capped: Option<u32>,
    /// Whether OPT records are compared, too.
    pub opt: bool,
}

/// The outcome of one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same code, flags and records.
    Equal,
    /// Theirs truncated, and ours holds nothing that their whole answer does not: truncated too, or all of it.
    Truncated,
    /// Theirs changes from query to query, and ours is one of theirs or holds nothing that none of theirs does.
    Unstable,
    /// They never answer.
    Silent,
    /// None of these.
    Different,
}

impl Terms {
    /// Whether the TTLs of a reply may be lower for having been in the original's cache.
    pub(crate) fn may_have_aged(&self, reply: &Reply) -> bool {
        let is_cached = |line: &String| parts(line).is_ok_and(|(owner, ..)| !is_below(owner, &["cluster.local."]));
        self.capped.is_some() && reply.sections().iter().any(|(_, lines)| lines.iter().any(is_cached))
    }
}

impl Theirs {
    /// Every reply that is known.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Reply> {
        self.replies.iter().chain(&self.tcp)
    }

    /// Judges our reply. `None` is: we did not answer.
    #[must_use]
    pub fn judge(&self, ours: Option<&Reply>, terms: Terms) -> Verdict {
        let Some(ours) = ours else { return Verdict::Different };
        let Some(first) = self.replies.first() else { return Verdict::Silent };
        if equal(first, ours, terms) {
            Verdict::Equal
        } else if self.replies.iter().any(|theirs| self.cut(theirs, ours, terms)) {
            Verdict::Truncated
        } else if self.replies.len() > 1 && self.among(ours, terms) {
            Verdict::Unstable
        } else {
            Verdict::Different
        }
    }

    /// Both replies were cut, and ours is a part of the whole.
    fn cut(&self, theirs: &Reply, ours: &Reply, terms: Terms) -> bool {
        let Some(whole) = &self.tcp else { return false };
        if !theirs.has("tc") {
            return false;
        }
        // Names in ours may be compressed better, so that the whole answer fits where theirs did not.
        if !ours.has("tc") {
            return equal(whole, ours, terms);
        }
        same_head(theirs, ours, terms) && within(ours, &[whole], terms)
    }

    /// Ours could be one more of the replies that vary.
    fn among(&self, ours: &Reply, terms: Terms) -> bool {
        let all: Vec<&Reply> = self.all().collect();
        let nothing = |reply: &Reply| reply.sections().iter().all(|(_, lines)| lines.is_empty());
        self.replies.iter().any(|theirs| same_head(theirs, ours, terms) && (nothing(theirs) || !nothing(ours)))
            && within(ours, &all, terms)
    }
}

/// A difference, as a judge of differences sees it.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// What was asked.
    pub question: &'a Question,
    /// The original's replies.
    pub theirs: &'a Theirs,
    /// Our reply.
    pub ours: &'a Theirs,
    /// The cluster that both are about.
    pub facts: &'a Facts,
    /// In what replies may differ without being different.
    pub terms: Terms,
}

/// Decides whether a difference is one that we want.
pub trait Judge {
    /// The name of what explains the difference, or why nothing does.
    ///
    /// # Errors
    /// Where the difference is not explained.
    fn explain(&mut self, difference: Difference<'_>) -> Result<String, String>;
}

/// Explains nothing: we claim to answer as the original does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strict;

impl Judge for Strict {
    fn explain(&mut self, _: Difference<'_>) -> Result<String, String> {
        Err("no difference is allowed".to_owned())
    }
}

/// Whether two replies have the same code, flags and records, each as often.
#[must_use]
pub fn equal(theirs: &Reply, ours: &Reply, terms: Terms) -> bool {
    same_head(theirs, ours, terms) && {
        let (left, right) = (Lines::new(theirs, terms, false), Lines::new(ours, terms, true));
        left.fixed == right.fixed && left.loose == right.loose && right.no_older_than(&left)
    }
}

fn same_head(theirs: &Reply, ours: &Reply, terms: Terms) -> bool {
    theirs.rcode == ours.rcode && theirs.flags == ours.flags && (!terms.opt || theirs.opt == ours.opt)
}

fn within(ours: &Reply, wholes: &[&Reply], terms: Terms) -> bool {
    let mut all = Lines::default();
    for whole in wholes {
        let lines = Lines::new(whole, terms, false);
        // A record is in the whole as often as in that of the replies which has it most often.
        for (line, count) in lines.fixed {
            let most = all.fixed.entry(line).or_default();
            *most = count.max(*most);
        }
        for (line, count) in lines.loose {
            let most = all.loose.entry(line).or_default();
            *most = count.max(*most);
        }
    }
    let ours = Lines::new(ours, terms, true);
    is_within(&ours.fixed, &all.fixed) && is_within(&ours.loose, &all.loose)
}

/// Lines, and how often each is there.
type Counted = BTreeMap<String, usize>;

fn is_within(part: &Counted, whole: &Counted) -> bool {
    part.iter().all(|(line, count)| whole.get(line).is_some_and(|most| count <= most))
}

/// The records of a reply, those with a fixed TTL apart from those that come from outside and may have been cached.
#[derive(Default)]
struct Lines {
    fixed: Counted,
    loose: Counted,
    oldest: Option<u32>,
}

impl Lines {
    fn new(reply: &Reply, terms: Terms, ours: bool) -> Self {
        let mut lines = Self::default();
        let records = || {
            reply.sections().into_iter().flat_map(|(section, lines)| {
                lines.iter().filter_map(move |line| parts(line).ok().map(|parts| (section, parts)))
            })
        };
        let cached = terms.may_have_aged(reply);
        let least = records().map(|(_, (_, ttl, _))| ttl).min().unwrap_or_default();
        for (section, (owner, ttl, rest)) in records() {
            let outside = !is_below(owner, &["cluster.local.", "in-addr.arpa.", "ip6.arpa."]);
            match terms.capped {
                // How long something has been in a cache is nobody's mistake, nor is who asked for it first. The
                // reverse zones are cached, too, and generated names in them repeat that asker's letters.
                Some(_) if cached => {
                    let asked = !is_below(owner, &["cluster.local."]);
                    let owner = if asked { owner.to_ascii_lowercase() } else { owner.to_owned() };
                    let rest = if asked { rest.to_ascii_lowercase() } else { rest.to_owned() };
                    *lines.loose.entry(format!("{section} {owner} {rest}")).or_default() += 1;
                }
                Some(cap) => {
                    let ttl = if ours { least.min(cap) } else { ttl };
                    *lines.fixed.entry(format!("{section} {owner} {ttl} {rest}")).or_default() += 1;
                }
                // In which letters an upstream repeats a name is its own affair; ours are always the asker's.
                None if outside => {
                    let owner = owner.to_ascii_lowercase();
                    *lines.loose.entry(format!("{section} {owner} {rest}")).or_default() += 1;
                    lines.oldest = lines.oldest.max(Some(ttl));
                }
                None => {
                    *lines.fixed.entry(format!("{section} {owner} {ttl} {rest}")).or_default() += 1;
                }
            }
        }
        lines
    }

    /// A cache may have lowered our TTLs; it cannot have raised them.
    fn no_older_than(&self, theirs: &Self) -> bool {
        self.oldest <= theirs.oldest
    }
}

/// Whether a name is one of these zones or lies below one.
fn is_below(owner: &str, zones: &[&str]) -> bool {
    let owner = owner.to_ascii_lowercase();
    let below = |zone: &&str| owner.strip_suffix(zone).is_some_and(|below| below.is_empty() || below.ends_with('.'));
    zones.iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(flags: &[&str], answer: &[&str]) -> Reply {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Reply { rcode: "NOERROR".to_owned(), flags: owned(flags), answer: owned(answer), ..Reply::default() }
    }

    fn judge(theirs: &[&Reply], tcp: Option<&Reply>, ours: &Reply, capped: Option<u32>) -> Verdict {
        let theirs = Theirs { replies: theirs.iter().map(|&reply| reply.clone()).collect(), tcp: tcp.cloned() };
        theirs.judge(Some(ours), Terms { capped, opt: true })
    }

    #[test]
    fn records_and_ttls() {
        let theirs = reply(&["aa"], &["a.cluster.local. 5 IN A 10.0.0.1", "a.cluster.local. 5 IN A 10.0.0.1"]);
        let ours = reply(&["aa"], &["a.cluster.local. 5 IN A 10.0.0.1"]);
        assert_eq!(judge(&[&theirs], None, &theirs, None), Verdict::Equal);
        assert_eq!(judge(&[&theirs], None, &ours, None), Verdict::Different, "duplicates count");
        let older = reply(&["aa"], &["a.cluster.local. 6 IN A 10.0.0.1"]);
        assert_eq!(judge(&[&older], None, &ours, None), Verdict::Different);
        assert_eq!(judge(&[], None, &ours, None), Verdict::Silent);
        assert_eq!(Theirs::default().judge(None, Terms::default()), Verdict::Different);
    }

    #[test]
    fn cached_records() {
        let fresh = reply(&["aa"], &["www.example.com. 300 IN A 192.0.2.80"]);
        let cached = reply(&["aa"], &["www.example.com. 29 IN A 192.0.2.80"]);
        assert_eq!(judge(&[&fresh], None, &cached, None), Verdict::Equal);
        assert_eq!(judge(&[&cached], None, &fresh, None), Verdict::Different);
        assert_eq!(judge(&[&cached], None, &fresh, Some(30)), Verdict::Equal);
        let fresh = reply(&["aa"], &["a.ip6.arpa. 30 IN PTR a.cluster.local."]);
        let cached = reply(&["aa"], &["A.ip6.arpa. 29 IN PTR a.cluster.local."]);
        assert_eq!(judge(&[&cached], None, &fresh, Some(30)), Verdict::Equal);
        assert_eq!(judge(&[&cached], None, &fresh, None), Verdict::Different);
        let (long, cut) =
            ("dns-version.cluster.local. 28800 IN TXT \"1.1.0\"", "dns-version.cluster.local. 30 IN TXT \"1.1.0\"");
        assert_eq!(judge(&[&reply(&[], &[cut])], None, &reply(&[], &[long]), Some(30)), Verdict::Equal);
        assert_eq!(judge(&[&reply(&[], &[cut])], None, &reply(&[], &[long]), None), Verdict::Different);
    }

    #[test]
    fn parts_of_a_whole() {
        let records = ["a.cluster.local. 5 IN A 10.0.0.1", "a.cluster.local. 5 IN A 10.0.0.2"];
        let whole = reply(&["aa"], &records);
        let (first, second) = (reply(&["aa", "tc"], &records[..1]), reply(&["aa", "tc"], &records[1..]));
        assert_eq!(judge(&[&first], Some(&whole), &second, None), Verdict::Truncated);
        assert_eq!(judge(&[&first], None, &second, None), Verdict::Different);
        let (first, second) = (reply(&["aa"], &records[..1]), reply(&["aa"], &records[1..]));
        assert_eq!(judge(&[&first, &second], None, &whole, None), Verdict::Unstable);
        assert_eq!(judge(&[&first, &whole], None, &second, None), Verdict::Unstable);
        assert_eq!(judge(&[&first, &second], None, &second, None), Verdict::Unstable);
        assert_eq!(judge(&[&first, &second], None, &reply(&["aa"], &[]), None), Verdict::Different);
        assert_eq!(judge(&[&first], None, &second, None), Verdict::Different);
    }
}
