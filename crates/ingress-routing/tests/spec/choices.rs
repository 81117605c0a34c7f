//! What the standards leave open: each option changes the line of an explanation that tells of it.

use ingress_routing::model::SessionAffinity;
use ingress_routing::{
    AbsoluteFormHost, AccessAnnotations, Classes, Classless, Escape, EscapeCase, HostFallback, HttpsRedirect,
    ImplementationSpecific, NonAscii, Options, RequestHead, RequestOptions, ServerNamePolicy, ServiceAffinity, Slashes,
};

use crate::common::cluster;

/// How a decision is made, and what came of it for a request, with these options.
fn line(options: Options, topic: &str) -> (String, String) {
    let table = cluster::router(options, STICKY).publish();
    let head = RequestHead::new("GET", "/").with_host("a.example").with_peer("192.0.2.1".parse().unwrap());
    let why = table.explain(&head);
    let line = why.choices.into_iter().find(|line| line.topic == topic).expect(topic);
    (line.choice, line.effect)
}

const STICKY: &str = "
ingress n/i
host a.example
  Prefix / web:80
service n/web sticky http=80
slice n/web http=8080 10.0.0.1 10.0.0.2 10.0.0.3
";

fn request(change: impl FnOnce(&mut RequestOptions)) -> Options {
    let mut options = RequestOptions::default();
    change(&mut options);
    Options::new().with_request(options)
}

#[test]
fn every_option_is_told() {
    for (options, topic, expected) in [
        (
            Options::new().with_classes(Classes::Named("ours".into())),
            "class",
            "class ours; without one, the default IngressClass",
        ),
        (
            Options::new().with_classes(Classes::Controller("c.example/x".into())).with_classless(Classless::Every),
            "class",
            "classes of c.example/x; and all without one",
        ),
        (
            Options::new().with_implementation_specific(ImplementationSpecific::Exact),
            "ImplementationSpecific",
            "as Exact",
        ),
        (
            Options::new().with_host_fallback(HostFallback::OnPathMiss),
            "host",
            "the most specific one with a rule for the path",
        ),
        (
            Options::new().with_access_annotations(AccessAnnotations::Ignore),
            "access control",
            "other controllers' are ignored",
        ),
        (Options::new().with_https_redirect(HttpsRedirect::Off), "redirect to https", "off"),
        (
            request(|options| options.absolute_form_host = AbsoluteFormHost::Refuse),
            "authority",
            "absolute form, which Host must not contradict, before :authority before Host; one only; the port and a final dot do not count",
        ),
        (
            request(|options| options.server_name = ServerNamePolicy::Misdirect),
            "server name",
            "421 if it is not the host",
        ),
        (
            request(|options| {
                options.path.slashes = Slashes::Merge;
                options.path.encoded_slash = Escape::Refuse;
                options.path.encoded_backslash = Escape::Decode;
                options.path.backslash = Escape::Decode;
                options.path.encoded_semicolon = Escape::Decode;
                options.path.dot_segment_parameters = Escape::Decode;
                options.path.escape_case = EscapeCase::Upper;
                options.path.non_ascii = NonAscii::Refuse;
            }),
            "path",
            "unreserved escapes decoded, dot segments removed, slashes merged, %2F refused, %5C decoded, \\ made a slash, %3B decoded, \
             parameters of dot segments removed, escapes in upper case, others than ASCII refused",
        ),
        (
            Options::new().with_service_affinity(ServiceAffinity::Ignore),
            "affinity",
            "that of Services is ignored: the proxy's own balance",
        ),
    ] {
        assert_eq!(line(options, topic).0, expected, "{topic}");
    }
}

/// core/v1, `ServiceSpec.sessionAffinity`.
#[test]
fn a_service_keeps_clients_unless_that_is_ignored() {
    let off = || Options::new().with_https_redirect(HttpsRedirect::Off);
    let table = cluster::router(off(), STICKY).publish();
    let upstream = table.upstreams().next().expect("one");
    assert_eq!(upstream.session_affinity(), SessionAffinity::ClientIp);
    // The same address in each of two explanations, and one that the Service has.
    let (_, effect) = line(off(), "affinity");
    let endpoint = effect.strip_prefix("n/web:80 has ClientIP: 192.0.2.1 goes to ").expect(&effect);
    let endpoint = endpoint.strip_suffix(" where it does not fail and no zone is preferred").expect(&effect);
    assert!(upstream.endpoints().iter().any(|known| known.address.to_string() == endpoint), "{effect}");
    assert_eq!(line(off(), "affinity").1, effect);

    let ignoring = off().with_service_affinity(ServiceAffinity::Ignore);
    let table = cluster::router(ignoring.clone(), STICKY).publish();
    assert_eq!(table.upstreams().next().expect("one").session_affinity(), SessionAffinity::None);
    assert_eq!(line(ignoring, "affinity").1, "");
}

/// A Service that changes its mind changes the upstream, and nothing else.
#[test]
fn affinity_changes_with_the_service() {
    let mut router = cluster::router(Options::new(), STICKY);
    let free = STICKY.replace("sticky ", "");
    let told = router.apply_all(cluster::changes(&free));
    assert!(told.changed);
    let table = router.publish();
    assert_eq!(table.upstreams().next().expect("one").session_affinity(), SessionAffinity::None);
    assert_eq!(table.upstreams().count(), 1);
    let why = table.explain(&RequestHead::new("GET", "/").with_host("a.example"));
    assert_eq!(why.choices.last().map(|line| line.effect.as_str()), Some("n/web:80 has none"));
}
