//! A consumer that remembers, and folders to write into.
#![allow(dead_code, reason = "each test program uses its own part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use k8s_source::manifests::{Event, Located, ManifestOptions, ManifestSource, Summary};
use k8s_source::{Consumer, Kind, ObjectChange};
use object_change::{Delta, Diagnostic, ObjectKey, Severity};

/// What a consumer was told, as it stands.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) objects: BTreeMap<(Kind, String), String>,
    pub(crate) synced: Vec<Kind>,
    pub(crate) published: usize,
    pub(crate) changes: usize,
}

impl Memory {
    fn put<T: std::fmt::Debug>(&mut self, kind: Kind, delta: Delta<&T>) {
        let name = |key: &ObjectKey| key.to_string();
        self.changes += 1;
        match delta {
            Delta::Upsert(key, object) => {
                self.objects.insert((kind, name(&key)), format!("{object:?}"));
            }
            Delta::Delete(key) => {
                self.objects.remove(&(kind, name(&key)));
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    /// The names of the objects of a kind.
    pub(crate) fn names(&self, kind: Kind) -> Vec<&str> {
        self.objects.keys().filter(|(have, _)| *have == kind).map(|(_, name)| name.as_str()).collect()
    }

    pub(crate) fn get(&self, kind: Kind, name: &str) -> &str {
        self.objects
            .get(&(kind, name.to_owned()))
            .unwrap_or_else(|| panic!("no {kind:?} {name}: {:?}", self.objects.keys()))
    }
}

impl Consumer for Memory {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Namespace(delta) => self.put(Kind::Namespace, delta),
            ObjectChange::Service(delta) => self.put(Kind::Service, delta),
            ObjectChange::EndpointSlice(delta) => self.put(Kind::EndpointSlice, delta),
            ObjectChange::Pod(delta) => self.put(Kind::Pod, delta),
            ObjectChange::ServiceImport(delta) => self.put(Kind::ServiceImport, delta),
            ObjectChange::Synced(kind) => self.synced.push(kind),
            other => panic!("unexpected {other:?}"),
        }
        Vec::new()
    }

    fn publish(&mut self) {
        self.published += 1;
    }
}

/// A folder that goes when the test does.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("k8s-source-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.0.join(name)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A source with its consumer and what it told.
pub(crate) struct Run {
    pub(crate) source: ManifestSource,
    pub(crate) memory: Memory,
    pub(crate) told: Vec<Located>,
    pub(crate) summary: Summary,
}

impl Run {
    pub(crate) fn load(folder: &Folder) -> Self {
        Self::load_with(folder, ManifestOptions::default())
    }

    pub(crate) fn load_with(folder: &Folder, options: ManifestOptions) -> Self {
        let source = ManifestSource::new([folder.path()], options);
        let mut run = Self { source, memory: Memory::default(), told: Vec::new(), summary: Summary::default() };
        let told = &mut run.told;
        run.summary = run.source.load(&mut run.memory, &mut |event| {
            if let Event::Found(located) = event {
                told.push(located);
            }
        });
        run
    }

    pub(crate) fn poll(&mut self) {
        self.told.clear();
        let told = &mut self.told;
        self.summary = self.source.poll(&mut self.memory, &mut |event| {
            if let Event::Found(located) = event {
                told.push(located);
            }
        });
    }

    /// What was told at a severity, without the folder's path.
    pub(crate) fn told_at(&self, severity: Severity, folder: &Folder) -> Vec<String> {
        let told = self.told.iter().filter(|located| located.diagnostic.severity == severity);
        told.map(|located| located.to_string().replace(&format!("{}/", folder.path().display()), "")).collect()
    }

    pub(crate) fn errors(&self, folder: &Folder) -> Vec<String> {
        self.told_at(Severity::Error, folder)
    }

    pub(crate) fn warnings(&self, folder: &Folder) -> Vec<String> {
        self.told_at(Severity::Warning, folder)
    }
}

/// A Service with a cluster IP.
pub(crate) fn service(name: &str, ip: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  clusterIP: {ip}\n  ports:\n  - port: 80\n"
    )
}
