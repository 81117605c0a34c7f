#![doc = include_str!("../README.md")]
//!
//! # Design
//! **Patterns, matches, ranks.** A rule is a [`HostPattern`] and a [`PathPattern`]; what decides is a [`RouteMatch`]; which of several does is said
//! by [`RouteRank`] alone, a struct whose fields stand in the order of precedence, each with the sentence that it follows. Certificates are
//! chosen in the same way, with the same host patterns.
//!
//! **One index.** Rules are found by host, then by path without a final slash in one persistent map for all hosts; a bit set of each host
//! says which numbers of elements to look up. For a host with few paths, which most are, the same rules are also in a list by rank, where the first
//! that matches decides. A rule points to an [`Upstream`], a Service's port, of which the table has one each: an endpoint that comes or goes
//! changes one place, however many rules lead there.
//!
//! **A route waits for memory, then for octets.** In a large table what is read of a host or path lies in one place: its name, its rules' paths, and
//! what each rule leads to. Neither the rule itself nor its [`Upstream`] is read, only pointed to. Hosts and paths that are in normal
//! form already, as nearly all are, are seen to be so many octets at a time; the parsers that go octet by octet, and tell what is wrong,
//! read the others.
//!
//! **One writer, any readers.** [`Router`] changes persistent maps; [`Router::publish`] shares them with a [`RoutingTable`], at the cost of a few
//! reference counts. The router keeps retired tables until it is their last owner, so that no reader pays for freeing one.
//!
//! **Bad objects are no errors.** A rule that cannot be used is left out, and [`Effect::diagnostics`] tells of it; all others stay. What is at odds only
//! with other objects is told by [`RoutingTable::conflicts`]. "No rule", "not now" and "malformed" are values of enums.
//!
//! **Everything outside is a parameter**: the time that certificates are judged by, the seed that endpoints are chosen by, the buffer that a
//! path is normalised into.
//!
//! **What the standards leave open** stands in the table above, decision by decision; [`RoutingTable::explain`] tells all of them with their effect on
//! one request, and `tests/readme.rs` holds the two together.
//!
//! The tests: `tests/spec` has the answers row by row, each with the text that it follows; `tests/properties` what must hold for any
//! history of a cluster, with an oracle that reads the standard word by word; `tests/allocations.rs` counts allocations.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod annotation;
mod certificate;
mod compile;
mod conflicts;
mod diff;
mod endpoint_choice;
mod explain;
mod host;
pub mod model;
mod options;
mod outcome;
mod path_pattern;
mod rank;
mod request;
mod router;
mod scan;
mod table;
mod witness;

pub use certificate::{
    CertificateCandidate, CertificateChoice, CertificateExplanation, CertificateFacts, CertificateFault,
    CertificateIndex, CertificateOffer, CertificateRank, CertificateRankField, CertificateState, DefaultReason,
    Fingerprint, KeyKind, Validity, Verdict,
};
pub use conflicts::Conflict;
pub use diff::{Decision, PathPart, PathRegion, RouteDifference, Schemes, diff};
pub use endpoint_choice::{
    AffinityCookie, Balance, EjectionOptions, EndpointHealth, EndpointOutcome, EndpointView, HashBound, HealthChange,
    NoAffinityCookie, client_key,
};
pub use explain::{Candidate, CandidateVerdict, ChoiceLine, Explanation, NearMiss};
pub use host::{
    Host, HostBuffer, HostError, HostForm, HostName, HostPattern, HostPatternError, HostSpecificity, MAX_HOST,
};
pub use object_change::Effect;
pub use options::{
    AccessAnnotations, Classes, Classless, HostFallback, HttpsRedirect, ImplementationSpecific, Options,
    ServiceAffinity,
};
pub use outcome::{Forward, Outcome, Reason, Redirect, RouteMatch};
pub use path_pattern::{PathForm, PathPattern, PathPatternError};
pub use rank::{RankField, RouteRank};
pub use request::{
    AbsoluteFormHost, Authority, AuthoritySource, Elements, Escape, EscapeCase, HostValues, Malformed, NonAscii,
    NormalPath, PathError, PathOptions, Request, RequestBuffer, RequestHead, RequestOptions, RequestTarget, Scheme,
    ServerNamePolicy, Slashes, Unroutable, Version,
};
pub use router::Router;
pub use table::{DefaultBackend, Route, RoutingTable, Upstream, UpstreamEndpoint, UpstreamState};
pub use witness::Witness;
