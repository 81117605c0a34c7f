mod client;
mod properties;
mod requests;
mod responses;

use http::{HeaderMap, HeaderName, HeaderValue, Version};
use ingress_routing::{Authority, HostBuffer, Scheme};

use super::{ForwardingOptions, Hop, Onward, Upgrade};

/// Fields from lines of `name: value`.
fn fields(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a colon");
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        headers.append(name, HeaderValue::from_bytes(value.trim().as_bytes()).expect("a value"));
    }
    headers
}

/// The lines of fields, sorted, without those that every request gets here.
fn lines(headers: &HeaderMap) -> Vec<String> {
    let line =
        |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    let mut lines: Vec<String> = headers.iter().map(line).collect();
    lines.sort();
    let given = [
        "host: shop.example",
        "x-forwarded-for: 192.0.2.7",
        "x-forwarded-host: shop.example",
        "x-forwarded-port: 443",
        "x-forwarded-proto: https",
        "x-real-ip: 192.0.2.7",
    ];
    lines.retain(|line| !given.contains(&line.as_str()));
    lines
}

/// Edits a request for `https://shop.example` that 192.0.2.7 sent.
fn edit(options: &ForwardingOptions, headers: &mut HeaderMap, version: Version, to_http2: bool) -> Option<Upgrade> {
    edit_from(options, headers, "192.0.2.7", Some("shop.example"), version, to_http2)
}

fn edit_from(
    options: &ForwardingOptions,
    headers: &mut HeaderMap,
    peer: &str,
    authority: Option<&str>,
    version: Version,
    to_http2: bool,
) -> Option<Upgrade> {
    let mut buffer = HostBuffer::new();
    let authority = authority.map(|text| Authority::parse(text, &mut buffer).expect("an authority"));
    let hop = Hop::new(options, peer.parse().expect("an address"), Scheme::Https);
    let client = options.client(headers, &hop);
    options.edit_request(headers, &hop, &client, Onward { authority, version, to_http2 })
}
