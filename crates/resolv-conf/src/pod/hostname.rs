//! The names that a Pod has for itself (`GeneratePodHostNameAndDomain` in kubelet_pods.go, `GetNodenameForKernel` in util.go).

use std::fmt;

use super::PodDns;
use super::validate::{dns_1123_label, dns_1123_subdomain};

/// Longest hostname that kubelet gives, in octets; a longer Pod name is cut.
const MAX_HOSTNAME: usize = 63;
/// Longest name that the kernel takes, in octets (`__NEW_UTS_LEN`).
const MAX_KERNEL_HOSTNAME: usize = 64;

/// The names that a Pod has for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PodHostname {
    /// The hostname: `spec.hostnameOverride`, else `spec.hostname`, else the Pod's name cut to 63 octets.
    pub hostname: Box<str>,
    /// `SUBDOMAIN.NAMESPACE.svc.CLUSTER-DOMAIN` where the Pod has a subdomain; empty otherwise.
    pub domain: Box<str>,
    /// What `hostname` prints inside of the Pod, and what a stub resolver takes its default search domain from; `None` for a Pod in
    /// its node's network, which has the node's.
    pub kernel: Option<Box<str>>,
}

impl PodHostname {
    /// Hostname and domain with a dot between; `None` without a domain.
    pub fn fqdn(&self) -> Option<String> {
        (!self.domain.is_empty()).then(|| format!("{}.{}", self.hostname, self.domain))
    }
}

/// Why a Pod has no hostname, in kubelet's words. Such a Pod does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostnameError {
    /// `spec.hostnameOverride` is no DNS name.
    Override {
        /// The value.
        hostname: Box<str>,
        /// What is wrong with it.
        reasons: Vec<String>,
    },
    /// `spec.hostname` is no DNS label.
    Hostname {
        /// The value.
        hostname: Box<str>,
        /// What is wrong with it.
        reasons: Vec<String>,
    },
    /// `spec.subdomain` is no DNS label.
    Subdomain {
        /// The value.
        subdomain: Box<str>,
        /// What is wrong with it.
        reasons: Vec<String>,
    },
    /// Nothing is left of a name that was cut.
    Cut {
        /// The Pod's name.
        pod: Box<str>,
        /// The hostname.
        hostname: Box<str>,
    },
    /// `spec.setHostnameAsFQDN` with a name of more than 64 octets: the Pod stays in ContainerCreating.
    FqdnTooLong {
        /// The name.
        fqdn: Box<str>,
    },
}

impl fmt::Display for HostnameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Override { hostname, reasons } => {
                write!(f, "pod HostnameOverride {hostname:?} is not a valid DNS subdomain: {}", reasons.join(";"))
            }
            Self::Hostname { hostname, reasons } => {
                write!(f, "pod Hostname {hostname:?} is not a valid DNS label: {}", reasons.join(";"))
            }
            Self::Subdomain { subdomain, reasons } => {
                write!(f, "pod Subdomain {subdomain:?} is not a valid DNS label: {}", reasons.join(";"))
            }
            Self::Cut { pod, hostname } => write!(f, "hostname for pod {pod:?} was invalid: {hostname:?}"),
            Self::FqdnTooLong { fqdn } => write!(
                f,
                "failed to construct FQDN from pod hostname and cluster domain, FQDN {fqdn} is too long ({MAX_KERNEL_HOSTNAME} \
                 characters is the max, {} characters requested)",
                fqdn.len()
            ),
        }
    }
}

impl std::error::Error for HostnameError {}

/// The names that the Pod has for itself in a cluster with this domain.
///
/// A domain is written into the Pod's hosts file. For others to find the Pod by it there must be a headless Service of the subdomain's name.
///
/// ```
/// use k8s_resolv_conf::pod::{PodDns, hostname};
/// let names = hostname(&PodDns::new("data", "db-0").with_subdomain("db"), "cluster.local")?;
/// assert_eq!(names.fqdn().as_deref(), Some("db-0.db.data.svc.cluster.local"));
/// assert_eq!(names.kernel.as_deref(), Some("db-0"));
/// # Ok::<(), k8s_resolv_conf::pod::HostnameError>(())
/// ```
///
/// # Errors
/// When kubelet refuses to start the Pod for its names.
pub fn hostname(pod: &PodDns, cluster_domain: &str) -> Result<PodHostname, HostnameError> {
    let (hostname, domain) = match &pod.hostname_override {
        Some(hostname) => {
            let reasons = dns_1123_subdomain(hostname);
            if !reasons.is_empty() {
                return Err(HostnameError::Override { hostname: hostname.clone(), reasons });
            }
            (cut(pod, hostname)?, Box::default())
        }
        None => {
            let reasons = if pod.hostname.is_empty() { Vec::new() } else { dns_1123_label(&pod.hostname) };
            if !reasons.is_empty() {
                return Err(HostnameError::Hostname { hostname: pod.hostname.clone(), reasons });
            }
            let hostname = cut(pod, if pod.hostname.is_empty() { &pod.name } else { &pod.hostname })?;
            (hostname, domain(pod, cluster_domain)?)
        }
    };
    let mut names = PodHostname { hostname, domain, kernel: None };
    if !pod.host_network {
        names.kernel = Some(match names.fqdn().filter(|_| pod.set_hostname_as_fqdn) {
            Some(fqdn) if fqdn.len() > MAX_KERNEL_HOSTNAME => {
                return Err(HostnameError::FqdnTooLong { fqdn: fqdn.into() });
            }
            Some(fqdn) => fqdn.into(),
            None => names.hostname.clone(),
        });
    }
    Ok(names)
}

fn domain(pod: &PodDns, cluster_domain: &str) -> Result<Box<str>, HostnameError> {
    let PodDns { subdomain, namespace, .. } = pod;
    if subdomain.is_empty() {
        return Ok(Box::default());
    }
    let reasons = dns_1123_label(subdomain);
    if !reasons.is_empty() {
        return Err(HostnameError::Subdomain { subdomain: subdomain.clone(), reasons });
    }
    Ok(format!("{subdomain}.{namespace}.svc.{cluster_domain}").into())
}

fn cut(pod: &PodDns, hostname: &str) -> Result<Box<str>, HostnameError> {
    if hostname.len() <= MAX_HOSTNAME {
        return Ok(hostname.into());
    }
    // A Pod's name is ASCII; should it be something else, a character is left whole.
    let end = (0..=MAX_HOSTNAME).rev().find(|end| hostname.is_char_boundary(*end)).unwrap_or_default();
    let cut = hostname.get(..end).unwrap_or_default().trim_end_matches(['-', '.']);
    if cut.is_empty() {
        return Err(HostnameError::Cut { pod: pod.name.clone(), hostname: hostname.into() });
    }
    Ok(cut.into())
}
