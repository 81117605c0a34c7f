//! Who the client is.

use std::net::IpAddr;

use http::HeaderMap;
use ingress_routing::Scheme;

use super::survey::{X_FORWARDED_FOR, X_FORWARDED_PROTO};
use super::{ForwardingOptions, Hop, chain, forwarded_field};

/// Who sent a request, as far as those say who are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// How it called the first proxy.
    pub(crate) scheme: Scheme,
    /// From the client on, those whom the request passed before it came to the peer; empty when the peer is the client.
    pub(super) passed: Vec<IpAddr>,
}

impl ForwardingOptions {
    /// Who the client of a request is. To be asked before the request is edited.
    pub(crate) fn client(&self, headers: &HeaderMap, hop: &Hop) -> Client {
        let mut client = Client { address: hop.peer, scheme: hop.scheme, passed: Vec::new() };
        if !hop.trusted {
            return client;
        }
        if headers.contains_key(&X_FORWARDED_FOR) {
            client.follow(self, chain::from_last(headers));
        } else if let Some(elements) = forwarded_field::read(headers) {
            client.follow(self, elements.iter().rev().map(|element| element.address));
            // The element that names the client tells how the client came.
            let of_client = elements.len().checked_sub(client.passed.len()).and_then(|place| elements.get(place));
            if let Some(scheme) = of_client.and_then(|element| element.scheme) {
                client.scheme = scheme;
            }
        }
        // One value, or none is believed: of a list nobody knows which entry was added by whom.
        let mut values = headers.get_all(&X_FORWARDED_PROTO).iter();
        if let (Some(value), None) = (values.next(), values.next())
            && let Some(scheme) = value.to_str().ok().and_then(forwarded_field::scheme)
        {
            client.scheme = scheme;
        }
        client
    }
}

impl Client {
    /// Goes from the last proxy towards the client, as far as each step was added by somebody who is trusted.
    fn follow(&mut self, options: &ForwardingOptions, from_last: impl Iterator<Item = Option<IpAddr>>) {
        for address in from_last {
            let Some(address) = address else { break };
            self.passed.push(address);
            if !options.trusts(address) {
                break;
            }
        }
        self.passed.reverse();
        if let Some(first) = self.passed.first() {
            self.address = *first;
        }
    }
}
