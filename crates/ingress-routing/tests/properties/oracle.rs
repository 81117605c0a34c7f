use std::collections::BTreeMap;

use ingress_routing::model::{Change, Kind};
use ingress_routing::{HostFallback, HttpsRedirect, Options, Outcome, Reason, RequestBuffer, Router};
use object_change::Delta;
use proptest::collection::btree_map;
use proptest::prelude::*;

use crate::common::oracle;
use crate::given::{ingress, ingress_key, requests, services};

proptest! {
    #[test]
    fn the_table_is_the_standard(
        ingresses in btree_map(ingress_key(), ingress(), 0..6),
        fallback: bool,
        asked in requests(),
    ) {
        let fallback_option = if fallback { HostFallback::OnPathMiss } else { HostFallback::Never };
        let options = Options::new().with_host_fallback(fallback_option).with_https_redirect(HttpsRedirect::Off);
        let mut router = Router::new(options);
        let list: Vec<_> = ingresses.iter().map(|(key, ingress)| (key.clone(), ingress.clone())).collect();
        router.apply(Change::Ingress(Delta::ReplaceAll(list)));
        router.apply_all(services());
        router.apply_all(Kind::ALL.map(Change::Synced));
        let table = router.publish();
        let ingresses: BTreeMap<_, _> = ingresses;
        let mut buffer = RequestBuffer::new();
        for asked in asked {
            let expected = oracle::route(&ingresses, fallback, asked.host, &asked.path);
            let got = match table.route(&asked.head(), &mut buffer) {
                Outcome::Forward(forward) => forward.upstream.to_string(),
                Outcome::Respond { reason: Reason::NoRule, status: 404, .. } => "none".to_owned(),
                Outcome::Respond { reason: Reason::AccessControl, status: 503, .. } => "closed".to_owned(),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(got, expected, "{:?}", asked);
        }
    }
}
