//! A Pod's lookup from end to end: its hosts file, its resolver's walk, the cluster's answers.

mod hosts;
mod outside;
mod trace;
mod world;

pub(crate) use hosts::Hosts;
pub(crate) use outside::Outside;
pub(crate) use trace::{Asked, End, Trace, nothing_exists};
pub(crate) use world::World;
