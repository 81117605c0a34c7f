#![doc = include_str!("../README.md")]
//!
//! # Design
//! **The file is its octets.** [`ResolvConf`] keeps them and where lines begin; words are views. An edit is a list of ranges with new text, so
//! that what it does not name stays. Edits and findings go by the words of resolv.conf(5); what a program makes of a line is its reader's.
//!
//! **One reader per program**, with the lexing of the original rather than a common one with switches: the oddities lie in the lexing.
//! They share the readers of addresses and numbers, and [`ResolverConfig`], which a walk starts from.
//!
//! **Bad content is no error.** Programs pass over what they do not understand, and a [`ReadDiagnostic`] tells. A [`ReadError`] is what
//! leaves the program without a configuration: hickory and kubelet refuse some files, glibc hangs or aborts at some.
//!
//! **Everything outside is a parameter**: [`Environment`] has the hostname, the interfaces and the variables.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod best_ndots;
mod config;
mod cost;
mod environment;
mod file;
mod lint;
pub mod pod;
mod program;
mod reader;
mod search;
mod walk;

pub use best_ndots::{MAX_NDOTS, NdotsRow, NdotsTable, best_ndots};
pub use config::{LookupSource, Nameserver, OptionFlag, ResolverConfig, SearchDomain, SortEntry, SortMask};
pub use cost::{Cost, Existence, cost};
pub use environment::{Environment, HostAliases};
pub use file::{EditError, Line, LineEnding, LineKind, ResolvConf, Span, TextEdit, Word, Words};
pub use lint::{FINDING_CODES, Finding, FindingPlace, Fix, lint};
pub use object_change::Severity;
pub use program::{FileReader, GlibcVersion, MuslVersion, StubResolver};
pub use reader::{
    Held, NOT_MODELLED, Place, ReadDiagnostic, ReadError, Reading, ResolvedSearch, ResolvedServer, UpstreamConfig,
};
pub use search::{Ask, Candidate, Candidates, Lookup, MAX_LABEL, MAX_NAME, NameFault, Origin, QueryName};
pub use walk::{
    AresError, Choices, Decision, Eai, Failure, Families, GoError, HickoryError, MAX_QUERY, Nondeterminism, Outcome,
    Query, QueryType, Rcode, Reply, ReplyError, STREAM_PATIENCE, Schedules, SocketId, Step, Transmit, Transport, Walk,
};
