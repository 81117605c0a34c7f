use clap::{Args, ValueEnum};
use dns_records::{
    ConfigError, Conformance, EmptyServices, EndpointNames, Endpoints, Fallthrough, LabelSelector, Name, PodMode,
    ZonalNames, ZoneConfig,
};

use k8s_source::Kind;
use k8s_source::kube::{KubeOptions, NotWatched, RUNNING_PODS};
use k8s_source::manifests::{PodOrigins, Routes};
use k8s_source::objects::WorkloadKind;

use super::Reads;

/// What is served: the options of CoreDNS's `kubernetes` plugin.
#[derive(Debug, Args)]
#[command(next_help_heading = "Zones")]
pub(crate) struct ZoneArgs {
    /// A zone: a domain name, or an address range for its reverse zones (repeatable).
    #[arg(long = "zone", value_name = "ZONE", default_values = ["cluster.local", "in-addr.arpa", "ip6.arpa"])]
    zones: Vec<String>,
    /// TTL of the records in seconds, up to 3600.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    ttl: u32,
    /// What names below `pod.ZONE` answer.
    #[arg(long, value_enum, default_value_t = Pods::Insecure, value_name = "MODE")]
    pods: Pods,
    /// Only these namespaces exist (repeatable, or separated by commas).
    #[arg(long, value_name = "NAMESPACE", value_delimiter = ',')]
    namespaces: Vec<String>,
    /// Only namespaces whose labels match exist.
    #[arg(long, value_name = "SELECTOR")]
    namespace_labels: Option<LabelSelector>,
    /// Only Services, EndpointSlices and Pods whose labels match are read.
    #[arg(long, value_name = "SELECTOR")]
    labels: Option<LabelSelector>,
    /// Serve ServiceImports in this zone, which becomes one of the zones if it is none (repeatable).
    #[arg(long, value_name = "ZONE")]
    multicluster: Vec<String>,
    #[command(flatten)]
    names: NameArgs,
    #[command(flatten)]
    endpoints: EndpointArgs,
    #[command(flatten)]
    fallthrough: FallthroughArgs,
    /// Whose answers to give where CoreDNS departs from the standards.
    #[arg(long, value_enum, default_value_t = Original::Rfc, value_name = "WHOSE")]
    conformance: Original,
}

#[derive(Debug, Args)]
struct NameArgs {
    /// Name endpoints without hostname by their Pod rather than their address.
    #[arg(long)]
    endpoint_pod_names: bool,
    /// Answer names for the endpoints of headless Services in one topology zone: ZONE.pin._zone.SERVICE….
    #[arg(long)]
    zonal: bool,
}

#[derive(Debug, Args)]
struct EndpointArgs {
    /// Read no EndpointSlices: no headless addresses, endpoint names and endpoint PTRs.
    #[arg(long)]
    noendpoints: bool,
    /// Services with a cluster IP but without ready endpoints do not exist.
    #[arg(long)]
    ignore_empty_service: bool,
}

#[derive(Debug, Args)]
struct FallthroughArgs {
    /// Names in this zone that do not exist are forwarded (repeatable; `.` for all) [default: in-addr.arpa and ip6.arpa where
    /// anything is forwarded].
    #[arg(long, value_name = "ZONE")]
    fallthrough: Vec<Name>,
    /// Names in the zones that do not exist are never forwarded.
    #[arg(long, conflicts_with = "fallthrough")]
    no_fallthrough: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pods {
    /// None exists.
    Disabled,
    /// The address that the name spells, in every namespace.
    Insecure,
    /// The same, but only while a Pod has the address.
    Verified,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Original {
    /// The standards'.
    Rfc,
    /// CoreDNS's.
    Coredns,
}

impl ZoneArgs {
    /// The options; `forwards` is whether anybody is asked about names outside.
    pub(crate) fn config(&self, forwards: bool) -> Result<ZoneConfig, ConfigError> {
        let (first, others) = self.zones.split_first().map_or(("cluster.local", &[][..]), |(a, b)| (a.as_str(), b));
        let mut config = ZoneConfig::new(first)?.with_ttl(self.ttl)?;
        for zone in others {
            config = config.with_zone(zone)?;
        }
        for zone in &self.multicluster {
            config = config.with_zone(zone)?.with_multicluster_zone(zone)?;
        }
        if !self.namespaces.is_empty() {
            config = config.with_namespaces(self.namespaces.iter().map(String::as_str));
        }
        if let Some(selector) = &self.namespace_labels {
            config = config.with_namespace_labels(selector.clone());
        }
        if let Some(selector) = &self.labels {
            config = config.with_labels(selector.clone());
        }
        if self.names.endpoint_pod_names {
            config = config.with_endpoint_names(EndpointNames::PodName);
        }
        if self.names.zonal {
            config = config.with_zonal_names(ZonalNames::Serve);
        }
        if self.endpoints.noendpoints {
            config = config.with_endpoints(Endpoints::Ignore);
        }
        if self.endpoints.ignore_empty_service {
            config = config.with_empty_services(EmptyServices::Ignore);
        }
        let pods = match self.pods {
            Pods::Disabled => PodMode::Disabled,
            Pods::Insecure => PodMode::Insecure,
            Pods::Verified => PodMode::Verified,
        };
        let conformance = if self.is_original() { Conformance::CoreDns } else { Conformance::Rfc };
        let config = config.with_pods(pods).with_conformance(conformance).with_fallthrough(self.fallthrough(forwards)?);
        config.check()?;
        Ok(config)
    }

    fn fallthrough(&self, forwards: bool) -> Result<Fallthrough, ConfigError> {
        let args = &self.fallthrough;
        if args.no_fallthrough || (args.fallthrough.is_empty() && !forwards) {
            return Ok(Fallthrough::Never);
        }
        if !args.fallthrough.is_empty() {
            return Ok(Fallthrough::Zones(args.fallthrough.clone()));
        }
        // The addresses of the cluster's Pods, Services and nodes are seldom all that the reverse zones have.
        let reverse = ["in-addr.arpa", "ip6.arpa"].map(|zone| zone.parse().map_err(ConfigError::Zone));
        Ok(Fallthrough::Zones(reverse.into_iter().collect::<Result<_, _>>()?))
    }

    /// What of a live cluster has to be read for that, and for what else is looked at: Pods and what makes them, Ingresses. What the options leave out does not leave the
    /// API server.
    ///
    /// # Errors
    /// Never: the kinds are known.
    pub(crate) fn kube_options(&self, reads: Reads) -> Result<KubeOptions, NotWatched> {
        let has_routes = reads.routes == Routes::Read;
        let wanted = [
            (Kind::EndpointSlice, !self.endpoints.noendpoints),
            (Kind::Pod, reads.pods == PodOrigins::Read || matches!(self.pods, Pods::Verified)),
            (Kind::ServiceImport, self.is_multicluster()),
            (Kind::Ingress, has_routes),
            (Kind::IngressClass, has_routes),
            (Kind::Secret, has_routes),
        ];
        let kinds = wanted.into_iter().filter_map(|(kind, is_wanted)| is_wanted.then_some(kind));
        let workloads = WorkloadKind::ALL.into_iter().filter(|_| reads.pods == PodOrigins::Read).map(Kind::Workload);
        let mut options = KubeOptions::new([Kind::Namespace, Kind::Service].into_iter().chain(kinds).chain(workloads))?
            .with_fields(Kind::Pod, RUNNING_PODS);
        for namespace in &self.namespaces {
            options = options.with_namespace(namespace.as_str());
        }
        if let Some(selector) = &self.namespace_labels {
            options = options.with_labels(Kind::Namespace, selector.to_string());
        }
        if let Some(selector) = &self.labels {
            for kind in [Kind::Service, Kind::EndpointSlice, Kind::Pod] {
                // The zones select among them.
                if kind == Kind::Pod && reads.pods == PodOrigins::Read {
                    continue;
                }
                options = options.with_labels(kind, selector.to_string());
            }
        }
        Ok(options)
    }

    /// The first zone as it was given.
    pub(crate) fn first(&self) -> &str {
        self.zones.first().map_or("cluster.local", String::as_str)
    }

    /// Whether this is one of the zones.
    pub(crate) fn has(&self, domain: &str) -> bool {
        let without_dot = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        self.zones.iter().any(|zone| without_dot(zone) == without_dot(domain))
    }

    /// Whether ServiceImports are served.
    pub(crate) const fn is_multicluster(&self) -> bool {
        !self.multicluster.is_empty()
    }

    /// Whether CoreDNS's answers are wanted.
    pub(crate) fn is_original(&self) -> bool {
        self.conformance == Original::Coredns
    }
}
