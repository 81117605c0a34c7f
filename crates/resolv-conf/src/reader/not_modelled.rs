/// What the readers and the walks leave out of the programs' behaviour, each with the reason.
pub const NOT_MODELLED: [(&str, &str); 31] = [
    (
        "glibc before 2.26: lines of more than 8191 octets",
        "fgets takes them in parts; later releases read lines of any length",
    ),
    (
        "glibc: files that cannot be read",
        "a caller without a file reads an empty one, which is what ENOENT, EACCES and their like amount to",
    ),
    ("glibc: the flag AI_IDN", "without it, as almost everywhere, a name outside ASCII is refused"),
    (
        "glibc: the AD bit of answers (`trust-ad`)",
        "the option's bit in queries is here; of a reply the addresses count",
    ),
    (
        "musl: files that cannot be read",
        "ENOENT, ENOTDIR and EACCES amount to an empty file; with any other error the lookup fails",
    ),
    ("musl before 1.2.4: identifiers by the clock, which a pair can share", "the walk has no clock; it draws them"),
    ("C libraries: res_search, res_query", "programs that look for addresses call getaddrinfo"),
    (
        "C libraries: the flag AI_ADDRCONFIG",
        "it makes a lookup of one family of one of both, by the host's addresses or routes; the caller says `Families`",
    ),
    (
        "Go before 1.20: the root among the search domains, names below `onion`",
        "read for today's releases, which leave the one out and search the other",
    ),
    (
        "Go: files that cannot be read",
        "amount to an empty file; the error only bears on whether a program with cgo asks the C library",
    ),
    ("Go: `Resolver.StrictErrors`, `GODEBUG=netedns0=0`", "settings of a single program, off by default"),
    ("c-ares: files that cannot be read", "amount to an empty file"),
    ("c-ares: a port of its own for TCP (`dns://…?tcpport=`)", "a server has one address here"),
    ("c-ares after 1.34.9: comments within a line, domains in Unicode", "not released when this was measured"),
    (
        "c-ares: names of 254 and 255 octets as text",
        "it sends them, with 256 and 257 octets on the wire; names have 255 (RFC 1035 §2.3.4), so that no server has such a one",
    ),
    (
        "c-ares: queries by which it tries failed servers again",
        "they follow by chance, and their answers go to no caller",
    ),
    (
        "hickory: domains in Unicode, escapes with a backslash",
        "the first need the tables of IDNA; the second make no search domain that anyone has",
    ),
    ("hickory: files that cannot be read", "no resolver is made, as of a file without a server"),
    (
        "hickory: queries for the target of an alias that came without addresses",
        "a reply's addresses are seen, not its aliases: a cluster's server sends what an alias leads to along with it",
    ),
    (
        "hickory: streams for datagrams' retries",
        "after a datagram's timeout it asks by a connection that happens to be open to the same server",
    ),
    (
        "systemd-resolved: quotes around words, lines of more than 1 MiB",
        "they occur in no file that another program reads",
    ),
    ("systemd-resolved before 250: 6 domains within 256 octets", "read for releases that are supported"),
    ("systemd-resolved: servers of its own configuration (`DNS=`, `FallbackDNS=`)", "they stand in another file"),
    (
        "systemd-resolved: the file that it writes, with `edns0`, `trust-ad` and `search .`",
        "it is a file like any other to the programs that read it",
    ),
    (
        "kubelet before 1.26: options of the last line alone; 1.25.0: the root kept",
        "read for releases that are supported",
    ),
    ("kubelet: files that cannot be read", "no Pod is created on the node, so that no Pod has a file"),
    ("Reloading", "when a program reads its file again is no matter of what it reads"),
    (
        "nsswitch.conf, the hosts file, multicast DNS",
        "they come before DNS, or take its place (c-ares: that of a line `lookup`); here is what is asked of DNS",
    ),
    ("The order of a result's addresses (`sortlist`, RFC 6724)", "it changes no query; the answers' own order is told"),
    (
        "Caches of answers (c-ares, hickory)",
        "what is in them depends on earlier lookups: c-ares asks here twice for a name that is twice on its list",
    ),
    (
        "What a process remembers of earlier lookups: failed servers, round trip times, glibc's one query after the other",
        "a walk is one lookup, and its first",
    ),
];
