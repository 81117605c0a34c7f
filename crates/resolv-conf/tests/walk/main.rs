//! Walks against servers by rule, compared row by row with what the real resolvers did: glibc 2.36, musl 1.2.3 and 1.2.6, Go 1.19 (its
//! 1.26 sources where they differ), c-ares 1.34.9 and hickory-resolver 0.26.3, in a network namespace with a server that logs.

mod bounds;
mod choices;
mod costs;
mod errors;
mod health;
mod names;
mod options;
mod order;
mod reactions;
mod script;
mod timings;
mod world;
