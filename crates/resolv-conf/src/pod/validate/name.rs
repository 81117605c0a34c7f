//! Names as apimachinery's `validation` package checks them.

/// Longest subdomain, in octets.
const MAX_SUBDOMAIN: usize = 253;
/// Longest label, in octets.
const MAX_LABEL: usize = 63;

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_WITH_UNDERSCORE: &str = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";

/// What keeps a text from being a lower-case DNS name (`IsDNS1123Subdomain`).
pub(in crate::pod) fn dns_1123_subdomain(text: &str) -> Vec<String> {
    subdomain(text, is_label, "'-'", LABEL)
}

/// The same with underscores (`IsDNS1123SubdomainWithUnderscore`).
pub(super) fn dns_1123_subdomain_with_underscore(text: &str) -> Vec<String> {
    subdomain(text, is_label_with_underscore, "'_', '-'", LABEL_WITH_UNDERSCORE)
}

fn subdomain(text: &str, is_label: fn(&str) -> bool, signs: &str, label: &str) -> Vec<String> {
    let mut problems = too_long(text, MAX_SUBDOMAIN);
    if !text.split('.').all(is_label) {
        problems.push(format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, {signs} or '.', and must start and end \
             with an alphanumeric character (e.g. 'example.com', regex used for validation is '{label}(\\.{label})*')"
        ));
    }
    problems
}

/// What keeps a text from being a lower-case DNS label (`IsDNS1123Label`).
pub(in crate::pod) fn dns_1123_label(text: &str) -> Vec<String> {
    let mut problems = too_long(text, MAX_LABEL);
    if !is_label(text) {
        problems.push(if text.split('.').all(is_label) {
            "must not contain dots".to_owned()
        } else {
            format!(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an \
                 alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL}')"
            )
        });
    }
    problems
}

fn too_long(text: &str, max: usize) -> Vec<String> {
    let problem = (text.len() > max).then(|| format!("must be no more than {max} characters"));
    problem.into_iter().collect()
}

fn is_label(text: &str) -> bool {
    let is_inner = |octet: u8| is_alphanumeric(octet) || octet == b'-';
    has_alphanumeric_ends(text) && text.bytes().all(is_inner)
}

fn is_label_with_underscore(text: &str) -> bool {
    let rest = text.strip_prefix('_').unwrap_or(text);
    let is_inner = |octet: u8| is_alphanumeric(octet) || matches!(octet, b'-' | b'_');
    has_alphanumeric_ends(rest) && rest.bytes().all(is_inner)
}

fn has_alphanumeric_ends(text: &str) -> bool {
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|octet| octet.is_some_and(is_alphanumeric))
}

const fn is_alphanumeric(octet: u8) -> bool {
    octet.is_ascii_lowercase() || octet.is_ascii_digit()
}
