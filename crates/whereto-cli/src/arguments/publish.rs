use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use k8s_source::objects::LoadBalancerIngress;
use object_change::ObjectKey;

use super::limits::seconds;

/// What is written to a live cluster. By default, nothing is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to the cluster")]
pub(crate) struct PublishArgs {
    /// Write this address or host name into the status of our Ingresses (repeatable).
    #[arg(long, value_name = "ADDR", value_parser = address, requires = "kube", conflicts_with_all = ["publish_service", "publish_nodes"])]
    pub(crate) publish_address: Vec<LoadBalancerIngress>,
    /// Write those of this Service's load balancer.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = key, requires = "kube", conflicts_with = "publish_nodes")]
    pub(crate) publish_service: Option<ObjectKey>,
    /// Write those of the nodes with ready Pods that have these labels, in our own namespace.
    #[arg(long, value_name = "LABELS", requires = "kube")]
    pub(crate) publish_nodes: Option<String>,
    /// Write Events on Ingresses that conflict with others or whose certificate can't be used.
    #[arg(long, requires = "kube")]
    pub(crate) events: bool,
    /// The Lease by which replicas agree on the one that writes [default: whereto-ingress in our own namespace].
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = key, requires = "kube")]
    pub(crate) lease: Option<ObjectKey>,
    /// Seconds after which another replica takes over from one that is gone without a word, at least 2.
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = lease_duration, requires = "kube")]
    pub(crate) lease_duration: Duration,
}

impl PublishArgs {
    /// Whether the status of Ingresses is written.
    pub(crate) fn writes_status(&self) -> bool {
        !self.publish_address.is_empty() || self.publish_service.is_some() || self.publish_nodes.is_some()
    }
}

fn address(text: &str) -> Result<LoadBalancerIngress, String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(LoadBalancerIngress::ip(ip.to_string()));
    }
    // As the API server takes it: RFC 1123, lower case.
    let is_label = |label: &str| {
        let inner = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() <= 253 && text.split('.').all(is_label) {
        Ok(LoadBalancerIngress::hostname(text))
    } else {
        Err("neither an address nor a host name in lower case".into())
    }
}

fn key(text: &str) -> Result<ObjectKey, String> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(ObjectKey::new(namespace, name))
        }
        _ => Err("write NAMESPACE/NAME".into()),
    }
}

fn lease_duration(text: &str) -> Result<Duration, String> {
    let duration = seconds(text)?;
    if duration < Duration::from_secs(2) { Err("less than 2".into()) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_told_apart() {
        assert_eq!(address("2001:DB8::1"), Ok(LoadBalancerIngress::ip("2001:db8::1")));
        assert_eq!(address("lb-1.example"), Ok(LoadBalancerIngress::hostname("lb-1.example")));
        for wrong in ["", "LB.example", "a..b", "-a", "a_b", "192.0.2.1:80"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
