#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod delta;
mod diagnostic;
mod object_key;

pub use delta::Delta;
pub use diagnostic::{Diagnostic, ObjectRef, Severity};
pub use object_key::ObjectKey;
