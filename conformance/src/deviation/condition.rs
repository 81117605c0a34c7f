//! The conditions by which a row of `deviations.toml` says which differences it covers.
//!
//! A condition says as much as it can: not only where we differ but how, and what of the cluster makes ours the right
//! answer. What it does not say is not covered.

mod alias;
mod case;
mod endpoint;
mod general;
mod name_server;
mod reverse;

pub use case::Case;
pub(super) use case::only_in;
use serde::Deserialize;

/// A machine-checked statement about a question, the cluster, the original's reply and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A class other than IN, which they answer as if it were IN, and we refuse.
    OtherClass,
    /// ANY, of which they find nothing, and we give one RRset.
    MinimalAny,
    /// A name whose zone part has capitals: they find nothing, we find what the name in small letters has.
    CaseOfZone,
    /// SOA of a name that does not exist: they say that the name has no such record, we that it does not exist.
    SoaOfMissingName,
    /// TXT of the zone, a tree or a namespace: they say that the name does not exist, we that it has no such record.
    TxtAtEmptyNonTerminal,
    /// TXT and PTR of `ns.dns`: they say that the name does not exist, we that it has no such record.
    OtherTypeOfNameServer,
    /// Anything but TXT of `dns-version`: they say that the name does not exist, we that it has no such record.
    OtherTypeOfVersion,
    /// The server's address is that of an endpoint, but of no Service: they say that a zone has no name server, we name
    /// the server itself.
    NameServerWithoutService,
    /// NS of a zone of Services: they repeat records, we give each once.
    NameServerTwice,
    /// `dns` in a zone: they say that it does not exist, we that it has no record.
    ParentOfNameServer,
    /// `_tcp` of a Service with TCP ports: they say that it does not exist, we that it has no record.
    ParentOfPorts,
    /// The leading labels of a reverse name are missing, and there is a record below: they say that the name does not
    /// exist, we that it has no record.
    ParentOfReverseName,
    /// Anything but PTR of an address: they say that the name does not exist, we that it has no such record.
    OtherTypeOfAddress,
    /// More labels than a reverse name has: they answer for the name without them, we say that it does not exist.
    LabelsBelowAddress,
    /// `svc` and `pod` in a reverse zone: they say that the name has no such record, we that it does not exist.
    TreeInReverseZone,
    /// PTR of the endpoints of a Service that is not there: they answer with names that do not exist, we do not.
    PointerToMissingService,
    /// NS of a reverse zone: they name Services in that zone, we in the zone where Services are.
    NameServersOfReverseZone,
    /// An alias, of which they show nothing for types other than A, AAAA and CNAME; we show it for each.
    AliasForEveryType,
    /// An alias of a name in the zones that has no such record: they show nothing, we the alias.
    AliasWithoutData,
    /// An alias of a name outside that exists without such records: they leave out the SOA record that says so.
    AliasWithoutDataOutside,
    /// An alias of a name in the zones that does not exist: they say that the alias has no such record.
    AliasOfMissingName,
    /// An alias of a name outside that does not exist: they say that it has no such record.
    AliasOfMissingNameOutside,
    /// Aliases that lead to each other: they show nothing, we the ring, once.
    AliasRing,
    /// A longer chain of aliases than anybody follows: they show nothing, we its beginning.
    AliasChain,
    /// An alias whose zone was asked for with capitals: they do not recognise its target as their own.
    AliasInCapitals,
    /// An empty port and protocol below an alias, which they overlook; we say that no name is below an alias.
    BelowAlias,
    /// Endpoints that are host names: they serve them as aliases beside other records, we do not serve them.
    HostNameEndpoint,
    /// Endpoints named after Pods whose names have dots: they point to names that cannot be asked for, we to the
    /// addresses' names, which can.
    DottedPodName,
    /// The addresses that belong to an answer do not fit: they set TC, we do not.
    GlueLeftOut,
}

impl Condition {
    /// Whether the difference is of this kind.
    #[must_use]
    pub fn holds(self, case: &Case<'_>) -> bool {
        match self {
            Self::OtherClass => general::other_class(case),
            Self::MinimalAny => general::minimal_any(case),
            Self::CaseOfZone => general::case_of_zone(case),
            Self::SoaOfMissingName => general::soa_of_missing_name(case),
            Self::TxtAtEmptyNonTerminal => general::txt_at_empty_non_terminal(case),
            Self::OtherTypeOfNameServer => {
                case.is(&["ns", "dns"]) && matches!(case.kind, "TXT" | "PTR") && case.exists_without_data()
            }
            Self::OtherTypeOfVersion => case.is(&["dns-version"]) && case.kind != "TXT" && case.exists_without_data(),
            Self::NameServerWithoutService => name_server::without_service(case),
            Self::NameServerTwice => name_server::twice(case),
            Self::ParentOfNameServer => case.is(&["dns"]) && case.exists_without_data(),
            Self::ParentOfPorts => general::parent_of_ports(case),
            Self::ParentOfReverseName => reverse::parent(case),
            Self::OtherTypeOfAddress => reverse::other_type(case),
            Self::LabelsBelowAddress => reverse::labels_below(case),
            Self::TreeInReverseZone => reverse::tree(case),
            Self::PointerToMissingService => reverse::pointer_to_missing_service(case),
            Self::NameServersOfReverseZone => name_server::of_reverse_zone(case),
            Self::AliasForEveryType
            | Self::AliasWithoutData
            | Self::AliasWithoutDataOutside
            | Self::AliasOfMissingName
            | Self::AliasOfMissingNameOutside
            | Self::AliasRing
            | Self::AliasChain
            | Self::AliasInCapitals => alias::kind_of(case) == Some(self),
            Self::BelowAlias => alias::below(case),
            Self::HostNameEndpoint => endpoint::host_name(case),
            Self::DottedPodName => endpoint::dotted_pod_name(case) || name_server::dotted(case),
            Self::GlueLeftOut => endpoint::glue_left_out(case),
        }
    }
}
