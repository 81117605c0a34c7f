use std::io::{self, BufRead};

/// Names in lower case, and values, in order.
type Fields = Vec<(String, String)>;

/// A message of HTTP/1.1, read strictly: what is not clearly framed is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The start line, without its end.
    pub(crate) start: String,
    pub(crate) fields: Fields,
    /// The content, without its transfer coding.
    pub(crate) content: Vec<u8>,
    pub(crate) trailers: Fields,
}

/// What follows the head of a response depends on what was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Request,
    Response,
    /// To HEAD.
    NoContent,
}

fn malformed(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut octets = Vec::new();
    from.read_until(b'\n', &mut octets)?;
    if octets.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = octets.strip_suffix(b"\r\n").ok_or_else(|| malformed(format!("line end: {}", octets.escape_ascii())))?;
    Ok(text.iter().map(|octet| char::from(*octet)).collect())
}

fn fields(from: &mut impl BufRead) -> io::Result<Fields> {
    let mut fields = Vec::new();
    loop {
        let text = line(from)?;
        if text.is_empty() {
            return Ok(fields);
        }
        let (name, value) = text.split_once(':').ok_or_else(|| malformed(format!("field: {text}")))?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(malformed(format!("field name: {text}")));
        }
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

impl Message {
    /// Reads the next message; `None` at the end.
    pub(crate) fn read(from: &mut impl BufRead, expect: Expect) -> io::Result<Option<Self>> {
        if from.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut message = Self { start: line(from)?, fields: fields(from)?, ..Self::default() };
        let status = message.status();
        if expect == Expect::NoContent || expect == Expect::Response && matches!(status, 100..200 | 204 | 304) {
            return Ok(Some(message));
        }
        match (message.all("transfer-encoding").as_slice(), message.all("content-length").as_slice()) {
            (["chunked"], []) => (message.content, message.trailers) = chunks(from)?,
            ([], [length]) => {
                let digits = length.bytes().all(|octet| octet.is_ascii_digit());
                let length = length.parse().ok().filter(|_| digits).ok_or_else(|| malformed("Content-Length"))?;
                message.content.resize(length, 0);
                from.read_exact(&mut message.content)?;
            }
            ([], []) if expect == Expect::Request => {}
            ([], []) => {
                from.read_to_end(&mut message.content)?;
            }
            framing => return Err(malformed(format!("ambiguous framing: {framing:?}"))),
        }
        Ok(Some(message))
    }

    /// Of a response.
    pub(crate) fn status(&self) -> u16 {
        self.start
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.get(2..5))
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0)
    }

    /// The values of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a field that is there once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        match self.all(name)[..] {
            [one] => Some(one),
            [] => None,
            _ => panic!("more than one {name}: {self:?}"),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// RFC 9112 §7.1, without extensions.
fn chunks(from: &mut impl BufRead) -> io::Result<(Vec<u8>, Fields)> {
    let mut content = Vec::new();
    loop {
        let size = line(from)?;
        let length = usize::from_str_radix(&size, 16).map_err(|_| malformed(format!("chunk size: {size}")))?;
        if length == 0 {
            return Ok((content, fields(from)?));
        }
        let start = content.len();
        content.resize(start + length, 0);
        from.read_exact(&mut content[start..])?;
        if !line(from)?.is_empty() {
            return Err(malformed("chunk end"));
        }
    }
}
