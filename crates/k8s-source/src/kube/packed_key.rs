use object_change::ObjectKey;

/// Between the namespace and the name: in neither of them (RFC 1123 labels and subdomains, path segments).
const BETWEEN: char = '/';

/// An object's key in one piece: one is kept of each object for ever, and of most of them nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PackedKey(Box<str>);

impl From<&ObjectKey> for PackedKey {
    fn from(key: &ObjectKey) -> Self {
        let mut text = String::with_capacity(key.namespace.len() + BETWEEN.len_utf8() + key.name.len());
        text.push_str(&key.namespace);
        text.push(BETWEEN);
        text.push_str(&key.name);
        Self(text.into())
    }
}

impl From<PackedKey> for ObjectKey {
    fn from(PackedKey(text): PackedKey) -> Self {
        match text.split_once(BETWEEN) {
            Some((namespace, name)) => Self::new(namespace, name),
            None => Self::cluster_scoped(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_out_as_it_went_in() {
        for key in [ObjectKey::new("shop", "web.v1"), ObjectKey::cluster_scoped("shop"), ObjectKey::new("", "a/b")] {
            assert_eq!(ObjectKey::from(PackedKey::from(&key)), key);
        }
        assert_ne!(PackedKey::from(&ObjectKey::new("a", "bc")), PackedKey::from(&ObjectKey::new("ab", "c")));
    }
}
