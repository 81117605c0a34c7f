//! Questions about a cluster: about everything that is in it, and about what nearly is.

mod names;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::chance::Chance;
use crate::cluster::key;
use crate::question::Question;

/// Types asked of any name at all.
const TYPES: [&str; 15] =
    ["A", "AAAA", "SRV", "A", "AAAA", "TXT", "CNAME", "PTR", "NS", "SOA", "MX", "HTTPS", "ANY", "CAA", "NAPTR"];

/// At most `max` questions about the objects of a `v1` `List`, in random order.
#[must_use]
pub fn derive(list: &Value, seed: u64, max: usize) -> Vec<Question> {
    let mut asker =
        Asker { chance: Chance::new(seed ^ 0x5eed), exact: BTreeSet::new(), near: BTreeSet::new(), names: Vec::new() };
    asker.fixed();
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |kind: &'static str| items.iter().filter(move |item| item["kind"] == kind);
    for namespace in of("Namespace") {
        asker.namespace(key(namespace).1);
    }
    for missing in ["nosuch", "NoSuch", r"x\.y", "-"] {
        asker.namespace(missing);
    }
    for service in of("Service") {
        let (namespace, name) = key(service);
        let slices = of("EndpointSlice").filter(|slice| {
            key(slice).0 == namespace && slice["metadata"]["labels"]["kubernetes.io/service-name"] == name
        });
        asker.service(service, slices);
    }
    // Those without a Service are asked about, too.
    for slice in of("EndpointSlice") {
        asker.slice(slice);
    }
    for pod in of("Pod") {
        asker.pod(pod);
    }
    asker.finish(max)
}

struct Asker {
    chance: Chance,
    /// About what should be there.
    exact: BTreeSet<Question>,
    /// About everything else.
    near: BTreeSet<Question>,
    /// Every name asked about, for more types.
    names: Vec<String>,
}

impl Asker {
    /// Asks about something that should be there.
    fn ask(&mut self, name: &str, types: &[&str]) {
        self.names.push(name.to_owned());
        for kind in types {
            let question = self.question(name, kind);
            self.exact.extend(question);
        }
    }

    /// Asks about something that may well not be there.
    fn near(&mut self, name: &str, types: &[&str]) {
        self.names.push(name.to_owned());
        for kind in types {
            let question = self.question(name, kind);
            self.near.extend(question);
        }
    }

    /// Asks near things for addresses or services, and with luck for one more type.
    fn probe(&mut self, name: &str) {
        let kind = *self.chance.pick(&["A", "AAAA", "SRV"]);
        self.near(name, &[kind]);
        if self.chance.percent(30) {
            let kind = *self.chance.pick(&TYPES);
            self.near(name, &[kind]);
        }
    }

    fn question(&mut self, name: &str, kind: &str) -> Option<Question> {
        let mut question = Question::new(name, kind);
        // Labels that were put together may have become too long for a name.
        question.to_wire(0, None).ok()?;
        question.rd = !self.chance.percent(8);
        question.dnssec_ok = self.chance.percent(10);
        Some(question)
    }

    fn finish(mut self, max: usize) -> Vec<Question> {
        // The other types, and letters in the wrong case, of names picked at random.
        for _ in 0..max / 5 {
            if self.names.is_empty() {
                break;
            }
            let name = self.chance.pick(&self.names).clone();
            let kind = *self.chance.pick(&TYPES);
            let name = if self.chance.percent(40) { self.chance.mixed_case(&name) } else { name };
            let question = self.question(&name, kind);
            self.near.extend(question);
        }
        let mut exact: Vec<Question> = std::mem::take(&mut self.exact).into_iter().collect();
        let mut near: Vec<Question> = std::mem::take(&mut self.near).into_iter().collect();
        near.retain(|question| exact.binary_search(question).is_err());
        self.chance.shuffle(&mut exact);
        self.chance.shuffle(&mut near);
        // There are many more things that do not exist than things that do.
        let most = (max * 3 / 5).max(max.saturating_sub(near.len()));
        exact.truncate(most);
        near.truncate(max - exact.len());
        exact.append(&mut near);
        self.chance.shuffle(&mut exact);
        exact
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;
    use crate::variant::Variant;

    #[test]
    fn of_a_recorded_cluster() {
        let golden = golden::read(1, Variant::Insecure).unwrap();
        let list: Value = serde_json::from_slice(&golden.cluster).unwrap();
        let questions = derive(&list, 1, 100_000);
        assert!(questions.len() > 3_000, "{}", questions.len());
        assert_eq!(questions, derive(&list, 1, 100_000));
        assert_eq!(derive(&list, 1, 500).len(), 500);
        // What was recorded as found is asked for again, but for the capitals.
        let asked: BTreeSet<&str> = questions.iter().map(|question| question.qname.as_str()).collect();
        let found = golden.rows.iter().filter(|row| row.udp.reply().is_some_and(|reply| !reply.answer.is_empty()));
        let missed: BTreeSet<&str> = found
            .map(|row| row.question.qname.as_str())
            .filter(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase()) && !asked.contains(name))
            .collect();
        assert!(missed.len() < 40, "{missed:#?}");
    }
}
