//! The cluster changes while requests run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::common::{Client, Cluster, Endpoint};

/// Clients that ask for a host over and over; each response is judged.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(address: SocketAddr, host: &'static str, judge: fn(u16) -> bool) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let threads = (0..3)
            .map(|_| {
                let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
                std::thread::spawn(move || {
                    let mut client = Client::connect(address);
                    while !stop.load(Ordering::Relaxed) {
                        let request = format!("POST /echo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\n\r\nping");
                        let response = client.send(request).receive();
                        assert!(judge(response.status()), "{response:?}");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        Self { stop, answered, threads }
    }

    /// Returns after so many more responses.
    fn more(&self, responses: usize) {
        let until = self.answered.load(Ordering::Relaxed) + responses;
        while self.answered.load(Ordering::Relaxed) < until {
            assert!(self.threads.iter().all(|thread| !thread.is_finished()), "a client has failed");
            std::thread::yield_now();
        }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn endpoints_come_and_go_and_no_request_fails() {
    let endpoints: Vec<Endpoint> = (0..3).map(|_| Endpoint::start()).collect();
    let mut cluster = Cluster::with_endpoint(endpoints[0].address);
    let (_server, address) = cluster.serve_http();
    let load = Load::start(address, "shop.example", |status| status == 200);
    for round in 0..60 {
        let (one, other) = (&endpoints[round % 3], &endpoints[(round + 1) % 3]);
        cluster.service("web", None, &[one.address, other.address]);
        cluster.publish();
        load.more(10);
        // The requests go to those that the table has, from the next one on.
        cluster.service("web", None, &[other.address]);
        cluster.publish();
        load.more(10);
    }
    load.stop();
    for endpoint in &endpoints {
        assert!(!endpoint.requests().is_empty());
    }
}

#[test]
fn an_ingress_that_is_removed_takes_only_its_own_requests() {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::with_endpoint(endpoint.address);
    cluster.ingress("blog", "blog.example", "/", "web");
    cluster.publish();
    let (_server, address) = cluster.serve_http();
    let stays = Load::start(address, "shop.example", |status| status == 200);
    let goes = Load::start(address, "blog.example", |status| matches!(status, 200 | 404));
    for _ in 0..20 {
        cluster.remove_ingress("blog");
        cluster.publish();
        assert_eq!(Client::get(address, "blog.example", "/").status(), 404);
        goes.more(10);
        cluster.ingress("blog", "blog.example", "/", "web");
        cluster.publish();
        assert_eq!(Client::get(address, "blog.example", "/").status(), 200);
        stays.more(10);
    }
    stays.stop();
    goes.stop();
}
