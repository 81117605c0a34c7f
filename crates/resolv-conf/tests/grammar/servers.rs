use super::columns::{row, servers};

const ASSUMED: &str = "127.0.0.1";
const BOTH: &str = "127.0.0.1 [::1]";

/// File → the servers that glibc, musl, Go, c-ares and hickory use.
#[test]
fn nameserver_lines() {
    let rows: [(&str, [&str; 5]); 29] = [
        // Defaults: glibc and musl ask 127.0.0.1, Go ::1 too (net/dnsconfig.go, defaultNS); hickory makes no resolver.
        ("", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        ("nameserver 1.2.3.4\n", ["1.2.3.4"; 5]),
        ("nameserver\t1.2.3.4\n", ["1.2.3.4"; 5]),
        ("nameserver 1.2.3.4", ["1.2.3.4"; 5]),
        // Keywords: at the beginning for the C libraries, in lower case for all.
        (" nameserver 1.2.3.4\n", [ASSUMED, ASSUMED, "1.2.3.4", "1.2.3.4", "1.2.3.4"]),
        ("Nameserver 1.2.3.4\n", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        ("nameserver\n", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        // Comments.
        ("# nameserver 1.2.3.4\n; nameserver 1.2.3.4\n", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        (" # nameserver 1.2.3.4\n\t; nameserver 1.2.3.4\n", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        ("nameserver 1.2.3.4 # 5.6.7.8\n", ["1.2.3.4"; 5]),
        ("nameserver 1.2.3.4#5\n", [ASSUMED, ASSUMED, BOTH, "1.2.3.4", "1.2.3.4"]),
        // glibc takes the carriage return for a part of the word (2.29 and later).
        ("nameserver 1.2.3.4\r\n", [ASSUMED, "1.2.3.4", "1.2.3.4", "1.2.3.4", "1.2.3.4"]),
        // MAXNS, and duplicates.
        (
            "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\nnameserver 1.0.0.4\n",
            [
                "1.0.0.1 1.0.0.2 1.0.0.3",
                "1.0.0.1 1.0.0.2 1.0.0.3",
                "1.0.0.1 1.0.0.2 1.0.0.3",
                "1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4",
                "1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4",
            ],
        ),
        (
            "nameserver 1.2.3.4\nnameserver 1.2.3.4\n",
            ["1.2.3.4 1.2.3.4", "1.2.3.4 1.2.3.4", "1.2.3.4 1.2.3.4", "1.2.3.4", "1.2.3.4 1.2.3.4"],
        ),
        // Several on a line.
        ("nameserver 1.2.3.4 5.6.7.8\n", ["1.2.3.4", "1.2.3.4", "1.2.3.4", "1.2.3.4 5.6.7.8", "1.2.3.4"]),
        ("nameserver 1.2.3.4\t5.6.7.8\n", ["1.2.3.4", "1.2.3.4", "1.2.3.4", ASSUMED, "1.2.3.4"]),
        ("nameserver 1.2.3.4,5.6.7.8\n", [ASSUMED, ASSUMED, BOTH, "1.2.3.4 5.6.7.8", "refused"]),
        // Ports.
        ("nameserver 1.2.3.4:53\n", [ASSUMED, ASSUMED, BOTH, "1.2.3.4", "refused"]),
        (
            "nameserver 1.2.3.4:53\nnameserver 5.6.7.8\n",
            ["5.6.7.8", "5.6.7.8", "5.6.7.8", "1.2.3.4 5.6.7.8", "5.6.7.8"],
        ),
        ("nameserver [::1]:5353\n", [ASSUMED, ASSUMED, BOTH, "[::1]:5353", "refused"]),
        ("nameserver dns://1.2.3.4\n", [ASSUMED, ASSUMED, BOTH, "1.2.3.4", "refused"]),
        // inet_aton's forms; c-ares fills up at the end.
        ("nameserver 010.0.0.1\n", ["8.0.0.1", "8.0.0.1", BOTH, "10.0.0.1", "refused"]),
        ("nameserver 1\n", ["0.0.0.1", "0.0.0.1", BOTH, "1.0.0.0", "refused"]),
        ("nameserver 0x7f.1\n", ["127.0.0.1", "127.0.0.1", BOTH, ASSUMED, "refused"]),
        ("nameserver dns.example\n", [ASSUMED, ASSUMED, BOTH, ASSUMED, "refused"]),
        // Scopes: `lo` is the interface 1 here.
        ("nameserver fe80::1%lo\n", ["[fe80::1%1]", "[fe80::1%1]", "[fe80::1%1]", "[fe80::1%1]", "[fe80::1]"]),
        ("nameserver fe80::1%none\n", ["[fe80::1]", ASSUMED, "[fe80::1]", ASSUMED, "[fe80::1]"]),
        ("nameserver fe80::1\n", ["[fe80::1]", "[fe80::1]", "[fe80::1]", ASSUMED, "[fe80::1]"]),
        ("nameserver fec0::1\n", ["[fec0::1]", "[fec0::1]", "[fec0::1]", ASSUMED, "[fec0::1]"]),
    ];
    for (file, expected) in rows {
        assert_eq!(row(file, servers), expected, "{file:?}");
    }
}
