//! What each program makes of a file.
//!
//! One reader per program, each with the lexing of the original; they share [`Notes`] and the readers of addresses and numbers.

mod address;
mod c_ares;
mod c_ares_server;
mod glibc;
mod glibc_sortlist;
mod go;
mod hickory;
mod hickory_name;
mod kubelet;
mod musl;
mod not_modelled;
mod notes;
mod number;
mod systemd_resolved;

use std::fmt;

pub use not_modelled::NOT_MODELLED;
pub(crate) use notes::Notes;
pub use notes::{Place, ReadDiagnostic};
pub use systemd_resolved::{ResolvedSearch, ResolvedServer, UpstreamConfig};

use crate::pod::HostResolvConf;
use crate::{Environment, FileReader, ResolvConf, ResolverConfig, StubResolver};

/// What came of reading a file: what the program holds, or why it has nothing, and what of the file had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading<T> {
    /// What the program holds.
    pub result: Result<T, ReadError>,
    /// The words and lines that the program passes over or takes for something else than they look like, in the file's order, then
    /// those of variables.
    pub diagnostics: Vec<ReadDiagnostic>,
}

impl<T> Reading<T> {
    fn new(result: Result<T, ReadError>, notes: Notes) -> Self {
        Self { result, diagnostics: notes.into_diagnostics() }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { result: self.result.map(f), diagnostics: self.diagnostics }
    }
}

/// Why a program has no configuration after reading a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// It refuses the file: hickory, which makes no resolver then, and kubelet, which starts no Pod on the node then.
    Rejected {
        /// What it does not take; the file as a whole where it lacks something.
        place: Option<crate::Span>,
        /// The program's own words, as far as they are known.
        text: String,
    },
    /// glibc's own check of its search list fails, and the process dies of SIGABRT in its first lookup.
    Aborts {
        /// The line with the list; none where it comes from elsewhere.
        place: Option<crate::Span>,
    },
    /// glibc reads one octet over and over: the process hangs in its first lookup.
    Hangs {
        /// The octet.
        place: crate::Span,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected { place: Some(place), text } => write!(f, "{place}: the file is refused: {text}"),
            Self::Rejected { place: None, text } => write!(f, "the file is refused: {text}"),
            Self::Aborts { place: Some(place) } => {
                write!(f, "{place}: the reader aborts: an entry of the list is too long")
            }
            Self::Aborts { place: None } => f.write_str("the reader aborts: an entry of the search list is too long"),
            Self::Hangs { place } => write!(f, "{place}: the reader never gets past this octet"),
        }
    }
}

impl std::error::Error for ReadError {}

/// What a program holds after reading a file: each kind of reader its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Held {
    /// A stub resolver.
    Resolver(ResolverConfig),
    /// kubelet: texts that it passes on.
    Kubelet(HostResolvConf),
    /// systemd-resolved: upstream servers and search domains.
    SystemdResolved(UpstreamConfig),
}

impl FileReader {
    /// Reads `file` as this program does.
    ///
    /// ```
    /// use k8s_resolv_conf::{Environment, FileReader, Held, MuslVersion, ResolvConf};
    ///
    /// let file = ResolvConf::parse(b"nameserver 10.96.0.10\noptions ndots:5 ndots:1 rotate\n");
    /// let reading = FileReader::Musl(MuslVersion::V1_2_6).read(&file, &Environment::new());
    /// let Ok(Held::Resolver(config)) = reading.result else { panic!("musl takes any file") };
    /// assert_eq!(config.ndots, 5);
    /// let notes: Vec<_> = reading.diagnostics.iter().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     notes,
    ///     [
    ///         "2:17: warning: ndots:1 has no effect: musl takes the first ndots: of a line",
    ///         "2:25: info: rotate has no effect: musl does not know it",
    ///     ]
    /// );
    /// ```
    pub fn read(self, file: &ResolvConf, environment: &Environment) -> Reading<Held> {
        let resolver = match self {
            Self::Glibc(version) => StubResolver::Glibc(version),
            Self::Musl(version) => StubResolver::Musl(version),
            Self::Go => StubResolver::Go,
            Self::CAres => StubResolver::CAres,
            Self::Hickory => StubResolver::Hickory,
            Self::Kubelet => return kubelet::read(file).map(Held::Kubelet),
            Self::SystemdResolved => return systemd_resolved::read(file, environment).map(Held::SystemdResolved),
        };
        resolver.read(file, environment).map(Held::Resolver)
    }
}

impl StubResolver {
    /// Reads `file` as this resolver does.
    pub fn read(self, file: &ResolvConf, environment: &Environment) -> Reading<ResolverConfig> {
        match self {
            Self::Glibc(version) => glibc::read(version, file, environment),
            Self::Musl(_) => musl::read(file, environment),
            Self::Go => go::read(file, environment),
            Self::CAres => c_ares::read(file, environment),
            Self::Hickory => hickory::read(file, environment),
        }
    }
}

impl HostResolvConf {
    /// Reads `file` as kubelet does.
    pub fn read(file: &ResolvConf) -> Reading<Self> {
        kubelet::read(file)
    }
}

impl UpstreamConfig {
    /// Reads `file` as systemd-resolved does.
    pub fn read(file: &ResolvConf, environment: &Environment) -> Reading<Self> {
        systemd_resolved::read(file, environment)
    }
}
