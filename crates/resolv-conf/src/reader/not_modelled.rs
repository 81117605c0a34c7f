/// What the readers leave out of the programs' behaviour, each with the reason.
pub const NOT_MODELLED: [(&str, &str); 11] = [
    (
        "glibc before 2.26: lines of more than 8191 octets",
        "fgets takes them in parts; later releases read lines of any length",
    ),
    (
        "glibc: files that cannot be read",
        "a caller without a file reads an empty one, which is what ENOENT, EACCES and their like amount to",
    ),
    (
        "musl: files that cannot be read",
        "ENOENT, ENOTDIR and EACCES amount to an empty file; with any other error the lookup fails",
    ),
    ("Go before 1.20: the root among the search domains", "read for today's releases, which leave it out"),
    ("c-ares: files that cannot be read", "amount to an empty file"),
    ("c-ares: a port of its own for TCP (`dns://…?tcpport=`)", "a server has one address here"),
    ("c-ares after 1.34.9: comments within a line, domains in Unicode", "not released when this was measured"),
    (
        "hickory: domains in Unicode, escapes with a backslash",
        "the first need the tables of IDNA; the second make no search domain that anyone has",
    ),
    (
        "systemd-resolved: quotes around words, lines of more than 1 MiB",
        "they occur in no file that another program reads",
    ),
    (
        "kubelet before 1.26: options of the last line alone; 1.25.0: the root kept",
        "read for releases that are supported",
    ),
    ("Reloading", "when a program reads its file again is no matter of what it reads"),
];
