//! Random names.

use crate::chance::Chance;

/// What people type.
pub(super) fn plain(chance: &mut Chance) -> String {
    let names = [
        "web",
        "web.ns",
        "web.ns.svc",
        "web.ns.svc.cluster.local",
        "example.com",
        "www.example.com",
        "api.eu.example.com",
        "a.b.c.d.e.f",
        "web.",
        "example.com.",
        "host-1",
        "a.b.c.d.e",
        "db.prod",
        "Web.NS",
    ];
    (*chance.pick(&names)).to_owned()
}

/// What people type by mistake, and what resolvers treat in a way of its own.
pub(super) fn odd(chance: &mut Chance) -> String {
    let names = [
        "",
        ".",
        "..",
        "foo..",
        "a..b",
        ".foo",
        "localhost",
        "localhost.",
        "foo.localhost",
        "LOCALHOST",
        "x.local",
        "x.onion",
        "x.onion.",
        "1.2.3.4",
        "1.2.3",
        "1234",
        "0x7f.1",
        "010.0.0.1",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.1.1.1",
        "::1",
        "fe80::1%lo",
        "::g",
        "foo_bar",
        "foo_bar.baz",
        "_tcp.foo",
        "-x",
        "x-",
        "a*b",
        "*.foo",
        "foo bar",
        "foo.bar baz",
        "x.-y",
        "a-.b",
        "foo\\.bar",
        "foo@bar",
        "foo/bar",
        "foo:80",
        "[::1]",
        "1.a",
        "a.1",
        "0",
        "a,b",
        "_",
        "foo.invalid",
        "foo.in-addr.arpa",
    ];
    match chance.below(12) {
        0 => {
            let label = "l".repeat(chance.between(62, 65));
            if chance.percent(50) { label } else { format!("a.{label}.b") }
        }
        // Around the limits of 253 characters (RFC 1035 §2.3.4: 255 octets), alone and with a domain behind it.
        1 | 2 => {
            let length = *chance.pick(&[200, 230, 240, 245, 246, 247, 250, 252, 253, 254, 255, 256, 260]);
            let mut name = "n.".repeat(length / 2 + 1);
            name.truncate(length);
            if name.ends_with('.') {
                name.replace_range(name.len() - 2.., "nn");
            }
            if chance.percent(30) {
                name.push('.');
            }
            name
        }
        _ => (*chance.pick(&names)).to_owned(),
    }
}
