use std::io::BufReader;

use super::*;

/// The pieces of `text` as `document:line:column text`, read through a buffer of `capacity` bytes.
fn pieces(text: &str, capacity: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut reader = BufReader::with_capacity(capacity, text.as_bytes());
    split(&mut reader, &mut |piece| {
        found.push(match piece {
            Piece::Item(item) => {
                let text = String::from_utf8_lossy(item.bytes).trim().to_owned();
                format!("{}:{}:{} {text}", item.document, item.line, item.column)
            }
            Piece::Malformed(error) => {
                format!("{}:{}:{} malformed", error.document, error.line, error.column.unwrap_or_default())
            }
        });
        Taken::Done
    })
    .unwrap();
    found
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    for capacity in [1, 2, 3, 7, 64, 4096] {
        // What begins with a brace must be seen to do so.
        if capacity >= text.len() - text.trim_start().len() + 3 {
            assert_eq!(pieces(text, capacity), expected, "{capacity}");
        }
    }
}

#[test]
fn json_is_cut_wherever_the_buffer_ends() {
    check(
        "{\"a\": \"}\\\"\\\\\", \"b\": [1, {\"c\": \"]\"}]} {\"d\":1}\n\n  {\"e\":null}",
        &["1:1:1 {\"a\": \"}\\\"\\\\\", \"b\": [1, {\"c\": \"]\"}]}", "2:1:38 {\"d\":1}", "3:3:3 {\"e\":null}"],
    );
    check(
        "{\"kind\":\"List\",\"items\":[{\"a\":\n[1]},\n\t{\"b\":2}, 3],\"x\":1}",
        &["1:1:25 {\"a\":\n[1]}", "1:3:2 {\"b\":2}", "1:3:11 3"],
    );
    check("{\"kind\":\"List\",\"items\":[ ] }", &[]);
    check("{\"kind\":\"Menu\",\"items\":[1]}", &["1:1:1 {\"kind\":\"Menu\",\"items\":[1]}"]);
}

#[test]
fn malformed_json_ends_its_file() {
    check("{\"a\":1", &["1:1:7 malformed"]);
    check("{\"a\" 1}", &["1:1:6 malformed"]);
    check("{\"a\":1}\n7", &["1:1:1 {\"a\":1}", "2:2:1 malformed"]);
    check("{\"items\":[{}}", &["1:1:11 {}", "1:1:13 malformed"]);
}

#[test]
fn flow_style_is_handed_over() {
    check("{a: 1}\n---\n{b: 2}\n", &["1:1:1 {a: 1}", "2:3:1 {b: 2}"]);
    check("{\"x\":1}\n---\n{a: 1}\n---\nb: 2\n", &["1:1:1 {\"x\":1}", "2:3:1 {a: 1}", "3:5:1 b: 2"]);
}

#[test]
fn yaml_is_cut_at_markers_and_dashes() {
    check("# nothing\n---\na: 1\n...\n---\n# c\n---\nb: |\n  ---\n", &["1:3:1 a: 1", "2:8:1 b: |\n  ---"]);
    check("kind: List\nitems:\n- a: 1\n\n  # x\n- b:\n  - 2\n", &["1:3:1 a: 1\n\n  # x", "1:6:1 b:\n  - 2"]);
    check("kind: Menu\nitems:\n- a\n- b\n", &["1:1:1 kind: Menu\nitems:\n- a\n- b"]);
}

proptest::proptest! {
    #[test]
    fn pieces_do_not_depend_on_the_buffer(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "{", "}", "[", "]", "\"items\":", "\"kind\":\"List\"", "\"a\"", ":", ",", "1", " ", "\n", "---\n", "- a: 1\n", "items:\n", "kind: List\n",
                "  b: |\n", "    - x\n", "\"", "\\", "#", "...\n", "&a ", "*a", "\u{e9}", "%YAML 1.2\n", "\r\n",
            ]),
            0..30,
        ),
    ) {
        let text = parts.concat();
        let text = text.trim_start();
        let whole = pieces(text, 1 << 16);
        for capacity in [3, 5] {
            proptest::prop_assert_eq!(&pieces(text, capacity), &whole);
        }
    }
}
