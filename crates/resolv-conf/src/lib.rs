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
//!
//! **A walk is one machine, and resolvers are rows of data** (`walk/policy/rows.rs`): servers asked at once, rounds, waits, what each answer does,
//! which of the errors is told. A candidate is a pair of questions; a lane has one or both, by whether the resolver sends them together; rounds
//! of a lane go to servers, and what came of its lanes is the candidate's verdict. What a row can't say stands where it happens, with the
//! original's function.
//!
//! **Sans I/O**, as one [`Walk`] serves a program with sockets, the explanation of a lookup in a cluster that exists on paper, [`cost()`], and the
//! comparison with real resolvers. Its owner has the clock; a walk says what to send and how long to wait.
//!
//! **Chance is declared.** What a resolver leaves to it ([`Nondeterminism`]) is asked of [`Choices`]: a seed, or numbers that a record of a real
//! lookup is followed by. [`Schedules`] runs through all of them.
//!
//! **The real resolvers decide.** Each row was read in the original's source, then put to it: programs with glibc, musl, Go, c-ares and
//! hickory look names up against servers that follow a script, and the walk has to send the same queries and end with the same words.
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
pub use cost::{Cost, Existence, MAX_COST_QUERIES, TooManyQueries, cost};
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
