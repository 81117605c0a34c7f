//! `whereto resolv-conf`, `env`, `search`, and `resolve` and `lint` where Pods come in.

#[path = "../common/mod.rs"]
mod common;
mod file;
mod lint;
mod search;
mod variables;
mod walk;

use common::{stderr, stdout, whereto};
use serde_json::Value;

fn json_of(args: &[&str]) -> Value {
    let output = whereto(args);
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", stderr(&output)))
}
