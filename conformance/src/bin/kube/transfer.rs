//! Everything that a server of ours serves.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use whereto_conformance::question::Question;
use whereto_conformance::reply::Reply;

/// All records of the zones but SOAs, whose serials tell times.
pub(crate) fn everything(server: SocketAddr) -> Result<BTreeSet<String>> {
    let mut records = BTreeSet::new();
    for zone in ["cluster.local.", "in-addr.arpa.", "ip6.arpa."] {
        records.extend(transfer(server, zone).with_context(|| format!("AXFR {zone} from {server}"))?);
    }
    Ok(records)
}

fn transfer(server: SocketAddr, zone: &str) -> Result<Vec<String>> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let query = Question::new(zone, "AXFR").to_wire(1, None)?;
    stream.write_all(&[&u16::try_from(query.len())?.to_be_bytes()[..], &query].concat())?;
    let (mut records, mut ends) = (Vec::new(), 0);
    while ends < 2 {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message)?;
        let reply = Reply::from_wire(&message)?;
        ensure!(reply.rcode == "NOERROR" && !reply.answer.is_empty(), "{}", reply.rcode);
        for line in reply.answer {
            if line.contains(" IN SOA ") {
                ends += 1;
            } else {
                records.push(line);
            }
        }
    }
    Ok(records)
}
