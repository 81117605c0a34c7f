//! What kubelet gives a Pod, row by row as Kubernetes 1.36.3 tests itself, and what those tests leave out.

mod environment;
mod files;
mod hostname;
mod limits;
mod options;
mod policy;
mod properties;
mod validation;

/// Texts as the models hold them.
fn texts(words: &str) -> Vec<Box<str>> {
    words.split_whitespace().map(Into::into).collect()
}
