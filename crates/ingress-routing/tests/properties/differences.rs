use ingress_routing::model::{Change, Kind};
use ingress_routing::{Decision, HostFallback, HttpsRedirect, Options, RequestBuffer, Router, RoutingTable, diff};
use proptest::prelude::*;

use crate::given::{Asked, change, history, requests};

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>()).prop_map(|(fallback, redirect)| {
        let fallback = if fallback { HostFallback::OnPathMiss } else { HostFallback::Never };
        let redirect = if redirect { HttpsRedirect::default() } else { HttpsRedirect::Off };
        Options::new().with_host_fallback(fallback).with_https_redirect(redirect)
    })
}

fn decision(table: &RoutingTable, asked: &Asked) -> Decision {
    table.route(&asked.head(), &mut RequestBuffer::new()).into()
}

proptest! {
    #[test]
    fn a_diff_is_complete_and_minimal(
        first in history(),
        then in proptest::collection::vec(change(), 0..4),
        options_before in options(),
        other_options in proptest::option::weighted(0.2, options()),
        asked in requests(),
    ) {
        let table = |options: Options, changes: Vec<Change>| {
            let mut router = Router::new(options);
            router.apply_all(changes);
            router.apply_all(Kind::ALL.map(Change::Synced));
            router.publish()
        };
        let before = table(options_before.clone(), first.clone());
        let after = table(other_options.unwrap_or(options_before), [first, then].concat());
        let differences = diff(&before, &after);
        // Complete: what differs is in one of them, and in one only, with what is said of it.
        for asked in &asked {
            let (was, is) = (decision(&before, asked), decision(&after, asked));
            let head = asked.head();
            let mut buffer = RequestBuffer::new();
            let request = head.read(before.options().request(), &mut buffer).unwrap();
            let covering: Vec<_> = differences.iter().filter(|difference| difference.covers(&request)).collect();
            if was == is {
                prop_assert!(covering.is_empty(), "{:?} {}", asked, covering[0]);
            } else {
                prop_assert_eq!(covering.len(), 1, "{:?} {} {}", asked, was, is);
                prop_assert_eq!((&covering[0].before, &covering[0].after), (&was, &is), "{:?}", asked);
            }
        }
        // Minimal: none is empty, and no two are of one kind.
        for (index, difference) in differences.iter().enumerate() {
            let head = difference.witness.head();
            let mut buffers = [RequestBuffer::new(), RequestBuffer::new(), RequestBuffer::new()];
            let [one, two, three] = &mut buffers;
            prop_assert_eq!(&Decision::from(before.route(&head, one)), &difference.before);
            prop_assert_eq!(&Decision::from(after.route(&head, two)), &difference.after);
            prop_assert!(difference.covers(&head.read(before.options().request(), three).unwrap()), "{}", difference);
            for other in &differences[index + 1..] {
                let kind = |difference: &ingress_routing::RouteDifference| {
                    (difference.host.clone(), difference.before.clone(), difference.after.clone())
                };
                prop_assert_ne!(kind(difference), kind(other));
            }
        }
        prop_assert!(diff(&before, &before).is_empty());
    }
}
