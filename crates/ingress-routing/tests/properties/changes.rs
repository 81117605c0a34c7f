use ingress_routing::model::{Change, Kind};
use ingress_routing::{Options, Router, RoutingTable};
use object_change::Delta;
use proptest::prelude::*;

use crate::common::ask::outcome;
use crate::common::world::World;
use crate::given::{Asked, history, requests};

/// What a table answers, and all that it lists.
fn behaviour(table: &RoutingTable, asked: &[Asked]) -> Vec<String> {
    let mut buffer = ingress_routing::RequestBuffer::new();
    let mut told: Vec<String> = asked.iter().map(|asked| outcome(table.route(&asked.head(), &mut buffer))).collect();
    told.extend(asked.iter().take(4).map(|asked| table.explain(&asked.head()).to_string()));
    told.extend(table.conflicts().iter().map(ToString::to_string));
    let mut routes: Vec<String> = table.routes().map(ToString::to_string).collect();
    routes.sort_unstable();
    told.extend(routes);
    told.extend(table.offers().map(|offer| format!("{offer:?}")));
    told
}

/// What a change is about: changes of one object are not independent.
fn subject(change: &Change) -> String {
    match change {
        Change::Ingress(delta) => format!("ingress {}", key(delta)),
        Change::Service(delta) => format!("service {}", key(delta)),
        Change::EndpointSlice(delta) => format!("slice {}", key(delta)),
        Change::Secret(delta) => format!("secret {}", key(delta)),
        other => format!("{other:?}"),
    }
}

fn key<V>(delta: &Delta<V>) -> String {
    match delta {
        Delta::Upsert(key, _) | Delta::Delete(key) => key.to_string(),
        _ => String::new(),
    }
}

proptest! {
    #[test]
    fn applied_one_by_one_is_built_from_the_end(changes in history(), asked in requests()) {
        let options = Options::new();
        let mut router = Router::new(options.clone());
        let mut held = Vec::new();
        for change in &changes {
            router.apply(change.clone());
            held.push(router.publish());
        }
        router.apply_all(Kind::ALL.map(Change::Synced));
        let built = World::of(&changes).router(&options).publish();
        prop_assert_eq!(behaviour(&router.publish(), &asked), behaviour(&built, &asked));
    }

    #[test]
    fn the_order_of_independent_changes_does_not_matter(changes in history(), order: u64, asked in requests()) {
        // A list is about every object of its kind.
        let changes: Vec<Change> =
            changes.into_iter().filter(|change| !format!("{change:?}").contains("(ReplaceAll")).collect();
        let hash = |change: &Change| {
            subject(change).bytes().fold(order, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
        };
        let mut other = changes.clone();
        other.sort_by_key(hash);
        let table = |changes: Vec<Change>| {
            let mut router = Router::new(Options::new());
            router.apply_all(changes);
            router.apply_all(Kind::ALL.map(Change::Synced));
            router.publish()
        };
        prop_assert_eq!(behaviour(&table(changes), &asked), behaviour(&table(other), &asked));
    }

    #[test]
    fn a_table_does_not_change_and_an_effect_tells_of_every_change(before in history(), after in history(), asked in requests()) {
        let mut router = Router::new(Options::new());
        router.apply_all(before);
        router.apply_all(Kind::ALL.map(Change::Synced));
        let first = router.publish();
        let then = behaviour(&first, &asked);
        let mut last = then.clone();
        for change in after {
            let effect = router.apply(change);
            let now = behaviour(&router.publish(), &asked);
            prop_assert!(effect.changed || now == last);
            last = now;
        }
        prop_assert_eq!(behaviour(&first, &asked), then);
    }
}
