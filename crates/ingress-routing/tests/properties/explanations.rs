use std::cmp::Reverse;

use ingress_routing::model::{Change, Kind};
use ingress_routing::{
    CandidateVerdict, Conflict, Decision, Options, Outcome, RequestBuffer, RequestOptions, Route, RouteMatch, Router,
};
use proptest::prelude::*;

use crate::given::{history, requests};

fn matched_rule<'a>(outcome: &Outcome<'a>) -> Option<&'a Route> {
    match outcome {
        Outcome::Forward(forward) => forward.matched.rule(),
        Outcome::Respond { matched, .. } => matched.and_then(RouteMatch::rule),
        Outcome::Redirect { matched, .. } => matched.rule(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn an_explanation_is_of_what_happens(changes in history(), asked in requests()) {
        let mut router = Router::new(Options::new());
        router.apply_all(changes);
        router.apply_all(Kind::ALL.map(Change::Synced));
        let table = router.publish();
        for asked in &asked[..16] {
            let mut buffer = RequestBuffer::new();
            let outcome = table.route(&asked.head(), &mut buffer);
            let why = table.explain(&asked.head());
            prop_assert_eq!(&why.decision, &Decision::from(outcome));
            let chosen: Vec<_> =
                why.candidates.iter().filter(|candidate| candidate.verdict == CandidateVerdict::Chosen).collect();
            match matched_rule(&outcome) {
                Some(rule) => {
                    prop_assert_eq!(chosen.len(), 1);
                    prop_assert!(std::ptr::eq(chosen[0].route, rule));
                    prop_assert!(std::ptr::eq(why.candidates[0].route, rule), "the chosen one is the first");
                }
                None => prop_assert!(chosen.is_empty()),
            }
            // By rank: what decided is the first field in which the two differ.
            for candidate in &why.candidates {
                if let CandidateVerdict::Behind(field) = candidate.verdict {
                    let (first, rank) = (why.candidates[0].route.rank(), candidate.route.rank());
                    prop_assert!(first > rank);
                    prop_assert_eq!(first.decided_by(&rank), Some(field));
                }
            }
        }
    }

    #[test]
    fn ranks_are_in_one_total_order(changes in history()) {
        let mut router = Router::new(Options::new());
        router.apply_all(changes);
        let table = router.publish();
        let ranks: Vec<_> = table.routes().map(Route::rank).collect();
        for a in &ranks {
            for b in &ranks {
                prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                prop_assert_eq!(a.decided_by(b).is_none(), a == b);
                for c in &ranks {
                    prop_assert!(!(a <= b && b <= c) || a <= c);
                }
            }
        }
        let mut sorted = ranks.clone();
        sorted.sort_by_key(|rank| Reverse(*rank));
        // Two rules of one place differ in their rank: no order is left to chance.
        for (index, route) in table.routes().enumerate() {
            for other in table.routes().skip(index + 1) {
                prop_assert!(route.rank() != other.rank() || route.host() != other.host() || route.path() != other.path());
            }
        }
    }

    #[test]
    fn conflicts_are_so(changes in history(), asked in requests()) {
        let mut router = Router::new(Options::new());
        router.apply_all(changes);
        router.apply_all(Kind::ALL.map(Change::Synced));
        let table = router.publish();
        let mut unused: Vec<*const Route> = Vec::new();
        for conflict in table.conflicts() {
            let mut buffer = RequestBuffer::new();
            match conflict {
                Conflict::Duplicate { loser, winner, .. } => {
                    prop_assert!(winner.rank() > loser.rank());
                    unused.push(loser);
                }
                Conflict::Shadowed { route, by, witness } => {
                    let head = witness.head();
                    {
                        let mut buffer = RequestBuffer::new();
                        let request = head.read(&RequestOptions::default(), &mut buffer).unwrap();
                        prop_assert!(route.path().matches(&request.path()) && by.path().matches(&request.path()));
                        prop_assert!(request.host().is_some_and(|host| route.host().matches(&host)));
                    }
                    let rule = matched_rule(&table.route(&head, &mut buffer)).unwrap();
                    prop_assert!(rule.rank() >= by.rank(), "{rule} {by}");
                    unused.push(route);
                }
                Conflict::HiddenByHost { route, witness, .. } => {
                    let head = witness.head();
                    let rule = matched_rule(&table.route(&head, &mut buffer));
                    prop_assert!(rule.is_none(), "{route} {rule:?}");
                }
                _ => {}
            }
        }
        for asked in asked {
            let mut buffer = RequestBuffer::new();
            if let Some(rule) = matched_rule(&table.route(&asked.head(), &mut buffer)) {
                prop_assert!(!unused.contains(&std::ptr::from_ref(rule)), "{rule}");
            }
        }
    }
}
