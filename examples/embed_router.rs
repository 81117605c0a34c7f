//! Objects in code, the way of requests out: no server, no files, no runtime.
//!
//! ```text
//! cargo run --example embed_router
//! ```

use std::error::Error;

use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule, Service,
    ServicePort,
};
use ingress_routing::{Options, Outcome, RequestBuffer, RequestHead, Router, diff};
use object_change::{Delta, ObjectKey};

fn main() -> Result<(), Box<dyn Error>> {
    let mut router = Router::new(Options::new());

    // What a watch or a list would tell, in any order.
    for (name, address) in [("web", "10.244.0.7"), ("cart", "10.244.0.8")] {
        let slice = EndpointSlice::new(name)
            .with_port(EndpointPort::new("http", 8080))
            .with_endpoint(Endpoint::new(address.parse()?));
        let key = ObjectKey::new("shop", name);
        router
            .apply(Change::Service(Delta::Upsert(key.clone(), Service::new().with_port(ServicePort::new("http", 80)))));
        router.apply(Change::EndpointSlice(Delta::Upsert(key, slice)));
    }
    let shop = |cart: &str| {
        Ingress::new().with_rule(
            Rule::new("shop.example")
                .with_path(PathRule::new("/", PathType::Prefix, Backend::service("web", 80)))
                .with_path(PathRule::new("/cart", PathType::Prefix, Backend::service_port(cart, "http"))),
        )
    };
    let key = ObjectKey::new("shop", "shop");
    router.apply(Change::Ingress(Delta::Upsert(key.clone(), shop("cart"))));
    router.apply_all(Kind::ALL.map(Change::Synced));

    // A table never changes: share it with as many threads as you like, publish the next one whenever something changed.
    let table = router.publish();
    let mut buffer = RequestBuffer::new();
    for (host, target) in [
        ("shop.example", "/cart/7?x=1"),
        ("Shop.Example:80", "/a/../carts"),
        ("nope.example", "/"),
        ("shop.example", "/%zz"),
    ] {
        let head = RequestHead::new("GET", target).with_host(host);
        match table.route(&head, &mut buffer) {
            Outcome::Forward(forward) => {
                let endpoint = &forward.upstream.endpoints()[0];
                println!("{host}{target}: {} of {} by {}", forward.request, endpoint.address, forward.matched);
            }
            Outcome::Respond { status, reason, .. } => println!("{host}{target}: {status} {reason}"),
            Outcome::Malformed(malformed) => println!("{host}{target}: 400 {malformed}"),
            other => println!("{host}{target}: {other:?}"),
        }
    }

    // What would another Ingress change?
    router.apply(Change::Ingress(Delta::Upsert(key, shop("crat"))));
    diff(&table, &router.publish()).iter().for_each(|difference| println!("{difference}"));
    Ok(())
}
