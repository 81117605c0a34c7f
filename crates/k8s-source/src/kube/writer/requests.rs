//! What is asked of the API server.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, SystemTime};

use ::kube::Client;
use ::kube::core::Request;
use ::kube::core::params::{GetParams, Patch, PatchParams, PostParams};
use jiff::Timestamp;
use object_change::{Diagnostic, ObjectKey, Severity};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Resource;
use super::super::body::patiently;
use super::super::event_log::Finding;
use super::super::lease::LeaseRecord;
use super::super::problem::{Problem, Verb};
use super::WriterOptions;
use crate::objects::LoadBalancerIngress;

/// A request that took longer must not take effect any more: less than a third of the Lease is left for it.
const PATIENCE: Duration = Duration::from_secs(3);

const LEASES: Resource = Resource::new("coordination.k8s.io", "v1", "leases");
const INGRESSES: Resource = Resource::new("networking.k8s.io", "v1", "ingresses");
const STATUS: Resource = Resource::new("networking.k8s.io", "v1", "ingresses/status");
const EVENTS: Resource = Resource::new("events.k8s.io", "v1", "events");

#[derive(Deserialize)]
struct Lease {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    spec: LeaseSpec,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    resource_version: Box<str>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LeaseSpec {
    holder_identity: Option<Box<str>>,
    lease_duration_seconds: Option<u64>,
    acquire_time: Option<Box<str>>,
    renew_time: Option<Box<str>>,
    lease_transitions: Option<u64>,
}

impl From<Lease> for LeaseRecord {
    fn from(Lease { metadata, spec }: Lease) -> Self {
        Self {
            holder: spec.holder_identity.unwrap_or_default(),
            seconds: spec.lease_duration_seconds.unwrap_or_default(),
            acquired: spec.acquire_time.unwrap_or_default(),
            renewed: spec.renew_time.unwrap_or_default(),
            transitions: spec.lease_transitions.unwrap_or_default(),
            version: metadata.resource_version,
        }
    }
}

/// A time as `MicroTime` has it.
pub(super) fn date(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| "1970-01-01T00:00:00.000000Z".into(), |time| format!("{time:.6}"))
}

pub(super) struct Requests {
    client: Client,
    options: WriterOptions,
    patience: Duration,
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Requests {
    pub(super) fn new(client: Client, options: WriterOptions) -> Self {
        let patience = PATIENCE.min(options.timing.duration - options.timing.deadline);
        Self { client, options, patience }
    }

    async fn send(
        &self,
        request: Result<http::Request<Vec<u8>>, impl fmt::Display>,
        verb: Verb,
        resource: Resource,
        namespace: &str,
    ) -> Result<String, Problem> {
        let request = request.map_err(|error| Problem::Malformed(error.to_string().into()))?;
        let sent = patiently(self.patience, self.client.request_text(request)).await?;
        sent.map_err(|error| Problem::of_error(&error, verb, resource, Some(namespace)))
    }

    fn post(&self) -> PostParams {
        PostParams { field_manager: Some(self.options.manager.to_string()), ..PostParams::default() }
    }

    /// The Lease, if there is one.
    pub(super) async fn lease(&self) -> Result<Option<LeaseRecord>, Problem> {
        let ObjectKey { namespace, name, .. } = &self.options.lease;
        let request = Request::new(LEASES.path(Some(namespace))).get(name, &GetParams::default());
        match self.send(request, Verb::Get, LEASES, namespace).await {
            Ok(text) => read_lease(&text).map(Some),
            Err(Problem::NoSuchKind(_)) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    pub(super) async fn create_lease(&self, lease: &LeaseRecord) -> Result<LeaseRecord, Problem> {
        let namespace = &self.options.lease.namespace;
        let request = Request::new(LEASES.path(Some(namespace))).create(&self.post(), self.lease_text(lease));
        read_lease(&self.send(request, Verb::Create, LEASES, namespace).await?)
    }

    pub(super) async fn update_lease(&self, lease: &LeaseRecord) -> Result<LeaseRecord, Problem> {
        let ObjectKey { namespace, name, .. } = &self.options.lease;
        let request = Request::new(LEASES.path(Some(namespace))).replace(name, &self.post(), self.lease_text(lease));
        read_lease(&self.send(request, Verb::Update, LEASES, namespace).await?)
    }

    fn lease_text(&self, lease: &LeaseRecord) -> Vec<u8> {
        let ObjectKey { namespace, name, .. } = &self.options.lease;
        let mut metadata = json!({"namespace": namespace, "name": name});
        if let (false, Some(fields)) = (lease.version.is_empty(), metadata.as_object_mut()) {
            fields.insert("resourceVersion".into(), json!(lease.version));
        }
        let text = json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata,
            "spec": {
                "holderIdentity": lease.holder, "leaseDurationSeconds": lease.seconds, "acquireTime": lease.acquired,
                "renewTime": lease.renewed, "leaseTransitions": lease.transitions
            }
        });
        text.to_string().into_bytes()
    }

    /// Writes the status of an Ingress, and nothing else of it.
    pub(super) async fn write_status(&self, key: &ObjectKey, addresses: &[LoadBalancerIngress]) -> Result<(), Problem> {
        let entries: Vec<Value> = addresses
            .iter()
            .map(|address| match (&*address.ip, &*address.hostname) {
                ("", hostname) => json!({"hostname": hostname}),
                (ip, _) => json!({"ip": ip}),
            })
            .collect();
        // An empty list would stay: `null` removes.
        let entries = if entries.is_empty() { Value::Null } else { json!(entries) };
        let patch = Patch::Merge(json!({"status": {"loadBalancer": {"ingress": entries}}}));
        let params = PatchParams { field_manager: Some(self.options.manager.to_string()), ..PatchParams::default() };
        let request =
            Request::new(INGRESSES.path(Some(&key.namespace))).patch_subresource("status", &key.name, &params, &patch);
        self.send(request, Verb::Patch, STATUS, &key.namespace).await.map(drop)
    }

    /// Writes an Event, unless another replica has.
    pub(super) async fn write_event(&self, finding: &Finding, uid: Option<&str>) -> Result<(), Problem> {
        let Diagnostic { object, severity, .. } = &finding.diagnostic;
        let namespace = if object.key.namespace.is_empty() { "default" } else { &*object.key.namespace };
        let kind = if *severity == Severity::Info { "Normal" } else { "Warning" };
        let version = match &*object.kind {
            "Ingress" | "IngressClass" => "networking.k8s.io/v1",
            "EndpointSlice" => "discovery.k8s.io/v1",
            _ => "v1",
        };
        let (now, uid) = (SystemTime::now(), uid.unwrap_or_default());
        let event = json!({
            "apiVersion": "events.k8s.io/v1", "kind": "Event",
            "metadata": {"namespace": namespace, "name": event_name(finding, uid, now)},
            "eventTime": date(now), "type": kind, "reason": finding.reason, "action": "Routing",
            "note": finding.note(), "reportingController": self.options.controller, "reportingInstance": self.options.identity,
            "regarding": {
                "apiVersion": version, "kind": object.kind, "namespace": object.key.namespace, "name": object.key.name,
                "uid": uid
            }
        });
        let text = event.to_string().into_bytes();
        let request = Request::new(EVENTS.path(Some(namespace))).create(&self.post(), text);
        match self.send(request, Verb::Create, EVENTS, namespace).await {
            Err(Problem::Refused { status: 409, .. }) => Ok(()),
            sent => sent.map(drop),
        }
    }
}

/// The name of an Event: the same for all replicas, before and after a restart, so that what one has told no other tells again within the
/// hour. `generateName` would not do: the API server wants a name as what is to be completed, so none that ends in a dot.
fn event_name(finding: &Finding, uid: &str, now: SystemTime) -> String {
    /// What a name may have of 253 octets (RFC 1123 subdomain), without the dot and the hash.
    const MOST: usize = 253 - 17;
    let hour = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / 3600;
    // Its result may change with a release of Rust; then something is told twice, once.
    let mut hasher = DefaultHasher::new();
    (finding, uid, hour).hash(&mut hasher);
    let name = &*finding.diagnostic.object.key.name;
    let name = name.get(..MOST).unwrap_or(name).trim_end_matches(['.', '-']);
    format!("{name}.{:016x}", hasher.finish())
}

fn read_lease(text: &str) -> Result<LeaseRecord, Problem> {
    let lease: Lease =
        serde_json::from_str(text).map_err(|error| Problem::Malformed(format!("a Lease: {error}").into()))?;
    Ok(lease.into())
}

#[cfg(test)]
mod tests {
    use object_change::ObjectRef;

    use super::*;

    fn finding(name: &str, reason: &str) -> Finding {
        let object = ObjectRef::new("Ingress", ObjectKey::new("shop", name));
        Finding::new("Conflict", Diagnostic::warning(object, "spec", reason.to_owned()))
    }

    #[test]
    fn events_have_the_same_name_for_an_hour() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let name = event_name(&finding("web", "taken"), "0123", at(3600));
        assert_eq!(event_name(&finding("web", "taken"), "0123", at(7199)), name);
        for other in [
            event_name(&finding("web", "taken"), "0123", at(7200)),
            event_name(&finding("web", "taken"), "4567", at(3600)),
            event_name(&finding("web", "other"), "0123", at(3600)),
        ] {
            assert_ne!(other, name);
        }
    }

    /// RFC 1123, as the API server checks the names of Events.
    #[test]
    fn events_have_names_that_an_api_server_takes() {
        for name in ["web", "a.b-c", &"a".repeat(253), &format!("{}.-{}", "a".repeat(235), "b".repeat(16))] {
            let event = event_name(&finding(name, "taken"), "", SystemTime::UNIX_EPOCH);
            assert!(
                event.len() <= 253 && event.split('.').all(|label| !label.is_empty() && !label.ends_with('-')),
                "{event}"
            );
        }
    }
}
