use std::str::FromStr;

use clap::{Args, ValueEnum};
use ingress_routing::model::{PortRef, ServiceRef};
use ingress_routing::{
    AbsoluteFormHost, AccessAnnotations, Classes, Classless, Escape, EscapeCase, HostFallback, HttpsRedirect,
    ImplementationSpecific, NonAscii, Options, RequestOptions, ServerNamePolicy, ServiceAffinity, Slashes,
};
use k8s_source::Kind;
use k8s_source::kube::{KubeOptions, NotWatched};

/// The value of `spec.controller` by which IngressClasses are this controller's.
const CONTROLLER: &str = "whereto.dev/ingress";

/// Which Ingresses count, and what the API leaves open.
#[derive(Debug, Args)]
#[command(next_help_heading = "Routing")]
pub(crate) struct RouterArgs {
    #[command(flatten)]
    class: ClassArgs,
    /// Where requests go that no rule and no Ingress's default backend takes: a Service's port, by number or name.
    #[arg(long, value_name = "NAMESPACE/SERVICE:PORT")]
    default_backend: Option<ServicePortRef>,
    /// Route as if the annotations were not there by which other controllers limit access. Otherwise their paths get 503.
    #[arg(long)]
    ignore_access_annotations: bool,
    /// Whether requests in clear text are sent to https where a certificate names the host.
    #[arg(long, value_enum, default_value_t = Switch::On, value_name = "on|off", hide_possible_values = true)]
    https_redirect: Switch,
    /// Port of https in such redirects [default: 443, for the demo cluster the one that is served].
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    https_redirect_port: Option<u16>,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    request: RequestArgs,
}

#[derive(Debug, Args)]
struct ClassArgs {
    /// Only Ingresses of this class, be there such an IngressClass or not. Otherwise, of manifests all count.
    #[arg(long, value_name = "NAME")]
    class: Option<String>,
    /// Only Ingresses of IngressClasses with this `spec.controller` [default with --kube: whereto.dev/ingress].
    #[arg(long, value_name = "NAME", conflicts_with = "class")]
    controller_name: Option<String>,
    /// Ingresses of all classes: the default but for --kube.
    #[arg(long, conflicts_with_all = ["class", "controller_name"])]
    all_classes: bool,
    /// Whose an Ingress without class is: that of the default IngressClass, nobody's, or everybody's.
    #[arg(long, value_enum, default_value_t = Without::Default, value_name = "WHOSE")]
    without_class: Without,
}

#[derive(Debug, Args)]
struct ChoiceArgs {
    /// What `pathType: ImplementationSpecific` means.
    #[arg(long, value_enum, default_value_t = PathMeaning::Prefix, value_name = "MEANING")]
    implementation_specific: PathMeaning,
    /// Try the rules of less specific hosts where the most specific one has none for the path, as Traefik does.
    #[arg(long)]
    host_fallback: bool,
    /// Choose endpoints as if no Service had sessionAffinity: ClientIP. Otherwise the client's address chooses there.
    #[arg(long)]
    ignore_session_affinity: bool,
}

/// How requests are read.
#[derive(Debug, Args)]
struct RequestArgs {
    /// Several slashes in a row count as one, as nginx' merge_slashes has it.
    #[arg(long)]
    merge_slashes: bool,
    /// What becomes of `%2F` in a path: keep it, decode it to a slash, or refuse the request.
    #[arg(long, value_enum, default_value_t = Treatment::Keep, value_name = "HOW")]
    encoded_slash: Treatment,
    /// The same for `\` and `%5C`; decoded, they are slashes.
    #[arg(long, value_enum, default_value_t = Treatment::Keep, value_name = "HOW")]
    backslash: Treatment,
    /// The same for `%3B`.
    #[arg(long, value_enum, default_value_t = Treatment::Keep, value_name = "HOW")]
    encoded_semicolon: Treatment,
    /// The same for elements that begin with `.;` or `..;`; decoded, they are dot segments.
    #[arg(long, value_enum, default_value_t = Treatment::Keep, value_name = "HOW")]
    dot_segment_parameters: Treatment,
    /// Write the digits of escapes in upper case.
    #[arg(long)]
    upper_case_escapes: bool,
    #[command(flatten)]
    strict: StrictArgs,
}

#[derive(Debug, Args)]
struct StrictArgs {
    /// Refuse paths with octets outside ASCII, which otherwise are encoded.
    #[arg(long)]
    refuse_non_ascii: bool,
    /// Refuse requests whose target names another host than their Host field.
    #[arg(long)]
    refuse_two_hosts: bool,
    /// Answer 421 to requests for another host than their connection's TLS server name.
    #[arg(long)]
    misdirect: bool,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Without {
    Default,
    Nobody,
    Everybody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PathMeaning {
    Prefix,
    Exact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Treatment {
    Keep,
    Decode,
    Refuse,
}

impl From<Treatment> for Escape {
    fn from(treatment: Treatment) -> Self {
        match treatment {
            Treatment::Keep => Self::Keep,
            Treatment::Decode => Self::Decode,
            Treatment::Refuse => Self::Refuse,
        }
    }
}

/// A Service's port as `NAMESPACE/SERVICE:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ServicePortRef {
    namespace: Box<str>,
    service: ServiceRef,
}

impl FromStr for ServicePortRef {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "not of the form NAMESPACE/SERVICE:PORT";
        let (namespace, rest) = text.split_once('/').ok_or(FORM)?;
        let (name, port) = rest.split_once(':').ok_or(FORM)?;
        if [namespace, name, port].iter().any(|part| part.is_empty() || part.contains(['/', ':'])) {
            return Err(FORM);
        }
        let port = match port.parse::<u16>() {
            Ok(0) => return Err("0 is not a port number"),
            Ok(number) => PortRef::Number(number),
            Err(_) if port.bytes().all(|octet| octet.is_ascii_digit()) => return Err("not a port number up to 65535"),
            Err(_) => PortRef::Name(port.into()),
        };
        Ok(Self { namespace: namespace.into(), service: ServiceRef::new(name, port) })
    }
}

impl RouterArgs {
    /// The router's options, for objects of a live cluster or for manifests.
    pub(crate) fn options(&self, is_live: bool) -> Options {
        self.options_for_port(is_live, 443)
    }

    /// The same, where clients reach https at another port, unless it was said.
    pub(crate) fn options_for_port(&self, is_live: bool, https_port: u16) -> Options {
        let ClassArgs { class, controller_name, all_classes, without_class } = &self.class;
        let classes = match (class, controller_name) {
            (Some(class), _) => Classes::Named(class.as_str().into()),
            (None, Some(controller)) => Classes::Controller(controller.as_str().into()),
            (None, None) if is_live && !all_classes => Classes::Controller(CONTROLLER.into()),
            (None, None) => Classes::All,
        };
        let mut options = Options::new()
            .with_classes(classes)
            .with_classless(match without_class {
                Without::Default => Classless::Default,
                Without::Nobody => Classless::None,
                Without::Everybody => Classless::Every,
            })
            .with_implementation_specific(match self.choices.implementation_specific {
                PathMeaning::Prefix => ImplementationSpecific::Prefix,
                PathMeaning::Exact => ImplementationSpecific::Exact,
            })
            .with_https_redirect(match self.https_redirect {
                Switch::On => HttpsRedirect::To { port: self.https_redirect_port.unwrap_or(https_port) },
                Switch::Off => HttpsRedirect::Off,
            })
            .with_request(self.request.options());
        if let Some(ServicePortRef { namespace, service }) = &self.default_backend {
            options = options.with_default_backend(namespace.clone(), service.clone());
        }
        if self.ignore_access_annotations {
            options = options.with_access_annotations(AccessAnnotations::Ignore);
        }
        if self.choices.host_fallback {
            options = options.with_host_fallback(HostFallback::OnPathMiss);
        }
        if self.choices.ignore_session_affinity {
            options = options.with_service_affinity(ServiceAffinity::Ignore);
        }
        options
    }

    /// Whose Ingresses they are, as IngressClasses say it.
    pub(crate) fn controller_name(&self) -> &str {
        self.class.controller_name.as_deref().unwrap_or(CONTROLLER)
    }

    /// Whether it was said which Ingresses count.
    pub(crate) const fn has_class(&self) -> bool {
        self.class.class.is_some() || self.class.controller_name.is_some()
    }

    /// The router's options, but for the class: all Ingresses are taken.
    pub(crate) fn options_of_all_classes(&self) -> Options {
        self.options(false).with_classes(Classes::All)
    }

    /// What of a live cluster has to be read for that.
    ///
    /// # Errors
    /// Never: the kinds are known.
    pub(crate) fn kube_options() -> Result<KubeOptions, NotWatched> {
        KubeOptions::new([Kind::Ingress, Kind::IngressClass, Kind::Service, Kind::EndpointSlice, Kind::Secret])
    }
}

impl RequestArgs {
    fn options(&self) -> RequestOptions {
        let mut options = RequestOptions::default();
        let path = &mut options.path;
        path.encoded_slash = self.encoded_slash.into();
        path.backslash = self.backslash.into();
        path.encoded_backslash = self.backslash.into();
        path.encoded_semicolon = self.encoded_semicolon.into();
        path.dot_segment_parameters = self.dot_segment_parameters.into();
        if self.merge_slashes {
            path.slashes = Slashes::Merge;
        }
        if self.upper_case_escapes {
            path.escape_case = EscapeCase::Upper;
        }
        if self.strict.refuse_non_ascii {
            path.non_ascii = NonAscii::Refuse;
        }
        if self.strict.refuse_two_hosts {
            options.absolute_form_host = AbsoluteFormHost::Refuse;
        }
        if self.strict.misdirect {
            options.server_name = ServerNamePolicy::Misdirect;
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_port_has_three_parts() {
        let read = |text: &str| text.parse::<ServicePortRef>();
        assert_eq!(read("shop/web:80").map(|port| port.service.port), Ok(PortRef::Number(80)));
        assert_eq!(read("shop/web:http").map(|port| port.service.port), Ok(PortRef::Name("http".into())));
        for wrong in [
            "",
            "web",
            "web:80",
            "shop/web",
            "shop/web:",
            "/web:80",
            "shop/:80",
            "shop/web:0",
            "shop/web:65536",
            "a/b:c:d",
            "a/b/c:1",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
