use std::time::Duration;

use http::HeaderValue;

/// HTTP Strict Transport Security (RFC 6797 §6.1).
///
/// ```
/// use std::time::Duration;
/// use whereto_ingress::Hsts;
/// let hsts = Hsts::new(Duration::from_secs(31_536_000)).with_subdomains();
/// assert_eq!(hsts.to_string(), "max-age=31536000; includeSubDomains");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    max_age: Duration,
    subdomains: bool,
    preload: bool,
}

impl Hsts {
    /// Browsers remember it for this time, in whole seconds.
    pub const fn new(max_age: Duration) -> Self {
        Self { max_age, subdomains: false, preload: false }
    }

    /// For all names below the host, too (RFC 6797 §6.1.2).
    #[must_use]
    pub const fn with_subdomains(mut self) -> Self {
        self.subdomains = true;
        self
    }

    /// Browsers may have it built in: the lists of hosts that they are shipped with ask for this word.
    #[must_use]
    pub const fn with_preload(mut self) -> Self {
        self.preload = true;
        self
    }

    /// The field's value.
    pub(crate) fn value(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.to_string()).ok()
    }
}

impl std::fmt::Display for Hsts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "max-age={}", self.max_age.as_secs())?;
        if self.subdomains {
            f.write_str("; includeSubDomains")?;
        }
        if self.preload {
            f.write_str("; preload")?;
        }
        Ok(())
    }
}
