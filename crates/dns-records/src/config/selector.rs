use std::fmt;
use std::str::FromStr;

/// A label selector: requirements that must all hold. The empty selector selects everything.
///
/// Reads the form that `kubectl -l` takes: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
///
/// ```
/// use dns_records::LabelSelector;
/// let selector: LabelSelector = "tier in (web,api),!internal".parse()?;
/// assert!(selector.matches([("tier", "web")]));
/// assert!(!selector.matches([("tier", "web"), ("internal", "")]));
/// # Ok::<(), dns_records::SelectorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: Box<str>,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(Vec<Box<str>>),
    /// Holds for an absent label too.
    NotIn(Vec<Box<str>>),
}

impl LabelSelector {
    /// Whether it has no requirement.
    pub const fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object with these labels is selected.
    pub fn matches<'l>(&self, labels: impl IntoIterator<Item = (&'l str, &'l str)> + Clone) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.clone().into_iter().find(|(key, _)| *key == &*requirement.key).map(|(_, value)| value);
            let listed = |values: &[Box<str>]| value.is_some_and(|value| values.iter().any(|v| **v == *value));
            match &requirement.test {
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
                Test::In(values) => listed(values),
                Test::NotIn(values) => !listed(values),
            }
        })
    }

    pub(crate) fn selects(&self, labels: &crate::model::Labels) -> bool {
        self.is_empty() || self.matches(labels.iter().map(|(key, value)| (&**key, &**value)))
    }
}

impl fmt::Display for LabelSelector {
    /// As the API server reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Requirement { key, test }) in self.requirements.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match test {
                Test::Exists => f.write_str(key)?,
                Test::Absent => write!(f, "!{key}")?,
                Test::In(values) => write!(f, "{key} in ({})", values.join(","))?,
                Test::NotIn(values) => write!(f, "{key} notin ({})", values.join(","))?,
            }
        }
        Ok(())
    }
}

/// A text that is no label selector; holds the part that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError(Box<str>);

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a label requirement: {:?}", self.0)
    }
}

impl std::error::Error for SelectorError {}

impl FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let requirements = split_requirements(text).map(requirement).collect::<Result<_, _>>()?;
        Ok(Self { requirements })
    }
}

/// Splits at commas outside parentheses.
fn split_requirements(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

fn requirement(text: &str) -> Result<Requirement, SelectorError> {
    let error = || SelectorError(text.into());
    let (key, test) = if let Some(key) = text.strip_prefix('!') {
        (key, Test::Absent)
    } else if let Some((key, value)) = text.split_once("!=") {
        (key, Test::NotIn(vec![value.trim().into()]))
    } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        (key, Test::In(vec![value.trim().into()]))
    } else if let Some((head, list)) = text.split_once('(') {
        let values = list.strip_suffix(')').ok_or_else(error)?;
        let values = values.split(',').map(|value| value.trim().into()).collect();
        match head.trim().rsplit_once(char::is_whitespace).ok_or_else(error)? {
            (key, "in") => (key, Test::In(values)),
            (key, "notin") => (key, Test::NotIn(values)),
            _ => return Err(error()),
        }
    } else {
        (text, Test::Exists)
    };
    let key = key.trim();
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if key.is_empty() || !key.chars().all(valid) {
        return Err(error());
    }
    Ok(Requirement { key: key.into(), test })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_decides_as_kubectl_does() {
        let labels = [("a", "1"), ("b", "2")];
        for (selector, expected) in [
            ("", true),
            ("a", true),
            ("c", false),
            ("!c", true),
            ("!a", false),
            ("a=1", true),
            ("a==1,b=2", true),
            ("a=2", false),
            ("a!=2", true),
            ("c!=2", true),
            ("a in (1,3)", true),
            ("a in (3), b", false),
            ("c notin (1)", true),
            ("a notin (1,2)", false),
        ] {
            let parsed: LabelSelector = selector.parse().unwrap();
            assert_eq!(parsed.matches(labels), expected, "{selector}");
            assert_eq!(parsed.to_string().parse(), Ok(parsed), "{selector}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in ["=x", "a b", "a in (1", "a within (1)", "!"] {
            assert!(text.parse::<LabelSelector>().is_err(), "{text}");
        }
    }
}
