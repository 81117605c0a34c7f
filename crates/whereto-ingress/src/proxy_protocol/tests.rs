use std::io;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn proxied(source: &str, destination: &str) -> ProxyHeader {
    ProxyHeader::Proxied { source: source.parse().unwrap(), destination: destination.parse().unwrap() }
}

/// A header of version 2.
fn v2(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
    let length = u16::try_from(block.len()).unwrap().to_be_bytes();
    [v2::SIGNATURE, &[command, family], &length, block].concat()
}

const TCP4: [u8; 12] = [192, 0, 2, 7, 198, 51, 100, 1, 0xc7, 0x38, 0x01, 0xbb];

#[test]
fn lines() {
    let v4 = proxied("192.0.2.7:51000", "198.51.100.1:443");
    for (source, line, expected) in [
        ("§2.1", "PROXY TCP4 192.0.2.7 198.51.100.1 51000 443", Ok(v4)),
        (
            "§2.1: the longest",
            "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535",
            Ok(proxied("255.255.255.255:65535", "255.255.255.255:65535")),
        ),
        (
            "§2.1",
            "PROXY TCP6 2001:db8::7 2001:db8::1 51000 443",
            Ok(proxied("[2001:db8::7]:51000", "[2001:db8::1]:443")),
        ),
        ("§2.1: the longest", "PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535", Err(ProxyHeaderError::Line)),
        ("RFC 4291 §2.5.5.2", "PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 51000 443", Ok(v4)),
        ("§2.1", "PROXY UNKNOWN", Ok(ProxyHeader::Own)),
        ("§2.1: the rest is ignored", "PROXY UNKNOWN ffff::1 what ever", Ok(ProxyHeader::Own)),
        (
            "§2.1: port 0 is a port",
            "PROXY TCP4 192.0.2.7 198.51.100.1 0 443",
            Ok(proxied("192.0.2.7:0", "198.51.100.1:443")),
        ),
        ("§2.1: no such protocol", "PROXY TCP5 192.0.2.7 198.51.100.1 51000 443", Err(ProxyHeaderError::Line)),
        ("§2.1: upper case", "PROXY tcp4 192.0.2.7 198.51.100.1 51000 443", Err(ProxyHeaderError::Line)),
        ("§2.1: exactly one space", "PROXY TCP4  192.0.2.7 198.51.100.1 51000 443", Err(ProxyHeaderError::Line)),
        ("§2.1: nothing behind", "PROXY TCP4 192.0.2.7 198.51.100.1 51000 443 ", Err(ProxyHeaderError::Line)),
        ("§2.1: a port too few", "PROXY TCP4 192.0.2.7 198.51.100.1 51000", Err(ProxyHeaderError::Line)),
        (
            "§2.1: the family is the address's",
            "PROXY TCP4 2001:db8::7 2001:db8::1 51000 443",
            Err(ProxyHeaderError::Line),
        ),
        (
            "§2.1: the family is the address's",
            "PROXY TCP6 192.0.2.7 198.51.100.1 51000 443",
            Err(ProxyHeaderError::Line),
        ),
        ("§2.1: no heading zeroes", "PROXY TCP4 192.0.2.7 198.51.100.1 051000 443", Err(ProxyHeaderError::Line)),
        ("§2.1: no heading zeroes", "PROXY TCP4 192.0.02.7 198.51.100.1 51000 443", Err(ProxyHeaderError::Line)),
        ("§2.1: up to 65535", "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443", Err(ProxyHeaderError::Line)),
        ("§2.1: digits", "PROXY TCP4 192.0.2.7 198.51.100.1 +1 443", Err(ProxyHeaderError::Line)),
        ("§2.1: UNKNOWN is a word", "PROXY UNKNOWNS", Err(ProxyHeaderError::Line)),
        ("a line feed is not the end", "PROXY UNKNOWN\nGET /", Err(ProxyHeaderError::Line)),
        ("nor is a carriage return", "PROXY UNKNOWN\rGET /", Err(ProxyHeaderError::Line)),
        ("nor are they part of what is ignored", "PROXY UNKNOWN \nGET / HTTP/1.1", Err(ProxyHeaderError::Line)),
        ("a request", "GET / HTTP/1.1", Err(ProxyHeaderError::Signature)),
        ("a request with a similar method", "PROXYGET / HTTP/1.1", Err(ProxyHeaderError::Signature)),
    ] {
        let octets = format!("{line}\r\nGET / HTTP/1.1\r\n");
        let length = line.len() + 2;
        let expected = expected.map(|header| Progress::Complete { header, length });
        assert_eq!(ProxyHeader::parse(octets.as_bytes()), expected, "{source}: {line}");
        if expected.is_ok() {
            for end in 0..length {
                assert_eq!(ProxyHeader::parse(&octets.as_bytes()[..end]), Ok(Progress::Incomplete), "{line} {end}");
            }
        }
    }
}

/// §2.1: at most 107 octets with the end of the line.
#[test]
fn long_lines() {
    for (length, expected) in [(105, true), (106, false)] {
        let line = format!("PROXY UNKNOWN {}", "x".repeat(length - 14));
        let parsed = ProxyHeader::parse(format!("{line}\r\n").as_bytes());
        assert_eq!(parsed == Err(ProxyHeaderError::TooLong), !expected, "{length}");
        assert_eq!(ProxyHeader::parse(line.as_bytes()), Ok(Progress::Incomplete), "{length}");
    }
    assert_eq!(ProxyHeader::parse(&[b"PROXY ", &[b'x'; 101][..]].concat()), Err(ProxyHeaderError::TooLong));
}

#[test]
fn binary_headers() {
    let v4 = Ok(proxied("192.0.2.7:51000", "198.51.100.1:443"));
    let (own, error) = (Ok(ProxyHeader::Own), Err::<ProxyHeader, ProxyHeaderError>);
    let v6: Vec<u8> = [[0x20, 1, 0xd, 0xb8], [0; 4], [0; 4], [0, 0, 0, 7]].concat();
    let v6: Vec<u8> = [&v6[..], &v6, &[0xc7, 0x38, 0x01, 0xbb]].concat();
    let with = |values: &[u8]| [&TCP4[..], values].concat();
    for (source, command, family, block, expected) in [
        ("§2.2: TCP over IPv4", 0x21, 0x11, TCP4.to_vec(), v4),
        ("§2.2: TCP over IPv6", 0x21, 0x21, v6, Ok(proxied("[2001:db8::7]:51000", "[2001:db8::7]:443"))),
        ("§2.2: UDP says nothing of HTTP", 0x21, 0x12, TCP4.to_vec(), own),
        ("§2.2: nor do UNIX sockets", 0x21, 0x31, vec![0; 216], own),
        ("§2.2: UNSPEC", 0x21, 0x00, vec![], own),
        ("§2.2: UNSPEC with anything", 0x21, 0x00, vec![1, 2, 3], own),
        ("§2.2: LOCAL", 0x20, 0x00, vec![], own),
        ("§2.2: of LOCAL the addresses are discarded", 0x20, 0x11, TCP4.to_vec(), own),
        ("§2.2: version 1", 0x11, 0x11, TCP4.to_vec(), error(ProxyHeaderError::Command)),
        ("§2.2: version 3", 0x31, 0x11, TCP4.to_vec(), error(ProxyHeaderError::Command)),
        ("§2.2: command 2", 0x22, 0x11, TCP4.to_vec(), error(ProxyHeaderError::Command)),
        ("§2.2: family 4", 0x21, 0x41, TCP4.to_vec(), error(ProxyHeaderError::Family)),
        ("§2.2: protocol 3", 0x21, 0x13, TCP4.to_vec(), error(ProxyHeaderError::Family)),
        ("§2.2: too short", 0x21, 0x11, TCP4[..11].to_vec(), error(ProxyHeaderError::Length)),
        ("§2.2: too short", 0x21, 0x21, TCP4.to_vec(), error(ProxyHeaderError::Length)),
        ("§2.2: longer than is read", 0x21, 0x11, vec![0; ProxyHeader::MAX - 15], error(ProxyHeaderError::Length)),
        ("§2.2.1: values", 0x21, 0x11, with(&[1, 0, 2, b'h', b'2', 4, 0, 0]), v4),
        (
            "§2.2.1: a value that ends too late",
            0x21,
            0x11,
            with(&[1, 0, 3, b'h', b'2']),
            error(ProxyHeaderError::Values),
        ),
        ("§2.2.1: half a value", 0x21, 0x11, with(&[1, 0]), error(ProxyHeaderError::Values)),
        ("§2.2.4: a checksum of three octets", 0x21, 0x11, with(&[3, 0, 3, 0, 0, 0]), error(ProxyHeaderError::Values)),
        ("§2.2.4: a wrong checksum", 0x21, 0x11, with(&[3, 0, 4, 0, 0, 0, 0]), error(ProxyHeaderError::Checksum)),
        // Computed by another implementation of CRC-32C over the same octets.
        ("§2.2.4: the right one", 0x21, 0x11, with(&CHECKSUM), v4),
    ] {
        let header = v2(command, family, &block);
        let expected = expected.map(|said| Progress::Complete { header: said, length: header.len() });
        assert_eq!(ProxyHeader::parse(&[&header[..], b"GET"].concat()), expected, "{source}");
        if expected.is_ok() {
            for end in 0..header.len() {
                assert_eq!(ProxyHeader::parse(&header[..end]), Ok(Progress::Incomplete), "{source} {end}");
            }
        }
    }
}

const CHECKSUM: [u8; 7] = [3, 0, 4, 0xef, 0xdb, 0x0c, 0xb4];

#[test]
fn sources() {
    let sources = ProxySources::new(vec!["10.0.0.0/8".parse().unwrap()]);
    for (peer, expected) in [("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("192.0.2.1", false), ("::1", false)] {
        assert_eq!(sources.contains(peer.parse().unwrap()), expected, "{peer}");
    }
}

proptest! {
    /// A header does not depend on how it is cut, and what follows it does not matter.
    #[test]
    fn any_octets(octets in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(any::<u8>(), 0..64).prop_map(|rest| [b"PROXY TCP4 ", &rest[..]].concat()),
        (any::<u8>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(command, family, block)| v2(command, family, &block)),
    ]) {
        let whole = ProxyHeader::parse(&octets);
        for end in 0..octets.len() {
            match ProxyHeader::parse(&octets[..end]) {
                Ok(Progress::Incomplete) => {}
                settled => prop_assert_eq!(settled, whole),
            }
        }
    }
}

async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (client, listener.accept().await.unwrap().0)
}

#[tokio::test]
async fn nothing_of_the_client_is_taken() {
    let long = v2(0x21, 0x11, &[&TCP4[..], &[4, 4, 0], &[0; 1024]].concat());
    for header in [b"PROXY TCP4 192.0.2.7 198.51.100.1 51000 443\r\n".to_vec(), v2(0x21, 0x11, &TCP4), long] {
        // At once, and octet by octet.
        for piece in [4096, 1] {
            let (mut client, mut server) = pair().await;
            let sent = [&header[..], b"GET / HTTP/1.1\r\n"].concat();
            let sending = tokio::spawn(async move {
                for piece in sent.chunks(piece) {
                    client.write_all(piece).await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
            assert_eq!(read(&mut server).await.unwrap().source(), Some("192.0.2.7:51000".parse().unwrap()));
            sending.await.unwrap();
            let mut rest = String::new();
            server.read_to_string(&mut rest).await.unwrap();
            assert_eq!(rest, "GET / HTTP/1.1\r\n");
        }
    }
}

#[tokio::test]
async fn broken_connections() {
    for (sent, expected) in [
        (&b"PROXY TCP4 192"[..], io::ErrorKind::UnexpectedEof),
        (b"", io::ErrorKind::UnexpectedEof),
        (b"GET / HTTP/1.1\r\n", io::ErrorKind::InvalidData),
    ] {
        let (mut client, mut server) = pair().await;
        client.write_all(sent).await.unwrap();
        drop(client);
        assert_eq!(read(&mut server).await.unwrap_err().kind(), expected);
    }
}
