//! What the programs of the comparison share: the message identifiers that tell a floor how long its reply is, the books
//! that the system keeps of a process, manifests that change, and whether answers keep up with them.

pub mod check;
pub mod churn;
pub mod process;
pub mod tag;
