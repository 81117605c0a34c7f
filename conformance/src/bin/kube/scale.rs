//! How long our server and CoreDNS take with a large cluster, and what they occupy.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::path;
use whereto_conformance::exchange::Client;
use whereto_conformance::process::Process;
use whereto_conformance::question::Question;
use whereto_conformance::variant::Variant;

use crate::cluster::{self, COREDNS, Cluster, OURS};
use crate::compare;

/// Objects are created by so many at a time.
const LOADERS: usize = 6;
const VARIANT: Variant = Variant::Insecure;
/// Changes per second, for how long, and by how many at a time.
const RATE: u32 = 100;
const STEADY: Duration = Duration::from_secs(20);
const PATCHERS: usize = 4;

/// Loads a `v1` `List`, and measures both servers with it.
pub(crate) fn run(cluster: &Cluster, list: &Path, patches: usize) -> Result<()> {
    let list: Value = serde_json::from_slice(&fs::read(list).with_context(|| list.display().to_string())?)?;
    let items = list["items"].as_array().context("a List")?;
    let begin = Instant::now();
    // Namespaces first: they come first in the list, too, but for several loaders that says little.
    for is_namespace in [true, false] {
        load(cluster, items.iter().filter(|item| (item["kind"] == "Namespace") == is_namespace))?;
    }
    println!("{} objects loaded in {:.1} s", items.len(), begin.elapsed().as_secs_f32());
    let slice = items
        .iter()
        .find(|item| item["kind"] == "EndpointSlice" && headless(items, item))
        .context("a slice of a headless Service")?;
    for turn in 0..3 {
        for (name, server) in [("whereto", OURS), ("coredns", COREDNS)] {
            let begin = Instant::now();
            let process = match server {
                OURS => cluster.whereto(OURS, VARIANT, &cluster.kubeconfig)?,
                // It does not answer before it has read everything.
                _ => compare::answering(cluster.start_coredns(VARIANT)?, server)?,
            };
            let ready = begin.elapsed();
            thread::sleep(Duration::from_secs(if turn == 0 { 10 } else { 1 }));
            println!("{name}: ready after {:.2} s; {}", ready.as_secs_f32(), memory(name)?);
            drop(process);
        }
    }
    let processes = [
        ("whereto", cluster.whereto(OURS, VARIANT, &cluster.kubeconfig)?),
        ("coredns", compare::answering(cluster.start_coredns(VARIANT)?, COREDNS)?),
    ];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..patches {
        let (server, times) = if number % 2 == 0 { (OURS, &mut ours) } else { (COREDNS, &mut theirs) };
        times.push(delay(cluster, server, slice, number)?);
        thread::sleep(Duration::from_millis(10));
    }
    for (name, times) in [("whereto", &mut ours), ("coredns", &mut theirs)] {
        times.sort();
        let of = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
        println!("{name}: from PATCH to changed answer p50 {:.2} ms, p90 {:.2}, p99 {:.2}", of(50), of(90), of(99));
    }
    println!("after {patches} changes: whereto {}; coredns {}", memory("whereto")?, memory("coredns")?);
    steadily(cluster, items, &processes)?;
    let (_, metrics) = cluster::told(OURS, "/metrics")?;
    for line in metrics.lines().filter(|line| line.starts_with("whereto_kubernetes_objects{")) {
        println!("{line}");
    }
    Ok(())
}

fn load<'v>(cluster: &Cluster, items: impl Iterator<Item = &'v Value>) -> Result<()> {
    let items: Vec<&Value> = items.collect();
    let (next, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..LOADERS {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let told = cluster
                        .control_plane
                        .api
                        .load(&[(*item).clone()])
                        .unwrap_or_else(|error| vec![error.to_string()]);
                    refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(told);
                }
            });
        }
    });
    let refused = refused.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // The API server has some of its own.
    ensure!(refused.iter().all(|refused| refused.contains("already exists")), "{:?}", refused.first());
    Ok(())
}

fn headless(items: &[Value], slice: &Value) -> bool {
    let name = &slice["metadata"]["labels"]["kubernetes.io/service-name"];
    items.iter().any(|item| {
        item["kind"] == "Service"
            && item["metadata"]["name"] == *name
            && item["metadata"]["namespace"] == slice["metadata"]["namespace"]
            && item["spec"]["clusterIP"] == "None"
    })
}

/// From the reply to a PATCH of a slice until the server's answer has the new address.
fn delay(cluster: &Cluster, server: SocketAddr, slice: &Value, number: usize) -> Result<Duration> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text(&slice["metadata"]["namespace"]), text(&slice["metadata"]["name"]));
    let service = text(&slice["metadata"]["labels"]["kubernetes.io/service-name"]);
    let address = [10, 252, (number / 250) as u8, (number % 250) as u8 + 1];
    let dotted = address.map(|octet| octet.to_string()).join(".");
    let path = format!("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{name}");
    let change = json!({"endpoints": [{"addresses": [dotted]}]});
    let query = Question::new(format!("{service}.{namespace}.svc.cluster.local."), "A").to_wire(1, None)?;
    let client = Client::new(server, Duration::from_millis(500))?;
    let (status, answer) =
        cluster.control_plane.api.call("PATCH", &path, "application/merge-patch+json", Some(&change))?;
    ensure!(status < 300, "{path}: {status} {}", answer["message"]);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        let reply = client.udp(&query)?.unwrap_or_default();
        if reply.windows(4).any(|octets| octets == address) {
            return Ok(begin.elapsed());
        }
    }
    anyhow::bail!("{server} does not follow")
}

/// What of a processor both use while EndpointSlices change all the time.
fn steadily(cluster: &Cluster, items: &[Value], processes: &[(&str, Process)]) -> Result<()> {
    let is_slice = |item: &&Value| item["kind"] == "EndpointSlice" && item["addressType"] == "IPv4";
    let slices: Vec<&Value> = items.iter().filter(is_slice).filter(|item| item["endpoints"][0].is_object()).collect();
    ensure!(!slices.is_empty(), "no EndpointSlice with endpoints");
    let before = processes.iter().map(|(_, process)| processor_time(process)).collect::<Result<Vec<_>>>()?;
    let (next, begin) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..PATCHERS)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let due = Duration::from_secs(number as u64) / RATE;
                        if due >= STEADY {
                            return Ok(());
                        }
                        thread::sleep(due.saturating_sub(begin.elapsed()));
                        let slice = slices[number % slices.len()];
                        let mut endpoints = slice["endpoints"].clone();
                        endpoints[0]["addresses"] = json!([format!("10.253.{}.{}", number / 250, number % 250 + 1)]);
                        cluster.control_plane.api.merge(&path(slice)?, &json!({"endpoints": endpoints}))?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("a worker panicked"))?)
    })?;
    let took = begin.elapsed().as_secs_f64();
    println!("{:.0} PATCHes per second for {took:.1} s:", f64::from(RATE) * STEADY.as_secs_f64() / took);
    for ((name, process), before) in processes.iter().zip(before) {
        let used = (processor_time(process)? - before).as_secs_f64();
        println!("{name}: {:.4} s of processor time per second", used / took);
    }
    Ok(())
}

/// User and system time of a process, to the hundredth of a second (proc(5), `stat`: fields 14 and 15).
fn processor_time(process: &Process) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.id()))?;
    // The second field is the name, in parentheses.
    let fields: Vec<&str> = stat.rsplit_once(')').context("a name")?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).context("a field")?.parse::<u64>().context("a number");
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// What a child of ours of this name occupies.
fn memory(name: &str) -> Result<String> {
    for entry in fs::read_dir("/proc")?.flatten() {
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let field = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        if field("Name:") == Some(name) && field("PPid:") == Some(&std::process::id().to_string()) {
            let mebibytes = |key: &str| {
                let kibibytes = field(key).and_then(|text| text.trim_end_matches(" kB").parse::<f32>().ok());
                kibibytes.unwrap_or_default() / 1024.0
            };
            return Ok(format!(
                "VmRSS {:.1} MiB (RssFile {:.1}), VmHWM {:.1}",
                mebibytes("VmRSS:"),
                mebibytes("RssFile:"),
                mebibytes("VmHWM:")
            ));
        }
    }
    anyhow::bail!("no {name} runs")
}
