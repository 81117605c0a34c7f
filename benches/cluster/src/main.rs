//! Writes a synthetic cluster in every form that a comparison of DNS servers needs.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bench_cluster::{Cluster, Kind, Shape};
use clap::Parser;

/// Writes one synthetic cluster in several forms.
#[derive(Debug, Parser)]
#[command(
    name = "bench-cluster",
    after_help = "\
cluster.json     a v1 List of Namespaces, Services and EndpointSlices
cluster.zone     the same as a master file of cluster.local
reverse.zone     10.in-addr.arpa
queries.txt      NAME TYPE a line, as Pods ask under ndots:5
expected.tsv     NAME TYPE RCODE ANSWERS of each distinct query
changing/        with --changing: the cluster in one file but for N slices, which have files of their own"
)]
struct Arguments {
    /// Where to.
    folder: PathBuf,
    /// Lines in queries.txt.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    queries: usize,
    /// So many slices that can be changed one by one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    changing: usize,
    #[command(flatten)]
    shape: Shape,
}

fn main() -> Result<()> {
    let Arguments { folder, queries, changing, shape } = Arguments::parse();
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let cluster = Cluster::new(shape);
    write(&folder, "cluster.json", |to| cluster.write_json(to, &|_| true))?;
    write(&folder, "cluster.zone", |to| cluster.write_zone(to))?;
    write(&folder, "reverse.zone", |to| cluster.write_reverse_zone(to))?;
    write_queries(&folder, &cluster, queries)?;
    if changing > 0 {
        write_changing(&folder.join("changing"), &cluster, changing)?;
    }
    println!("{} Services, {} endpoints", cluster.services.len(), cluster.endpoints());
    Ok(())
}

fn write_queries(folder: &Path, cluster: &Cluster, count: usize) -> Result<()> {
    let queries = cluster.queries(Kind::Mix, count);
    write(folder, "queries.txt", |to| {
        queries.iter().try_for_each(|query| writeln!(to, "{} {}", query.name, query.record_type))
    })?;
    let distinct: BTreeSet<_> = queries.iter().collect();
    write(folder, "expected.tsv", |to| {
        distinct.iter().try_for_each(|query| {
            let expected = query.expected;
            writeln!(to, "{}\t{}\t{}\t{}", query.name, query.record_type, expected.rcode, expected.answers)
        })
    })
}

/// Slices with files of their own, which a change replaces.
fn write_changing(folder: &Path, cluster: &Cluster, count: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let slices: Vec<_> = cluster.changing(count).collect();
    let apart: BTreeSet<_> = slices.iter().map(|(index, _)| *index).collect();
    write(folder, "cluster.json", |to| cluster.write_json(to, &|index| !apart.contains(&index)))?;
    for (_, service) in slices {
        write(folder, &format!("{}.json", service.slice()), |to| writeln!(to, "{}", service.slice_json(0)))?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let path = folder.join(name);
    let mut to = BufWriter::new(File::create(&path).with_context(|| path.display().to_string())?);
    content(&mut to).and_then(|()| to.flush()).with_context(|| path.display().to_string())
}
