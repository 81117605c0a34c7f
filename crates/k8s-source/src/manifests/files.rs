//! Which files there are, which of them changed, and how to read them.

mod folder;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use folder::Folders;

/// A file by its place in the table; places are used again once a file is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FileId(u32);

/// By what a change of a file is noticed without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    modified: Option<SystemTime>,
    size: u64,
    inode: u64,
    device: u64,
}

impl Signature {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let (inode, device) =
            (std::os::unix::fs::MetadataExt::ino(metadata), std::os::unix::fs::MetadataExt::dev(metadata));
        #[cfg(not(unix))]
        let (inode, device) = (0, 0);
        Self { modified: metadata.modified().ok(), size: metadata.len(), inode, device }
    }

    /// Whether another change could come without the signature changing: time stamps have a grain.
    fn is_settled(&self) -> bool {
        let Some(modified) = self.modified else { return false };
        let whole_seconds =
            modified.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
        // File systems without fractions of seconds have grains of up to two of them, kernels' clocks tick in some milliseconds.
        let grain = if whole_seconds { Duration::from_secs(2) } else { Duration::from_millis(20) };
        SystemTime::now().duration_since(modified).is_ok_and(|age| age > grain)
    }
}

/// One file that was found.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) path: Arc<Path>,
    root: usize,
    /// As it was when it was last read.
    signature: Option<Signature>,
    settled: bool,
    /// Number of the last look that found it.
    seen: u32,
    /// What was read of standard input.
    kept: Option<Arc<[u8]>>,
    /// Whether its present content could not be used.
    pub(super) is_broken: bool,
}

/// Something that is read: a file, a folder, or standard input.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// What it says, where that is known without looking: the path is but a name then.
    text: Option<Arc<[u8]>>,
    /// Whether its absence was told.
    missing: bool,
}

impl Root {
    /// Whether it is read once and never changes.
    fn is_fixed(&self) -> bool {
        self.text.is_some() || self.path.as_os_str() == "-"
    }
}

/// What a look at the files brought.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// New files, and those that may have changed, in order.
    pub(super) changed: Vec<FileId>,
    pub(super) removed: Vec<FileId>,
    /// Inputs that can't be looked at, told once.
    pub(super) failed: Vec<(Arc<Path>, io::Error)>,
    /// Inputs that can't be looked at, each time.
    pub(super) missing: Vec<PathBuf>,
}

/// All files.
#[derive(Debug)]
pub(super) struct Files {
    roots: Vec<Root>,
    known: Vec<Option<Known>>,
    free: Vec<FileId>,
    /// In order: by root, then by path.
    by_path: BTreeMap<(usize, Arc<Path>), FileId>,
    folders: Folders,
    looks: u32,
}

impl Files {
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let roots = paths.into_iter().map(|path| Root { path, text: None, missing: false }).collect();
        Self {
            roots,
            known: Vec::new(),
            free: Vec::new(),
            by_path: BTreeMap::new(),
            folders: Folders::default(),
            looks: 0,
        }
    }

    /// Adds a text as the last input.
    pub(super) fn add_text(&mut self, name: PathBuf, text: Arc<[u8]>) {
        self.roots.push(Root { path: name, text: Some(text), missing: false });
    }

    /// The text of a file that is none.
    fn text(&self, known: &Known) -> Option<Arc<[u8]>> {
        self.roots.get(known.root)?.text.clone()
    }

    pub(super) fn get(&self, id: FileId) -> Option<&Known> {
        self.known.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: FileId) -> Option<&mut Known> {
        self.known.get_mut(id.0 as usize)?.as_mut()
    }

    pub(super) fn path(&self, id: FileId) -> Arc<Path> {
        self.get(id).map_or_else(|| Path::new("").into(), |known| Arc::clone(&known.path))
    }

    /// The order in which files count: of two with the same object the later one holds.
    pub(super) fn order(&self, a: FileId, b: FileId) -> Ordering {
        let rank = |id| self.get(id).map(|known| (known.root, &known.path));
        rank(a).cmp(&rank(b))
    }

    pub(super) fn broken(&self) -> impl Iterator<Item = PathBuf> {
        self.known.iter().flatten().filter(|known| known.is_broken).map(|known| known.path.to_path_buf())
    }

    /// Finds out what there is and what of it changed. Standard input is looked at once.
    pub(super) fn look(&mut self) -> Look {
        let mut look = Look::default();
        let mut found: Vec<(usize, Arc<Path>, Option<Signature>)> = Vec::with_capacity(self.by_path.len());
        for (index, root) in self.roots.iter_mut().enumerate() {
            if root.is_fixed() {
                found.push((index, root.path.as_path().into(), None));
                continue;
            }
            let listed = fs::metadata(&root.path).and_then(|metadata| {
                if metadata.is_dir() {
                    self.folders.list(&root.path, &mut |path, metadata| {
                        found.push((index, path, Some(Signature::of(metadata))));
                    })
                } else {
                    found.push((index, root.path.as_path().into(), Some(Signature::of(&metadata))));
                    Ok(())
                }
            });
            match listed {
                Ok(()) => root.missing = false,
                Err(error) => {
                    // What was there stays in use: better old answers than none.
                    found.retain(|(of, _, _)| *of != index);
                    found.extend(self.by_path.iter().filter(|((of, _), _)| *of == index).map(|((_, path), id)| {
                        let known = self.known.get(id.0 as usize).and_then(Option::as_ref);
                        (index, Arc::clone(path), known.and_then(|known| known.signature))
                    }));
                    look.missing.push(root.path.clone());
                    if !std::mem::replace(&mut root.missing, true) {
                        look.failed.push((root.path.as_path().into(), error));
                    }
                }
            }
        }
        self.compare(found, &mut look);
        look
    }

    fn compare(&mut self, found: Vec<(usize, Arc<Path>, Option<Signature>)>, look: &mut Look) {
        self.looks = self.looks.wrapping_add(1);
        let now = self.looks;
        for (root, path, signature) in found {
            let place = (root, path);
            let Some(id) = self.by_path.get(&place).copied() else {
                let id = self.add(place, signature);
                look.changed.push(id);
                continue;
            };
            let Some(known) = self.get_mut(id) else { continue };
            known.seen = now;
            if signature.is_some() && (known.signature != signature || !known.settled) {
                known.signature = signature;
                look.changed.push(id);
            }
        }
        let is_gone = |id: &FileId| self.get(*id).is_some_and(|known| known.seen != now);
        look.removed.extend(self.by_path.values().copied().filter(is_gone));
        look.changed.sort_by(|a, b| self.order(*a, *b));
    }

    fn add(&mut self, place: (usize, Arc<Path>), signature: Option<Signature>) -> FileId {
        let known = Known {
            path: Arc::clone(&place.1),
            root: place.0,
            signature,
            settled: false,
            seen: self.looks,
            kept: None,
            is_broken: false,
        };
        let id = self.free.pop().unwrap_or_else(|| {
            self.known.push(None);
            FileId(u32::try_from(self.known.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(slot) = self.known.get_mut(id.0 as usize) {
            *slot = Some(known);
        }
        self.by_path.insert(place, id);
        id
    }

    /// Forgets a file whose objects were forgotten.
    pub(super) fn remove(&mut self, id: FileId) {
        if let Some(known) = self.known.get_mut(id.0 as usize).and_then(Option::take) {
            self.by_path.remove(&(known.root, known.path));
            self.free.push(id);
        }
    }

    /// Opens a file to read it from the beginning, and notes how it looked before.
    ///
    /// # Errors
    /// When it can't be opened or, for standard input, read.
    pub(super) fn open(&mut self, id: FileId) -> io::Result<Box<dyn BufRead>> {
        let text = self.get(id).and_then(|known| self.text(known));
        let known = self.get_mut(id).ok_or(io::ErrorKind::NotFound)?;
        if let Some(text) = text {
            known.settled = true;
            return Ok(Box::new(io::Cursor::new(text)));
        }
        if *known.path == *Path::new("-") {
            if known.kept.is_none() {
                let mut text = Vec::new();
                io::stdin().lock().read_to_end(&mut text)?;
                known.kept = Some(text.into());
            }
            known.settled = true;
            return Ok(Box::new(io::Cursor::new(known.kept.clone().unwrap_or_default())));
        }
        let file = File::open(&known.path)?;
        // Taken before reading: what is written meanwhile is noticed by the next look.
        let signature = Signature::of(&file.metadata()?);
        known.signature = Some(signature);
        known.settled = signature.is_settled();
        Ok(buffered(file, signature))
    }

    /// Opens a file to look something up in it that was read before.
    ///
    /// # Errors
    /// When it can't be opened, or was standard input and let go of.
    pub(super) fn open_again(&self, id: FileId) -> io::Result<Box<dyn BufRead>> {
        let known = self.get(id).ok_or(io::ErrorKind::NotFound)?;
        if let Some(text) = self.text(known) {
            return Ok(Box::new(io::Cursor::new(text)));
        }
        if *known.path == *Path::new("-") {
            let kept = known.kept.clone().ok_or(io::ErrorKind::NotFound)?;
            return Ok(Box::new(io::Cursor::new(kept)));
        }
        let file = File::open(&known.path)?;
        let signature = Signature::of(&file.metadata()?);
        Ok(buffered(file, signature))
    }

    /// Lets go of standard input's text where nothing can make it needed again: no other input ever changes.
    pub(super) fn forget_kept(&mut self) {
        if self.roots.len() == 1 {
            for known in self.known.iter_mut().flatten() {
                known.kept = None;
            }
        }
    }

    /// Lets a file be read again at the next look although it looks the same.
    pub(super) fn reconsider(&mut self, id: FileId) {
        if let Some(known) = self.get_mut(id) {
            known.settled = false;
        }
    }
}

fn buffered(file: File, signature: Signature) -> Box<dyn BufRead> {
    let size = usize::try_from(signature.size).unwrap_or(usize::MAX);
    Box::new(BufReader::with_capacity(size.clamp(512, 64 << 10), file))
}
