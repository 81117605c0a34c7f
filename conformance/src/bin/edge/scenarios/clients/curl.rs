//! curl: versions, expectations, and what is answered without an endpoint.

use anyhow::{Context as _, Result, ensure};

use super::World;
use super::program::output;

/// One call: a URL without its port, options, and what has to be in the output, which begins with status and version.
struct Call {
    url: &'static str,
    options: &'static [&'static str],
    expected: &'static [&'static str],
}

const fn call(url: &'static str, options: &'static [&'static str], expected: &'static [&'static str]) -> Call {
    Call { url, options, expected }
}

const CALLS: &[Call] = &[
    call("http://web.test/a?b", &[], &["200 1.1", "\nweb ", " GET /a?b 0\n"]),
    call("http://web.test/", &["--http1.0"], &["200 1", "\nweb "]),
    // An upgrade to HTTP/2 is not taken (RFC 9113 §3.1), and harms nobody.
    call("http://web.test/", &["--http2"], &["200 1.1", "\nweb "]),
    call("http://web.test/", &["--http2-prior-knowledge"], &["200 2", "\nweb "]),
    call("https://shop.test/", &[], &["200 2", "\nshop "]),
    call("https://blog.test/", &["--http1.1"], &["200 1.1", "\nblog "]),
    call("https://blog.test/", &["--tls-max", "1.2"], &["200 2", "\nblog "]),
    call("http://web.test/form", &["-d", "a=b"], &["200 1.1", " POST /form 3\n"]),
    call("https://shop.test/form", &["-d", "a=b"], &["200 2", " POST /form 3\n"]),
    // A request's content is asked for before it is sent (RFC 9110 §10.1.1), and not where it is not wanted.
    call(
        "http://web.test/",
        &["-v", "-H", "Expect: 100-continue", "-d", "ab"],
        &["200 1.1", "< HTTP/1.1 100 Continue", " POST / 2\n"],
    ),
    call("http://nobody.test/", &["-v", "-H", "Expect: 100-continue", "-d", "ab"], &["404 1.1", "\n404 Not Found"]),
    call("http://web.test/", &["--head", "-v"], &["200 1.1", "< content-length: "]),
    call("http://web.test/download?5", &["--head"], &["200 1.1", "content-length: 5\r\n"]),
    call("http://web.test/status?418", &[], &["418 1.1", "\nweb "]),
    call(
        "http://web.test/download?20000000",
        &["-o", "/dev/null", "-w", "%{size_download} octets"],
        &["20000000 octets"],
    ),
    call("http://nobody.test/", &[], &["404 1.1", "\n404 Not Found"]),
    call("https://nobody.test/", &[], &["000 0"]),
    call("http://empty.test/", &[], &["503 1.1", "\n503 Service Unavailable"]),
    call("http://web.test/%zz", &[], &["400 1.1", "\n400 Bad Request"]),
    call("http://web.test/", &["-H", "Content-Length: 9000000", "-d", "a"], &["413 1.1"]),
    call("http://web.test/", &["-H", "Transfer-Encoding: chunked", "-T", "{large}"], &["413 1.1"]),
    call("http://web.test/", &["-H", "X-Large: {40000}"], &["431 1.1"]),
    call("http://web.test/{9000}", &[], &["414 1.1"]),
    call("http://shop.test/a?b", &["-v"], &["308 1.1", "< location: https://shop.test:8443/a?b"]),
    // Two requests on one connection.
    call(
        "http://web.test/1",
        &["-v", "http://web.test{port}/2"],
        &[" GET /1 0\n", " GET /2 0\n", "Re-using existing connection"],
    ),
];

/// Makes all calls; how many there were.
pub(super) async fn run(world: &World) -> Result<String> {
    let large = world.folder.join("large");
    std::fs::write(&large, vec![b'l'; 9_000_000]).context("a large file")?;
    let fill = |text: &str, port: u16| {
        text.replace("{large}", &large.display().to_string())
            .replace("{40000}", &"x".repeat(40_000))
            .replace("{9000}", &"x".repeat(9000))
            .replace("{port}", &format!(":{port}"))
    };
    for call in CALLS {
        let (scheme, rest) = call.url.split_once("://").context("a scheme")?;
        let (host, path) = rest.split_once('/').context("a path")?;
        let address = world.address(scheme);
        let mut words = vec!["--silent".to_owned(), "--globoff".to_owned(), "--path-as-is".to_owned()];
        words.extend(
            ["--write-out", "%{http_code} %{http_version}\n", "--max-time", "15", "--cacert"].map(str::to_owned),
        );
        words.push(world.authority.display().to_string());
        words.extend(["--resolve".to_owned(), format!("{host}:{}:{}", address.port(), address.ip())]);
        words.extend(call.options.iter().map(|word| fill(word, address.port())));
        words.push(fill(&format!("{scheme}://{host}{{port}}/{path}"), address.port()));
        let text = output("curl", words, b"").await?;
        // What is written out comes last.
        let text = format!("{}\n{text}", text.lines().rev().find(|line| is_summary(line)).unwrap_or_default());
        for expected in call.expected {
            let at_begin = expected.as_bytes().first().is_some_and(u8::is_ascii_digit) && !expected.contains("octets");
            let found = if at_begin { text.starts_with(expected) } else { text.contains(expected) };
            let shown: String = text.chars().take(2000).collect();
            ensure!(found, "{} {:?}: no {expected:?} in\n{shown}", call.url, call.options);
        }
    }
    Ok(format!("{} calls", CALLS.len()))
}

/// Whether a line is status and version, as `--write-out` has them.
fn is_summary(line: &str) -> bool {
    let parts = line.split_once(' ').filter(|(status, _)| status.len() == 3);
    parts.is_some_and(|(status, version)| status.parse::<u16>().is_ok() && matches!(version, "0" | "1" | "1.1" | "2"))
}
