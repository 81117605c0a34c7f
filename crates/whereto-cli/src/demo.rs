//! The built-in cluster: something real to ask before there are manifests.

use k8s_source::manifests::{ManifestOptions, ManifestSource};

const FILES: [(&str, &str); 4] = [
    ("demo/01-cluster.yaml", include_str!("../demo/01-cluster.yaml")),
    ("demo/02-shop.yaml", include_str!("../demo/02-shop.yaml")),
    ("demo/03-data.yaml", include_str!("../demo/03-data.yaml")),
    ("demo/05-pods.yaml", include_str!("../demo/05-pods.yaml")),
];

const MULTICLUSTER: (&str, &str) = ("demo/04-multicluster.yaml", include_str!("../demo/04-multicluster.yaml"));

/// The demo cluster's manifests; with ServiceImports where somebody looks at them.
pub(crate) fn source(options: ManifestOptions, multicluster: bool) -> ManifestSource {
    let nothing: [&str; 0] = [];
    let files = FILES.into_iter().chain(multicluster.then_some(MULTICLUSTER));
    files.fold(ManifestSource::new(nothing, options), |source, (name, text)| source.with_text(name, text.as_bytes()))
}
