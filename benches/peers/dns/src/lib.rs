//! What the programs of the comparison share: the message identifiers that tell a floor how long its reply is, and the
//! books that the system keeps of a process.

pub mod process;
pub mod tag;
