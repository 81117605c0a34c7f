//! The recorded look-ups of the real resolvers, judged: our walk can have made each, but for those that `lab/known.toml`
//! tells of.

use whereto_conformance::lab::case::Original;
use whereto_conformance::lab::known::{self, Ledger};
use whereto_conformance::lab::model::Model;
use whereto_conformance::lab::recording::{self, Recording};
use whereto_conformance::lab::trace::Outcome;
use whereto_conformance::lab::{generate, judge};

fn recorded(original: Original) -> Vec<Recording> {
    recording::read(&recording::folder(), original).expect("recorded look-ups")
}

#[test]
fn recorded_look_ups_are_ours() {
    let mut ledger = Ledger::new(known::ours().expect("rows"));
    let mut unexplained = Vec::new();
    for original in Original::ALL {
        let recordings = recorded(original);
        assert!(recordings.len() >= 200, "{}: {}", original.name(), recordings.len());
        for (at, recording) in recordings.iter().enumerate() {
            if let Err(why) = judge::judge(original, &recording.case, &recording.trace)
                && !ledger.explain(recording)
            {
                unexplained.push(format!("{} {at}: {why}\n{:?}", original.name(), recording.case));
            }
        }
    }
    assert!(unexplained.is_empty(), "{} not explained:\n{}", unexplained.len(), unexplained.join("\n"));
    assert_eq!(ledger.mistakes(), [""; 0]);
}

/// A judge that takes everything would prove nothing: what one resolver did is not what another does, nor what it would
/// have done with a query less, another name, a later retry or another end.
#[test]
fn the_judge_refuses_what_did_not_happen() {
    let recordings = recorded(Original::Glibc236);
    let accepted = |recording: &&Recording| judge::judge(recording.original, &recording.case, &recording.trace).is_ok();
    let refuses = |change: &dyn Fn(&mut Recording)| {
        let accepted = recordings.iter().filter(accepted).filter(|recording| recording.trace.queries.len() > 2);
        accepted.clone().count() > 50
            && accepted.cloned().all(|mut recording| {
                change(&mut recording);
                judge::judge(recording.original, &recording.case, &recording.trace).is_err()
            })
    };
    assert!(refuses(&|recording| drop(recording.trace.queries.pop())));
    assert!(refuses(&|recording| recording.trace.queries[1].name.insert(0, 'x')));
    assert!(refuses(&|recording| recording.trace.queries[2].qtype = 5));
    assert!(refuses(&|recording| recording.trace.queries[0].edns = Some(512)));
    assert!(refuses(&|recording| recording.trace.elapsed += 900));
    assert!(refuses(&|recording| recording.trace.outcome = Outcome::Error("EAI_FAIL (-4)".to_owned())));
    let others = recordings
        .iter()
        .filter(|recording| judge::judge(Original::Hickory0263, &recording.case, &recording.trace).is_ok());
    assert!(others.count() < recordings.len() / 2);
}

/// What our walk does when it is left alone is something that it can do.
#[test]
fn our_own_traces_are_ours() {
    for number in 0..400 {
        let case = generate::case(7, number);
        for original in Original::ALL {
            let model = Model::new(original, &case);
            // A walk that asks nobody has nothing to be recorded, one that ends late was never recorded to its end.
            if model.config.is_ok() {
                assert_eq!(
                    judge::judge(original, &case, &model.trace()),
                    Ok(()),
                    "{} {number}: {case:?}",
                    original.name()
                );
            }
        }
    }
}
