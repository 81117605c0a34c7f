//! Which certificate a server name gets. The Ingress API says nothing of overlaps, expiry or clients without server name: the order is this
//! crate's own, documented at `CertificateRank`.

use std::sync::Arc;

use ingress_routing::{
    CertificateChoice, CertificateFacts, CertificateFault, CertificateIndex, CertificateOffer, CertificateRankField,
    CertificateState, DefaultReason, Fingerprint, Host, HostBuffer, HostPattern, KeyKind, Validity, Verdict,
};
use object_change::ObjectKey;
use proptest::prelude::*;

const NOW: i64 = 1_767_225_600;

fn facts(names: &[&str]) -> CertificateFacts {
    CertificateFacts::new(names, NOW - 100, NOW + 100, KeyKind::EcdsaP256, Fingerprint([0; 32]))
}

fn usable(facts: CertificateFacts) -> CertificateState {
    CertificateState::Usable(Arc::new(facts))
}

fn expired(names: &[&str]) -> CertificateState {
    usable(CertificateFacts::new(names, NOW - 100, NOW - 1, KeyKind::EcdsaP256, Fingerprint([0; 32])))
}

/// The offer of the Secret `shop/<secret>` by the Ingress `shop/<ingress>`.
fn offer(secret: &str, ingress: &str, created: i64, hosts: &[&str], state: CertificateState) -> Arc<CertificateOffer> {
    let hosts = hosts.iter().map(|host| HostPattern::parse_tls(host).expect("a host"));
    let offer = CertificateOffer::new(ObjectKey::new("shop", secret), ObjectKey::new("shop", ingress), 0);
    Arc::new(offer.with_created(Some(created)).with_hosts(hosts).with_state(state))
}

fn index(offers: &[Arc<CertificateOffer>]) -> CertificateIndex {
    let mut index = CertificateIndex::new();
    offers.iter().for_each(|offer| index.insert(offer));
    index
}

/// The name of the Secret that is chosen, or why there is none.
fn chosen(index: &CertificateIndex, server_name: &str) -> Result<String, DefaultReason> {
    let mut buffer = HostBuffer::new();
    let host = Host::parse(server_name, &mut buffer).expect("a host");
    let explanation = index.explain(Some(&host), NOW);
    assert_eq!(explanation.choice, index.choose(Some(&host), NOW));
    match explanation.choice {
        CertificateChoice::Offered { offer, .. } => {
            assert_eq!(explanation.candidates[0].verdict, Verdict::Chosen);
            assert_eq!(explanation.candidates[0].offer, offer);
            Ok(offer.secret.name.to_string())
        }
        CertificateChoice::Default(reason) => Err(reason),
        _ => unreachable!("no other choice"),
    }
}

#[test]
fn a_name_comes_before_a_wildcard_and_that_is_one_label() {
    let index = index(&[
        offer("wild", "old", 1, &["*.foo.com"], usable(facts(&["*.foo.com"]))),
        offer("exact", "new", 2, &["a.foo.com"], usable(facts(&["a.foo.com"]))),
    ]);
    assert_eq!(chosen(&index, "a.foo.com").as_deref(), Ok("exact"));
    assert_eq!(chosen(&index, "A.Foo.Com.").as_deref(), Ok("exact"));
    assert_eq!(chosen(&index, "b.foo.com").as_deref(), Ok("wild"));
    assert_eq!(chosen(&index, "foo.com"), Err(DefaultReason::NoOffer));
    assert_eq!(chosen(&index, "b.a.foo.com"), Err(DefaultReason::NoOffer));
    assert_eq!(chosen(&index, "192.0.2.1"), Err(DefaultReason::NoOffer));
    assert_eq!(index.choose(None, NOW), CertificateChoice::Default(DefaultReason::NoServerName));
}

#[test]
fn a_valid_one_comes_before_any_other() {
    let valid = offer("valid", "new", 9, &["*.foo.com"], usable(facts(&["*.foo.com"])));
    let old = offer("old", "old", 1, &["a.foo.com"], expired(&["a.foo.com"]));
    let future = CertificateFacts::new(["a.foo.com"], NOW + 1, NOW + 9, KeyKind::Ed25519, Fingerprint([0; 32]));
    let future = offer("future", "older", 0, &["a.foo.com"], usable(future));
    let all = index(&[Arc::clone(&old), Arc::clone(&valid), Arc::clone(&future)]);
    assert_eq!(chosen(&all, "a.foo.com").as_deref(), Ok("valid"));
    let mut buffer = HostBuffer::new();
    let host = Host::parse("a.foo.com", &mut buffer).unwrap();
    let verdicts: Vec<_> = all.explain(Some(&host), NOW).candidates.iter().map(|candidate| candidate.verdict).collect();
    let behind = Verdict::Behind(CertificateRankField::Validity);
    assert_eq!(verdicts, [Verdict::Chosen, behind, behind]);
    // Rather one that clients may accept by hand than one for another name.
    let outdated = index(&[old, future]);
    assert_eq!(chosen(&outdated, "a.foo.com").as_deref(), Ok("future"));
    let CertificateChoice::Offered { validity, .. } = outdated.choose(Some(&host), NOW) else { panic!() };
    assert_eq!(validity, Validity::Outside);
}

/// RFC 5280 §4.1.2.5: both ends belong to the period.
#[test]
fn validity_includes_its_ends() {
    let facts = facts(&["a"]);
    for (now, expected) in [
        (NOW - 101, Validity::Outside),
        (NOW - 100, Validity::Valid),
        (NOW + 100, Validity::Valid),
        (NOW + 101, Validity::Outside),
    ] {
        assert_eq!(facts.validity(now), expected, "{now}");
    }
}

#[test]
fn ties_go_to_the_oldest_ingress_then_to_the_first_by_name() {
    let state = || usable(facts(&["a.foo.com"]));
    let hosts = &["a.foo.com"];
    let by_age = index(&[offer("young", "a", 2, hosts, state()), offer("old", "b", 1, hosts, state())]);
    assert_eq!(chosen(&by_age, "a.foo.com").as_deref(), Ok("old"));
    let by_name = index(&[offer("second", "b", 1, hosts, state()), offer("first", "a", 1, hosts, state())]);
    assert_eq!(chosen(&by_name, "a.foo.com").as_deref(), Ok("first"));
    let mut ageless = CertificateOffer::clone(&offer("ageless", "0", 0, hosts, state()));
    ageless.created = None;
    let by_presence = index(&[Arc::new(ageless), offer("dated", "z", NOW, hosts, state())]);
    assert_eq!(chosen(&by_presence, "a.foo.com").as_deref(), Ok("dated"));
}

#[test]
fn what_cannot_be_used_leads_to_the_default() {
    let broken = CertificateState::Broken("no private key".into());
    for (state, fault) in [
        (CertificateState::Missing, CertificateFault::Missing),
        (broken, CertificateFault::Broken("no private key")),
        (usable(facts(&["b.foo.com"])), CertificateFault::OtherHosts),
    ] {
        let index = index(&[offer("s", "i", 1, &["a.foo.com"], state.clone())]);
        assert_eq!(chosen(&index, "a.foo.com"), Err(DefaultReason::NoneUsable));
        let mut buffer = HostBuffer::new();
        let host = Host::parse("a.foo.com", &mut buffer).unwrap();
        let explanation = index.explain(Some(&host), NOW);
        assert_eq!(explanation.candidates[0].verdict, Verdict::Rejected(fault));
        assert!(
            explanation.to_string().contains(&format!("shop/s for a.foo.com by Ingress shop/i: rejected: {fault}"))
        );
        assert!(!index.has_certificate(&host));
    }
}

#[test]
fn without_hosts_the_names_of_the_certificate_count() {
    let index = index(&[offer("s", "i", 1, &[], usable(facts(&["a.foo.com", "*.b.com", "192.0.2.1", "f*.c.com"])))]);
    for (server_name, expected) in [("a.foo.com", true), ("x.b.com", true), ("b.com", false), ("foo.c.com", false)] {
        assert_eq!(chosen(&index, server_name).is_ok(), expected, "{server_name}");
    }
}

#[test]
fn a_wildcard_certificate_serves_an_exact_host() {
    let index = index(&[offer("s", "i", 1, &["a.foo.com"], usable(facts(&["*.foo.com"])))]);
    assert_eq!(chosen(&index, "a.foo.com").as_deref(), Ok("s"));
    // It is offered for one host, not for all that it names.
    assert_eq!(chosen(&index, "b.foo.com"), Err(DefaultReason::NoOffer));
}

#[test]
fn clients_get_a_key_that_they_can_use() {
    let rsa = CertificateFacts::new(["a.foo.com"], 0, NOW + 1, KeyKind::Rsa { bits: 2048 }, Fingerprint([1; 32]));
    let index = index(&[
        offer("rsa", "b", 2, &["a.foo.com"], usable(rsa)),
        offer("ecdsa", "a", 1, &["a.foo.com"], usable(facts(&["a.foo.com"]))),
    ]);
    let mut buffer = HostBuffer::new();
    let host = Host::parse("a.foo.com", &mut buffer).unwrap();
    let choose = |rsa_only: bool| match index
        .choose_usable(Some(&host), NOW, |facts| !rsa_only || matches!(facts.key_kind, KeyKind::Rsa { .. }))
    {
        CertificateChoice::Offered { offer, .. } => offer.secret.name.to_string(),
        _ => String::new(),
    };
    assert_eq!((choose(true), choose(false)), ("rsa".into(), "ecdsa".into()));
    let none = index.choose_usable(Some(&host), NOW, |_| false);
    assert_eq!(none, CertificateChoice::Default(DefaultReason::NoneUsable));
}

#[test]
fn diagnostics_name_the_place() {
    let text = |offer: &CertificateOffer| {
        offer.diagnostics(NOW).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let place = "Ingress shop/i: spec.tls[0]";
    let default = "clients get the default certificate";
    for (hosts, state, expected) in [
        (&["a.foo.com"][..], usable(facts(&["a.foo.com"])), String::new()),
        (
            &["a.foo.com"],
            CertificateState::Missing,
            format!("error: {place}.secretName: Secret shop/s does not exist: {default}"),
        ),
        (
            &["a.foo.com"],
            CertificateState::Broken("no key".into()),
            format!("error: {place}.secretName: Secret shop/s is not usable: no key: {default}"),
        ),
        // A wildcard is not named by one of its names.
        (
            &["*.foo.com", "a.foo.com"],
            usable(facts(&["a.foo.com"])),
            format!("warning: {place}.hosts: the certificate of Secret shop/s does not name *.foo.com: {default}"),
        ),
        (
            &[],
            usable(facts(&["192.0.2.1"])),
            format!(
                "warning: {place}.hosts: the certificate of Secret shop/s names no host, and neither does the entry: it is not used"
            ),
        ),
        (
            &["a.foo.com"],
            expired(&["a.foo.com"]),
            format!(
                "warning: {place}.secretName: the certificate of Secret shop/s expired at {} (Unix seconds): it is used where there is no \
                 valid one",
                NOW - 1
            ),
        ),
    ] {
        assert_eq!(text(&offer("s", "i", 1, hosts, state)), expected);
    }
}

#[test]
fn overlaps_are_hosts_with_several_secrets() {
    let state = || usable(facts(&["*.foo.com", "a.foo.com"]));
    let all = index(&[
        offer("s", "i", 2, &["a.foo.com", "b.foo.com"], state()),
        offer("t", "j", 1, &["a.foo.com", "*.foo.com"], state()),
        offer("s", "k", 3, &["b.foo.com"], state()),
    ]);
    let overlaps: Vec<_> = all
        .overlaps()
        .into_iter()
        .map(|(pattern, offers)| {
            (pattern.to_string(), offers.iter().map(|offer| &*offer.secret.name).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(overlaps, [("a.foo.com".to_string(), vec!["t", "s"])]);
}

fn offers() -> impl Strategy<Value = Vec<Arc<CertificateOffer>>> {
    let host = || prop::sample::select(vec!["a.x", "b.x", "*.x", "x", "c.b.x", "*.b.x"]);
    let names = move || prop::collection::vec(host(), 0..3);
    let state = prop_oneof![
        Just(CertificateState::Missing),
        Just(CertificateState::Broken("broken".into())),
        names().prop_map(|names| expired(&names)),
        names().prop_map(|names| usable(facts(&names))),
        names().prop_map(|names| usable(facts(&names))),
    ];
    let one = (0..4u8, 0..4u8, 0..3i64, names(), state).prop_map(|(secret, ingress, created, hosts, state)| {
        offer(&format!("s{secret}"), &format!("i{ingress}"), created, &hosts, state)
    });
    // The place in the Ingress tells apart what is otherwise equal.
    prop::collection::vec(one, 0..8).prop_map(|offers| {
        let numbered = offers.into_iter().zip(0..).map(|(offer, entry)| {
            let mut offer = Arc::unwrap_or_clone(offer);
            offer.entry = entry;
            Arc::new(offer)
        });
        numbered.collect()
    })
}

/// The choice as the documentation words it, without an index.
fn oracle(offers: &[Arc<CertificateOffer>], host: &Host<'_>) -> Option<u32> {
    let matching = |offer: &&Arc<CertificateOffer>| {
        offer.facts().is_some_and(|facts| facts.names_host(host))
            && offer.patterns().iter().any(|pattern| pattern.matches(host))
    };
    let key = |offer: &&Arc<CertificateOffer>| {
        let valid = offer.facts().is_some_and(|facts| facts.not_before <= NOW && NOW <= facts.not_after);
        let exact = offer.patterns().iter().any(|pattern| pattern.to_string() == host.to_string());
        (!valid, !exact, offer.created, offer.ingress.clone(), offer.entry)
    };
    offers.iter().filter(matching).min_by_key(key).map(|offer| offer.entry)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The index chooses as the words say, whatever the order of insertion, and forgets what is removed.
    #[test]
    fn the_index_is_the_oracle(offers in offers(), order in any::<u64>(), kept in any::<u8>()) {
        let mut shuffled = offers.clone();
        let places = shuffled.len();
        for at in 1..places {
            shuffled.swap(at, (order >> (4 * at)) as usize % (at + 1));
        }
        let mut index = index(&shuffled);
        let gone = |offer: &CertificateOffer| kept >> offer.entry & 1 == 0;
        shuffled.iter().filter(|offer| gone(offer)).for_each(|offer| index.remove(offer));
        let left: Vec<_> = offers.iter().filter(|offer| !gone(offer)).cloned().collect();
        for server_name in ["a.x", "b.x", "d.x", "x", "c.b.x", "e.b.x", "z"] {
            let mut buffer = HostBuffer::new();
            let host = Host::parse(server_name, &mut buffer).unwrap();
            let found = match index.choose(Some(&host), NOW) {
                CertificateChoice::Offered { offer, .. } => Some(offer.entry),
                _ => None,
            };
            prop_assert_eq!(found, oracle(&left, &host), "{}", server_name);
            prop_assert_eq!(index.has_certificate(&host), found.is_some());
        }
    }
}
