use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::cycle::{Cycle, World, emit};
use super::decode::{Object, ReadKind};
use super::event::{Event, Located, Reporter, Summary};
use super::files::{FileId, Files, Look};
use super::nodes::{Facts, NodeId, Source};
use super::options::ManifestOptions;
use super::read::{At, Entry, Reading, Rereading, key_of, read_file};
use crate::change::{Consumer, Kind, ObjectChange};

/// Objects from files, folders and standard input.
///
/// [`load`](Self::load) reads everything and tells the consumer each object as soon as it was read. After that
/// [`poll`](Self::poll) may be called as often as wanted: it reads again what changed and tells the difference. Neither keeps
/// the objects: only their names, hashes of their texts, and the Pods and Services of namespaces in which slices are derived from Pods. What
/// else is needed later is read from the files again.
///
/// ```
/// use k8s_source::manifests::{Event, ManifestOptions, ManifestSource};
/// # struct Ignore;
/// # impl k8s_source::Consumer for Ignore {
/// #     fn apply(&mut self, _: k8s_source::ObjectChange<'_>) -> Vec<object_change::Diagnostic> { Vec::new() }
/// #     fn publish(&mut self) {}
/// # }
/// # let mut consumer = Ignore;
/// let mut source = ManifestSource::new(["/no/such/folder"], ManifestOptions::default());
/// let summary = source.load(&mut consumer, &mut |event| {
///     if let Event::Found(located) = event {
///         eprintln!("{located}");
///     }
/// });
/// assert_eq!(summary.broken.len(), 1);
/// ```
#[derive(Debug)]
pub struct ManifestSource {
    options: ManifestOptions,
    files: Files,
    /// What each file has.
    contents: HashMap<FileId, Box<[NodeId]>>,
    world: World,
}

impl ManifestSource {
    /// A source of the objects in `paths`: files, folders with all below them, `-` for standard input. Nothing is read yet.
    ///
    /// The order of paths counts where an object is in two of them: the later one holds. Within a folder, files count in the order of their names.
    pub fn new(paths: impl IntoIterator<Item = impl Into<PathBuf>>, options: ManifestOptions) -> Self {
        let files = Files::new(paths.into_iter().map(Into::into).collect());
        Self { options, files, contents: HashMap::new(), world: World::default() }
    }

    /// The same with a text as one more input after the others, such as manifests built into a program. It goes by `name` in diagnostics.
    #[must_use]
    pub fn with_text(mut self, name: impl Into<PathBuf>, text: impl Into<Arc<[u8]>>) -> Self {
        self.files.add_text(name.into(), text.into());
        self
    }

    /// Reads everything for the first time, tells that each kind is synced, and publishes.
    ///
    /// Of a malformed file the objects in good documents are used. It is listed in [`Summary::broken`], on which a caller may give up.
    pub fn load(&mut self, consumer: &mut dyn Consumer, events: &mut dyn FnMut(Event)) -> Summary {
        let mut reporter = Reporter::new(events);
        let mut cycle = Cycle::default();
        let look = self.files.look();
        tell_failed(&look, &mut reporter);
        for file in look.changed {
            self.load_file(file, &mut cycle, consumer, &mut reporter);
        }
        cycle
            .touched
            .extend(self.world.nodes.iter().filter(|(_, node)| node.kind == ReadKind::Service).map(|(id, _)| id));
        self.world.settle(cycle, &self.files, &self.options, consumer, &mut reporter);
        for kind in Kind::ALL.into_iter().filter(|kind| self.options.reads(*kind)) {
            consumer.apply(ObjectChange::Synced(kind));
        }
        consumer.publish();
        self.files.forget_kept();
        self.summary(look.missing, reporter)
    }

    /// Looks for changes, reads what changed, tells the consumer, and publishes once if there was anything to tell.
    ///
    /// Of a file that is malformed now, or can't be read, the last good content stays in use; so does that of an input that is gone
    /// as a whole. Of an object that is wrong now the last good form stays, too.
    pub fn poll(&mut self, consumer: &mut dyn Consumer, events: &mut dyn FnMut(Event)) -> Summary {
        let mut reporter = Reporter::new(events);
        let mut cycle = Cycle::default();
        let look = self.files.look();
        tell_failed(&look, &mut reporter);
        for file in &look.changed {
            self.reread_file(*file, &mut cycle, &mut reporter);
        }
        for file in &look.removed {
            self.commit(*file, Rereading::default(), &mut cycle);
        }
        if !cycle.is_empty() {
            self.world.settle(cycle, &self.files, &self.options, consumer, &mut reporter);
        }
        for file in look.removed {
            self.contents.remove(&file);
            self.files.remove(file);
        }
        if reporter.summary.changed {
            consumer.publish();
        }
        self.summary(look.missing, reporter)
    }

    fn summary(&self, missing: Vec<PathBuf>, reporter: Reporter<'_>) -> Summary {
        let mut summary = reporter.summary;
        summary.objects = self.world.nodes.iter().filter(|(_, node)| node.winner.is_some()).count();
        summary.broken = missing;
        summary.broken.extend(self.files.broken());
        summary
    }

    fn load_file(&mut self, file: FileId, cycle: &mut Cycle, consumer: &mut dyn Consumer, reporter: &mut Reporter<'_>) {
        let path = self.files.path(file);
        let opened = self.files.open(file);
        let mut loading =
            Loading { world: &mut self.world, files: &self.files, file, cycle, consumer, read: Vec::new() };
        let read = opened.and_then(|mut reader| read_file(&mut reader, &path, &self.options, &mut loading, reporter));
        let mut nodes = loading.read;
        nodes.sort_unstable();
        nodes.dedup();
        self.contents.insert(file, nodes.into());
        if let Err(error) = &read {
            reporter.found(unreadable(&path, error));
        }
        if let Some(known) = self.files.get_mut(file) {
            known.is_broken = !matches!(read, Ok(false));
        }
    }

    fn reread_file(&mut self, file: FileId, cycle: &mut Cycle, reporter: &mut Reporter<'_>) {
        let path = self.files.path(file);
        let mut reading = Rereading::default();
        for node in self.contents.get(&file).into_iter().flatten() {
            for source in self.world.nodes.sources(*node).filter(|source| source.file == file) {
                reading.before.entry(source.hash).or_default().push(*node);
            }
        }
        let read = self
            .files
            .open(file)
            .and_then(|mut reader| read_file(&mut reader, &path, &self.options, &mut reading, reporter));
        match &read {
            Ok(false) => self.commit(file, reading, cycle),
            Ok(true) => {}
            // Gone since the look: the next one will tell.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.files.reconsider(file);
                return;
            }
            Err(error) => reporter.found(unreadable(&path, error)),
        }
        let is_broken = !matches!(read, Ok(false));
        if is_broken {
            let object = ObjectRef::new("file", ObjectKey::cluster_scoped(path.to_string_lossy()));
            let reason = "not usable as it is now: its last good content stays in use";
            reporter.found(Located::new(path, 0, 0, Diagnostic::error(object, "", reason)));
        }
        if let Some(known) = self.files.get_mut(file) {
            known.is_broken = is_broken;
        }
    }

    /// Puts what a file has now in the place of what it had.
    fn commit(&mut self, file: FileId, reading: Rereading, cycle: &mut Cycle) {
        let nodes = &mut self.world.nodes;
        let had = self.contents.remove(&file).unwrap_or_default();
        let mut entries = reading.entries;
        // An object that can't be read any more stays as it was.
        for (kind, key) in reading.refused {
            let kept = had
                .iter()
                .copied()
                .find(|id| nodes.get(*id).is_some_and(|node| node.kind == kind && nodes.key(node) == key));
            let source = kept.and_then(|id| Some((id, nodes.sources(id).rfind(|source| source.file == file)?)));
            entries.extend(
                source.map(|(id, Source { document, line, hash, .. })| Entry::Known(id, At { document, line, hash })),
            );
        }
        for id in &had {
            cycle.mark(nodes, *id);
            nodes.remove_sources(*id, file);
        }
        let mut has = Vec::with_capacity(entries.len());
        for entry in entries {
            let (id, At { document, line, hash }) = match entry {
                Entry::Known(id, at) => (id, at),
                Entry::New(kind, key, at) => (nodes.intern(kind, &key), at),
            };
            cycle.mark(nodes, id);
            nodes.add_source(id, Source { file, document, line, hash }, |a, b| self.files.order(a, b));
            has.push(id);
        }
        has.sort_unstable();
        has.dedup();
        self.contents.insert(file, has.into());
        cycle.staged.extend(reading.objects.into_iter().map(|(hash, object)| ((file, hash), object)));
    }
}

fn tell_failed(look: &Look, reporter: &mut Reporter<'_>) {
    for (path, error) in &look.failed {
        reporter.found(unreadable(path, error));
    }
}

fn unreadable(path: &Arc<Path>, error: &io::Error) -> Located {
    let object = ObjectRef::new("file", ObjectKey::cluster_scoped(path.to_string_lossy()));
    Located::new(Arc::clone(path), 0, 0, Diagnostic::error(object, "", error.to_string()))
}

/// The first reading of a file: objects go straight to the consumer.
struct Loading<'l> {
    world: &'l mut World,
    files: &'l Files,
    file: FileId,
    cycle: &'l mut Cycle,
    consumer: &'l mut dyn Consumer,
    read: Vec<NodeId>,
}

impl Reading for Loading<'_> {
    fn known(&mut self, _: At) -> bool {
        false
    }

    fn object(&mut self, object: Object, at: At, reporter: &mut Reporter<'_>) {
        let At { document, line, hash } = at;
        let id = self.world.nodes.intern(object.kind(), &key_of(&object));
        let source = Source { file: self.file, document, line, hash };
        self.world.nodes.add_source(id, source, |a, b| self.files.order(a, b));
        self.world.tell_shadowed(id, self.files, reporter);
        self.read.push(id);
        self.world.nodes.set_facts(id, Some(&object));
        let waits = self
            .world
            .nodes
            .get(id)
            .is_some_and(|node| matches!(node.facts, Facts::Service { needs, .. } if needs.any()));
        self.cycle.in_hand.remove(&id);
        if waits {
            // Its address depends on those of all other Services.
            self.cycle.in_hand.insert(id, object);
        } else {
            let diagnostics = emit(self.consumer, key_of(&object), &object);
            self.world.tell(id, diagnostics, self.files, reporter);
            reporter.summary.changed = true;
        }
    }

    fn refused(&mut self, _: ReadKind, _: &ObjectKey) {}
}
