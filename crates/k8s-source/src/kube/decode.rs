//! From the API's JSON to objects. An object that is not understood takes nothing else with it.

use ::kube::core::Status;
use object_change::{Diagnostic, ObjectKey, ObjectRef};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::problem::Problem;
use super::watched::Watched;
use crate::objects::ObjectMeta;

/// An object with its key and version, or why it can't be used.
pub(super) struct Read<T> {
    pub(super) key: ObjectKey,
    pub(super) version: u64,
    pub(super) object: Result<T, Box<Diagnostic>>,
}

/// One answer to a list.
pub(super) struct Page<T> {
    /// The list's version: the number, and as the server wrote it.
    pub(super) version: (u64, Box<str>),
    pub(super) next: Option<Next>,
    pub(super) objects: Vec<Read<T>>,
}

/// The page after this one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    /// What to ask for it with.
    pub(super) token: Box<str>,
    /// How many objects are still to come, where the server says so: not if the list is of some objects only.
    pub(super) remaining: Option<u64>,
}

/// One line of a watch.
pub(super) enum Event<T> {
    /// Added or modified.
    Is(Read<T>, Box<str>),
    /// Deleted.
    Gone(ObjectKey, u64, Box<str>),
    /// Everything up to this version was told.
    Bookmark(u64, Box<str>),
    /// The watch has failed.
    Failed(Box<Status>),
}

#[derive(Deserialize)]
struct List<'j> {
    metadata: ListMeta,
    // `null` is an empty list, no `items` at all is none.
    #[serde(borrow)]
    items: Option<Vec<&'j RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMeta {
    resource_version: Box<str>,
    #[serde(rename = "continue")]
    token: Option<Box<str>>,
    remaining_item_count: Option<u64>,
}

#[derive(Deserialize)]
struct Line<'j> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'j, str>,
    #[serde(borrow)]
    object: &'j RawValue,
}

/// What even an object that is not understood must have.
#[derive(Deserialize)]
struct Named {
    metadata: ObjectMeta,
}

/// Reads a page. Nothing of one that is not valid JSON is used.
pub(super) fn page<T: Watched>(text: &[u8]) -> Result<Page<T>, Problem> {
    let List { metadata, items } = serde_json::from_slice(text).map_err(|error| malformed("list", &error))?;
    let version = metadata.resource_version;
    if version.is_empty() {
        return Err(Problem::Malformed("a list without metadata.resourceVersion".into()));
    }
    let objects = items.unwrap_or_default().into_iter().map(object).collect::<Result<_, _>>()?;
    let remaining = metadata.remaining_item_count;
    let next = metadata.token.filter(|token| !token.is_empty()).map(|token| Next { token, remaining });
    Ok(Page { version: (number(&version), version), next, objects })
}

/// Reads a line of a watch.
pub(super) fn event<T: Watched>(line: &[u8]) -> Result<Event<T>, Problem> {
    let Line { kind, object: raw } = serde_json::from_slice(line).map_err(|error| malformed("event", &error))?;
    let named = || serde_json::from_str::<Named>(raw.get()).map_err(|error| malformed("event's object", &error));
    Ok(match &*kind {
        "ADDED" | "MODIFIED" => {
            let (read, version) = versioned(raw)?;
            Event::Is(read, version)
        }
        "DELETED" => {
            let metadata = named()?.metadata;
            Event::Gone(T::key(&metadata), number(&metadata.resource_version), metadata.resource_version)
        }
        "BOOKMARK" => {
            let version = named()?.metadata.resource_version;
            Event::Bookmark(number(&version), version)
        }
        "ERROR" => {
            let status = serde_json::from_str(raw.get()).map_err(|error| malformed("error", &error))?;
            Event::Failed(Box::new(status))
        }
        other => return Err(Problem::Malformed(format!("an event of type {other:?}").into())),
    })
}

fn object<T: Watched>(raw: &RawValue) -> Result<Read<T>, Problem> {
    versioned(raw).map(|(read, _)| read)
}

/// The object and its version as the server wrote it.
fn versioned<T: Watched>(raw: &RawValue) -> Result<(Read<T>, Box<str>), Problem> {
    match serde_json::from_str::<T>(raw.get()) {
        Ok(mut object) => {
            // It changes with every write, even of what is not read.
            let text = std::mem::take(&mut object.metadata().resource_version);
            object.level();
            let key = T::key(object.metadata());
            Ok((Read { key, version: number(&text), object: Ok(object) }, text))
        }
        Err(error) => {
            let named: Named = serde_json::from_str(raw.get()).map_err(|_| malformed("object", &error))?;
            let (key, text) = (T::key(&named.metadata), named.metadata.resource_version);
            let reference = ObjectRef::new(T::KIND.name(), key.clone());
            let diagnostic = Diagnostic::error(reference, "", format!("{error}: the object is not used"));
            Ok((Read { key, version: number(&text), object: Err(Box::new(diagnostic)) }, text))
        }
    }
}

/// A version as a number, which it always is with a kube-apiserver; 0 where it is none.
fn number(version: &str) -> u64 {
    version.parse().unwrap_or(0)
}

fn malformed(what: &str, error: &serde_json::Error) -> Problem {
    Problem::Malformed(format!("{what}: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{Namespace, Service};

    #[test]
    fn a_page_is_read_object_by_object() {
        let text = br#"{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"70","continue":"abc","remainingItemCount":9},"items":[
            {"metadata":{"namespace":"shop","name":"web","resourceVersion":"7"},"spec":{"clusterIP":"10.0.0.1"}},
            {"metadata":{"namespace":"shop","name":"bad","resourceVersion":"8"},"spec":{"ports":[{"port":"eighty"}]}}]}"#;
        let page = page::<Service>(text).unwrap();
        assert_eq!((page.version.0, page.next), (70, Some(Next { token: "abc".into(), remaining: Some(9) })));
        let [web, bad] = &page.objects[..] else { panic!("two objects") };
        assert_eq!((web.key.to_string(), web.version), ("shop/web".into(), 7));
        assert_eq!(&*web.object.as_ref().unwrap().metadata.resource_version, "", "it is no content");
        assert_eq!((bad.key.to_string(), bad.version), ("shop/bad".into(), 8));
        let diagnostic = bad.object.as_ref().unwrap_err().to_string();
        assert!(diagnostic.starts_with("error: Service shop/bad: invalid type: string \"eighty\""), "{diagnostic}");
    }

    #[test]
    fn what_is_no_page_is_refused_as_a_whole() {
        for text in [
            "",
            "<html>",
            "{}",
            r#"{"kind":"Status","status":"Failure","metadata":{}}"#,
            r#"{"metadata":{"resourceVersion":""},"items":[]}"#,
            r#"{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metada"#,
            r#"{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},7]}"#,
        ] {
            assert!(matches!(page::<Namespace>(text.as_bytes()), Err(Problem::Malformed(_))), "{text}");
        }
        assert!(page::<Namespace>(br#"{"metadata":{"resourceVersion":"7"},"items":null}"#).unwrap().objects.is_empty());
    }

    #[test]
    fn each_type_of_event_is_read() {
        let read = |text: &str| event::<Namespace>(text.as_bytes());
        let object = r#"{"metadata":{"name":"shop","resourceVersion":"9"}}"#;
        for kind in ["ADDED", "MODIFIED"] {
            let text = format!(r#"{{"type":"{kind}","object":{object}}}"#);
            assert!(matches!(read(&text), Ok(Event::Is(Read { version: 9, .. }, text)) if &*text == "9"));
        }
        let deleted = read(&format!(r#"{{"type":"DELETED","object":{object}}}"#));
        assert!(matches!(deleted, Ok(Event::Gone(key, 9, _)) if key == ObjectKey::cluster_scoped("shop")));
        let bookmark = r#"{"type":"BOOKMARK","object":{"kind":"Namespace","metadata":{"resourceVersion":"12"}}}"#;
        assert!(matches!(read(bookmark), Ok(Event::Bookmark(12, _))));
        let failed = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"#;
        assert!(matches!(read(failed), Ok(Event::Failed(status)) if status.code == 410));
        for text in ["{", r#"{"type":"ADDED"}"#, r#"{"type":"NEW","object":{}}"#, r#"{"type":"ADDED","object":7}"#] {
            assert!(matches!(read(text), Err(Problem::Malformed(_))), "{text}");
        }
    }
}
