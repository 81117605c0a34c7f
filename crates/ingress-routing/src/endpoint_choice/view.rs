use crate::table::UpstreamEndpoint;

/// What is known of an upstream's endpoints at the moment of a choice. The slices are in the order of `endpoints`; where one is shorter, its
/// default holds for the rest.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EndpointView<'a> {
    /// The endpoints.
    pub endpoints: &'a [UpstreamEndpoint],
    /// Requests in flight; none by default.
    pub loads: &'a [u32],
    /// How much of the traffic each should have, relative to the others; 1 by default. An endpoint with 0 gets none.
    pub weights: &'a [u32],
    /// Those not to choose: ejected, or tried in vain for the same request. None by default.
    pub excluded: &'a [bool],
    /// The zone of whoever chooses: endpoints there are preferred as long as there are any (Service, `trafficDistribution: PreferSameZone`).
    pub zone: Option<&'a str>,
}

impl<'a> EndpointView<'a> {
    /// All endpoints, without load.
    pub const fn new(endpoints: &'a [UpstreamEndpoint]) -> Self {
        Self { endpoints, loads: &[], weights: &[], excluded: &[], zone: None }
    }

    /// With these requests in flight.
    #[must_use]
    pub const fn with_loads(self, loads: &'a [u32]) -> Self {
        Self { loads, ..self }
    }

    /// With these weights.
    #[must_use]
    pub const fn with_weights(self, weights: &'a [u32]) -> Self {
        Self { weights, ..self }
    }

    /// Without those for which `excluded` is true.
    #[must_use]
    pub const fn with_excluded(self, excluded: &'a [bool]) -> Self {
        Self { excluded, ..self }
    }

    /// Seen from a zone.
    #[must_use]
    pub const fn with_zone(self, zone: &'a str) -> Self {
        Self { zone: Some(zone), ..self }
    }

    /// Whether an endpoint may be chosen, zones apart.
    pub(super) fn is_usable(&self, index: usize) -> bool {
        index < self.endpoints.len()
            && !self.excluded.get(index).is_some_and(|excluded| *excluded)
            && self.weight(index) > 0
    }

    pub(super) fn load(&self, index: usize) -> u64 {
        self.loads.get(index).copied().unwrap_or_default().into()
    }

    pub(super) fn weight(&self, index: usize) -> u64 {
        self.weights.get(index).copied().unwrap_or(1).into()
    }

    /// The indexes to choose among: those in the chooser's zone, or all where there is none.
    pub(super) fn candidates(&self) -> impl Iterator<Item = usize> + Clone {
        let view = *self;
        let near = move |index: &usize| {
            let endpoint = view.endpoints.get(*index);
            view.zone.is_some() && endpoint.is_some_and(|endpoint| endpoint.zone.as_deref() == view.zone)
        };
        let usable = (0..view.endpoints.len()).filter(move |index| view.is_usable(*index));
        let any_near = view.zone.is_some() && usable.clone().any(|index| near(&index));
        usable.filter(move |index| !any_near || near(index))
    }
}
