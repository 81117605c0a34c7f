use ingress_routing::model;
use object_change::{Diagnostic, ObjectKey};

use super::created;
use crate::convert::Findings;
use crate::objects::IngressClass;

/// Annotation of the class that Ingresses without class get.
const IS_DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

/// An IngressClass as routing reads it. It is a default class if the annotation `ingressclass.kubernetes.io/is-default-class` is `"true"`,
/// written just so.
///
/// ```
/// use k8s_source::{convert::routing, objects};
/// let class: objects::IngressClass = serde_json::from_str(
///     r#"{"metadata":{"name":"main","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
///         "spec":{"controller":"whereto.dev/ingress"}}"#,
/// )?;
/// let (key, value, _) = routing::ingress_class(&class);
/// assert_eq!(key.to_string(), "main");
/// assert!(value.is_some_and(|class| class.is_default));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn ingress_class(class: &IngressClass) -> (ObjectKey, Option<model::IngressClass>, Vec<Diagnostic>) {
    let key = class.metadata.cluster_key();
    let mut findings = Findings::new("IngressClass", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    if class.spec.controller.is_empty() {
        findings.warning("spec.controller", "missing: no controller takes Ingresses of this class");
    }
    let is_default = match class.metadata.annotations.get(IS_DEFAULT) {
        Some("true") => true,
        None | Some("false") => false,
        Some(other) => {
            let reason = format!("{other:?} is neither \"true\" nor \"false\": it is not a default class");
            findings.warning(format!("metadata.annotations[{IS_DEFAULT}]"), reason);
            false
        }
    };
    let mut value = model::IngressClass::new(class.spec.controller.clone()).with_default(is_default);
    value.created = created(&class.metadata, &mut findings);
    (key, Some(value), findings.found)
}
