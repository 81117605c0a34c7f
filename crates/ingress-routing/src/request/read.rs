use std::fmt;

use super::authority::{Authority, AuthoritySource};
use super::head::{HostValues, RequestHead, Version};
use super::options::{AbsoluteFormHost, RequestOptions, ServerNamePolicy};
use super::path::NormalPath;
use super::target::Form;
use super::unroutable::{Malformed, Unroutable};
use crate::host::{Host, HostBuffer};
use crate::scan::{any_pair, find};

/// Room for what reading changes: a host name with upper-case letters, a path that was not in normal form. One for each thread serves all its
/// requests, one after another; it grows with the longest path and then allocates no more.
#[derive(Clone, Debug, Default)]
pub struct RequestBuffer {
    host: HostBuffer,
    path: Vec<u8>,
}

impl RequestBuffer {
    /// An empty buffer.
    pub const fn new() -> Self {
        Self { host: HostBuffer::new(), path: Vec::new() }
    }

    /// A buffer that takes paths of up to this many octets without allocating. A normal form is longer than its path only where octets outside
    /// ASCII become escapes of three octets each.
    pub fn with_path_capacity(octets: usize) -> Self {
        Self { host: HostBuffer::new(), path: Vec::with_capacity(octets) }
    }
}

/// A request as it is matched and forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request<'a> {
    head: RequestHead<'a>,
    parts: Parts<'a>,
}

/// What reading finds out. Kept apart from the much larger head, which is copied once, when it is known where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Parts<'a> {
    authority: Option<(Authority<'a>, AuthoritySource)>,
    path: NormalPath<'a>,
    query: Option<&'a [u8]>,
}

impl<'a> RequestHead<'a> {
    /// Reads the authority, the path and the query.
    ///
    /// # Errors
    /// When the request cannot be routed, whatever the routes are.
    pub fn read<'b>(&self, options: &RequestOptions, buffer: &'b mut RequestBuffer) -> Result<Request<'b>, Unroutable>
    where
        'a: 'b,
    {
        self.parts(options, buffer).map(|parts| Request::new(self, parts))
    }

    /// What [`read`](Self::read) finds out.
    pub(crate) fn parts<'b>(
        &self,
        options: &RequestOptions,
        buffer: &'b mut RequestBuffer,
    ) -> Result<Parts<'b>, Unroutable>
    where
        'a: 'b,
    {
        let form = self.target.form(self.method, self.version)?;
        let RequestBuffer { host, path } = buffer;
        let authority = self.authority(form, options, host)?;
        let path_and_query: &'a [u8] = match form {
            Form::Asterisk => return Err(Unroutable::ServerWide),
            // RFC 9112 §3.2.3: host and port, nothing else. Later versions have them in `:authority`.
            Form::Connect { authority } if self.version.is_http1() => {
                let mut buffer = HostBuffer::new();
                let end = Authority::parse(authority, &mut buffer).ok();
                return Err(match end.and_then(|end| end.port) {
                    Some(_) => Unroutable::Connect,
                    None => Malformed::Target.into(),
                });
            }
            Form::Connect { .. } => return Err(Unroutable::Connect),
            // Of no path, the server as a whole is meant (RFC 9112 §3.2.4).
            Form::Absolute { path_and_query: b"", .. } if self.method == "OPTIONS" => {
                return Err(Unroutable::ServerWide);
            }
            Form::Origin(path_and_query) | Form::Absolute { path_and_query, .. } => path_and_query,
        };
        if options.server_name == ServerNamePolicy::Misdirect
            && !self.directed_to(authority.map(|(authority, _)| authority.host))
        {
            return Err(Unroutable::Misdirected);
        }
        let (path, query) = match NormalPath::plain(path_and_query) {
            Some(plain) => (plain, None),
            None => read_path(path_and_query, options, path)?,
        };
        Ok(Parts { authority, path, query })
    }

    /// The authority that counts; `None` where HTTP/1.0 needs none.
    fn authority<'b>(
        &self,
        form: Form<'a>,
        options: &RequestOptions,
        buffer: &'b mut HostBuffer,
    ) -> Result<Option<(Authority<'b>, AuthoritySource)>, Malformed>
    where
        'a: 'b,
    {
        let field = match self.hosts {
            HostValues::None => None,
            HostValues::One(value) => Some(value),
            HostValues::Several => return Err(Malformed::SeveralHosts),
        };
        let (first, source, must_agree) = match form {
            Form::Absolute { authority, .. } => {
                if field.is_none() && self.version == Version::Http11 {
                    return Err(Malformed::MissingHost);
                }
                (authority, AuthoritySource::AbsoluteForm, options.absolute_form_host == AbsoluteFormHost::Refuse)
            }
            _ => match (self.authority.filter(|_| !self.version.is_http1()), field) {
                (Some(pseudo), _) => (pseudo, AuthoritySource::PseudoHeader, true),
                (None, Some(field)) => (field, AuthoritySource::HostField, false),
                (None, None) if self.version == Version::Http10 => return Ok(None),
                (None, None) => return Err(Malformed::MissingHost),
            },
        };
        let authority = Authority::parse(first, buffer)?;
        if let Some(field) = field.filter(|_| source != AuthoritySource::HostField) {
            // A Host field is ignored, if at all, when it is a valid one (RFC 9112 §3.2).
            let mut buffer = HostBuffer::new();
            let other = Authority::parse(field, &mut buffer)?;
            if must_agree && !authority.same(&other, self.scheme.default_port()) {
                return Err(Malformed::AuthoritiesDiffer);
            }
        }
        Ok(Some((authority, source)))
    }

    /// Whether the handshake's server name is the host, as far as there are both.
    fn directed_to(&self, host: Option<Host<'_>>) -> bool {
        let (Some(server_name), Some(host)) = (self.server_name, host) else { return true };
        Host::parse(server_name, &mut HostBuffer::new()).is_ok_and(|server_name| server_name == host)
    }
}

/// Path and query that stand in a target.
fn read_path<'b>(
    target: &'b [u8],
    options: &RequestOptions,
    buffer: &'b mut Vec<u8>,
) -> Result<(NormalPath<'b>, Option<&'b [u8]>), Malformed> {
    let end = find(target, b'?').unwrap_or(target.len());
    let (path, query) = target.split_at_checked(end).unwrap_or_default();
    if any_pair(query, |_, octet| (octet <= b' ') | (octet == b'#') | (octet == 0x7f)) {
        return Err(Malformed::Query);
    }
    let path = match path {
        // RFC 3986 §6.2.3: an empty path is `/`.
        b"" => NormalPath::ROOT,
        _ => options.path.normalise(path, buffer).map_err(Malformed::Path)?,
    };
    Ok((path, query.strip_prefix(b"?")))
}

impl<'a> Parts<'a> {
    pub(crate) const fn host(&self) -> Option<Host<'a>> {
        match self.authority {
            Some((authority, _)) => Some(authority.host),
            None => None,
        }
    }

    pub(crate) const fn path(&self) -> NormalPath<'a> {
        self.path
    }

    pub(crate) const fn query(&self) -> Option<&'a [u8]> {
        self.query
    }
}

impl<'a> Request<'a> {
    pub(crate) const fn new(head: &RequestHead<'a>, parts: Parts<'a>) -> Self {
        Self { head: *head, parts }
    }

    pub(crate) const fn parts(&self) -> &Parts<'a> {
        &self.parts
    }

    /// What was received.
    pub const fn head(&self) -> &RequestHead<'a> {
        &self.head
    }

    /// Host and port; `None` for a request of HTTP/1.0 that names none. To be forwarded as the Host field or `:authority`.
    pub const fn authority(&self) -> Option<Authority<'a>> {
        match self.parts.authority {
            Some((authority, _)) => Some(authority),
            None => None,
        }
    }

    /// Where the authority was found.
    pub const fn authority_source(&self) -> Option<AuthoritySource> {
        match self.parts.authority {
            Some((_, source)) => Some(source),
            None => None,
        }
    }

    /// The host to match; `None` for a request of HTTP/1.0 that names none, which only rules for all hosts match.
    pub const fn host(&self) -> Option<Host<'a>> {
        self.parts.host()
    }

    /// The path to match and to forward.
    pub const fn path(&self) -> NormalPath<'a> {
        self.parts.path
    }

    /// What follows the first `?`, as it came.
    pub const fn query(&self) -> Option<&'a [u8]> {
        self.parts.query
    }

    /// Appends the target to forward: path and query.
    pub fn write_target(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.parts.path.as_bytes());
        if let Some(query) = self.parts.query {
            out.push(b'?');
            out.extend_from_slice(query);
        }
    }
}

/// Method and URI, for people.
impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.head.method)?;
        if let Some(authority) = self.authority() {
            write!(f, "{}://{authority}", self.head.scheme)?;
        }
        f.write_str(self.parts.path.as_str())?;
        self.parts.query.map_or(Ok(()), |query| write!(f, "?{}", query.escape_ascii()))
    }
}
