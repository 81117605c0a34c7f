//! Looks one name up as Rust programs with hickory-resolver do, and says what came of it, as one line of JSON.
//!
//! `probe-hickory NAME both|v4|v6`

use std::error::Error;
use std::time::Instant;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use hickory_resolver::net::{DnsError, NetError};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(name), Some(family), None) = (words.next(), words.next(), words.next()) else {
        return Err("usage: probe-hickory NAME both|v4|v6".into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(look_up(&name, &family)));
    Ok(())
}

async fn look_up(name: &str, family: &str) -> Value {
    let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
        match family {
            "v4" => builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4Only,
            "v6" => builder.options_mut().ip_strategy = LookupIpStrategy::Ipv6Only,
            _ => {}
        }
        builder.build()
    });
    let resolver = match resolver {
        Ok(resolver) => resolver,
        Err(error) => return json!({"elapsed": 0, "error": format!("configuration: {error}")}),
    };
    let begin = Instant::now();
    let outcome = resolver.lookup_ip(name).await;
    let elapsed = begin.elapsed().as_millis() as u64;
    match outcome {
        Ok(found) => json!({"elapsed": elapsed, "addresses": found.iter().map(|ip| ip.to_string()).collect::<Vec<_>>()}),
        Err(error) => json!({"elapsed": elapsed, "error": words(&error)}),
    }
}

/// What failed, without the query that the error repeats.
fn words(error: &NetError) -> String {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => format!("no records found: {:?}", none.response_code),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("{code:?}"),
        _ => error.to_string(),
    }
}
