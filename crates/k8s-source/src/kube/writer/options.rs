use object_change::ObjectKey;

use super::super::lease::LeaseTiming;

/// As whom a [`Writer`](super::Writer) writes.
#[derive(Clone, Debug)]
pub struct WriterOptions {
    pub(super) lease: ObjectKey,
    pub(super) identity: Box<str>,
    pub(super) timing: LeaseTiming,
    pub(super) controller: Box<str>,
    pub(super) manager: Box<str>,
}

impl WriterOptions {
    /// With the Lease by which the replicas agree, and a name that no other replica has, such as the Pod's.
    pub fn new(lease: ObjectKey, identity: impl Into<Box<str>>) -> Self {
        Self {
            lease,
            identity: identity.into(),
            timing: LeaseTiming::default(),
            controller: "whereto.dev/ingress".into(),
            manager: "whereto".into(),
        }
    }

    /// How long the Lease holds.
    #[must_use]
    pub const fn with_timing(mut self, timing: LeaseTiming) -> Self {
        self.timing = timing;
        self
    }

    /// Who says so in Events (`reportingController`). Default: `whereto.dev/ingress`.
    #[must_use]
    pub fn with_controller(mut self, controller: impl Into<Box<str>>) -> Self {
        self.controller = controller.into();
        self
    }

    /// Who wrote, in `managedFields`. Default: `whereto`.
    #[must_use]
    pub fn with_field_manager(mut self, manager: impl Into<Box<str>>) -> Self {
        self.manager = manager.into();
        self
    }
}
