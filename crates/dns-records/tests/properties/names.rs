use dns_records::{Name, NameError, NameRef};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};
use proptest::collection::vec;
use proptest::prelude::*;

fn wire(labels: &[Vec<u8>]) -> Vec<u8> {
    let mut wire: Vec<u8> = labels.iter().flat_map(|label| [&[label.len() as u8], &**label].concat()).collect();
    wire.push(0);
    wire
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_name_again(labels in vec(vec(any::<u8>(), 1..64), 0..6)) {
        let wire = wire(&labels);
        prop_assume!(wire.len() <= 255);
        let name = NameRef::from_wire(&wire).unwrap();
        let text = name.to_string();
        let again: Name = text.parse().unwrap();
        prop_assert_eq!(again.as_wire(), name.as_wire(), "{}", text);
        prop_assert!(text.is_ascii() && text.ends_with('.'));
        // A text means the same whoever reads it.
        let mut decoder = BinDecoder::new(&wire);
        let theirs = hickory_proto::rr::Name::read(&mut decoder).unwrap();
        prop_assert!(theirs.iter().eq(name.labels()));
    }

    #[test]
    fn writing_what_was_read_is_read_again(text in "[a-zA-Z0-9_\\-.\\\\ \"é;0-9]{0,80}") {
        if let Ok(name) = text.parse::<Name>() {
            prop_assert!(name.as_wire().len() <= 255);
            prop_assert!(NameRef::from_wire(name.as_wire()).is_ok());
            let again: Name = name.to_string().parse().unwrap();
            prop_assert_eq!(again.as_wire(), name.as_wire());
        }
    }

    #[test]
    fn only_names_are_read_from_the_wire(octets in vec(any::<u8>(), 0..300)) {
        match NameRef::from_wire(&octets) {
            Ok(name) => prop_assert_eq!(name.as_wire(), &*octets),
            Err(NameError::TooLong) => prop_assert!(octets.len() > 255),
            Err(_) => {}
        }
    }

    #[test]
    fn letter_case_does_not_tell_names_apart(labels in vec(vec(any::<u8>(), 1..10), 0..6)) {
        let wire = wire(&labels);
        let name = NameRef::from_wire(&wire).unwrap().to_name();
        let upper = wire.iter().enumerate().map(|(at, octet)| if at == 0 { *octet } else { octet.to_ascii_uppercase() });
        let upper: Vec<u8> = upper.collect();
        prop_assert_eq!(NameRef::from_wire(&upper).unwrap(), name.as_ref());
        prop_assert_eq!(name.to_lower(), name.clone());
        let mut above = Some(name.as_ref());
        while let Some(here) = above {
            prop_assert!(name.as_ref().is_in(here));
            above = here.parent();
        }
    }
}
