//! An API server that fails on command, in ways that a real one does not. It has whatever objects it is given, all in one namespace.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use k8s_source::kube::kube::{Client, Config};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// What one request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error status.
    Status(u16),
    /// The connection is closed without an answer.
    Refuse,
    /// A body that is shorter than the response says.
    CutBody,
    /// A body of the right length that ends in the middle of the JSON.
    CutJson,
    /// A page for people.
    Html,
    /// A list without a version.
    Unversioned,
    /// An object that is none.
    NoObject,
    /// The watch ends in the middle of a line.
    CutLine,
    /// A line of the watch ends in the middle of the JSON.
    BrokenLine,
    /// A line of the watch that is no JSON.
    Garbage,
    /// A line of the watch of a type that nobody knows.
    Unknown,
    /// The watch says that its version is too old.
    Expired,
    /// The last events come again, oldest first, before those that were asked for.
    Replay,
    /// The watch ends after its first event.
    Short,
}

impl Fault {
    pub(crate) const ALL: [Self; 17] = [
        Self::Status(500),
        Self::Status(503),
        Self::Status(429),
        Self::Status(401),
        Self::Refuse,
        Self::CutBody,
        Self::CutJson,
        Self::Html,
        Self::Unversioned,
        Self::NoObject,
        Self::CutLine,
        Self::BrokenLine,
        Self::Garbage,
        Self::Unknown,
        Self::Expired,
        Self::Replay,
        Self::Short,
    ];
}

/// The objects, all that happened to them, and the faults to come.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) version: u64,
    /// By plural and name: the version, and what follows the metadata.
    pub(crate) objects: BTreeMap<(String, String), (u64, String)>,
    events: Vec<(u64, &'static str, String, String)>,
    /// Versions before this are not available any more.
    compacted: u64,
    /// Taken by the next requests, one each; `None`: the request is answered.
    pub(crate) faults: VecDeque<Option<Fault>>,
    /// How many requests of each kind came.
    pub(crate) lists: usize,
    pub(crate) watches: usize,
    /// Their targets.
    pub(crate) targets: Vec<String>,
    /// Which of the lists' requests were the last of their connections, as the client would have it.
    pub(crate) last_lists: Vec<bool>,
    /// What cannot be done at all.
    pub(crate) denied: Option<&'static str>,
}

impl World {
    fn json(name: &str, version: u64, rest: &str) -> String {
        format!(r#"{{"metadata":{{"namespace":"shop","name":"{name}","resourceVersion":"{version}"}},{rest}}}"#)
    }

    /// Creates or changes an object: `rest` is what follows its metadata.
    pub(crate) fn put_object(&mut self, plural: &str, name: &str, rest: &str) {
        self.version += 1;
        let id = (plural.to_owned(), name.to_owned());
        let kind = if self.objects.contains_key(&id) { "MODIFIED" } else { "ADDED" };
        self.objects.insert(id, (self.version, rest.into()));
        self.events.push((self.version, kind, plural.into(), Self::json(name, self.version, rest)));
    }

    pub(crate) fn remove_object(&mut self, plural: &str, name: &str) {
        if let Some((_, rest)) = self.objects.remove(&(plural.to_owned(), name.to_owned())) {
            self.version += 1;
            self.events.push((self.version, "DELETED", plural.into(), Self::json(name, self.version, &rest)));
        }
    }

    /// Creates or changes a Service.
    pub(crate) fn put(&mut self, name: &str, address: &str) {
        self.put_object("services", name, &format!(r#""spec":{{"clusterIP":"{address}"}}"#));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.remove_object("services", name);
    }

    /// Forgets what happened so far.
    pub(crate) fn compact(&mut self) {
        self.compacted = self.version;
    }

    pub(crate) fn view(&self) -> BTreeMap<String, String> {
        let address = |rest: &str| rest.split('"').nth(5).unwrap().to_owned();
        self.objects.iter().map(|((_, name), (_, rest))| (format!("shop/{name}"), address(rest))).collect()
    }

    /// A page of at most `limit` objects behind the one that the token names. The list is not quite one of a single version when
    /// something happens between two pages, so a change expires the token.
    fn page(&self, plural: &str, only: Option<&str>, limit: usize, token: Option<&str>) -> Option<String> {
        let (version, last) = match token.and_then(|token| token.split_once('.')) {
            Some((version, last)) => (version.parse().ok()?, last),
            None => (self.version, ""),
        };
        if version < self.version {
            return None;
        }
        let of_kind =
            self.objects.iter().filter(|((have, name), _)| have == plural && only.is_none_or(|only| only == name));
        let mut rest =
            of_kind.map(|((_, name), object)| (name, object)).filter(|(name, _)| name.as_str() > last).peekable();
        let items: Vec<_> = rest.by_ref().take(limit).collect();
        let next = match (rest.peek(), items.last()) {
            (Some(_), Some((name, _))) => {
                let remaining = rest.count();
                format!(r#","continue":"{version}.{name}","remainingItemCount":{remaining}"#)
            }
            _ => String::new(),
        };
        let items: Vec<_> = items.iter().map(|(name, (version, rest))| Self::json(name, *version, rest)).collect();
        Some(format!(r#"{{"metadata":{{"resourceVersion":"{version}"{next}}},"items":[{}]}}"#, items.join(",")))
    }
}

/// The server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(pub(crate) Arc<Mutex<World>>);

impl Fake {
    /// Serves until the runtime ends.
    pub(crate) async fn serve(&self) -> Client {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let fake = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = fake.clone();
                tokio::spawn(async move { fake.connection(stream).await });
            }
        });
        let mut config = Config::new(format!("http://{address}").parse().unwrap());
        config.default_retry = false;
        Client::try_from(config).unwrap()
    }

    pub(crate) fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// One request, then the end of the connection.
    async fn connection(&self, mut stream: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1).unwrap().to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let plural = path.rsplit('/').next()?.to_owned();
        let query =
            |key: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{key}="))).map(str::to_owned);
        let is_watch = query("watch").is_some();
        let (fault, denied) = self.world(|world| {
            *if is_watch { &mut world.watches } else { &mut world.lists } += 1;
            world.targets.push(target.clone());
            if !is_watch {
                world.last_lists.push(head.to_ascii_lowercase().contains("\r\nconnection: close\r\n"));
            }
            (world.faults.pop_front().flatten(), world.denied)
        });
        if denied == Some(if is_watch { "watch" } else { "list" }) {
            return respond(&mut stream, 403, r#"{"kind":"Status","code":403,"reason":"Forbidden"}"#).await;
        }
        match fault {
            Some(Fault::Status(code)) => {
                let body = format!(r#"{{"kind":"Status","status":"Failure","message":"as told","code":{code}}}"#);
                return respond(&mut stream, code, &body).await;
            }
            Some(Fault::Refuse) => return None,
            Some(Fault::Html) => return respond(&mut stream, 200, "<html>Welcome</html>").await,
            Some(Fault::Unversioned) => return respond(&mut stream, 200, r#"{"metadata":{},"items":[]}"#).await,
            _ => {}
        }
        if is_watch {
            return self.watch(&mut stream, &plural, query("resourceVersion")?.parse().ok()?, fault).await;
        }
        // `metadata.name=NAME`, percent-encoded.
        let selector = query("fieldSelector").unwrap_or_default();
        let only = selector.split("metadata.name%3D").nth(1).and_then(|rest| rest.split('%').next()).map(str::to_owned);
        let limit = query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX);
        let Some(page) = self.world(|world| world.page(&plural, only.as_deref(), limit, query("continue").as_deref()))
        else {
            return respond(&mut stream, 410, r#"{"kind":"Status","code":410,"reason":"Expired"}"#).await;
        };
        match fault {
            Some(Fault::CutBody) => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", page.len());
                let half = page.get(..page.len() / 2)?;
                stream.write_all(format!("{head}{half}").as_bytes()).await.ok()
            }
            Some(Fault::CutJson) => respond(&mut stream, 200, page.get(..page.len() * 2 / 3)?).await,
            Some(Fault::NoObject) => respond(&mut stream, 200, &page.replacen("\"items\":[", "\"items\":[7,", 1)).await,
            _ => respond(&mut stream, 200, &page).await,
        }
    }

    async fn watch(&self, stream: &mut TcpStream, plural: &str, from: u64, fault: Option<Fault>) -> Option<()> {
        let compacted = self.world(|world| world.compacted);
        if from < compacted {
            return respond(stream, 410, r#"{"kind":"Status","code":410,"reason":"Expired"}"#).await;
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await.ok()?;
        let line = |kind: &str, object: &str| format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n");
        match fault {
            Some(Fault::Garbage) => return stream.write_all(b"\x00\xff{]\n").await.ok(),
            Some(Fault::Unknown) => return stream.write_all(line("RENAMED", "{}").as_bytes()).await.ok(),
            Some(Fault::Expired) => {
                let gone = line("ERROR", r#"{"kind":"Status","code":410,"reason":"Expired"}"#);
                return stream.write_all(gone.as_bytes()).await.ok();
            }
            _ => {}
        }
        let mut told = if fault == Some(Fault::Replay) { from.saturating_sub(4).max(compacted) } else { from };
        let end = Instant::now() + Duration::from_secs(1);
        while Instant::now() < end {
            let (lines, version): (Vec<String>, u64) = self.world(|world| {
                let news = world.events.iter().filter(|(version, _, of, _)| *version > told && of == plural);
                (news.map(|(_, kind, _, object)| line(kind, object)).collect(), world.version)
            });
            for text in lines {
                match fault {
                    Some(Fault::CutLine) => return stream.write_all(text.get(..text.len() / 2)?.as_bytes()).await.ok(),
                    Some(Fault::BrokenLine) => {
                        return stream.write_all(format!("{}\n", text.get(..text.len() / 2)?).as_bytes()).await.ok();
                    }
                    Some(Fault::Short) => return stream.write_all(text.as_bytes()).await.ok(),
                    _ => stream.write_all(text.as_bytes()).await.ok()?,
                }
            }
            if version > told {
                let bookmark = line("BOOKMARK", &format!(r#"{{"metadata":{{"resourceVersion":"{version}"}}}}"#));
                stream.write_all(bookmark.as_bytes()).await.ok()?;
            }
            told = told.max(version);
            sleep(Duration::from_millis(2)).await;
        }
        Some(())
    }
}

async fn respond(stream: &mut TcpStream, code: u16, body: &str) -> Option<()> {
    let head = format!("HTTP/1.1 {code} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.ok()
}
