use ingress_routing::model::Backend;
use ingress_routing::{
    CertificateChoice, Host, HostBuffer, HostForm, HostPattern, RouteMatch, RoutingTable, UpstreamState, Validity,
};
use serde::Serialize;

use crate::routing::ClassFacts;
use crate::table::or_none;

/// One rule, or a default backend.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    class: Option<String>,
    /// Null for a default backend.
    host: Option<String>,
    path: Option<String>,
    path_type: Option<&'static str>,
    namespace: Option<String>,
    /// `SERVICE:PORT` as written, or kind and name of what is no Service.
    backend: String,
    endpoints: Vec<String>,
    /// The Secret of the certificate that a client of the host gets.
    certificate: Option<String>,
    #[serde(skip)]
    certificate_note: &'static str,
    /// The Ingress; null for the controller's own default backend.
    owner: Option<String>,
    /// Where in the Ingress.
    field: Option<String>,
    /// Why requests do not get through, or that no request comes here.
    note: Option<String>,
}

impl Row {
    pub(super) fn new(
        table: &RoutingTable,
        classes: &ClassFacts,
        matched: RouteMatch<'_>,
        unused: Option<String>,
        now: i64,
    ) -> Self {
        let rule = matched.rule();
        let upstream = table.upstream_of(matched);
        let (certificate, certificate_note) = rule.map_or((None, ""), |rule| certificate(table, rule.host(), now));
        let closed = || matched.guard().map(|guard| format!("503: closed by {guard}"));
        Self {
            class: matched.ingress().and_then(|ingress| classes.class(ingress)).map(str::to_owned),
            host: rule.map(|rule| rule.host().to_string()),
            path: rule.map(|rule| rule.path().as_str().to_owned()),
            path_type: rule.map(|rule| rule.path_type().name()),
            namespace: upstream.map(|upstream| upstream.service().namespace.to_string()),
            backend: matched.backend().to_string(),
            endpoints: upstream
                .map_or(&[][..], |upstream| upstream.endpoints())
                .iter()
                .map(|endpoint| endpoint.address.to_string())
                .collect(),
            certificate,
            certificate_note,
            owner: matched.ingress().map(ToString::to_string),
            field: rule
                .map(|rule| rule.field())
                .or_else(|| matched.ingress().map(|_| "spec.defaultBackend".to_owned())),
            note: unused.or_else(closed).or_else(|| obstacle(matched, upstream.map(|upstream| upstream.state()))),
        }
    }

    /// For people.
    pub(super) fn cells(&self) -> Vec<String> {
        let certificate = self.certificate.as_ref().map(|secret| format!("{secret}{}", self.certificate_note));
        vec![
            or_none(self.class.clone()),
            self.host.clone().unwrap_or_else(|| "*".to_owned()),
            self.path.clone().unwrap_or_else(|| "(default)".to_owned()),
            or_none(self.path_type.map(str::to_owned)),
            self.backend.clone(),
            self.endpoints.len().to_string(),
            or_none(certificate),
            or_none(self.owner.clone()),
            self.note.clone().unwrap_or_default(),
        ]
    }
}

/// Why requests for a rule that is used get no further.
fn obstacle(matched: RouteMatch<'_>, state: Option<&UpstreamState>) -> Option<String> {
    Some(match (matched.backend(), state) {
        (Backend::Resource(_), _) => "501: the backend is no Service".to_owned(),
        (_, Some(UpstreamState::NoEndpoints)) => "503: no endpoint is ready".to_owned(),
        (_, Some(UpstreamState::NoService)) => "503: there is no such Service".to_owned(),
        (_, Some(UpstreamState::NoPort)) => "503: the Service has no such port".to_owned(),
        (_, Some(UpstreamState::ExternalName(name))) => format!("501: {name} is outside the cluster"),
        _ => return None,
    })
}

/// The Secret from which a client of one of the hosts gets its certificate, with what is to be said of it.
fn certificate(table: &RoutingTable, pattern: &HostPattern, now: i64) -> (Option<String>, &'static str) {
    let host = match (pattern.form(), pattern.name()) {
        (HostForm::Exact, Some(name)) => name.to_owned(),
        // Some name of the wildcard's; others may have certificates of their own.
        (HostForm::Wildcard, Some(name)) => format!("any.{name}"),
        _ => return (None, ""),
    };
    let mut buffer = HostBuffer::new();
    let host = Host::parse(&host, &mut buffer).ok();
    match table.certificate(host.as_ref(), now) {
        CertificateChoice::Offered { offer, validity, .. } => {
            (Some(offer.secret.to_string()), if validity == Validity::Valid { "" } else { " (not valid now)" })
        }
        _ => (None, ""),
    }
}
