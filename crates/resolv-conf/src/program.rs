//! The programs that read a `resolv.conf`, and those among them that walk a search list.

/// A release of glibc, by the minor number: `GlibcVersion(36)` is 2.36.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GlibcVersion(pub u8);

impl GlibcVersion {
    /// 2.25, the last whose search list ends after 6 entries or 256 characters.
    pub const V2_25: Self = Self(25);
    /// 2.36, which brought `no-aaaa`.
    pub const V2_36: Self = Self(36);
    /// 2.41, which brought `strict-error` and flags that a leading `-` clears.
    pub const V2_41: Self = Self(41);
}

/// The behaviours of musl that differ by release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MuslVersion {
    /// 1.2.3 and before: no TCP, NODATA is "no such name", a root search entry makes a malformed packet.
    V1_2_3,
    /// 1.2.4 and later, as measured with 1.2.6.
    V1_2_6,
}

/// A program that reads a `resolv.conf`, with its own caps and oddities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileReader {
    /// The GNU C library.
    Glibc(GlibcVersion),
    /// musl, the C library of Alpine.
    Musl(MuslVersion),
    /// The resolver in Go's standard library, without cgo.
    Go,
    /// c-ares: Node's `dns.resolve`, Envoy, gRPC, curl if built so.
    CAres,
    /// hickory-resolver, with the crate resolv-conf.
    Hickory,
    /// kubelet, which reads the host's file to write the Pod's.
    Kubelet,
    /// systemd-resolved, which reads the file for its upstream servers.
    SystemdResolved,
}

/// A resolver inside a program, which makes queries of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StubResolver {
    /// The GNU C library.
    Glibc(GlibcVersion),
    /// musl, the C library of Alpine.
    Musl(MuslVersion),
    /// The resolver in Go's standard library, without cgo.
    Go,
    /// c-ares.
    CAres,
    /// hickory-resolver.
    Hickory,
}

impl StubResolver {
    /// The reader with which this resolver reads its file.
    pub fn file_reader(self) -> FileReader {
        match self {
            Self::Glibc(version) => FileReader::Glibc(version),
            Self::Musl(version) => FileReader::Musl(version),
            Self::Go => FileReader::Go,
            Self::CAres => FileReader::CAres,
            Self::Hickory => FileReader::Hickory,
        }
    }
}
