//! The source against an API server that fails on command: what is published is never half a list, and in the end it is the truth.

#[path = "kube/fake.rs"]
mod fake;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake::{Fake, Fault, World};
use k8s_source::kube::{Event, KubeOptions, KubeSource, Problem, State};
use k8s_source::{Consumer, Kind, ObjectChange};
use object_change::{Delta, Diagnostic};
use proptest::prelude::*;
use tokio::time::{sleep, timeout};

type View = BTreeMap<String, String>;

/// Keeps addresses by name, and what of them was published.
#[derive(Clone, Debug, Default)]
struct Addresses {
    view: View,
    is_synced: bool,
    published: Arc<Mutex<Vec<View>>>,
}

impl Consumer for Addresses {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Service(Delta::Upsert(key, service)) => {
                self.view.insert(key.to_string(), service.spec.cluster_ip.to_string());
            }
            ObjectChange::Service(Delta::Delete(key)) => {
                self.view.remove(&key.to_string());
            }
            ObjectChange::Synced(Kind::Service) => self.is_synced = true,
            other => panic!("{other:?}"),
        }
        Vec::new()
    }

    fn publish(&mut self) {
        assert!(self.is_synced, "nothing may be seen before everything was read");
        self.published.lock().unwrap().push(self.view.clone());
    }
}

fn options() -> KubeOptions {
    KubeOptions::new([Kind::Service])
        .unwrap()
        .with_page_size(3)
        .with_watch_timeout(Duration::from_secs(1))
        .with_pauses(Duration::from_millis(1), Duration::from_millis(4))
}

/// Runs a source until what it published is what there is, and gives all that it published and told.
async fn until_true(fake: &Fake, act: impl AsyncFnOnce()) -> (Vec<View>, Vec<Event>) {
    let mut source = KubeSource::new(fake.serve().await, &options());
    let mut consumer = Addresses::default();
    let published = Arc::clone(&consumer.published);
    let mut events = Vec::new();
    let arrive = async {
        act().await;
        while published.lock().unwrap().last() != Some(&fake.world(|world| world.view())) {
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = source.run(&mut consumer, |event| events.push(event)) => {}
        arrived = timeout(Duration::from_secs(20), arrive) => {
            let told = published.lock().unwrap();
            assert!(arrived.is_ok(), "{:?} instead of {:?}; {events:?}", told.last(), fake.world(|world| world.view()));
        }
    }
    let published = published.lock().unwrap().clone();
    (published, events)
}

/// Waits until the fake was asked as wanted.
async fn asked(fake: &Fake, wanted: impl Fn(&World) -> bool) {
    while !fake.world(|world| wanted(world)) {
        sleep(Duration::from_millis(1)).await;
    }
}

fn fake_with(services: usize) -> Fake {
    let fake = Fake::default();
    fake.world(|world| (0..services).for_each(|number| world.put(&format!("stable-{number}"), "10.0.0.1")));
    fake
}

#[tokio::test]
async fn lists_are_paged_and_changes_followed() {
    let fake = fake_with(7);
    let (published, events) = until_true(&fake, async || {
        asked(&fake, |world| world.watches > 0).await;
        fake.world(|world| {
            world.put("web", "10.0.0.2");
            world.put("stable-0", "10.0.0.3");
            world.remove("stable-1");
        });
    })
    .await;
    assert_eq!(published.first().map(View::len), Some(7));
    assert_eq!(fake.world(|world| world.lists), 3, "7 objects in pages of 3");
    assert_eq!(
        fake.world(|world| world.last_lists.clone()),
        [false, false, true],
        "the watch has a connection without a long list's buffers"
    );
    assert!(events.contains(&Event::Synced(Kind::Service)));
    assert!(!events.iter().any(|event| matches!(event, Event::Failed { .. })), "{events:?}");
}

/// Each fault meets the list, then the watch, while objects change.
#[tokio::test]
async fn each_fault_passes() {
    for fault in Fault::ALL {
        for before in 0..6 {
            let fake = fake_with(7);
            // Three pages and a watch come first where nothing fails.
            fake.world(|world| {
                world.faults = std::iter::repeat_n(None, before).chain([Some(fault)]).collect();
            });
            let (published, _) = until_true(&fake, async || {
                sleep(Duration::from_millis(10)).await;
                fake.world(|world| world.put("web", "10.0.0.2"));
                sleep(Duration::from_millis(10)).await;
                fake.world(|world| world.remove("web"));
                fake.world(|world| world.put("db", "10.0.0.4"));
            })
            .await;
            let whole = published.iter().all(|view| (0..7).all(|n| view.contains_key(&format!("shop/stable-{n}"))));
            assert!(whole, "{fault:?} after {before} requests: {published:?}");
        }
    }
}

#[tokio::test]
async fn a_compacted_history_leads_to_a_list_that_tells_deletions() {
    let fake = fake_with(4);
    fake.world(|world| world.faults = [None, None, Some(Fault::Short), Some(Fault::Refuse)].into());
    let (published, events) = until_true(&fake, async || {
        asked(&fake, |world| world.watches > 0).await;
        fake.world(|world| {
            world.put("web", "10.0.0.2");
            world.remove("stable-2");
            world.remove("web");
            world.compact();
        });
    })
    .await;
    assert!(!published.last().unwrap().contains_key("shop/stable-2"));
    assert!(
        events.iter().any(|event| matches!(event, Event::Failed { problem, .. } if **problem == Problem::Expired)),
        "{events:?}"
    );
}

#[tokio::test]
async fn the_status_says_since_when_it_is_stale() {
    let fake = fake_with(2);
    let mut source = KubeSource::new(fake.serve().await, &options());
    let mut consumer = Addresses::default();
    let mut status = source.status();
    assert_eq!(status.borrow().state(), State::Syncing);
    let mut told = Vec::new();
    let watch = async {
        let mut wait = async |wanted: fn(State) -> bool| {
            let found = timeout(Duration::from_secs(10), status.wait_for(|status| wanted(status.state()))).await;
            found.expect("in time").unwrap().clone()
        };
        assert_eq!(wait(|state| state == State::Live).await.kinds[0].objects, 2);
        let before = std::time::SystemTime::now();
        fake.world(|world| world.faults = vec![Some(Fault::Status(500)); 40].into());
        let stale = wait(|state| matches!(state, State::Stale { .. })).await;
        let State::Stale { since } = stale.state() else { panic!("{stale:?}") };
        assert!(since >= before - Duration::from_secs(2) && since <= std::time::SystemTime::now());
        assert!(matches!(stale.kinds[0].problem.as_deref(), Some(Problem::Refused { status: 500, .. })), "{stale:?}");
        assert_eq!(wait(|state| state == State::Live).await.kinds[0].problem, None);
    };
    tokio::select! {
        _ = source.run(&mut consumer, |event| told.push(event)) => {}
        () = watch => {}
    }
    let failures = told.iter().filter(|event| matches!(event, Event::Failed { stale_since: Some(_), .. })).count();
    assert_eq!(failures, 1, "the same problem is told once: {told:?}");
    assert!(matches!(told.last(), Some(Event::Recovered { .. })), "{told:?}");
}

#[tokio::test]
async fn a_missing_permission_is_named_and_awaited() {
    for verb in ["list", "watch"] {
        let fake = fake_with(2);
        fake.world(|world| world.denied = Some(verb));
        let (published, events) = until_true(&fake, async || {
            asked(&fake, |world| world.lists > 1 && (verb == "list" || world.watches > 1)).await;
            fake.world(|world| {
                world.denied = None;
                world.put("web", "10.0.0.2");
            });
        })
        .await;
        let told = events.iter().find_map(|event| match event {
            Event::Failed { problem, .. } => Some(problem.to_string()),
            _ => None,
        });
        assert!(
            told.as_ref().is_some_and(|told| told.starts_with(&format!("not allowed to {verb} services"))),
            "{told:?}"
        );
        assert!(published.last().unwrap().contains_key("shop/web"));
    }
}

#[tokio::test]
async fn a_load_reads_once_or_says_why_not() {
    let fake = fake_with(5);
    let mut source = KubeSource::new(fake.serve().await, &options());
    let mut consumer = Addresses::default();
    source.load(&mut consumer, |_| {}).await.unwrap();
    assert_eq!(consumer.published.lock().unwrap()[..], [fake.world(|world| world.view())]);

    fake.world(|world| world.faults = [Some(Fault::Status(401))].into());
    let mut source = KubeSource::new(fake.serve().await, &options());
    let failed = source.load(&mut Addresses::default(), |_| {}).await;
    assert_eq!(failed.unwrap_err().to_string(), "the credentials are not accepted: as told");
}

#[tokio::test]
async fn a_kind_that_is_not_there_is_empty_until_it_is() {
    // The fake knows Services alone, under whatever path: a 404 stands for a kind that is not installed.
    let fake = Fake::default();
    fake.world(|world| world.faults = [Some(Fault::Status(404))].into());
    let options = KubeOptions::new([Kind::ServiceImport]).unwrap().with_watch_timeout(Duration::from_secs(1));
    let mut source = KubeSource::new(fake.serve().await, &options);
    struct Synced(bool);
    impl Consumer for Synced {
        fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
            self.0 |= matches!(change, ObjectChange::Synced(Kind::ServiceImport));
            Vec::new()
        }
        fn publish(&mut self) {}
    }
    let mut consumer = Synced(false);
    let status = source.status();
    source.load(&mut consumer, |_| {}).await.unwrap();
    assert!(consumer.0);
    let told = status.borrow().clone();
    assert_eq!(told.state(), State::Live);
    assert!(matches!(told.kinds[0].problem.as_deref(), Some(Problem::NoSuchKind(_))), "{told:?}");
}

#[derive(Clone, Debug)]
enum Act {
    Put(u8, u8),
    Remove(u8),
    Compact,
    Fault(Fault),
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..8_u8, 1..5_u8).prop_map(|(name, address)| Act::Put(name, address)),
        3 => (0..8_u8).prop_map(Act::Remove),
        1 => Just(Act::Compact),
        3 => prop::sample::select(&Fault::ALL[..]).prop_map(Act::Fault),
        3 => Just(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_fails_the_end_is_the_truth(acts in prop::collection::vec(act(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fake = fake_with(5);
            let (published, _) = until_true(&fake, async || {
                for act in acts {
                    match act {
                        Act::Put(name, address) => fake.world(|world| world.put(&format!("s{name}"), &format!("10.0.1.{address}"))),
                        Act::Remove(name) => fake.world(|world| world.remove(&format!("s{name}"))),
                        Act::Compact => fake.world(|world| world.compact()),
                        Act::Fault(fault) => fake.world(|world| world.faults.push_back(Some(fault))),
                        Act::Wait => sleep(Duration::from_millis(4)).await,
                    }
                }
            })
            .await;
            let is_whole = |view: &View| (0..5).all(|number| view.contains_key(&format!("shop/stable-{number}")));
            assert!(published.iter().all(is_whole), "{published:?}");
        });
    }
}
