//! An original at work.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use whereto_conformance::process::Process;

use crate::original::{Original, Verdict};
use crate::requests::Request;
use crate::rules::RuleSet;
use crate::{haproxy, nginx};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running original with the rules of one set, and our connection to it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    address: SocketAddr,
    connection: Option<TcpStream>,
}

impl Server {
    /// Writes its configuration into `folder` and starts it.
    pub(crate) fn start(original: Original, rules: &RuleSet, folder: &Path) -> Result<Self> {
        let folder = folder.join(original.name());
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        // Free now, and the kernel does not give it to the next who asks for any.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let address = address.context("a free port")?;
        let words = match original {
            Original::Nginx => nginx::configure(rules, address.port(), &folder)?,
            Original::Haproxy => haproxy::configure(rules, address.port(), &folder)?,
        };
        let mut process = Process::start(original.name(), &program(original)?, &folder, words)?;
        process.wait(PATIENCE, || TcpStream::connect(address).is_ok())?;
        Ok(Self { process, address, connection: None })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Verdict> {
        let bytes = request.bytes();
        // A server may have closed the connection that it kept; a new one has to do.
        if let Some(connection) = self.connection.take()
            && let Ok(Some(verdict)) = self.exchange(connection, &bytes)
        {
            return Ok(verdict);
        }
        let connection = TcpStream::connect(self.address).context("connecting")?;
        connection.set_nodelay(true)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let verdict = self.exchange(connection, &bytes).and_then(|verdict| verdict.context("no answer"));
        verdict.with_context(|| format!("{request}\n{}", self.process.last_words()))
    }

    /// `None` where the connection was closed instead of an answer.
    fn exchange(&mut self, mut connection: TcpStream, bytes: &[u8]) -> Result<Option<Verdict>> {
        connection.write_all(bytes)?;
        let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
        loop {
            if let Some((verdict, kept)) = read(&answer)? {
                self.connection = kept.then_some(connection);
                return Ok(Some(verdict));
            }
            match connection.read(&mut chunk) {
                Ok(0) if answer.is_empty() => return Ok(None),
                Ok(0) => bail!("cut: {}", answer.escape_ascii()),
                Ok(length) => answer.extend_from_slice(&chunk[..length]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset && answer.is_empty() => return Ok(None),
                Err(error) => return Err(error).context("reading"),
            }
        }
    }
}

/// The verdict of an answer, and whether the connection is kept; `None` where it is not all there.
fn read(answer: &[u8]) -> Result<Option<(Verdict, bool)>> {
    let Some(end) = answer.windows(4).position(|octets| octets == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end]).context("head")?;
    let status: u16 = head.get(9..12).and_then(|digits| digits.parse().ok()).with_context(|| head.to_owned())?;
    let field = |name: &str| {
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let length: usize = field("content-length").map_or(Ok(0), str::parse).with_context(|| head.to_owned())?;
    let body = &answer[end + 4..];
    // Whoever answers 400 closes; HAProxy then says no length.
    let kept = status != 400 && head.starts_with("HTTP/1.1") && field("connection") != Some("close");
    if body.len() < length {
        return Ok(None);
    }
    ensure!(!kept || body.len() == length, "more than an answer: {}", answer.escape_ascii());
    let verdict = match status {
        200 => Verdict::Backend(String::from_utf8_lossy(body).into_owned()),
        status => Verdict::Status(status),
    };
    Ok(Some((verdict, kept)))
}

/// Where an original is installed: not every search path has `sbin`.
pub(crate) fn program(original: Original) -> Result<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&search).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let mut programs = folders.map(|folder| folder.join(original.name()));
    programs.find(|program| program.is_file()).with_context(|| format!("{} is not installed", original.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_when_they_are_all_there() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\ns1";
        for end in 0..answer.len() {
            assert_eq!(read(&answer[..end]).unwrap(), None);
        }
        assert_eq!(read(answer).unwrap(), Some((Verdict::Backend("s1".to_owned()), true)));
        for (answer, kept) in [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false),
        ] {
            assert_eq!(read(answer.as_bytes()).unwrap(), Some((Verdict::Status(404), kept)));
        }
        assert!(read(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nHTTP/1.1").is_err());
        assert!(read(b"nonsense, nonsense\r\n\r\n").is_err());
    }
}
