use std::fmt;
use std::net::IpAddr;

use super::name::{Host, MAX_HOST};

/// Which hosts a rule or a certificate is for: one name, every name one label below another, or all.
///
/// ```
/// use ingress_routing::{Host, HostBuffer, HostPattern};
/// let pattern = HostPattern::parse("*.shop.example")?;
/// let mut buffer = HostBuffer::new();
/// assert!(pattern.matches(&Host::parse("eu.shop.example", &mut buffer)?));
/// // Exactly one label (kubernetes.io, Ingress, "Hostname wildcards").
/// assert!(!pattern.matches(&Host::parse("a.eu.shop.example", &mut buffer)?));
/// assert!(!pattern.matches(&Host::parse("shop.example", &mut buffer)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostPattern(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    Any,
    /// What follows `*.`.
    Wildcard(Box<str>),
    Exact(Box<str>),
}

impl HostPattern {
    /// The pattern of a rule without a host: every request, also one that names no host.
    pub const ANY: Self = Self(Form::Any);

    /// Reads the `host` of an Ingress rule: empty for all hosts, else what the API server accepts (`ValidateIngressSpec` in
    /// pkg/apis/networking/validation): a DNS-1123 subdomain, maybe behind `*.`, and no IP address.
    ///
    /// # Errors
    /// What the API server would object to.
    pub fn parse(text: &str) -> Result<Self, HostPatternError> {
        if text.is_empty() {
            return Ok(Self::ANY);
        }
        if is_address(text) {
            return Err(HostPatternError::Address);
        }
        Self::parse_tls(text)
    }

    /// Reads an entry of `hosts` of an Ingress' `tls`, which is never empty. As in the API server, what is written as an IPv4 address is
    /// accepted here. It matches nothing: a handshake has no server name that is an address (RFC 6066 §3).
    ///
    /// # Errors
    /// What the API server would object to.
    pub fn parse_tls(text: &str) -> Result<Self, HostPatternError> {
        if text.len() > MAX_HOST {
            return Err(HostPatternError::TooLong);
        }
        let (form, name): (fn(Box<str>) -> Form, &str) = match text.strip_prefix("*.") {
            Some(name) => (Form::Wildcard, name),
            None => (Form::Exact, text),
        };
        if name.contains('*') {
            return Err(HostPatternError::Wildcard);
        }
        check_subdomain(name)?;
        Ok(Self(form(name.into())))
    }

    /// Reads a name of a certificate: a DNS name, maybe with `*` as its whole first label (RFC 9525 §6.3). Letters are folded, one final dot
    /// is dropped, underscores are taken: certificates need not follow Kubernetes.
    ///
    /// # Errors
    /// For what no request's host can match: other wildcards, addresses, empty labels, octets that host names do not have.
    pub fn parse_certificate(text: &str) -> Result<Self, HostPatternError> {
        let (form, name): (fn(Box<str>) -> Form, &str) = match text.strip_prefix("*.") {
            Some(name) => (Form::Wildcard, name),
            None => (Form::Exact, text),
        };
        if name.contains('*') {
            return Err(HostPatternError::Wildcard);
        }
        match Host::parse(name, &mut super::name::HostBuffer::new()) {
            Ok(Host::Name(name)) => Ok(Self(form(name.as_str().into()))),
            Ok(_) => Err(HostPatternError::Address),
            Err(super::name::HostError::TooLong) => Err(HostPatternError::TooLong),
            Err(_) => Err(HostPatternError::Subdomain),
        }
    }

    /// Whether `host` is one of the pattern's.
    pub fn matches(&self, host: &Host<'_>) -> bool {
        match (&self.0, host.name()) {
            (Form::Any, _) => true,
            (_, None) => false,
            (Form::Exact(exact), Some(name)) => exact.as_bytes() == name.as_bytes(),
            (Form::Wildcard(base), Some(name)) => name.parent_bytes() == Some(base.as_bytes()),
        }
    }

    /// Whether every host of `other` is one of this pattern's too.
    ///
    /// ```
    /// use ingress_routing::HostPattern;
    /// let wildcard = HostPattern::parse("*.shop.example")?;
    /// assert!(wildcard.covers(&HostPattern::parse("eu.shop.example")?));
    /// assert!(!wildcard.covers(&HostPattern::ANY));
    /// # Ok::<(), ingress_routing::HostPatternError>(())
    /// ```
    pub fn covers(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Any, _) => true,
            (Form::Wildcard(base), Form::Exact(name)) => {
                name.split_once('.').is_some_and(|(_, parent)| *parent == **base)
            }
            (mine, theirs) => mine == theirs,
        }
    }

    /// The pattern's place among those that match one host: the greatest decides.
    pub fn specificity(&self) -> HostSpecificity {
        HostSpecificity { form: self.form(), length: self.name().map_or(0, str::len) }
    }

    /// What kind of pattern it is.
    pub const fn form(&self) -> HostForm {
        match self.0 {
            Form::Any => HostForm::Any,
            Form::Wildcard(_) => HostForm::Wildcard,
            Form::Exact(_) => HostForm::Exact,
        }
    }

    /// The name that is matched, without `*.`; `None` for [`ANY`](Self::ANY).
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Form::Any => None,
            Form::Wildcard(name) | Form::Exact(name) => Some(name),
        }
    }
}

/// As in the Ingress; the pattern for all hosts is `*`.
impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Any => f.write_str("*"),
            Form::Wildcard(base) => write!(f, "*.{base}"),
            Form::Exact(name) => f.write_str(name),
        }
    }
}

/// The kinds of host patterns, the more specific the greater. The Ingress API does not write this order down; its controllers agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "the API has these three")]
pub enum HostForm {
    /// All hosts.
    Any,
    /// All names one label below another.
    Wildcard,
    /// One name.
    Exact,
}

/// How specific a pattern is. The order of the fields is the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct HostSpecificity {
    /// Exact before wildcard before any.
    pub form: HostForm,
    /// Octets of the name: of two wildcards the longer is the more specific (Gateway API, `HTTPRouteSpec.hostnames`). Two that match the same host
    /// are equally long as long as a wildcard stands for one label.
    pub length: usize,
}

/// Why a text is no host pattern. `Display` says it as the API server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostPatternError {
    /// An IP address.
    Address,
    /// `*` elsewhere than as the whole first of several labels.
    Wildcard,
    /// Not a DNS-1123 subdomain.
    Subdomain,
    /// Longer than 253 octets.
    TooLong,
}

impl fmt::Display for HostPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("must be a DNS name, not an IP address"),
            Self::Wildcard => f.write_str(
                "a wildcard is `*.` followed by a lower-case DNS-1123 subdomain: `*` stands for the whole first label and nothing else",
            ),
            Self::Subdomain => f.write_str(
                "a DNS-1123 subdomain consists of lower-case alphanumeric characters, `-` and `.`, and each label starts and ends with an \
                 alphanumeric character",
            ),
            Self::TooLong => write!(f, "must be no more than {MAX_HOST} characters"),
        }
    }
}

impl std::error::Error for HostPatternError {}

/// Whether the API server's parser (Go's before 1.17, which lets octets begin with zeros) reads an IP address.
fn is_address(text: &str) -> bool {
    let v4 = || {
        let mut octets = 0;
        let valid = text.split('.').all(|octet| {
            octets += 1;
            !octet.is_empty()
                && octet.bytes().all(|digit| digit.is_ascii_digit())
                && octet.bytes().fold(0u32, |sum, digit| sum.saturating_mul(10).saturating_add((digit - b'0').into()))
                    < 256
        });
        valid && octets == 4
    };
    text.parse::<IpAddr>().is_ok() || v4()
}

/// `IsDNS1123Subdomain` of k8s.io/apimachinery, its length apart. Labels may be longer than DNS allows, as there.
fn check_subdomain(text: &str) -> Result<(), HostPatternError> {
    let alphanumeric = |octet: &u8| octet.is_ascii_lowercase() || octet.is_ascii_digit();
    for label in text.as_bytes().split(|&octet| octet == b'.') {
        let ends = label.first().is_some_and(alphanumeric) && label.last().is_some_and(alphanumeric);
        if !ends || !label.iter().all(|octet| alphanumeric(octet) || *octet == b'-') {
            return Err(HostPatternError::Subdomain);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HostBuffer;

    fn matches(pattern: &HostPattern, host: &str) -> bool {
        pattern.matches(&Host::parse(host, &mut HostBuffer::new()).unwrap())
    }

    /// kubernetes.io, Ingress, "Hostname wildcards", all three rows, and what the text around them says.
    #[test]
    fn a_wildcard_is_one_label() {
        let pattern = HostPattern::parse("*.foo.com").unwrap();
        for (host, expected) in [
            ("bar.foo.com", true),
            ("BAR.foo.com.", true),
            ("baz.bar.foo.com", false),
            ("foo.com", false),
            ("xfoo.com", false),
            ("_x.foo.com", true),
            ("192.0.2.1", false),
        ] {
            assert_eq!(matches(&pattern, host), expected, "{host}");
        }
        assert!(matches(&HostPattern::ANY, "[::1]"));
        assert!(matches(&HostPattern::parse("foo.com").unwrap(), "foo.com"));
        assert!(!matches(&HostPattern::parse("foo.com").unwrap(), "bar.foo.com"));
    }

    /// The rows of `TestValidateIngress` and of `IsWildcardDNS1123Subdomain`'s tests that are about hosts.
    #[test]
    fn hosts_are_validated_as_the_api_server_does() {
        use HostPatternError::{Address, Subdomain, TooLong, Wildcard};
        for (text, expected) in [
            ("", Ok(HostForm::Any)),
            ("foo.bar.com", Ok(HostForm::Exact)),
            ("foo", Ok(HostForm::Exact)),
            ("1.2.3", Ok(HostForm::Exact)),
            ("1.2.3.4", Err(Address)),
            ("01.02.03.04", Err(Address)),
            ("::1", Err(Address)),
            ("foobar.com:80", Err(Subdomain)),
            ("foobar:80", Err(Subdomain)),
            ("*.foo.com", Ok(HostForm::Wildcard)),
            ("*.com", Ok(HostForm::Wildcard)),
            ("*.bar.com:8080", Err(Subdomain)),
            ("*", Err(Wildcard)),
            ("*.*", Err(Wildcard)),
            ("foo.*.com", Err(Wildcard)),
            ("foo*.bar.com", Err(Wildcard)),
            ("f*.com", Err(Wildcard)),
            ("*.", Err(Subdomain)),
            ("*..com", Err(Subdomain)),
            ("Foo.com", Err(Subdomain)),
            ("foo_bar.com", Err(Subdomain)),
            ("foo.com.", Err(Subdomain)),
            (".foo.com", Err(Subdomain)),
            ("-foo.com", Err(Subdomain)),
            ("foo-.com", Err(Subdomain)),
            ("bücher.example", Err(Subdomain)),
            (&"a".repeat(253), Ok(HostForm::Exact)),
            (&"a".repeat(254), Err(TooLong)),
            (&format!("*.{}", "a".repeat(251)), Ok(HostForm::Wildcard)),
            (&format!("*.{}", "a".repeat(252)), Err(TooLong)),
        ] {
            assert_eq!(HostPattern::parse(text).map(|pattern| pattern.form()), expected, "{text}");
        }
    }

    #[test]
    fn tls_hosts_are_not_tested_for_addresses() {
        assert_eq!(HostPattern::parse_tls(""), Err(HostPatternError::Subdomain));
        let address = HostPattern::parse_tls("1.2.3.4").unwrap();
        assert!(!matches(&address, "1.2.3.4"));
    }

    /// RFC 9525 §6.3: only the complete left-most label, and it stands for one label.
    #[test]
    fn names_of_certificates() {
        use HostPatternError::{Address, Subdomain, Wildcard};
        for (name, host, expected) in [
            ("www.example.com", "www.example.com", Ok(true)),
            ("WWW.Example.com", "www.example.com", Ok(true)),
            ("www.example.com.", "www.example.com", Ok(true)),
            ("*.example.com", "foo.example.com", Ok(true)),
            ("*.example.com", "bar.foo.example.com", Ok(false)),
            ("*.example.com", "example.com", Ok(false)),
            ("a_b.example.com", "a_b.example.com", Ok(true)),
            ("f*.example.com", "foo.example.com", Err(Wildcard)),
            ("bar.*.example.net", "bar.foo.example.net", Err(Wildcard)),
            ("*", "foo", Err(Wildcard)),
            ("**.example.com", "a.example.com", Err(Wildcard)),
            ("192.0.2.1", "192.0.2.1", Err(Address)),
            ("", "a", Err(Subdomain)),
        ] {
            let pattern = HostPattern::parse_certificate(name);
            assert_eq!(pattern.map(|pattern| matches(&pattern, host)), expected, "{name} {host}");
        }
    }

    #[test]
    fn specificity_is_exact_then_wildcard_then_any() {
        let of = |text| HostPattern::parse(text).unwrap().specificity();
        assert!(of("a.b") > of("*.much.longer.example"));
        assert!(of("*.a.b") > of("*.b"));
        assert!(of("*.b") > of(""));
    }

    #[test]
    fn covering_is_matching_of_all() {
        let pattern = |text| HostPattern::parse(text).unwrap();
        for (wide, narrow, expected) in [
            ("", "a.b", true),
            ("", "*.b", true),
            ("", "", true),
            ("*.b", "a.b", true),
            ("*.b", "*.b", true),
            ("*.b", "*.a.b", false),
            ("*.b", "x.a.b", false),
            ("a.b", "a.b", true),
            ("a.b", "*.b", false),
            ("a.b", "", false),
        ] {
            assert_eq!(pattern(wide).covers(&pattern(narrow)), expected, "{wide} {narrow}");
        }
    }
}
