use ingress_routing::{Options, Router, RoutingTable};
use k8s_source::objects::Ingress;
use k8s_source::{Consumer, ObjectChange, RouterConsumer, convert};
use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef};
use std::sync::Arc;

/// Tells what is wrong with each object that has a part in routing, while its place is known.
#[derive(Debug)]
pub(in crate::commands::lint) struct ObjectChecks(RouterConsumer<fn(Arc<RoutingTable>)>);

impl ObjectChecks {
    /// For Ingresses of all classes.
    pub(in crate::commands::lint) fn new(options: Options) -> Self {
        Self(RouterConsumer::new(Router::new(options), |_| {}))
    }
}

impl Consumer for ObjectChecks {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let own = match &change {
            ObjectChange::Ingress(Delta::Upsert(key, ingress)) => check(key, ingress),
            _ => Vec::new(),
        };
        let mut found = self.0.apply(change);
        found.extend(own);
        found
    }

    fn publish(&mut self) {}
}

/// What an Ingress shows that routing has no opinion of.
fn check(key: &ObjectKey, ingress: &Ingress) -> Vec<Diagnostic> {
    let object = ObjectRef::new("Ingress", key.clone());
    let mut found = Vec::new();
    let version = &*ingress.api_version;
    if version.ends_with("/v1beta1") {
        let reason = format!("{version} is not served since Kubernetes 1.22: networking.k8s.io/v1 is");
        found.push(Diagnostic::warning(object.clone(), "apiVersion", reason));
        for (rule_index, rule) in ingress.spec.rules.iter().enumerate() {
            let paths = rule.http.iter().flat_map(|http| &http.paths).enumerate();
            for (path_index, _) in paths.filter(|(_, path)| path.path_type.is_none()) {
                let field = format!("spec.rules[{rule_index}].http.paths[{path_index}].pathType");
                let reason =
                    "missing: required in networking.k8s.io/v1, and controllers differ in what they take for it";
                found.push(Diagnostic::warning(object.clone(), field, reason));
            }
        }
    }
    let (_, value, _) = convert::routing::ingress(ingress);
    if let Some((class, legacy)) = value.and_then(|value| value.class.zip(value.legacy_class)) {
        // ValidateIngressCreate in pkg/apis/networking/validation: both may stand only in objects of old.
        let reason =
            format!("there is spec.ingressClassName {class} beside it: an API server refuses the two together");
        let field = "metadata.annotations[kubernetes.io/ingress.class]";
        found.push(Diagnostic::warning(object, field, format!("{legacy}: {reason}")));
    }
    found
}
