//! The built-in cluster: something real to ask before there are manifests.

mod certificates;
mod echo;

use k8s_source::manifests::{ManifestOptions, ManifestSource, Routes};

use crate::arguments::Reads;
pub(crate) use echo::EchoEndpoints;

const FILES: [(&str, &str); 5] = [
    ("demo/01-cluster.yaml", include_str!("../demo/01-cluster.yaml")),
    ("demo/02-shop.yaml", include_str!("../demo/02-shop.yaml")),
    ("demo/03-data.yaml", include_str!("../demo/03-data.yaml")),
    ("demo/05-pods.yaml", include_str!("../demo/05-pods.yaml")),
    ("demo/06-ingress.yaml", include_str!("../demo/06-ingress.yaml")),
];

const MULTICLUSTER: (&str, &str) = ("demo/04-multicluster.yaml", include_str!("../demo/04-multicluster.yaml"));

/// The demo cluster's manifests; with ServiceImports and certificates where somebody looks at them.
pub(crate) fn source(options: ManifestOptions, reads: Reads) -> ManifestSource {
    let nothing: [&str; 0] = [];
    let files = FILES.into_iter().chain(reads.multicluster.then_some(MULTICLUSTER));
    let mut source = ManifestSource::new(nothing, options);
    for (name, text) in files {
        source = source.with_text(name, text.as_bytes());
    }
    if reads.routes == Routes::Read {
        source = source.with_text("demo/certificates.json", certificates::secrets().into_bytes());
    }
    source
}
