//! Objects that are wanted whole where they were not, and the other way round, while a watch stands.

use object_change::{Diagnostic, ObjectKey};
use tokio::time::Instant;

use super::super::body::Body;
use super::super::decode::{Page, Read};
use super::super::news::{News, Told};
use super::super::packed_key::PackedKey;
use super::super::relist::Difference;
use super::super::selection::{Held, Selection};
use super::super::watched::Watched;
use super::{Phase, Scope};

/// So many objects are read again one by one.
const REREAD: usize = 16;

impl<T: Watched> Scope<T> {
    /// While a watch stands, the wish about some objects has changed.
    pub(super) async fn reread(&mut self, version: Box<str>, body: Body, since: Instant) -> Option<News> {
        let (unwanted, wanted) = self.selection.as_mut().map(Selection::changed).unwrap_or_default();
        if wanted.len() > REREAD {
            // One list is less than that many. It tells of the others, too.
            self.phase = Phase::List;
            return None;
        }
        let (mut differences, mut found) = (Vec::new(), Vec::new());
        for key in unwanted {
            let key = PackedKey::from(&key);
            if let Some(version) = self.relist.version(&key) {
                differences.extend(self.relist.reread(key, version, Held::KeyOnly));
            }
        }
        self.phase = Phase::Watching { version: version.clone(), body, since };
        for key in wanted {
            // Whatever the watch will tell is newer than this, or the same.
            match self.asked.named::<T>(&key.name).await {
                Ok(page) => self.reread_page(page, &key, &mut differences, &mut found),
                Err(problem) => {
                    self.fail(problem, version);
                    break;
                }
            }
        }
        Some(News::Changes(Box::new(Told { differences, found })))
    }

    fn reread_page(
        &mut self,
        page: Page<T>,
        wanted: &ObjectKey,
        differences: &mut Vec<Difference<PackedKey, Held<T>>>,
        found: &mut Vec<Diagnostic>,
    ) {
        if let Some(selection) = &mut self.selection {
            selection.done(wanted);
        }
        // In a list of all namespaces others may have the name.
        for Read { key, version, object } in page.objects.into_iter().filter(|read| read.key == *wanted) {
            match object {
                Ok(object) => {
                    let held = self.hold(&key, object);
                    differences.extend(self.relist.reread((&key).into(), version, held));
                }
                Err(diagnostic) => found.push(*diagnostic),
            }
        }
    }
}
