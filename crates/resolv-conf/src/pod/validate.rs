//! What an API server refuses (`validateDNSPolicy`, `validatePodDNSConfig`, `validatePodHostName`, `ValidateHostAliases` in
//! pkg/apis/core/validation/validation.go).

mod error;
mod ip;
mod name;

use super::{DnsConfig, DnsPolicy, Limits, MAX_NAMESERVERS, PodDns};
use error::Path;

pub use error::{FieldError, FieldErrorKind};
pub(super) use name::{dns_1123_label, dns_1123_subdomain};

/// Longest `hostnameOverride`, in octets.
const MAX_HOSTNAME_OVERRIDE: usize = 64;

/// What an API server asks of a Pod, which has changed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ApiRules {
    /// Addresses with leading zeros and IPv4-mapped ones are refused (StrictIPCIDRValidation).
    pub strict_ips: bool,
    /// Search domains may have underscores, and may be a single dot (RelaxedDNSSearchValidation).
    pub relaxed_searches: bool,
    /// How long `dnsConfig.searches` may be (ExpandedDNSConfig).
    pub limits: Limits,
}

impl ApiRules {
    /// As Kubernetes 1.36.
    pub const V1_36: Self = Self { strict_ips: true, ..Self::V1_33 };
    /// As Kubernetes 1.33 to 1.35.
    pub const V1_33: Self = Self { relaxed_searches: true, ..Self::V1_26 };
    /// As Kubernetes 1.26 to 1.32.
    pub const V1_26: Self = Self { limits: Limits::EXPANDED, ..Self::V1_25 };
    /// As Kubernetes 1.25 and before.
    pub const V1_25: Self = Self { strict_ips: false, relaxed_searches: false, limits: Limits::LEGACY };
}

impl Default for ApiRules {
    fn default() -> Self {
        Self::V1_36
    }
}

/// What an API server would say against the Pod's names and settings, in its words and order; nothing where it takes the Pod.
///
/// `field` is the path of the Pod's spec: `spec` for a Pod, `spec.template.spec` for the Pods of a Deployment.
///
/// ```
/// use k8s_resolv_conf::pod::{ApiRules, DnsPolicy, PodDns, validate};
/// let pod = PodDns::new("shop", "web-0").with_dns_policy(DnsPolicy::None);
/// let errors = validate(&pod, "spec", ApiRules::V1_36);
/// assert_eq!(errors[0].to_string(), "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None");
/// ```
pub fn validate(pod: &PodDns, field: &str, rules: ApiRules) -> Vec<FieldError> {
    let spec = Path::new(field);
    let mut errors = Vec::new();
    dns_policy(&pod.dns_policy, &spec.child("dnsPolicy"), &mut errors);
    dns_config(pod, &spec.child("dnsConfig"), rules, &mut errors);
    hostname_override(pod, &spec, &mut errors);
    for (name, value) in [("hostname", &pod.hostname), ("subdomain", &pod.subdomain)] {
        if !value.is_empty() {
            spec.child(name).invalid_each(value, dns_1123_label(value), &mut errors);
        }
    }
    let aliases = spec.child("hostAliases");
    for (index, alias) in pod.host_aliases.iter().enumerate() {
        let path = aliases.index(index);
        let at = path.child("ip");
        at.invalid_each(&alias.ip, ip::problems(&alias.ip, rules.strict_ips), &mut errors);
        for (index, hostname) in alias.hostnames.iter().enumerate() {
            path.child("hostnames").index(index).invalid_each(hostname, dns_1123_subdomain(hostname), &mut errors);
        }
    }
    errors
}

fn dns_policy(policy: &DnsPolicy, path: &Path, errors: &mut Vec<FieldError>) {
    match policy {
        DnsPolicy::Other(other) if other.is_empty() => errors.push(path.required("")),
        DnsPolicy::Other(other) => {
            let known =
                [DnsPolicy::ClusterFirstWithHostNet, DnsPolicy::ClusterFirst, DnsPolicy::Default, DnsPolicy::None];
            errors.push(path.not_supported(other, &known.each_ref().map(DnsPolicy::as_str)));
        }
        _ => {}
    }
}

fn dns_config(pod: &PodDns, path: &Path, rules: ApiRules, errors: &mut Vec<FieldError>) {
    let policy = &pod.dns_policy;
    let has_servers = |config: &DnsConfig| !config.nameservers.is_empty();
    if *policy == DnsPolicy::None && !pod.dns_config.as_ref().is_some_and(has_servers) {
        errors.push(match pod.dns_config {
            None => path.required(&format!("must provide `dnsConfig` when `dnsPolicy` is {policy}")),
            Some(_) => path
                .child("nameservers")
                .required(&format!("must provide at least one DNS nameserver when `dnsPolicy` is {policy}")),
        });
        return;
    }
    let Some(config) = &pod.dns_config else { return };
    let nameservers = path.child("nameservers");
    if config.nameservers.len() > MAX_NAMESERVERS {
        let detail = format!("must not have more than {MAX_NAMESERVERS} nameservers");
        errors.push(nameservers.invalid_list(&config.nameservers, &detail));
    }
    for (index, address) in config.nameservers.iter().enumerate() {
        nameservers.index(index).invalid_each(address, ip::problems(address, rules.strict_ips), errors);
    }
    searches(&config.searches, &path.child("searches"), rules, errors);
    for (index, _) in config.options.iter().enumerate().filter(|(_, option)| option.name.is_empty()) {
        errors.push(path.child("options").index(index).required("must not be empty"));
    }
}

fn searches(searches: &[Box<str>], path: &Path, rules: ApiRules, errors: &mut Vec<FieldError>) {
    let Limits { max_searches, max_search_octets } = rules.limits;
    if searches.len() > max_searches {
        errors.push(path.invalid_list(searches, &format!("must not have more than {max_searches} search paths")));
    }
    if super::limits::search_octets(searches) > max_search_octets {
        let detail =
            format!("must not have more than {max_search_octets} characters (including spaces) in the search list");
        errors.push(path.invalid_list(searches, &detail));
    }
    for (index, search) in searches.iter().enumerate() {
        if rules.relaxed_searches && **search == *"." {
            continue;
        }
        let search = search.strip_suffix('.').unwrap_or(search);
        let problems = if rules.relaxed_searches {
            name::dns_1123_subdomain_with_underscore(search)
        } else {
            dns_1123_subdomain(search)
        };
        path.index(index).invalid_each(search, problems, errors);
    }
}

fn hostname_override(pod: &PodDns, spec: &Path, errors: &mut Vec<FieldError>) {
    let Some(hostname) = &pod.hostname_override else { return };
    let path = spec.child("hostnameOverride");
    if pod.set_hostname_as_fqdn {
        errors.push(path.forbidden("may not be specified when setHostnameAsFQDN is true"));
    }
    if pod.host_network {
        errors.push(path.forbidden("may not be specified when hostNetwork is true"));
    }
    if hostname.len() > MAX_HOSTNAME_OVERRIDE {
        errors.push(path.too_long(MAX_HOSTNAME_OVERRIDE));
    }
    path.invalid_each(hostname, dns_1123_subdomain(hostname), errors);
}
