//! List and watch of one kind in one place, for ever.

mod reread;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};
use object_change::ObjectKey;
use tokio::time::Instant;

use super::asked::Asked;
use super::backoff::Backoff;
use super::body::Body;
use super::decode::{self, Event, Next, Page, Read};
use super::news::{News, Told};
use super::packed_key::PackedKey;
use super::problem::Problem;
use super::relist::Relist;
use super::selection::{Held, Selection};
use super::watched::Watched;
use super::{KubeOptions, State};

/// A watch that ended sooner is renewed after a pause.
const SHORT: Duration = Duration::from_secs(1);

/// How a scope stands.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) objects: usize,
    pub(super) problem: Option<Arc<Problem>>,
}

/// Where it stands in the cycle.
enum Phase {
    /// A list has to be read from its beginning.
    List,
    /// Pages of a list have been read; the next one.
    Page(Next),
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

/// Waits for another wish, for ever where everything is wanted.
async fn wished(selection: &mut Option<Selection>) {
    match selection {
        Some(selection) => selection.change().await,
        None => std::future::pending().await,
    }
}

/// See the module.
pub(super) struct Scope<T> {
    asked: Asked,
    relist: Relist<PackedKey, Held<T>>,
    /// Which objects are read whole; `None`: all.
    selection: Option<Selection>,
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
    pub(super) fn new(asked: Asked, options: &KubeOptions, selection: Option<Selection>) -> Self {
        let (least, most) = options.pauses;
        Self {
            asked,
            relist: Relist::new(),
            selection,
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
                    if let Some(selection) = &mut self.selection {
                        selection.begin().await;
                    }
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
                    let read = {
                        let change = pin!(wished(&mut self.selection));
                        match select(change, pin!(body.line(&mut line))).await {
                            Either::Left(_) => None,
                            Either::Right((read, _)) => Some(read),
                        }
                    };
                    let Some(read) = read else {
                        self.line = line;
                        match self.reread(version, body, since).await {
                            Some(news) => return news,
                            None => continue,
                        }
                    };
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
                Ok(object) => {
                    let held = self.hold(&key, object);
                    differences.extend(self.relist.item((&key).into(), version, held));
                }
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
        self.problem = Some(Arc::new(Problem::NoSuchKind(self.asked.resource())));
        self.backoff.reset();
        self.phase = Phase::Pause(self.asked.watch_timeout(), Box::new(Phase::List));
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
                    Ok(object) => {
                        let held = self.hold(&key, object);
                        self.relist.upsert((&key).into(), version, held)
                    }
                    Err(diagnostic) => {
                        found.push(*diagnostic);
                        self.relist.delete((&key).into(), version)
                    }
                };
                text
            }
            Event::Gone(key, version, text) => {
                difference = self.relist.delete((&key).into(), version);
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

    fn hold(&self, key: &ObjectKey, object: T) -> Held<T> {
        match &self.selection {
            Some(selection) => selection.hold(key, object),
            None => Held::Whole(object),
        }
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
