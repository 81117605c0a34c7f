use crate::Diagnostic;

/// What a change did.
///
/// ```
/// use object_change::{Diagnostic, Effect, ObjectKey, ObjectRef};
/// let mut told = Effect::default();
/// told.diagnostics.push(Diagnostic::warning(ObjectRef::new("Service", ObjectKey::new("shop", "web")), "spec", "odd"));
/// let mut changed = Effect::default();
/// changed.changed = true;
/// let sum: Effect = [told, changed].into_iter().sum();
/// assert_eq!((sum.changed, sum.diagnostics.len()), (true, 1));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// Whether any answer may differ from before: worth a publish.
    pub changed: bool,
    /// What in the change could not be used.
    pub diagnostics: Vec<Diagnostic>,
}

impl std::iter::Sum for Effect {
    /// What several changes did, one after another.
    fn sum<I: Iterator<Item = Self>>(effects: I) -> Self {
        effects.fold(Self::default(), |mut sum, effect| {
            sum.changed |= effect.changed;
            sum.diagnostics.extend(effect.diagnostics);
            sum
        })
    }
}
