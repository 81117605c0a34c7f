//! Who says that our DNS answers are right: the original programs.
//!
//! - [`golden`] reads answers that real CoreDNS gave, recorded once, for `cargo test` to replay.
//! - The program `live` (feature `live`) makes a random cluster, loads it into a real API server, asks real CoreDNS
//!   and our server the same questions and compares.
//! - The program `kube` (feature `live`) has our server and CoreDNS watch an API server that changes and fails; the program `controller`
//!   has our Ingress controller do so.
//! - The program `ingress` (feature `ingress`) asks nginx and HAProxy where requests go, and our routing table.
//! - The program `edge` (feature `edge`) plays clients and endpoints of our ingress proxy while what it serves changes.
//! - [`deviation`] holds the list of answers in which we differ from the original on purpose.
//!
//! # Design
//!
//! Replies are compared as text in one canonical form ([`reply::Reply`]), because a difference must be readable by a
//! person, and the recorded answers are kept in that form. The messages are decoded by hickory-proto, which shares no
//! code with our own codec.
//!
//! Everything random comes from a printed seed through [`chance::Chance`], whose sequence is part of this crate: the
//! same seed makes the same cluster and the same questions after any dependency update.

#![forbid(unsafe_code)]

pub mod chance;
pub mod cluster;
pub mod compare;
#[cfg(feature = "live")]
pub mod control_plane;
pub mod deviation;
pub mod exchange;
pub mod golden;
pub mod lab;
pub mod options;
pub mod process;
pub mod question;
pub mod questions;
pub mod replay;
pub mod reply;
pub mod upstream;
pub mod variant;
