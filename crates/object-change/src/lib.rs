#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod delta;
mod diagnostic;
mod effect;
mod kind_set;
mod object_key;

pub use delta::Delta;
pub use diagnostic::{Diagnostic, ObjectRef, Severity};
pub use effect::Effect;
pub use kind_set::{KindSet, ObjectKind};
pub use object_key::ObjectKey;
