//! What each path answers.

use std::fmt;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use super::{Remarks, Say};
use crate::lifecycle::{Lifecycle, Phase};

/// What is served on one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Served {
    health: bool,
    ready: bool,
    metrics: bool,
}

impl Served {
    const NOTHING: Self = Self { health: false, ready: false, metrics: false };
    pub(super) const ALL: Self = Self { health: true, ready: true, metrics: true };
    pub(super) const HEALTH: Self = Self { health: true, ..Self::NOTHING };
    pub(super) const READY: Self = Self { ready: true, ..Self::NOTHING };
    pub(super) const METRICS: Self = Self { metrics: true, ..Self::NOTHING };

    pub(super) const fn add(&mut self, other: Self) {
        self.health |= other.health;
        self.ready |= other.ready;
        self.metrics |= other.metrics;
    }
}

/// OpenMetrics text, which Prometheus reads.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// What the endpoints tell about.
pub(super) struct Endpoints {
    pub(super) lifecycle: Lifecycle,
    /// What was not read yet.
    pub(super) missing: Box<Say>,
    pub(super) registry: Registry,
    pub(super) remarks: Remarks,
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints").field("phase", &self.lifecycle.phase()).finish_non_exhaustive()
    }
}

impl Endpoints {
    pub(super) fn respond(&self, method: &Method, path: &str, served: Served) -> Response<Full<Bytes>> {
        if method != Method::GET && method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "GET only\n");
        }
        match path {
            "/health" if served.health => plain(StatusCode::OK, "OK"),
            "/ready" if served.ready => self.ready(),
            "/metrics" if served.metrics => self.metrics(),
            _ => plain(StatusCode::NOT_FOUND, "not found\n"),
        }
    }

    fn ready(&self) -> Response<Full<Bytes>> {
        if self.lifecycle.phase() != Phase::Serving {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
        }
        let (missing, remarks) = ((self.missing)(), self.remarks.text());
        match (missing.is_empty(), remarks.is_empty()) {
            (true, true) => plain(StatusCode::OK, "OK"),
            (true, false) => plain(StatusCode::OK, format!("OK\n{remarks}")),
            (false, _) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("not synced: {missing}\n{remarks}")),
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        let mut body = String::new();
        match text::encode(&mut body, &self.registry) {
            Ok(()) => reply(StatusCode::OK, OPEN_METRICS, body),
            Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        }
    }
}

fn plain(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    reply(status, PLAIN, body)
}

fn reply(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    fn endpoints(phase: Phase, missing: &'static str, remarks: Option<&'static str>) -> Endpoints {
        let lifecycle = Lifecycle::new();
        lifecycle.advance(phase);
        let remarks = Remarks(remarks.map(|text| -> Box<Say> { Box::new(move || text.into()) }));
        Endpoints { lifecycle, missing: Box::new(move || missing.into()), registry: Registry::default(), remarks }
    }

    async fn get(endpoints: &Endpoints, path: &str, served: Served) -> (u16, String) {
        let response = endpoints.respond(&Method::GET, path, served);
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test]
    async fn readiness_is_of_the_objects_and_remarks_are_beside_it() {
        const FORBIDDEN: &str = "Secret: forbidden\nIngress: forbidden\n";
        for (phase, missing, remarks, status, body) in [
            (Phase::Serving, "", None, 200, "OK"),
            (Phase::Serving, "", Some(""), 200, "OK"),
            (Phase::Serving, "", Some(FORBIDDEN), 200, "OK\nSecret: forbidden\nIngress: forbidden\n"),
            (Phase::Serving, "Service, Secret", None, 503, "not synced: Service, Secret\n"),
            (Phase::Serving, "Service", Some(""), 503, "not synced: Service\n"),
            (
                Phase::Serving,
                "Secret",
                Some(FORBIDDEN),
                503,
                "not synced: Secret\nSecret: forbidden\nIngress: forbidden\n",
            ),
            // Why something was not read is of no interest to who waits for the end.
            (Phase::LameDuck, "", None, 503, "shutting down\n"),
            (Phase::LameDuck, "Secret", Some(FORBIDDEN), 503, "shutting down\n"),
            (Phase::Draining, "", Some(FORBIDDEN), 503, "shutting down\n"),
            (Phase::Stopped, "", None, 503, "shutting down\n"),
        ] {
            let found = get(&endpoints(phase, missing, remarks), "/ready", Served::ALL).await;
            assert_eq!(found, (status, body.into()), "{phase:?}, {missing:?}, {remarks:?}");
        }
    }

    #[tokio::test]
    async fn readiness_and_remarks_are_asked_for_each_time() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};
        let asked = Arc::new(AtomicUsize::new(0));
        let count = || {
            let asked = Arc::clone(&asked);
            move || asked.fetch_add(1, Ordering::SeqCst).to_string()
        };
        let endpoints = Endpoints {
            missing: Box::new(count()),
            remarks: Remarks(Some(Box::new(count()))),
            ..endpoints(Phase::Serving, "", None)
        };
        assert_eq!(get(&endpoints, "/ready", Served::ALL).await.1, "not synced: 0\n1");
        assert_eq!(get(&endpoints, "/ready", Served::ALL).await.1, "not synced: 2\n3");
    }

    #[tokio::test]
    async fn each_path_is_there_where_it_is_served() {
        let endpoints = endpoints(Phase::LameDuck, "", None);
        let rows = [
            (Served::ALL, [200, 503, 200]),
            (Served::HEALTH, [200, 404, 404]),
            (Served::READY, [404, 503, 404]),
            (Served::METRICS, [404, 404, 200]),
        ];
        for (served, expected) in rows {
            for (path, status) in ["/health", "/ready", "/metrics"].into_iter().zip(expected) {
                assert_eq!(get(&endpoints, path, served).await.0, status, "{path}, {served:?}");
            }
            assert_eq!(get(&endpoints, "/", served).await, (404, "not found\n".into()));
        }
        assert_eq!(get(&endpoints, "/health", Served::ALL).await.1, "OK");
    }

    #[test]
    fn paths_are_read_only_and_say_what_they_are() {
        let endpoints = endpoints(Phase::Serving, "", None);
        let respond = |method, path| endpoints.respond(&method, path, Served::ALL);
        assert_eq!(respond(Method::HEAD, "/health").status(), 200);
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            assert_eq!(respond(method, "/health").status(), 405);
        }
        let kind = |path| respond(Method::GET, path).headers()[CONTENT_TYPE].clone();
        assert_eq!(kind("/ready"), "text/plain; charset=utf-8");
        assert_eq!(kind("/metrics"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    }
}
