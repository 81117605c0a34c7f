use http::{HeaderMap, HeaderName, StatusCode, Version};
use proptest::prelude::*;

use super::{edit, fields};
use crate::forwarding::{FieldNames, ForwardingOptions};

/// Names that matter and names that do not, in any spelling.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "content-length",
        "te",
        "trailer",
        "upgrade",
        "http2-settings",
        "proxy-authorization",
        "proxy-authenticate",
        "host",
        "cookie",
        "expect",
        "forwarded",
        "via",
        "proxy",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-anything",
        "x-real-ip",
        "x_real_ip",
        "x.forwarded.for",
        "close",
    ]);
    prop_oneof![3 => known.prop_map(String::from), 2 => "x-[a-d]", 1 => "[A-Da-d][A-Da-d_.-]{0,3}"]
}

fn value() -> impl Strategy<Value = String> {
    let list = prop::collection::vec(name(), 0..4).prop_map(|names| names.join(", "));
    prop_oneof![
        list,
        "[ -~]{0,12}",
        Just("trailers".into()),
        Just("upgrade".into()),
        Just("websocket, h2c".into()),
        Just("chunked".into())
    ]
}

fn message() -> impl Strategy<Value = HeaderMap> {
    let line = (name(), value()).prop_map(|(name, value)| format!("{name}:{value}"));
    prop::collection::vec(line, 0..12).prop_map(|lines| fields(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn listed(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all("connection").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

const NEVER: [&str; 7] = [
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "http2-settings",
    "proxy-authorization",
    "proxy-authenticate",
    "proxy",
];
const OURS: [&str; 7] =
    ["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "via"];

proptest! {
    /// RFC 9110 §7.6.1: nothing that is of one connection reaches the next; RFC 9113 §8.2.2: and HTTP/2 has no Connection at all.
    #[test]
    fn no_field_of_a_connection_survives(received in message(), version in prop::sample::select(vec![Version::HTTP_10, Version::HTTP_11, Version::HTTP_2]), to_http2: bool, any_names: bool) {
        let field_names = if any_names { FieldNames::Any } else { FieldNames::Plain };
        let options = ForwardingOptions { field_names, ..ForwardingOptions::default() };
        let mut sent = received.clone();
        let upgrade = edit(&options, &mut sent, version, to_http2);
        for name in NEVER {
            prop_assert!(!sent.contains_key(name), "{name}");
        }
        let about_connection = ["te", "upgrade", "connection"];
        for name in listed(&received) {
            let name = name.as_str();
            prop_assert!(!sent.contains_key(name) || OURS.contains(&name) || about_connection.contains(&name), "{name}");
        }
        prop_assert_eq!(upgrade.is_some(), sent.contains_key("upgrade"));
        prop_assert!(sent.get_all("connection").iter().all(|value| ["upgrade", "te", "upgrade, te"].iter().any(|ours| value == ours)));
        prop_assert!(sent.get("te").is_none_or(|value| value == "trailers"));
        if to_http2 {
            prop_assert!(!sent.contains_key("connection") && !sent.contains_key("upgrade"));
        }
        for (name, value) in [("host", "shop.example"), ("x-forwarded-for", "192.0.2.7"), ("x-real-ip", "192.0.2.7"), ("x-forwarded-proto", "https")] {
            prop_assert_eq!(sent.get_all(name).iter().collect::<Vec<_>>(), [value]);
        }
        let alias = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
        let as_for = sent.keys().filter(|name| alias(name.as_str()) == "x-forwarded-for").count();
        prop_assert_eq!(as_for, 1);
        prop_assert!(sent.get_all("cookie").iter().count() <= 1);
        // Nothing else is lost.
        for name in received.keys().filter(|name| name.as_str().starts_with("x-") && name.as_str().len() == 3) {
            prop_assert!(listed(&received).contains(name) || sent.get_all(name).iter().eq(received.get_all(name)), "{}", name);
        }
        // And what was edited once is edited.
        if upgrade.is_none() && !sent.contains_key("te") {
            let mut again = sent.clone();
            edit(&options, &mut again, version, to_http2);
            prop_assert_eq!(again, sent);
        }
    }

    /// The same on the way back.
    #[test]
    fn no_field_of_a_connection_comes_back(received in message(), status in prop::sample::select(vec![200, 204, 304, 404, 426, 502]), http2: bool) {
        let mut sent = received.clone();
        let to = if http2 { Version::HTTP_2 } else { Version::HTTP_11 };
        let status = StatusCode::from_u16(status).unwrap();
        ForwardingOptions::default().edit_response(&mut sent, status, to, None).unwrap();
        for name in NEVER.into_iter().chain(["te"]) {
            prop_assert!(!sent.contains_key(name), "{name}");
        }
        for name in listed(&received) {
            prop_assert!(!sent.contains_key(&name) || ["host", "upgrade", "connection"].contains(&name.as_str()), "{name}");
        }
        if http2 || status != StatusCode::UPGRADE_REQUIRED {
            prop_assert!(!sent.contains_key("connection") && !sent.contains_key("upgrade"));
        }
        if received.contains_key("transfer-encoding") {
            prop_assert!(!sent.contains_key("content-length"));
        }
    }
}
