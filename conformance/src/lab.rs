//! Who says that our search walks are right: the resolvers themselves, in a laboratory.
//!
//! - A [`case`] is a `resolv.conf` with what surrounds it, a name to look up and a [`script`] by which the name servers
//!   answer; [`generate`] makes them of a seed.
//! - The program `lab` (feature `lab`) runs small programs on the real resolvers, each in namespaces of its own with
//!   that file and such servers, and keeps a [`trace`]: every query and what the program was told in the end.
//! - [`model`] has our reader and our walk do the same in no time, and [`judge`] says whether they did.
//! - [`recording`] holds traces that were recorded once, for `cargo test` to judge; [`known`] the differences that are
//!   there on purpose.

pub mod case;
pub mod generate;
pub mod judge;
pub mod known;
pub mod message;
pub mod model;
pub mod recording;
pub mod script;
pub mod trace;
