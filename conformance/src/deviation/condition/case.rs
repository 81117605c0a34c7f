use crate::compare::Difference;
use crate::deviation::asked::Asked;
use crate::deviation::facts::Facts;
use crate::deviation::whole;
use crate::reply::{Reply, parts};

/// A difference, prepared for asking about it: both answers whole, as if there had been room.
#[derive(Debug)]
pub struct Case<'a> {
    pub(super) asked: Option<Asked>,
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) class: &'a str,
    /// What they answer with this code and these flags, TC aside: every record that was in one of the replies.
    pub(super) theirs: Reply,
    /// Whether they left out something, and said so.
    pub(super) theirs_cut: bool,
    /// What we answer, TC aside.
    pub(super) ours: Reply,
    /// Whether we left out something, and said so.
    pub(super) ours_cut: bool,
    pub(super) facts: &'a Facts,
}

impl<'a> Case<'a> {
    /// Prepares a difference: one case for each code with flags that they answered.
    ///
    /// # Errors
    /// Where a reply was cut and what was to be in it is not known, or we sent what is not in our whole answer.
    pub fn all(difference: Difference<'a>) -> Result<Vec<Self>, String> {
        let Difference { question, theirs, ours, facts, terms } = difference;
        let has_aged = theirs.all().chain(ours.all()).any(|reply| terms.may_have_aged(reply));
        let (our_whole, ours_cut) = whole::ours(ours, has_aged)?;
        let case = |(theirs, theirs_cut): (Reply, bool)| Self {
            asked: Asked::new(question),
            name: &question.qname,
            kind: &question.qtype,
            class: question.qclass.as_deref().unwrap_or("IN"),
            theirs,
            theirs_cut,
            ours: our_whole.clone(),
            ours_cut,
            facts,
        };
        Ok(whole::theirs(theirs, has_aged)?.into_iter().map(case).collect())
    }

    /// Whether the name is the zone's with these labels before it.
    pub(super) fn is(&self, labels: &[&str]) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is(labels))
    }

    pub(super) fn is_reverse(&self) -> bool {
        self.asked.as_ref().is_some_and(Asked::is_reverse)
    }

    /// The same flags, but for TC.
    pub(super) fn same_flags(&self) -> bool {
        self.theirs.flags == self.ours.flags
    }

    /// They say that the name does not exist, we that it has no such record.
    pub(super) fn exists_without_data(&self) -> bool {
        self.theirs.rcode == "NXDOMAIN" && self.ours.rcode == "NOERROR" && self.denied_by_both()
    }

    /// They say that the name has no such record, we that it does not exist.
    pub(super) fn does_not_exist(&self) -> bool {
        self.theirs.rcode == "NOERROR" && self.ours.rcode == "NXDOMAIN" && self.denied_by_both()
    }

    /// Neither has a record, both say for how long. In reverse zones a name that does not exist may be somebody else's
    /// to deny, and CoreDNS may have cached that.
    fn denied_by_both(&self) -> bool {
        let bare = |reply: &Reply| reply.answer.is_empty() && reply.additional.is_empty() && has_soa_alone(reply);
        let same = self.theirs.authority == self.ours.authority || self.is_reverse();
        same && self.same_flags() && bare(&self.theirs) && bare(&self.ours)
    }
}

/// Whether the authority section is one SOA record.
pub(super) fn has_soa_alone(reply: &Reply) -> bool {
    matches!(&reply.authority[..], [line] if line.contains(" IN SOA "))
}

/// A record's owner, type and data.
pub(super) fn record(line: &str) -> Option<(&str, &str, &str)> {
    let (owner, _, rest) = parts(line).ok()?;
    let (kind, data) = rest.strip_prefix("IN ")?.split_once(' ')?;
    Some((owner, kind, data))
}

/// The lines that only `left` has, one for each time it has them more often.
pub(in crate::deviation) fn only_in<'r>(left: &'r [String], right: &[String]) -> Vec<&'r str> {
    let mut right: Vec<&String> = right.iter().collect();
    let missing = left.iter().filter(|line| match right.iter().position(|other| other == line) {
        Some(at) => {
            right.swap_remove(at);
            false
        }
        None => true,
    });
    missing.map(String::as_str).collect()
}
