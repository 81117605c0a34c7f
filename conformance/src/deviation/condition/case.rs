use crate::compare::Difference;
use crate::deviation::asked::Asked;
use crate::deviation::facts::Facts;
use crate::reply::{Reply, parts};

/// A difference, prepared for asking about it.
#[derive(Debug)]
pub struct Case<'a> {
    pub(super) asked: Option<Asked>,
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) class: &'a str,
    pub(super) theirs: &'a Reply,
    pub(super) ours: &'a Reply,
    pub(super) facts: &'a Facts,
}

impl<'a> Case<'a> {
    /// Prepares a difference.
    #[must_use]
    pub fn new(difference: Difference<'a>) -> Self {
        let Difference { question, theirs, ours, facts } = difference;
        Self {
            asked: Asked::new(question),
            name: &question.qname,
            kind: &question.qtype,
            class: question.qclass.as_deref().unwrap_or("IN"),
            theirs,
            ours,
            facts,
        }
    }

    /// Whether the name is the zone's with these labels before it.
    pub(super) fn is(&self, labels: &[&str]) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is(labels))
    }

    pub(super) fn is_reverse(&self) -> bool {
        self.asked.as_ref().is_some_and(Asked::is_reverse)
    }

    pub(super) fn same_flags(&self) -> bool {
        self.theirs.flags == self.ours.flags
    }

    /// The same flags, but that ours may be cut: it has more to say.
    pub(super) fn same_flags_or_cut(&self) -> bool {
        self.ours.flags.iter().filter(|flag| *flag != "tc").eq(&self.theirs.flags) || self.same_flags()
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
        same && self.same_flags() && bare(self.theirs) && bare(self.ours)
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
pub(super) fn only_in<'r>(left: &'r [String], right: &[String]) -> Vec<&'r str> {
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
