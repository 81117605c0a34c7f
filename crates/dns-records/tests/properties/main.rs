//! What must hold for any cluster, any history of it and any question.

mod answers;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod existence;
mod names;
mod replies;

use common::script::Script;
use proptest::collection::vec;
use proptest::prelude::*;

/// Options and changes from octets: fewer octets make simpler ones, so that failures shrink.
fn scripts(changes: usize) -> impl Strategy<Value = Script> {
    let octets = vec(any::<u8>(), 0..48);
    (vec(any::<u8>(), 0..9), vec(octets, 0..changes)).prop_map(|(options, changes)| Script::of(&options, &changes))
}

/// A script after which everything is synced.
fn synced_scripts(changes: usize) -> impl Strategy<Value = Script> {
    scripts(changes).prop_map(|mut script| {
        script.changes.extend(dns_records::model::Kind::ALL.map(dns_records::model::Change::Synced));
        script
    })
}

fn questions() -> impl Strategy<Value = Vec<(dns_records::Name, dns_records::RecordType)>> {
    let question = (vec(any::<u8>(), 0..12), proptest::sample::select(&common::script::TYPES[..]));
    let read = |(octets, record_type): (Vec<u8>, _)| {
        (common::script::question(&mut common::reading::Reading::new(&octets)), record_type)
    };
    vec(question.prop_map(read), 1..24)
}
