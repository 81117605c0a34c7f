//! The recorded answers can be read, and agree with the upstream that this crate has of its own.

use whereto_conformance::compare::{Terms, Verdict};
use whereto_conformance::reply::Reply;
use whereto_conformance::{golden, upstream};

#[test]
fn all_rows_are_read() {
    let (mut rows, mut silent, mut unstable, mut goldens) = (0, 0, 0, 0);
    for golden in golden::all().expect("goldens") {
        let golden = golden.expect("golden");
        goldens += 1;
        assert!(golden.cluster.starts_with(b"{"), "seed {}", golden.seed);
        for row in &golden.rows {
            rows += 1;
            unstable += usize::from(row.unstable);
            silent += usize::from(row.udp.reply().is_none());
            row.question.to_wire(1, Some(1232)).expect("question");
            // Every answer is what it is.
            for theirs in [row.plain(), row.edns()] {
                let judged = theirs.judge(theirs.replies.first(), golden.variant.terms(true));
                let expected = if theirs.replies.is_empty() { Verdict::Different } else { Verdict::Equal };
                assert_eq!(judged, expected, "{:?}", row.question);
            }
        }
    }
    assert_eq!((goldens, rows, silent, unstable), (31, 33_583, 23, 33));
}

#[test]
fn odd_messages_are_read() {
    let cases = golden::wire().expect("wire");
    assert_eq!(cases.len(), 107);
    assert!(cases.iter().any(|case| case.response.is_none()));
}

/// CoreDNS passes on what the upstream says, so for names outside the rows hold what ours has to say.
#[test]
fn the_upstream_is_the_recorded_one() {
    let mut compared = 0;
    for golden in golden::all().expect("goldens") {
        let golden = golden.expect("golden");
        for row in &golden.rows {
            let name = row.question.qname.to_ascii_lowercase();
            let inside = ["cluster.local.", "in-addr.arpa.", "ip6.arpa."].iter().any(|zone| name.ends_with(zone));
            if inside && name != "xcluster.local." {
                continue;
            }
            for (theirs, payload) in [(row.plain(), None), (row.edns(), Some(1232))] {
                let query = row.question.to_wire(1, payload).expect("question");
                let reply = upstream::answer(&query).expect("reply");
                let ours = Reply::from_wire(&reply).expect("decodable reply");
                let terms = Terms { opt: true, ..golden.variant.terms(true) };
                assert_eq!(
                    theirs.judge(Some(&ours), terms),
                    Verdict::Equal,
                    "{:?}\n{theirs:?}\n{ours:?}",
                    row.question
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}
