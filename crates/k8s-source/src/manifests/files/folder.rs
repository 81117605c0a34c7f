//! Folders: the manifests in them, found again cheaply.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Signature;

/// How deep folders are followed: links may lead in circles.
const MAX_DEPTH: usize = 32;

/// What was listed. A folder that has not changed since is not listed again; its files are still looked at one by one, because writing
/// into a file does not change its folder.
#[derive(Debug, Default)]
pub(super) struct Folders {
    listed: HashMap<PathBuf, Listing>,
}

#[derive(Debug)]
struct Listing {
    signature: Signature,
    /// False where the folder could change without its signature doing so: it was just written to, or has links.
    lasting: bool,
    files: Vec<Arc<Path>>,
    folders: Vec<PathBuf>,
}

impl Folders {
    /// Tells the manifests in `root` and the folders below: `*.yaml`, `*.yml`, `*.json`. Names that begin with a dot are left out, which is
    /// also what makes mounted ConfigMaps work: there the visible names are links into hidden folders.
    ///
    /// # Errors
    /// When `root` can't be listed. Folders below that vanish meanwhile are left out.
    pub(super) fn list(&mut self, root: &Path, tell: &mut dyn FnMut(Arc<Path>, &Metadata)) -> io::Result<()> {
        self.walk(root, &mut Vec::new(), tell)
    }

    fn walk(
        &mut self,
        folder: &Path,
        above: &mut Vec<Signature>,
        tell: &mut dyn FnMut(Arc<Path>, &Metadata),
    ) -> io::Result<()> {
        let signature = Signature::of(&fs::metadata(folder)?);
        let is_circle = above.iter().any(|have| (have.inode, have.device) == (signature.inode, signature.device));
        if above.len() >= MAX_DEPTH || (is_circle && cfg!(unix)) {
            return Ok(());
        }
        if !self.listed.get(folder).is_some_and(|listing| listing.lasting && listing.signature == signature) {
            self.listed.insert(folder.to_owned(), Listing::read(folder, signature)?);
        }
        let Some(listing) = self.listed.get(folder) else { return Ok(()) };
        for path in &listing.files {
            match fs::metadata(path) {
                Ok(metadata) if metadata.is_file() => tell(Arc::clone(path), &metadata),
                // Gone, or something else by now.
                _ => {}
            }
        }
        let folders = listing.folders.clone();
        above.push(signature);
        for folder in folders {
            match self.walk(&folder, above, tell) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        above.pop();
        Ok(())
    }
}

impl Listing {
    fn read(folder: &Path, signature: Signature) -> io::Result<Self> {
        let mut listing = Self { signature, lasting: signature.is_settled(), files: Vec::new(), folders: Vec::new() };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            let mut kind = entry.file_type()?;
            if kind.is_symlink() {
                // What it leads to may change without the folder noticing.
                listing.lasting = false;
                match fs::metadata(&path) {
                    Ok(metadata) => kind = metadata.file_type(),
                    Err(_) => continue,
                }
            }
            if kind.is_dir() {
                listing.folders.push(path);
            } else if kind.is_file() && is_manifest(&path) {
                listing.files.push(path.into());
            }
        }
        listing.files.sort_unstable();
        listing.folders.sort_unstable();
        Ok(listing)
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json")
}
