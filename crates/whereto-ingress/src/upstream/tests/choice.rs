use std::collections::HashMap;

use ingress_routing::Balance;

use super::*;

async fn three() -> (Vec<SocketAddr>, Arc<RoutingTable>) {
    let addresses = vec![answering("a").await, answering("b").await, answering("c").await];
    let table = table(&addresses, None);
    (addresses, table)
}

async fn counts(worker: &Worker, table: &RoutingTable, requests: u32) -> HashMap<SocketAddr, u32> {
    let mut counts = HashMap::new();
    for _ in 0..requests {
        *counts.entry(worker.get(table).await.unwrap().0).or_default() += 1;
    }
    counts
}

#[test]
fn in_turn() {
    on_worker(async {
        let (_, table) = three().await;
        let counts = counts(&Worker::new(UpstreamOptions::default()), &table, 12).await;
        assert_eq!(counts.into_values().collect::<Vec<_>>(), [4, 4, 4]);
    });
}

/// Two upstreams whose requests alternate do not take each other's turns.
#[test]
fn turns_are_of_an_upstream() {
    on_worker(async {
        let worker = Worker::new(UpstreamOptions::default());
        let (first, second) = (table(&[answering("a").await, answering("b").await], None), three().await.1);
        let (mut of_first, mut of_second) = (HashMap::new(), HashMap::new());
        for _ in 0..6 {
            *of_first.entry(worker.get(&first).await.unwrap().0).or_insert(0) += 1;
            *of_second.entry(worker.get(&second).await.unwrap().0).or_insert(0) += 1;
        }
        assert_eq!(of_first.into_values().collect::<Vec<_>>(), [3, 3]);
        assert_eq!(of_second.into_values().collect::<Vec<_>>(), [2, 2, 2]);
    });
}

#[test]
fn responses_that_are_not_read_are_load() {
    on_worker(async {
        let (addresses, _) = three().await;
        let table = table(&addresses[..2], None);
        let worker = Worker::new(UpstreamOptions { balance: Balance::LeastRequest, ..UpstreamOptions::default() });
        let held = worker.send(&table, get()).await.unwrap();
        let counts = counts(&worker, &table, 10).await;
        assert_eq!(counts.get(&held.endpoint), None);
        let loaded = worker.upstreams.endpoint(held.endpoint);
        assert_eq!(loaded.in_flight(), 1);
        text(held.response).await;
        assert_eq!(loaded.in_flight(), 0);
    });
}

#[test]
fn clients_stay_by_address() {
    on_worker(async {
        let (_, table) = three().await;
        let worker = Worker::new(UpstreamOptions { affinity: Affinity::ClientIp, ..UpstreamOptions::default() });
        assert_eq!(counts(&worker, &table, 10).await.len(), 1);
    });
}

#[test]
fn clients_stay_by_cookie() {
    on_worker(async {
        let (addresses, table) = three().await;
        let affinity = Affinity::Cookie(CookieAffinity::new("endpoint", 7).unwrap());
        let worker = Worker::new(UpstreamOptions { affinity, ..UpstreamOptions::default() });
        let sent = worker.send(&table, get()).await.unwrap();
        let endpoint = sent.endpoint;
        let cookie = sent.set_cookie.unwrap().to_str().unwrap().to_owned();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert_eq!((pair.len(), attributes), ("endpoint=".len() + 16, "Path=/; HttpOnly"));
        let again = |cookie: String| {
            let mut request = get();
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            worker.send(&table, request)
        };
        for _ in 0..6 {
            let sent = again(format!("a=b; {pair}; c=d")).await.unwrap();
            assert_eq!((sent.endpoint, sent.set_cookie), (endpoint, None));
        }
        // A cookie of nobody's is replaced.
        for cookie in ["endpoint=0123456789abcdef", "endpoint=", "endpoints=x"] {
            assert!(again(cookie.into()).await.unwrap().set_cookie.is_some(), "{cookie}");
        }
        // The endpoint is gone.
        let rest: Vec<_> = addresses.into_iter().filter(|address| *address != endpoint).collect();
        let table = super::table(&rest, None);
        let mut request = get();
        request.headers_mut().insert(header::COOKIE, pair.parse().unwrap());
        let client = ClientKey { address: "192.0.2.7".parse().unwrap(), https: true };
        let mut outgoing = worker.upstreams.outgoing(upstream(&table), request);
        let sent = worker.upstreams.send(upstream(&table), &mut outgoing, client).await.unwrap();
        assert!(sent.set_cookie.unwrap().to_str().unwrap().ends_with("; Secure"));
    });
}
