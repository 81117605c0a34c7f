use crate::endpoint_choice::{Balance, EndpointView, HashBound, client_key};
use crate::host::HostForm;
use crate::model::SessionAffinity;
use crate::options::{
    AccessAnnotations, Classes, Classless, HostFallback, HttpsRedirect, ImplementationSpecific, ServiceAffinity,
};
use crate::outcome::{ACME_PREFIX, RouteMatch};
use crate::request::{
    AbsoluteFormHost, Escape, EscapeCase, NonAscii, PathOptions, Request, Scheme, ServerNamePolicy, Slashes,
};
use crate::table::{RoutingTable, Upstream};

/// One choice that the standards leave open: how it is made, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChoiceLine {
    /// What is chosen.
    pub topic: &'static str,
    /// How, by the options in force.
    pub choice: String,
    /// What it meant for this request; empty for nothing.
    pub effect: String,
}

impl ChoiceLine {
    fn new(topic: &'static str, choice: impl Into<String>) -> Self {
        Self { topic, choice: choice.into(), effect: String::new() }
    }

    fn with(mut self, effect: impl Into<String>) -> Self {
        self.effect = effect.into();
        self
    }
}

/// What holds for every request.
pub(super) fn of_unread(table: &RoutingTable) -> Vec<ChoiceLine> {
    let options = table.options();
    vec![
        ChoiceLine::new("profile", "the Ingress API's own text"),
        ChoiceLine::new(
            "class",
            match &options.classes {
                Classes::All => "all Ingresses".to_owned(),
                Classes::Named(name) => format!("class {name}; {}", classless(options.classless)),
                Classes::Controller(controller) => {
                    format!("classes of {controller}; {}", classless(options.classless))
                }
            },
        ),
        ChoiceLine::new(
            "precedence",
            "Exact before Prefix, more elements before fewer, a Prefix with a final slash before one without",
        ),
        ChoiceLine::new(
            "final slash",
            "ignored in a Prefix and in requests for it, part of an Exact path; no redirect adds it",
        ),
        ChoiceLine::new(
            "ImplementationSpecific",
            match options.implementation_specific {
                ImplementationSpecific::Prefix => "as Prefix",
                ImplementationSpecific::Exact => "as Exact",
            },
        ),
        ChoiceLine::new("wildcard", "stands for one label, in rules and in certificates"),
        ChoiceLine::new(
            "ties",
            "the older Ingress, then the first by namespace and name, then the first in the Ingress; the others are conflicts",
        ),
        ChoiceLine::new("conflicts", "cost the rule that lost, nothing else"),
        ChoiceLine::new("statuses", "400 malformed, 404 no rule, 421 misdirected, 501 no Service, 503 not now"),
        ChoiceLine::new("regular expressions", "none"),
        ChoiceLine::new("rewriting", "none: the path that was matched is forwarded, with the query as it came"),
        ChoiceLine::new("order", "access control before redirect to https before backend"),
        ChoiceLine::new(
            "certificate",
            "for the server name: a valid one, the more specific host, the older Ingress; else the default certificate",
        ),
        ChoiceLine::new(
            "time, chance",
            "none: endpoint and certificate are chosen from a seed and a time that are brought in",
        ),
    ]
}

/// What holds for a request.
pub(super) fn of_request(
    table: &RoutingTable,
    request: &Request<'_>,
    matched: Option<RouteMatch<'_>>,
    upstream: Option<&Upstream>,
) -> Vec<ChoiceLine> {
    let mut lines = of_unread(table);
    lines.extend([
        authority(table, request),
        server_name(table, request),
        normalisation(table, request),
        host(table, request),
        default_backend(table, matched),
        access(table, matched),
        redirect(table, request),
        endpoints(upstream),
        affinity(table, request, upstream),
    ]);
    lines
}

const fn classless(classless: Classless) -> &'static str {
    match classless {
        Classless::Default => "without one, the default IngressClass",
        Classless::None => "none without one",
        Classless::Every => "and all without one",
    }
}

fn authority(table: &RoutingTable, request: &Request<'_>) -> ChoiceLine {
    let absolute_form = match table.options.request.absolute_form_host {
        AbsoluteFormHost::Ignore => "absolute form before :authority before Host",
        AbsoluteFormHost::Refuse => "absolute form, which Host must not contradict, before :authority before Host",
    };
    let choice = format!("{absolute_form}; one only; the port and a final dot do not count");
    let line = ChoiceLine::new("authority", choice);
    line.with(match request.authority_source() {
        Some(source) => format!("from {source}"),
        None => "the request names none".to_owned(),
    })
}

fn server_name(table: &RoutingTable, request: &Request<'_>) -> ChoiceLine {
    let line = ChoiceLine::new(
        "server name",
        match table.options.request.server_name {
            ServerNamePolicy::RouteByHost => "for the certificate; the host for the route",
            ServerNamePolicy::Misdirect => "421 if it is not the host",
        },
    );
    match request.head().server_name {
        Some(server_name) => line.with(server_name.escape_ascii().to_string()),
        None => line.with("none"),
    }
}

fn normalisation(table: &RoutingTable, request: &Request<'_>) -> ChoiceLine {
    let line = ChoiceLine::new("path", normal_form(&table.options.request.path));
    let path = request.path();
    line.with(if path.changed() { format!("changed to {path}") } else { "unchanged".to_owned() })
}

/// What is done to paths: always, then by option.
fn normal_form(options: &PathOptions) -> String {
    let PathOptions {
        slashes,
        encoded_slash,
        encoded_backslash,
        backslash,
        encoded_semicolon,
        dot_segment_parameters,
        escape_case,
        non_ascii,
    } = options;
    let mut text = "unreserved escapes decoded, dot segments removed, slashes ".to_owned();
    text += match slashes {
        Slashes::Keep => "kept",
        Slashes::Merge => "merged",
    };
    let escapes = [
        ("%2F", encoded_slash),
        ("%5C", encoded_backslash),
        ("\\", backslash),
        ("%3B", encoded_semicolon),
        ("parameters of dot segments", dot_segment_parameters),
    ];
    for (what, escape) in escapes {
        let done = match (escape, what) {
            (Escape::Keep, _) => "kept",
            (Escape::Decode, "\\") => "made a slash",
            (Escape::Decode, "parameters of dot segments") => "removed",
            (Escape::Decode, _) => "decoded",
            (Escape::Refuse, _) => "refused",
        };
        text += &format!(", {what} {done}");
    }
    text += match escape_case {
        EscapeCase::Keep => ", letter case of escapes kept",
        EscapeCase::Upper => ", escapes in upper case",
    };
    text += match non_ascii {
        NonAscii::Encode => ", others than ASCII encoded",
        NonAscii::Refuse => ", others than ASCII refused",
    };
    text
}

fn host(table: &RoutingTable, request: &Request<'_>) -> ChoiceLine {
    let choice = match table.options.host_fallback {
        HostFallback::Never => "the most specific one that has rules decides, without fall-back",
        HostFallback::OnPathMiss => "the most specific one with a rule for the path",
    };
    let line = ChoiceLine::new("host", choice);
    let matching = table.hosts.matching(request.host()).next();
    let pattern = matching.and_then(|entry| {
        let hosts = table.ingresses.values().flat_map(|ingress| &ingress.hosts);
        let mut hosts = hosts.filter(|host| table.hosts.get(host).is_some_and(|other| other.id == entry.id));
        hosts.next()
    });
    line.with(match pattern {
        Some(pattern) if pattern.form() == HostForm::Any => "no rule names it: rules without host".to_owned(),
        Some(pattern) => pattern.to_string(),
        None => "no rule is for it".to_owned(),
    })
}

fn default_backend(table: &RoutingTable, matched: Option<RouteMatch<'_>>) -> ChoiceLine {
    let line = ChoiceLine::new(
        "default backend",
        "of the oldest Ingress with a rule for the host and one; the controller's; of the oldest Ingress with one; 404",
    );
    match matched {
        Some(RouteMatch::Rule(_)) => line,
        Some(RouteMatch::HostDefault(default)) => line.with(format!("the host's: {default}")),
        Some(RouteMatch::Default(default)) => line.with(default.to_string()),
        None if table.missing.is_empty() => line.with("there is none"),
        None => line,
    }
}

fn access(table: &RoutingTable, matched: Option<RouteMatch<'_>>) -> ChoiceLine {
    let choice = match table.options.access_annotations {
        AccessAnnotations::Refuse => "other controllers' close the Ingress that has them: 503",
        AccessAnnotations::Ignore => "other controllers' are ignored",
    };
    let line = ChoiceLine::new("access control", choice);
    match matched.and_then(RouteMatch::guard) {
        Some(guard) => line.with(format!("closed by {guard}")),
        None => line,
    }
}

fn redirect(table: &RoutingTable, request: &Request<'_>) -> ChoiceLine {
    let HttpsRedirect::To { port } = table.options.https_redirect else {
        return ChoiceLine::new("redirect to https", "off");
    };
    let line = ChoiceLine::new(
        "redirect to https",
        format!("308 to port {port} where a certificate names the host, but for {ACME_PREFIX}"),
    );
    let covered = request.host().is_some_and(|host| table.certificates.has_certificate(&host));
    line.with(match (request.head().scheme, covered) {
        (Scheme::Https, _) => "the request came by https",
        (Scheme::Http, true) if request.path().as_bytes().starts_with(ACME_PREFIX.as_bytes()) => "exempt",
        (Scheme::Http, true) => "a certificate names the host",
        (Scheme::Http, false) => "no certificate names the host",
    })
}

fn endpoints(upstream: Option<&Upstream>) -> ChoiceLine {
    let line = ChoiceLine::new("endpoints", "the ready ones; if there are none, those that serve while they terminate");
    match upstream {
        Some(upstream) => line.with(format!("{} has {}", upstream, upstream.endpoints().len())),
        None => line,
    }
}

fn affinity(table: &RoutingTable, request: &Request<'_>, upstream: Option<&Upstream>) -> ChoiceLine {
    let choice = match table.options.service_affinity {
        ServiceAffinity::Honour => "of the Service, before the proxy's own balance",
        ServiceAffinity::Ignore => "that of Services is ignored: the proxy's own balance",
    };
    let line = ChoiceLine::new("affinity", choice);
    let Some(upstream) = upstream.filter(|upstream| !upstream.endpoints().is_empty()) else { return line };
    if upstream.session_affinity() == SessionAffinity::None {
        return line.with(match table.options.service_affinity {
            ServiceAffinity::Honour => format!("{upstream} has none"),
            ServiceAffinity::Ignore => String::new(),
        });
    }
    let chosen = request.head().peer.and_then(|client| {
        let view = EndpointView::new(upstream.endpoints());
        let index = Balance::ConsistentHash(HashBound::None).choose(&view, client_key(client))?;
        Some((client, upstream.endpoints().get(index)?.address))
    });
    line.with(match chosen {
        Some((client, endpoint)) => {
            format!(
                "{upstream} has ClientIP: {client} goes to {endpoint} where it does not fail and no zone is preferred"
            )
        }
        None => format!("{upstream} has ClientIP: the client's address chooses"),
    })
}
