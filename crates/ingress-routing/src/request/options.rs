/// What to do with an escape or octet that some backends take for a delimiter and others do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Escape {
    /// It stays as it is and delimits nothing.
    #[default]
    Keep,
    /// It becomes the character that it stands for, and counts as that.
    Decode,
    /// The request is malformed.
    Refuse,
}

/// What to do with several slashes in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Slashes {
    /// Between two slashes is an empty element (RFC 3986 §3.3). Merging them would break signed URLs and names of objects.
    #[default]
    Keep,
    /// They become one, as nginx' `merge_slashes` makes them, before dot segments are removed.
    Merge,
}

/// How the hexadecimal digits of escapes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EscapeCase {
    /// As they came: `%2f` and `%2F` differ. Backends that check a signature of the path see what was signed.
    #[default]
    Keep,
    /// In upper case: the two are equivalent (RFC 3986 §6.2.2.1).
    Upper,
}

/// What to do with octets outside ASCII, which no URI has (RFC 3986 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NonAscii {
    /// They are percent-encoded, as RFC 3987 §3.1 maps an IRI to the URI that it means. Rules' paths are treated alike, so the rule `/ü` and
    /// the requests for `/ü` and `/%C3%BC` meet.
    #[default]
    Encode,
    /// The request is malformed.
    Refuse,
}

/// How paths are normalised. Always: escapes of unreserved characters are decoded and dot segments are removed (RFC 3986 §6.2.2).
/// By default, beyond that, only octets outside ASCII are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PathOptions {
    /// Several slashes in a row.
    pub slashes: Slashes,
    /// `%2F`: decoded, it separates elements.
    pub encoded_slash: Escape,
    /// `%5C`: decoded, it is treated as [`backslash`](Self::backslash) says.
    pub encoded_backslash: Escape,
    /// `\`: [`Escape::Decode`] makes it a slash, as browsers do (WHATWG URL, path state).
    pub backslash: Escape,
    /// `%3B`: decoded, it begins parameters of an element for those backends that know them.
    pub encoded_semicolon: Escape,
    /// Elements that begin with `.;` or `..;`, which backends with path parameters (Java servlets) take for dot segments.
    /// [`Escape::Decode`] removes the parameters, so that they are dot segments here too.
    pub dot_segment_parameters: Escape,
    /// The digits of escapes.
    pub escape_case: EscapeCase,
    /// Octets outside ASCII.
    pub non_ascii: NonAscii,
}

/// What decides when the authority of an absolute-form target and the Host field differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AbsoluteFormHost {
    /// The target; the field is ignored and must not be forwarded (RFC 9112 §3.2.2).
    #[default]
    Ignore,
    /// The request is malformed, as for HAProxy.
    Refuse,
}

/// What happens when the TLS server name is not the request's host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerNamePolicy {
    /// The server name chooses the certificate, the host the route, as the Ingress API says (`IngressTLS.hosts`, `IngressRule.host`).
    #[default]
    RouteByHost,
    /// 421 (RFC 9110 §15.5.20), upon which a client opens another connection. A handshake without server name is let pass.
    Misdirect,
}

/// How requests are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestOptions {
    /// How paths are normalised.
    pub path: PathOptions,
    /// Absolute form against Host field.
    pub absolute_form_host: AbsoluteFormHost,
    /// Server name against host.
    pub server_name: ServerNamePolicy,
}
