//! Clients that ask without end, each as soon as it has its reply.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use http_body_util::BodyExt as _;
use hyper::header::CONNECTION;
use hyper::{HeaderMap, Method, Version};
use tokio::task::JoinSet;
use whereto_conformance::chance::Chance;

use crate::backend::NUMBER;
use crate::client::{Connection, Target, request, whole};
use crate::tally::{Failure, Opened, Outcome, Reply, Tally};

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// After a connection that was refused.
const PAUSE: Duration = Duration::from_millis(5);

/// A request that is sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) host: &'static str,
    pub(crate) path: &'static str,
    /// Octets of its content.
    pub(crate) content: usize,
    /// The Service that is to answer.
    pub(crate) service: &'static str,
}

impl Plan {
    pub(crate) const fn get(host: &'static str, service: &'static str) -> Self {
        Self { method: Method::GET, host, path: "/", content: 0, service }
    }
}

/// A client: a connection at a time.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) target: Target,
    /// Which of the plans it follows, as places in their list.
    pub(crate) plans: Vec<usize>,
    /// Requests after which it makes a new connection; 0 for never.
    pub(crate) per_connection: u32,
    /// Requests at the same time, with HTTP/2.
    pub(crate) streams: usize,
}

impl Client {
    /// A client that keeps its connection.
    pub(crate) fn new(target: Target, plans: impl Into<Vec<usize>>) -> Self {
        let streams = if target.version == Version::HTTP_2 { 4 } else { 1 };
        Self { target, plans: plans.into(), per_connection: 0, streams }
    }
}

/// Clients at work.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    clients: JoinSet<Tally>,
}

impl Load {
    /// Starts `clients`, which follow `plans`.
    pub(crate) fn start(clients: Vec<Client>, plans: Vec<Plan>, chance: &mut Chance) -> Self {
        let (stop, plans, numbers) = (Arc::new(AtomicBool::new(false)), Arc::new(plans), Arc::new(AtomicU64::new(0)));
        let mut set = JoinSet::new();
        for (place, client) in clients.into_iter().enumerate() {
            let run = Runner {
                place,
                client: Arc::new(client),
                plans: Arc::clone(&plans),
                stop: Arc::clone(&stop),
                numbers: Arc::clone(&numbers),
                chance: Chance::new(chance.bits()),
            };
            set.spawn(run.run());
        }
        Self { stop, clients: set }
    }

    /// Lets the requests under way end; what became of all.
    pub(crate) async fn stop(mut self) -> Result<Tally> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Tally::default();
        while let Some(tally) = self.clients.join_next().await {
            all.extend(tally.context("a client panicked")?);
        }
        all.outcomes.sort_by_key(|outcome| outcome.begin);
        Ok(all)
    }
}

/// One client, or one stream of it.
#[derive(Clone)]
struct Runner {
    place: usize,
    client: Arc<Client>,
    plans: Arc<Vec<Plan>>,
    stop: Arc<AtomicBool>,
    numbers: Arc<AtomicU64>,
    chance: Chance,
}

impl Runner {
    async fn run(mut self) -> Tally {
        let mut tally = Tally::default();
        while !self.stopped() {
            let begin = Instant::now();
            match self.client.target.connect().await {
                Ok(connection) => {
                    let certificate = connection.certificate.clone();
                    tally.opened.push(Opened { client: self.place, at: begin, certificate });
                    tally.extend(self.serve(connection).await);
                }
                Err(error) => {
                    let plan = *self.chance.pick(&self.client.plans);
                    let result = Err(Failure::Refused(error.to_string()));
                    tally.outcomes.push(Outcome { plan, number: 0, begin, end: Instant::now(), result });
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        tally
    }

    /// Asks on one connection until it is over.
    async fn serve(&mut self, connection: Connection) -> Tally {
        let mut streams = JoinSet::new();
        for _ in 1..self.client.streams {
            if let Some(shared) = connection.share() {
                let mut stream = self.clone();
                stream.chance = Chance::new(self.chance.bits());
                streams.spawn(stream.ask_all(shared));
            }
        }
        let mut stream = self.clone();
        stream.chance = Chance::new(self.chance.bits());
        let mut tally = stream.ask_all(connection).await;
        while let Some(other) = streams.join_next().await {
            tally.extend(other.unwrap_or_default());
        }
        tally
    }

    async fn ask_all(mut self, mut connection: Connection) -> Tally {
        let mut tally = Tally::default();
        let mut asked = 0;
        while !self.stopped() && (self.client.per_connection == 0 || asked < self.client.per_connection) {
            // A server may end a connection between two requests.
            if !connection.ready().await {
                break;
            }
            asked += 1;
            let place = *self.chance.pick(&self.client.plans);
            let Some(plan) = self.plans.get(place) else { break };
            let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
            let begin = Instant::now();
            let asked = tokio::time::timeout(PATIENCE, ask(&mut connection, plan, number)).await;
            let result = match asked {
                // It was never sent.
                Ok(None) => break,
                Ok(Some(result)) => result,
                Err(_) => Err(Failure::Unanswered("too late".to_owned())),
            };
            let over = match &result {
                Ok(reply) => reply.last && self.client.target.version != Version::HTTP_2,
                Err(failure) => !matches!(failure, Failure::Wrong(_)),
            };
            tally.outcomes.push(Outcome { plan: place, number, begin, end: Instant::now(), result });
            if over {
                break;
            }
        }
        tally
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Sends the request of a plan and reads what comes; nothing where the connection ended before it was sent.
async fn ask(connection: &mut Connection, plan: &Plan, number: u64) -> Option<Result<Reply, Failure>> {
    let content = whole(vec![b'c'; plan.content]);
    let request = request(plan.method.clone(), plan.host, plan.path, content).map(|mut request| {
        request.headers_mut().insert(NUMBER, number.into());
        request
    });
    let request = match request {
        Ok(request) => request,
        Err(error) => return Some(Err(Failure::Wrong(error.to_string()))),
    };
    let response = match connection.send(request).await {
        Ok(response) => response,
        Err(error) if error.is_canceled() => return None,
        Err(error) => return Some(Err(Failure::Unanswered(chain(&error)))),
    };
    let (status, last) = (response.status().as_u16(), is_last(response.headers()));
    Some(match response.into_body().collect().await {
        Err(error) => Err(Failure::Cut(chain(&error))),
        Ok(content) => {
            let endpoint = if status == 200 { plan.endpoint(&content.to_bytes()) } else { Ok(None) };
            endpoint.map(|endpoint| Reply { status, last, endpoint })
        }
    })
}

impl Plan {
    /// The endpoint whose echo of this request `content` is.
    fn endpoint(&self, content: &[u8]) -> Result<Option<usize>, Failure> {
        let text = String::from_utf8_lossy(content);
        let echo = text.strip_prefix(self.service).and_then(|rest| rest.strip_prefix(' ')?.split_once(' '));
        let asked = format!("{} {} {}\n", self.method, self.path, self.content);
        match echo {
            Some((endpoint, echo)) if echo == asked => Ok(endpoint.parse().ok()),
            _ => Err(Failure::Wrong(format!("not {} {asked:?}: {text:?}", self.service))),
        }
    }
}

fn is_last(headers: &HeaderMap) -> bool {
    headers.get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
