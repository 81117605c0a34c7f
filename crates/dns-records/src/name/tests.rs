use super::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[test]
fn presentation_form_round_trips_with_escapes() {
    for text in [".", "a.", "web.shop.svc.cluster.local.", r"a\.b.c.", r"\000\255\032.x.", r"a\\b.", r"\@\;.x."] {
        assert_eq!(name(text).to_string(), text);
    }
    assert_eq!(name("a.b").to_string(), "a.b.", "a missing final dot is added");
}

#[test]
fn bad_presentation_form_is_refused_with_its_reason() {
    let long_label = "a".repeat(64);
    let long_name = "a.".repeat(128);
    for (text, error) in [
        ("", NameError::EmptyLabel),
        ("..", NameError::EmptyLabel),
        (".a", NameError::EmptyLabel),
        ("a..b", NameError::EmptyLabel),
        (long_label.as_str(), NameError::LabelTooLong),
        (long_name.as_str(), NameError::TooLong),
        (r"a\", NameError::BadEscape),
        (r"a\25", NameError::BadEscape),
        (r"a\256", NameError::BadEscape),
    ] {
        assert_eq!(text.parse::<Name>(), Err(error), "{text:?}");
    }
    assert_eq!("a.".repeat(127).parse::<Name>().unwrap().as_wire().len(), 255, "the longest name");
}

#[test]
fn wire_form_is_checked() {
    assert!(NameRef::from_wire(b"\x01a\x00").is_ok());
    for (wire, error) in [
        (&b""[..], NameError::NotAbsolute),
        (b"\x01a", NameError::NotAbsolute),
        (b"\x05a\x00", NameError::NotAbsolute),
        (b"\x00\x00", NameError::EmptyLabel),
        (b"\xc0\x0c", NameError::LabelTooLong),
    ] {
        assert_eq!(NameRef::from_wire(wire).unwrap_err(), error, "{wire:?}");
    }
}

#[test]
fn equality_ignores_letter_case_and_display_keeps_it() {
    assert_eq!(name("Web.SHOP."), name("wEB.shop."));
    assert_ne!(name("web.shop."), name("web-shop."));
    assert_eq!(name("Web.").to_string(), "Web.");
}

#[test]
fn is_in_respects_label_borders() {
    let zone = name("cluster.local.");
    assert!(name("cluster.local.").as_ref().is_in(zone.as_ref()));
    assert!(name("a.CLUSTER.local.").as_ref().is_in(zone.as_ref()));
    assert!(!name("xcluster.local.").as_ref().is_in(zone.as_ref()));
    assert!(!name("local.").as_ref().is_in(zone.as_ref()));
    assert!(name("a.").as_ref().is_in(NameRef::ROOT));
}
