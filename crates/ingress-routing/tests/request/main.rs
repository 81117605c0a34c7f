//! The request side: tables from the standards, and what must hold for any input.

mod heads;
mod paths;
mod properties;
