use std::fmt;

use ingress_routing::{Malformed, Reason};

use crate::body::BodyError;
use crate::upstream::UpstreamFailure;

/// Why a request has a response of our own, or one that was broken off; for the log, never for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The routing table says so.
    Routing(Reason),
    /// The request breaks the rules of HTTP.
    Malformed(Malformed),
    /// The request exceeds a limit, or cannot be understood; in words.
    Refused(&'static str),
    /// Clear text is sent to https.
    Redirect,
    /// The request's content failed.
    Content(BodyError),
    /// No endpoint answered.
    Endpoint(UpstreamFailure),
    /// No endpoint answered in the time for all.
    TotalTime,
    /// An endpoint changed the protocol unasked.
    UnaskedUpgrade,
    /// The response, or the tunnel, ended before its end.
    BrokenOff,
    /// The client went away before it was told anything.
    ClientGone,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Routing(reason) => return reason.fmt(f),
            Self::Malformed(malformed) => return malformed.fmt(f),
            Self::Content(error) => return error.fmt(f),
            Self::Endpoint(failure) => return failure.fmt(f),
            Self::Refused(words) => words,
            Self::Redirect => "clear text is sent to https",
            Self::TotalTime => "no endpoint answered in the time for all",
            Self::UnaskedUpgrade => "the endpoint changed the protocol unasked",
            Self::BrokenOff => "broken off",
            Self::ClientGone => "the client went away",
        })
    }
}
