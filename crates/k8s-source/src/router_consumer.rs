use std::fmt;
use std::sync::Arc;

use ingress_routing::model::{self, Change};
use ingress_routing::{Effect, Router, RoutingTable};
use object_change::Diagnostic;

use crate::change::{Consumer, Kind, ObjectChange};
use crate::convert::{converted, routing};

/// Feeds the router of ingress-routing and hands each published table to a sink.
///
/// ```
/// use ingress_routing::{Options, Router};
/// use k8s_source::manifests::{ManifestOptions, ManifestSource, Routes};
/// use k8s_source::RouterConsumer;
/// let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\n\
///             spec: {rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}\n";
/// let mut tables = Vec::new();
/// let mut consumer = RouterConsumer::new(Router::new(Options::new()), |table| tables.push(table));
/// let options = ManifestOptions::default().with_routes(Routes::Read);
/// ManifestSource::new([""; 0], options).with_text("web.yaml", text.as_bytes()).load(&mut consumer, &mut |_| {});
/// drop(consumer);
/// assert_eq!(tables[0].routes().next().map(|route| route.host().to_string()).as_deref(), Some("shop.example"));
/// ```
pub struct RouterConsumer<S> {
    router: Router,
    sink: S,
    changed: bool,
}

impl<S> RouterConsumer<S>
where
    S: FnMut(Arc<RoutingTable>),
{
    /// A consumer for `router`; `sink` takes what is published.
    pub const fn new(router: Router, sink: S) -> Self {
        // The first table is published, whatever is in it.
        Self { router, sink, changed: true }
    }

    /// The router.
    pub const fn router(&self) -> &Router {
        &self.router
    }
}

impl<S> Consumer for RouterConsumer<S>
where
    S: FnMut(Arc<RoutingTable>),
{
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let found = &mut diagnostics;
        let change = match change {
            ObjectChange::Ingress(delta) => converted(delta, routing::ingress, found).map(Change::Ingress),
            ObjectChange::IngressClass(delta) => {
                converted(delta, routing::ingress_class, found).map(Change::IngressClass)
            }
            ObjectChange::Service(delta) => converted(delta, routing::service, found).map(Change::Service),
            ObjectChange::EndpointSlice(delta) => {
                converted(delta, routing::endpoint_slice, found).map(Change::EndpointSlice)
            }
            ObjectChange::Secret(delta) => converted(delta, routing::secret, found).map(Change::Secret),
            ObjectChange::Synced(kind) => {
                let kind = match kind {
                    Kind::Ingress => Some(model::Kind::Ingress),
                    Kind::IngressClass => Some(model::Kind::IngressClass),
                    Kind::Service => Some(model::Kind::Service),
                    Kind::EndpointSlice => Some(model::Kind::EndpointSlice),
                    Kind::Secret => Some(model::Kind::Secret),
                    _ => None,
                };
                kind.map(Change::Synced)
            }
            _ => None,
        };
        if let Some(change) = change {
            let Effect { changed, diagnostics: told, .. } = self.router.apply(change);
            self.changed |= changed;
            diagnostics.extend(told);
        }
        diagnostics
    }

    /// Publishes a table, unless nothing changed since the last one.
    fn publish(&mut self) {
        if std::mem::take(&mut self.changed) {
            (self.sink)(self.router.publish());
        }
    }
}

impl<S> fmt::Debug for RouterConsumer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouterConsumer").field("router", &self.router).finish_non_exhaustive()
    }
}
