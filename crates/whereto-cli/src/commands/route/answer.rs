use std::io::{self, Write};

use ingress_routing::model::{Backend, PortRef};
use ingress_routing::{
    CertificateChoice, CertificateExplanation, Decision, Outcome, Redirect, Request, RouteMatch, RoutingTable, Validity,
};
use serde::Serialize;

use super::explanation::ExplanationJson;
use super::request::Asked;

/// What becomes of a request. As JSON it is a line of a batch's output; what does not apply is null.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'e> {
    outcome: &'static str,
    status: Option<u16>,
    location: Option<String>,
    reason: Option<String>,
    ingress: Option<String>,
    host_rule: Option<String>,
    path_rule: Option<String>,
    path_type: Option<&'static str>,
    backend: Option<BackendJson>,
    forward_path: Option<String>,
    /// The Secret whose certificate the handshake gets.
    certificate: Option<String>,
    #[serde(skip)]
    is_certificate_valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationJson<'e>>,
}

/// Where a rule leads.
#[derive(Debug, Serialize)]
struct BackendJson {
    namespace: Option<String>,
    service: Option<String>,
    port: Option<Port>,
    endpoints: Vec<String>,
    /// A backend that is no Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
}

/// A port by number, or by its name where no Service has such a port.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Name(String),
}

impl Answer<'_> {
    pub(super) fn new(
        table: &RoutingTable,
        outcome: &Outcome<'_>,
        certificate: Option<&CertificateExplanation<'_>>,
    ) -> Self {
        let (name, status, location, reason) = match outcome {
            Outcome::Forward(_) => ("forward", None, None, None),
            Outcome::Respond { status, reason, .. } => ("respond", Some(*status), None, Some(reason.to_string())),
            Outcome::Redirect { redirect, .. } => {
                ("redirect", Some(Redirect::STATUS), Some(redirect.to_string()), None)
            }
            Outcome::Malformed(malformed) => ("malformed", Some(400), None, Some(malformed.to_string())),
            // Another version of the crate would tell more.
            _ => ("unknown", None, None, None),
        };
        let matched = matched(outcome);
        let rule = matched.and_then(RouteMatch::rule);
        let (certificate, is_certificate_valid) = match certificate.map(|certificate| certificate.choice) {
            Some(CertificateChoice::Offered { offer, validity, .. }) => {
                (Some(offer.secret.to_string()), validity == Validity::Valid)
            }
            _ => (None, false),
        };
        Self {
            outcome: name,
            status,
            location,
            reason,
            ingress: matched.and_then(RouteMatch::ingress).map(ToString::to_string),
            host_rule: rule.map(|rule| rule.host().to_string()),
            path_rule: rule.map(|rule| rule.path().as_str().to_owned()),
            path_type: rule.map(|rule| rule.path_type().name()),
            backend: matched.map(|matched| BackendJson::new(table, matched)),
            forward_path: match outcome {
                Outcome::Forward(forward) => Some(target(&forward.request)),
                _ => None,
            },
            certificate,
            is_certificate_valid,
            explanation: None,
        }
    }

    /// The same, and why.
    pub(super) fn with_explanation(self, explanation: Option<ExplanationJson<'_>>) -> Answer<'_> {
        Answer { explanation, ..self }
    }

    /// For people: what comes of the request, and by what.
    pub(super) fn write(&self, out: &mut impl Write, asked: &Asked, outcome: &Outcome<'_>) -> io::Result<()> {
        let host = asked.hosts.first().map_or("", String::as_str);
        writeln!(out, "{} {}://{host}{}: {}", asked.method, asked.scheme, asked.target, Decision::from(*outcome))?;
        if let Some(location) = &self.location {
            writeln!(out, "  location     {location}")?;
        }
        if let Some(matched) = matched(outcome) {
            writeln!(out, "  by           {matched}")?;
            if let Some(guard) = matched.guard() {
                writeln!(out, "  closed by    {guard}")?;
            }
        }
        for endpoint in self.backend.iter().flat_map(|backend| &backend.endpoints) {
            writeln!(out, "  endpoint     {endpoint}")?;
        }
        if let Some(path) = self.forward_path.as_ref().filter(|path| **path != asked.target) {
            writeln!(out, "  path         {path}")?;
        }
        if let Some(certificate) = &self.certificate {
            let validity = if self.is_certificate_valid { "" } else { "  (expired, or not valid yet)" };
            writeln!(out, "  certificate  {certificate}{validity}")?;
        }
        Ok(())
    }
}

impl BackendJson {
    fn new(table: &RoutingTable, matched: RouteMatch<'_>) -> Self {
        let upstream = table.upstream_of(matched);
        let (service, port, resource) = match matched.backend() {
            Backend::Service(service) => {
                let port = match (upstream.and_then(|upstream| upstream.number()), &service.port) {
                    (Some(number), _) => Some(Port::Number(number)),
                    (None, PortRef::Number(number)) => Some(Port::Number(*number)),
                    (None, name) => Some(Port::Name(name.to_string())),
                };
                (Some(service.name.to_string()), port, None)
            }
            other => (None, None, Some(other.to_string())),
        };
        let own = matched.ingress().map(|ingress| ingress.namespace.to_string());
        let endpoints = upstream.map_or(&[][..], |upstream| upstream.endpoints());
        Self {
            // The Ingress's own, unless the backend is the controller's.
            namespace: upstream.map(|upstream| upstream.service().namespace.to_string()).or(own),
            service,
            port,
            endpoints: endpoints.iter().map(|endpoint| endpoint.address.to_string()).collect(),
            resource,
        }
    }
}

const fn matched<'o>(outcome: &Outcome<'o>) -> Option<RouteMatch<'o>> {
    match outcome {
        Outcome::Forward(forward) => Some(forward.matched),
        Outcome::Respond { matched, .. } => *matched,
        Outcome::Redirect { matched, .. } => Some(*matched),
        _ => None,
    }
}

fn target(request: &Request<'_>) -> String {
    let mut target = Vec::new();
    request.write_target(&mut target);
    String::from_utf8_lossy(&target).into_owned()
}
