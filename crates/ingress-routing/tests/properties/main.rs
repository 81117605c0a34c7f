//! What must hold for any Ingresses, any history of them and any request. `PROPTEST_CASES` makes more of them: each case has 64 requests.

mod changes;
#[path = "../common/mod.rs"]
mod common;
mod differences;
mod explanations;
mod given;
mod oracle;
