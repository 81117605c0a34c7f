use dns_records::model;
use object_change::{Diagnostic, ObjectKey};

use super::Findings;
use crate::objects::Namespace;

/// A Namespace as DNS reads it.
///
/// ```
/// use k8s_source::{convert, objects};
/// let namespace: objects::Namespace = serde_json::from_str(r#"{"metadata":{"name":"shop","labels":{"dns":"yes"}}}"#)?;
/// let (key, value, diagnostics) = convert::namespace(&namespace);
/// assert_eq!(key.to_string(), "shop");
/// assert_eq!(value.map(|namespace| namespace.labels.len()), Some(1));
/// assert!(diagnostics.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn namespace(namespace: &Namespace) -> (ObjectKey, Option<model::Namespace>, Vec<Diagnostic>) {
    let key = namespace.metadata.cluster_key();
    let mut findings = Findings::new("Namespace", &key);
    let value = findings.has_name().then(|| model::Namespace::new().with_labels(namespace.metadata.labels.to_vec()));
    (key, value, findings.found)
}
