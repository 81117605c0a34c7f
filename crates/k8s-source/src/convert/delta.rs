use object_change::{Delta, Diagnostic, ObjectKey};

/// The same delta of converted objects; one that is not usable counts as not there.
pub(crate) fn converted<T, V>(
    delta: Delta<&T>,
    convert: impl Fn(&T) -> (ObjectKey, Option<V>, Vec<Diagnostic>),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Delta<V>> {
    let mut one = |key: ObjectKey, object: &T| {
        let (_, value, found) = convert(object);
        diagnostics.extend(found);
        (key, value)
    };
    Some(match delta {
        Delta::Upsert(key, object) => match one(key, object) {
            (key, Some(value)) => Delta::Upsert(key, value),
            (key, None) => Delta::Delete(key),
        },
        Delta::Delete(key) => Delta::Delete(key),
        Delta::ReplaceAll(all) => Delta::ReplaceAll(
            all.into_iter()
                .filter_map(|(key, object)| {
                    let (key, value) = one(key, object);
                    Some((key, value?))
                })
                .collect(),
        ),
        // A form of change that this version does not know changes nothing.
        _ => return None,
    })
}
