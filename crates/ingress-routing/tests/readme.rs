//! The tables in the README say what the code does.

use ingress_routing::annotation::{Treatment, treatment};
use ingress_routing::{Options, RequestHead, Router};

const README: &str = include_str!("../README.md");

#[test]
fn the_annotations_of_ingress_nginx_are_treated_as_the_readme_says() {
    let (_, section) = README.split_once("# Annotations of ingress-nginx").expect("the section");
    let mut seen = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (names, fate) = (cells[1], cells[3]);
        let expected = if fate.starts_with("refused") { Treatment::Refused } else { Treatment::Ignored };
        for name in names.split('`').skip(1).step_by(2) {
            // A value that asks for something, and of snippets one that the row is about.
            let value = match (name.ends_with("-snippet"), expected) {
                (true, Treatment::Ignored) => "more_set_headers 'x-shop: 1';",
                (true, _) => "deny all;",
                _ => "true",
            };
            let name = format!("nginx.ingress.kubernetes.io/{name}");
            assert_eq!(treatment(&name, value), expected, "{name}: {row}");
            seen += 1;
        }
    }
    // 136 and two aliases, of which two snippets stand in two rows.
    assert_eq!(seen, 140);
}

/// Every decision is told by `explain`, with the words of the table where the options are the defaults.
#[test]
fn what_is_left_open_is_told_as_the_readme_says() {
    let (_, section) = README.split_once("# What the standards leave open").expect("the section");
    let (section, _) = section.split_once("\n# ").expect("another section");
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let written: Vec<&str> = rows.map(|row| row.split('|').map(str::trim).nth(2).expect("three cells")).collect();
    let table = Router::new(Options::new()).publish();
    let why = table.explain(&RequestHead::new("GET", "/").with_host("shop.example"));
    let told: Vec<String> = why.choices.iter().map(|line| format!("{}: {}", line.topic, line.choice)).collect();
    assert_eq!(written, told);
}
