//! List and watch of one kind in one place, for ever.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ::kube::Client;
use ::kube::core::Request;
use ::kube::core::params::{ListParams, WatchParams};
use object_change::{Delta, Diagnostic, ObjectKey};
use rand::RngExt as _;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::body::{Body, patiently};
use super::decode::{self, Event, Page, Read};
use super::problem::{Problem, Verb};
use super::relist::{Difference, Relist};
use super::watched::Watched;
use super::{KubeOptions, Resource, State};
use crate::change::{Consumer, Kind};

/// How much longer than a watch lasts nothing may be heard: the server ends a watch in time.
const GRACE: Duration = Duration::from_secs(5);
/// A watch that ended sooner is renewed after a pause.
const SHORT: Duration = Duration::from_secs(1);

/// What a scope has to tell.
pub(super) enum News {
    /// Changes for the consumer, perhaps none.
    Changes(Box<dyn Changes>),
    /// The state, the number of objects or the problem is another.
    Status,
}

/// Changes of whatever kind.
pub(super) trait Changes: Send {
    /// Tells the consumer, and hands on what it and the reading found. Whether there was anything to tell.
    fn apply(self: Box<Self>, consumer: &mut dyn Consumer, found: &mut dyn FnMut(Diagnostic)) -> bool;
}

struct Told<T> {
    differences: Vec<Difference<ObjectKey, T>>,
    found: Vec<Diagnostic>,
}

impl<T: Watched> Changes for Told<T> {
    fn apply(self: Box<Self>, consumer: &mut dyn Consumer, found: &mut dyn FnMut(Diagnostic)) -> bool {
        let is_anything = !self.differences.is_empty();
        self.found.into_iter().for_each(&mut *found);
        for difference in self.differences {
            let diagnostics = match difference {
                Difference::Upsert(key, object) => consumer.apply(T::change(Delta::Upsert(key, &object))),
                Difference::Delete(key) => consumer.apply(T::change(Delta::Delete(key))),
            };
            diagnostics.into_iter().for_each(&mut *found);
        }
        is_anything
    }
}

/// How a scope stands.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) objects: usize,
    pub(super) problem: Option<Arc<Problem>>,
}

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
        let mut fields = options.fields.get(&T::KIND).cloned();
        let mut path = namespace;
        if T::KIND == Kind::Namespace
            && let Some(name) = path.take()
        {
            // A Namespace is in none: one is asked for by its name.
            let own = format!("metadata.name={name}");
            fields = Some(fields.map_or_else(|| own.clone(), |fields| format!("{own},{fields}")));
        }
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

    fn patience(&self) -> Duration {
        self.watch_timeout + GRACE
    }

    async fn send(&self, request: http::Request<Vec<u8>>, verb: Verb) -> Result<Body, Problem> {
        let sent = patiently(self.patience(), self.client.request_stream(request)).await?;
        let reader = sent.map_err(|error| Problem::of_error(&error, verb, self.resource, self.namespace.as_deref()))?;
        Ok(Body::new(reader, self.patience()))
    }

    async fn page<T: Watched>(&self, next: Option<&str>, is_paged: bool) -> Result<Page<T>, Problem> {
        let params = ListParams {
            label_selector: self.labels.clone(),
            field_selector: self.fields.clone(),
            limit: is_paged.then_some(self.page_size),
            continue_token: next.map(Into::into),
            ..ListParams::default()
        };
        let request = self.request.list(&params).map_err(|error| Problem::Malformed(error.to_string().into()))?;
        let text = self.send(request, Verb::List).await?.whole().await?;
        decode::page(&text)
    }

    async fn watch(&self, version: &str) -> Result<Body, Problem> {
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
        request.headers_mut().insert(http::header::ACCEPT_ENCODING, http::HeaderValue::from_static("identity"));
        self.send(request, Verb::Watch).await
    }

    fn failed(&self, status: &kube::core::Status) -> Problem {
        Problem::of_status(status, Verb::Watch, self.resource, self.namespace.as_deref())
    }
}

/// Where it stands in the cycle.
enum Phase {
    /// A list has to be read from its beginning.
    List,
    /// Pages of a list have been read; what to ask for the next with.
    Page(Box<str>),
    /// Everything up to a version is known, and a watch has to begin there.
    Watch(Box<str>),
    Watching {
        version: Box<str>,
        body: Body,
        since: Instant,
    },
    /// Something failed; after the pause it goes on with the next phase.
    Pause(Duration, Box<Self>),
}

/// See the module.
pub(super) struct Scope<T> {
    asked: Asked,
    relist: Relist<ObjectKey, T>,
    phase: Phase,
    backoff: Backoff,
    /// Whether lists are read in pages: not after one took longer than the server kept its version.
    is_paged: bool,
    /// When the server was last heard.
    heard: SystemTime,
    is_live: bool,
    problem: Option<Arc<Problem>>,
    line: Vec<u8>,
}

impl<T: Watched> Scope<T> {
    pub(super) fn new(asked: Asked, options: &KubeOptions) -> Self {
        let (least, most) = options.pauses;
        Self {
            asked,
            relist: Relist::new(),
            phase: Phase::List,
            backoff: Backoff::new(least, most),
            is_paged: true,
            heard: SystemTime::now(),
            is_live: false,
            problem: None,
            line: Vec::new(),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        let state = match (self.relist.is_synced(), self.is_live) {
            (false, _) => State::Syncing,
            (true, true) => State::Live,
            (true, false) => State::Stale { since: self.heard },
        };
        Standing { state, objects: self.relist.len(), problem: self.problem.clone() }
    }

    /// What comes next. Waits for it as long as it takes.
    pub(super) async fn next(&mut self) -> News {
        loop {
            // Given up half way, it starts from the list: that is right at any time.
            let news = match std::mem::replace(&mut self.phase, Phase::List) {
                Phase::List => {
                    self.relist.begin();
                    let read = self.asked.page(None, self.is_paged).await;
                    self.listed(read)
                }
                Phase::Page(next) => {
                    let read = self.asked.page(Some(&next), true).await;
                    // The server does not keep the list's version any more: the next list comes in one piece.
                    self.is_paged = !matches!(read, Err(Problem::Expired));
                    self.listed(read)
                }
                Phase::Watch(version) => match self.asked.watch(&version).await {
                    Ok(body) => {
                        self.phase = Phase::Watching { version, body, since: Instant::now() };
                        self.lives()
                    }
                    Err(problem) => Some(self.fail(problem, version)),
                },
                Phase::Watching { version, mut body, since } => {
                    let mut line = std::mem::take(&mut self.line);
                    let read = body.line(&mut line).await;
                    let news = match read {
                        Ok(true) => self.told(&line, version, body, since),
                        Ok(false) => {
                            self.ended(version, since);
                            None
                        }
                        Err(problem) => Some(self.fail(problem, version)),
                    };
                    self.line = line;
                    news
                }
                Phase::Pause(pause, then) => {
                    tokio::time::sleep(pause).await;
                    self.phase = *then;
                    None
                }
            };
            if let Some(news) = news {
                return news;
            }
        }
    }

    /// A page of a list came, or did not.
    fn listed(&mut self, read: Result<Page<T>, Problem>) -> Option<News> {
        let page = match read {
            Ok(page) => page,
            Err(Problem::NoSuchKind(_)) if T::IS_OPTIONAL => return Some(self.has_no_such_kind()),
            Err(problem) => return Some(self.fail_before(problem, Phase::List)),
        };
        self.heard = SystemTime::now();
        let (mut differences, mut found) = (Vec::new(), Vec::new());
        for Read { key, version, object } in page.objects {
            match object {
                Ok(object) => differences.extend(self.relist.item(key, version, object)),
                Err(diagnostic) => found.push(*diagnostic),
            }
        }
        let (number, version) = page.version;
        match page.next {
            Some(next) => self.phase = Phase::Page(next),
            None => {
                differences.extend(self.relist.complete(number));
                self.is_paged = true;
                // After a failure, only the watch shows that all is well again.
                self.is_live |= self.problem.is_none();
                self.phase = Phase::Watch(version);
            }
        }
        Some(News::Changes(Box::new(Told { differences, found })))
    }

    /// Without the kind there are no objects; it may be installed one day.
    fn has_no_such_kind(&mut self) -> News {
        let differences = self.relist.complete(0);
        self.is_live = true;
        self.problem = Some(Arc::new(Problem::NoSuchKind(self.asked.resource)));
        self.backoff.reset();
        self.phase = Phase::Pause(self.asked.watch_timeout, Box::new(Phase::List));
        News::Changes(Box::new(Told { differences, found: Vec::new() }))
    }

    /// A line of a watch.
    fn told(&mut self, line: &[u8], version: Box<str>, body: Body, since: Instant) -> Option<News> {
        let event = match decode::event::<T>(line) {
            Ok(event) => event,
            Err(problem) => return Some(self.fail(problem, version)),
        };
        self.heard = SystemTime::now();
        let (mut difference, mut found, mut version) = (None, Vec::new(), version);
        let seen = match event {
            Event::Is(Read { key, version, object }, text) => {
                difference = match object {
                    Ok(object) => self.relist.upsert(key, version, object),
                    Err(diagnostic) => {
                        found.push(*diagnostic);
                        self.relist.delete(key, version)
                    }
                };
                text
            }
            Event::Gone(key, version, text) => {
                difference = self.relist.delete(key, version);
                text
            }
            Event::Bookmark(version, text) => {
                self.relist.bookmark(version);
                text
            }
            Event::Failed(status) => {
                let problem = self.asked.failed(&status);
                return Some(self.fail(problem, version));
            }
        };
        if !seen.is_empty() {
            version = seen;
        }
        self.backoff.reset();
        self.phase = Phase::Watching { version, body, since };
        let differences: Vec<_> = difference.into_iter().collect();
        let is_anything = !differences.is_empty() || !found.is_empty();
        is_anything.then(|| News::Changes(Box::new(Told { differences, found })))
    }

    /// The watch stands.
    fn lives(&mut self) -> Option<News> {
        self.heard = SystemTime::now();
        let was_live = std::mem::replace(&mut self.is_live, true);
        let had_problem = self.problem.take().is_some();
        (!was_live || had_problem).then_some(News::Status)
    }

    /// The server ended the watch, as it does from time to time.
    fn ended(&mut self, version: Box<str>, since: Instant) {
        self.heard = SystemTime::now();
        let next = Phase::Watch(version);
        self.phase = if since.elapsed() < SHORT { self.pause(Duration::ZERO, next) } else { next };
    }

    /// The watch failed, or could not begin at `version`.
    fn fail(&mut self, problem: Problem, version: Box<str>) -> News {
        let then = if problem.asks_for_list() { Phase::List } else { Phase::Watch(version) };
        self.fail_before(problem, then)
    }

    fn fail_before(&mut self, problem: Problem, then: Phase) -> News {
        self.is_live = false;
        self.phase = self.pause(problem.retry_after(), then);
        self.problem = Some(Arc::new(problem));
        News::Status
    }

    fn pause(&mut self, asked: Duration, then: Phase) -> Phase {
        Phase::Pause(self.backoff.pause(asked), Box::new(then))
    }
}
