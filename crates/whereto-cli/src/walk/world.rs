use std::net::IpAddr;

use dns_records::{Name, RecordType, Snapshot};
use k8s_resolv_conf::Query;
use whereto_dns::{Client, Lookup, Question, resolve};

use super::Outside;

/// The servers that a Pod may ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'w> {
    /// What the cluster's DNS server answers.
    pub(crate) snapshot: &'w Snapshot,
    /// Its addresses. Any other server is one of the world outside.
    pub(crate) cluster_dns: &'w [IpAddr],
    /// What is known of the world outside.
    pub(crate) outside: Option<&'w Outside>,
}

impl World<'_> {
    /// The reply of a server; `None` where nobody knows what it would be.
    pub(crate) fn reply(&self, server: IpAddr, query: &Query) -> Option<Vec<u8>> {
        if !self.cluster_dns.contains(&server.to_canonical()) {
            let name: Name = query.name.to_string().parse().ok()?;
            let mut message = self.outside?.message(&name, RecordType(query.query_type.code()));
            message.splice(..2, query.id.to_be_bytes());
            return Some(message);
        }
        let mut is_known = true;
        let mut ask_outside = |question: &Question| match self.outside {
            Some(table) => table.lookup(question),
            None => {
                is_known = false;
                Lookup::NoUpstream
            }
        };
        let reply = resolve(self.snapshot, &query.encode(), Client::stream(), 0, &mut ask_outside);
        reply.filter(|_| is_known)
    }
}
