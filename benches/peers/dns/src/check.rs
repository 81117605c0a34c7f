//! Whether a server's answers are those of the manifests, now or a moment ago, and never anything else.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bench_cluster::{Cluster, Role, Service};
use dns_records::Name;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::churn::{Changing, Churn};

/// How long a reply may take before the query counts as lost.
const LOST: Duration = Duration::from_secs(2);
/// How long the last change may take to be seen.
const CAUGHT_UP: Duration = Duration::from_secs(30);
/// Between two queries: few beside the load.
const PAUSE: Duration = Duration::from_millis(2);

/// Asks for addresses, of Services that change and of others.
#[derive(Debug)]
pub struct Checker<'c> {
    socket: UdpSocket,
    chance: SmallRng,
    next_id: u16,
    /// With a virtual IP, whatever happens to their endpoints.
    steady: Vec<(&'c Service, Ipv4Addr)>,
    /// Whose addresses are those of their endpoints, with the revision last seen.
    moving: Vec<(&'c Changing<'c>, usize)>,
    found: Found,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Answers.
    pub answers: u64,
    /// Answers that showed a revision for the first time.
    pub fresh: u64,
    /// Queries without a reply.
    pub lost: u64,
    /// Answers that were never right, or not any more.
    pub wrong: u64,
}

impl<'c> Checker<'c> {
    /// A client of the server at `address`.
    ///
    /// # Errors
    /// When there is no socket to be had, or no headless Service among those that change.
    pub fn new(cluster: &'c Cluster, churn: &'c Churn<'c>, address: SocketAddr) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect(address)?;
        socket.set_read_timeout(Some(LOST))?;
        let steady = cluster.services.iter().filter_map(|service| match service.role {
            Role::ClusterIp(address) => Some((service, address)),
            _ => None,
        });
        let moving = churn.slices().iter().filter(|slice| slice.service.role == Role::Headless).map(|slice| (slice, 0));
        let (steady, moving): (Vec<_>, Vec<_>) = (steady.collect(), moving.collect());
        ensure!(!steady.is_empty() && !moving.is_empty(), "the cluster is too small");
        let chance = SmallRng::seed_from_u64(cluster.shape.seed);
        Ok(Self { socket, chance, next_id: 0, steady, moving, found: Found::default() })
    }

    /// Asks once about a Service that stays, once about one that changes, and rests.
    ///
    /// # Errors
    /// When the socket fails.
    pub fn step(&mut self) -> Result<()> {
        let (service, address) = self.steady[self.chance.random_range(0..self.steady.len())];
        if let Some(answer) = self.ask(service)? {
            self.note(answer == BTreeSet::from([address]), service, &answer);
        }
        let index = self.chance.random_range(0..self.moving.len());
        self.look(index)?;
        std::thread::sleep(PAUSE);
        Ok(())
    }

    /// Waits until the last revision of every Service is seen; `false` when that takes too long.
    ///
    /// # Errors
    /// When the socket fails.
    pub fn catch_up(&mut self) -> Result<bool> {
        let end = Instant::now() + CAUGHT_UP;
        for index in 0..self.moving.len() {
            loop {
                self.look(index)?;
                let (slice, seen) = self.moving[index];
                let last: BTreeSet<_> = slice.service.addresses(slice.newest()).collect();
                if slice.service.addresses(seen).collect::<BTreeSet<_>>() == last {
                    break;
                }
                if Instant::now() > end {
                    eprintln!("{}: revision {seen} where {} is the last", slice.service.fqdn(), slice.newest());
                    return Ok(false);
                }
                std::thread::sleep(PAUSE);
            }
        }
        Ok(true)
    }

    /// What was found so far.
    #[must_use]
    pub const fn found(&self) -> Found {
        self.found
    }

    /// The answer has to be a revision's that is not older than the last one seen.
    fn look(&mut self, index: usize) -> Result<()> {
        let (slice, seen) = self.moving[index];
        let Some(answer) = self.ask(slice.service)? else { return Ok(()) };
        let is = |revision: &usize| slice.service.addresses(*revision).collect::<BTreeSet<_>>() == answer;
        let revision = (seen..=slice.newest()).find(is);
        self.note(revision.is_some(), slice.service, &answer);
        if let Some(revision) = revision.filter(|revision| *revision > seen) {
            self.moving[index].1 = revision;
            self.found.fresh += 1;
        }
        Ok(())
    }

    fn note(&mut self, is_right: bool, service: &Service, answer: &BTreeSet<Ipv4Addr>) {
        self.found.answers += 1;
        if !is_right {
            self.found.wrong += 1;
            eprintln!("{}: {answer:?}", service.fqdn());
        }
    }

    /// The addresses of a Service's name; nothing where no reply came.
    fn ask(&mut self, service: &Service) -> Result<Option<BTreeSet<Ipv4Addr>>> {
        self.next_id = self.next_id.wrapping_add(1);
        let name: Name = service.fqdn().parse()?;
        let mut query = self.next_id.to_be_bytes().to_vec();
        query.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        query.extend(name.as_wire());
        query.extend([0, 1, 0, 1]);
        self.socket.send(&query)?;
        let mut reply = [0; 1232];
        loop {
            match self.socket.recv(&mut reply) {
                // A late one.
                Ok(len) if len < query.len() || reply[..2] != query[..2] => {}
                Ok(len) => return Ok(Some(addresses(&reply[..len], query.len()))),
                Err(_) => {
                    self.found.lost += 1;
                    return Ok(None);
                }
            }
        }
    }
}

/// The data of A records whose owners are pointers, from `at` on; nothing of a message with anything else in it.
fn addresses(reply: &[u8], at: usize) -> BTreeSet<Ipv4Addr> {
    let records = reply.get(at..).unwrap_or_default().chunks(16);
    let address = |record: &[u8]| match record {
        [(0xc0..), _, 0, 1, 0, 1, _, _, _, _, 0, 4, a, b, c, d] => Some(Ipv4Addr::new(*a, *b, *c, *d)),
        _ => None,
    };
    records.map(address).collect::<Option<_>>().unwrap_or_default()
}
