//! The requests for the objects of one kind in one place.

use std::time::Duration;

use ::kube::Client;
use ::kube::core::params::{ListParams, WatchParams};
use ::kube::core::{Request, Status};
use http::header::{self, HeaderName, HeaderValue};
use rand::RngExt as _;

use super::body::{Body, patiently};
use super::decode::{self, Next, Page};
use super::problem::{Problem, Verb};
use super::watched::{Extent, Watched};
use super::{KubeOptions, Resource};

/// How much longer than a watch lasts nothing may be heard: the server ends a watch in time.
const GRACE: Duration = Duration::from_secs(5);
/// RFC 9112 §9.6. HTTP/2 has no such field, and the client leaves it out there.
const LAST_OF_ITS_CONNECTION: (HeaderName, HeaderValue) = (header::CONNECTION, HeaderValue::from_static("close"));

/// What is asked for, and how.
pub(super) struct Asked {
    client: Client,
    resource: Resource,
    request: Request,
    namespace: Option<Box<str>>,
    labels: Option<String>,
    fields: Option<String>,
    page_size: u32,
    watch_timeout: Duration,
}

impl Asked {
    pub(super) fn new<T: Watched>(client: Client, options: &KubeOptions, namespace: Option<&str>) -> Self {
        let resource = T::RESOURCE;
        let mut fields: Vec<&str> =
            T::FIELDS.into_iter().chain(options.fields.get(&T::KIND).map(|text| &**text)).collect();
        let mut path = namespace;
        let own;
        if T::EXTENT == Extent::Named
            && let Some(name) = path.take()
        {
            own = format!("metadata.name={name}");
            fields.push(&own);
        }
        let fields = (!fields.is_empty()).then(|| fields.join(","));
        Self {
            client,
            resource,
            request: Request::new(resource.path(path)),
            namespace: path.map(Into::into),
            labels: options.labels.get(&T::KIND).cloned(),
            fields,
            page_size: options.page_size,
            watch_timeout: options.watch_timeout,
        }
    }

    pub(super) const fn resource(&self) -> Resource {
        self.resource
    }

    pub(super) const fn watch_timeout(&self) -> Duration {
        self.watch_timeout
    }

    fn patience(&self) -> Duration {
        self.watch_timeout + GRACE
    }

    async fn send(&self, request: http::Request<Vec<u8>>, verb: Verb) -> Result<Body, Problem> {
        let sent = patiently(self.patience(), self.client.request_stream(request)).await?;
        let reader = sent.map_err(|error| Problem::of_error(&error, verb, self.resource, self.namespace.as_deref()))?;
        Ok(Body::new(reader, self.patience()))
    }

    pub(super) async fn page<T: Watched>(&self, next: Option<&Next>, is_paged: bool) -> Result<Page<T>, Problem> {
        let params = ListParams {
            limit: is_paged.then_some(self.page_size),
            continue_token: next.map(|next| next.token.clone().into()),
            ..self.list()
        };
        // A connection keeps the buffers that a long list made it have, half a megabyte. The watch, which would be the next to use it,
        // needs none of that.
        let is_last = next.and_then(|next| next.remaining).is_some_and(|count| count <= u64::from(self.page_size));
        self.listed(&params, is_last.then_some(LAST_OF_ITS_CONNECTION)).await
    }

    /// The object of this name, if it is there: a list, so that no further permission is needed.
    pub(super) async fn named<T: Watched>(&self, name: &str) -> Result<Page<T>, Problem> {
        let own = format!("metadata.name={name}");
        let mut params = self.list();
        params.field_selector =
            Some(self.fields.as_ref().map_or_else(|| own.clone(), |fields| format!("{own},{fields}")));
        self.listed(&params, None).await
    }

    fn list(&self) -> ListParams {
        ListParams { label_selector: self.labels.clone(), field_selector: self.fields.clone(), ..ListParams::default() }
    }

    async fn listed<T: Watched>(
        &self,
        params: &ListParams,
        field: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Page<T>, Problem> {
        let mut request = self.request.list(params).map_err(|error| Problem::Malformed(error.to_string().into()))?;
        request.headers_mut().extend(field);
        let text = self.send(request, Verb::List).await?.whole().await?;
        decode::page(&text)
    }

    pub(super) async fn watch(&self, version: &str) -> Result<Body, Problem> {
        let timeout = self.watch_timeout.as_secs_f64() * rand::rng().random_range(0.9..=1.0);
        let params = WatchParams {
            label_selector: self.labels.clone(),
            field_selector: self.fields.clone(),
            timeout: Some((timeout.round() as u32).max(1)),
            bookmarks: true,
            send_initial_events: false,
        };
        let mut request =
            self.request.watch(&params, version).map_err(|error| Problem::Malformed(error.to_string().into()))?;
        // An event must not wait in a compressor.
        request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        self.send(request, Verb::Watch).await
    }

    pub(super) fn failed(&self, status: &Status) -> Problem {
        Problem::of_status(status, Verb::Watch, self.resource, self.namespace.as_deref())
    }
}
