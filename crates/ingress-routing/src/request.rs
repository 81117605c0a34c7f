//! The request side: raw text in ([`RequestHead`]), what routing decides by out ([`Request`]).
//!
//! Reading answers three questions once and for all: for which host is the request ([`Authority`]), what is its path
//! ([`NormalPath`]), and may it be routed at all ([`Unroutable`]). What is matched is what is forwarded: the path, the query and the authority
//! that [`Request`] has are the ones to send to the backend.

mod authority;
mod head;
#[cfg(feature = "http")]
mod http;
mod normalise;
mod options;
mod path;
mod read;
mod target;
mod unroutable;

pub use authority::{Authority, AuthoritySource};
pub use head::{HostValues, RequestHead, Scheme, Version};
pub use options::{
    AbsoluteFormHost, Escape, EscapeCase, NonAscii, PathOptions, RequestOptions, ServerNamePolicy, Slashes,
};
pub use path::{Elements, NormalPath};
pub(crate) use read::Parts;
pub use read::{Request, RequestBuffer};
pub use target::RequestTarget;
pub use unroutable::{Malformed, PathError, Unroutable};
