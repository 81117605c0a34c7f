use super::Labels;

/// A Namespace: names below it exist only while it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Namespace {
    /// `metadata.labels`, for the `namespace_labels` selector.
    pub labels: Labels,
}

impl Namespace {
    /// A Namespace without labels.
    pub const fn new() -> Self {
        Self { labels: Vec::new() }
    }

    /// The same with these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }
}
