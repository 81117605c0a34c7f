//! What must hold whatever octets come: shared by the fuzz target and the replay of its seeds.

use whereto_ingress::{Progress, ProxyHeader};

/// Any octets as the beginning of a connection: a header or an error, the same however they are cut, within bounds, and not depending on what
/// follows.
pub(crate) fn proxy_protocol(octets: &[u8]) {
    let whole = ProxyHeader::parse(octets);
    let settled = match whole {
        Ok(Progress::Complete { length, .. }) => {
            assert!(length <= octets.len() && length <= ProxyHeader::MAX);
            assert_eq!(ProxyHeader::parse(&octets[..length]), whole);
            length
        }
        Ok(_) => {
            assert!(octets.len() < ProxyHeader::MAX);
            octets.len()
        }
        Err(_) => {
            let more = [octets, b"\r\n"].concat();
            assert_eq!(ProxyHeader::parse(&more), whole);
            0
        }
    };
    // As long as no end was seen, more is waited for; an error is final from the octet on that shows it.
    for end in (0..octets.len()).take(256) {
        let cut = ProxyHeader::parse(&octets[..end]);
        if cut != Ok(Progress::Incomplete) {
            assert_eq!(cut, whole);
            assert!(end >= settled);
        }
    }
}
