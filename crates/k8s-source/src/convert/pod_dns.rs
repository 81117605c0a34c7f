use k8s_resolv_conf::pod::{ApiRules, DnsConfig, DnsOption, HostAlias, PodDns, validate};
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use crate::objects::{Pod, PodSpec, Workload, WorkloadKind};

/// What of a Pod decides its names and settings, with a diagnostic for each thing that an API server of Kubernetes 1.36 would refuse.
///
/// ```
/// use k8s_source::{convert, objects};
/// let pod: objects::Pod = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"web-0"},"spec":{"dnsPolicy":"None"},"status":{"podIP":"10.244.0.7"}}"#,
/// )?;
/// let (key, value, diagnostics) = convert::pod_dns(&pod);
/// assert_eq!(key.to_string(), "shop/web-0");
/// assert_eq!(value.map(|pod| pod.ips), Some(vec!["10.244.0.7".into()]));
/// assert_eq!(&*diagnostics[0].field, "spec.dnsConfig");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn pod_dns(pod: &Pod) -> (ObjectKey, Option<PodDns>, Vec<Diagnostic>) {
    let key = pod.metadata.key();
    let object = ObjectRef::new("Pod", key.clone());
    if key.name.is_empty() {
        return (key, None, vec![nameless(object)]);
    }
    let mut value = of_spec(PodDns::new(key.namespace.clone(), key.name.clone()), &pod.spec);
    value.uid = pod.metadata.uid.clone();
    // The API keeps podIP equal to the first of podIPs; a manifest may have just one of them.
    let single = pod.status.pod_ips.is_empty().then_some(&pod.status.pod_ip);
    let ips = pod.status.pod_ips.iter().map(|ip| &ip.ip).chain(single);
    value.ips = ips.filter(|ip| !ip.is_empty()).cloned().collect();
    let diagnostics = refusals(&value, "spec", &object);
    (key, Some(value), diagnostics)
}

/// The same for the Pods that a workload makes. The key is the workload's.
///
/// Their names end in what nobody knows before: here a Pod goes by the workload's own name, but that of a StatefulSet by `NAME-0`, with
/// the hostname and subdomain that the StatefulSet controller gives it. There is no address.
pub fn pod_dns_of_template(kind: WorkloadKind, workload: &Workload) -> (ObjectKey, Option<PodDns>, Vec<Diagnostic>) {
    let key = workload.metadata.key();
    let object = ObjectRef::new(kind.name(), key.clone());
    if key.name.is_empty() {
        return (key, None, vec![nameless(object)]);
    }
    let spec = &workload.template(kind).spec;
    let name = match kind {
        WorkloadKind::StatefulSet => format!("{}-0", key.name).into(),
        _ => key.name.clone(),
    };
    let mut value = of_spec(PodDns::new(key.namespace.clone(), name), spec);
    let diagnostics = refusals(&value, kind.pod_spec_field(), &object);
    if kind == WorkloadKind::StatefulSet {
        value.hostname = value.name.clone();
        value.subdomain = workload.spec.service_name.clone();
    }
    (key, Some(value), diagnostics)
}

fn of_spec(mut pod: PodDns, spec: &PodSpec) -> PodDns {
    if let Some(policy) = spec.dns_policy.as_deref().filter(|policy| !policy.is_empty()) {
        pod.dns_policy = policy.into();
    }
    pod.dns_config = spec.dns_config.as_ref().map(|given| {
        let mut config = DnsConfig::new();
        config.nameservers = given.nameservers.clone();
        config.searches = given.searches.clone();
        let option =
            |option: &crate::objects::PodDNSConfigOption| DnsOption::new(&option.name, option.value.as_deref());
        config.options = given.options.iter().map(option).collect();
        config
    });
    pod.host_network = spec.host_network;
    let alias = |alias: &crate::objects::HostAlias| HostAlias::new(alias.ip.clone(), alias.hostnames.iter().cloned());
    pod.host_aliases = spec.host_aliases.iter().map(alias).collect();
    pod.hostname = spec.hostname.clone();
    pod.subdomain = spec.subdomain.clone();
    pod.hostname_override = spec.hostname_override.clone();
    pod.set_hostname_as_fqdn = spec.set_hostname_as_fqdn;
    pod.enable_service_links = spec.enable_service_links.unwrap_or(true);
    pod
}

fn nameless(object: ObjectRef) -> Diagnostic {
    Diagnostic::error(object, "metadata.name", "missing: the object is not used")
}

fn refusals(pod: &PodDns, field: &str, object: &ObjectRef) -> Vec<Diagnostic> {
    let errors = validate(pod, field, ApiRules::V1_36);
    errors
        .into_iter()
        .map(|error| Diagnostic::error(object.clone(), String::from(&*error.field), error.body()))
        .collect()
}
