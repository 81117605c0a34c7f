//! Why a request goes where it goes, in the cluster that a folder of manifests describes.
//!
//! ```text
//! cargo run --example explain_route -- demo http://plain.localhost/checkout
//! ```

use std::error::Error;
use std::process::ExitCode;

use ingress_routing::{Options, RequestHead, Router, Scheme};
use k8s_source::RouterConsumer;
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource, Routes};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(url)) = (args.next(), args.next()) else {
        eprintln!("usage: explain_route PATH URL");
        return Ok(ExitCode::from(2));
    };
    let (scheme, rest) = url.split_once("://").ok_or("the URL has no scheme")?;
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));

    let mut table = Router::new(Options::new()).publish();
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |published| table = published);
    let options = ManifestOptions::default().with_routes(Routes::Read);
    ManifestSource::new([path], options).load(&mut consumer, &mut |event| {
        if let Event::Found(located) = event {
            eprintln!("{located}");
        }
    });
    drop(consumer);

    let scheme = if scheme == "https" { Scheme::Https } else { Scheme::Http };
    let target = if target.is_empty() { "/" } else { target };
    print!("{}", table.explain(&RequestHead::new("GET", target).with_host(host).with_scheme(scheme)));
    for conflict in table.conflicts() {
        println!("{conflict}");
    }
    Ok(ExitCode::SUCCESS)
}
