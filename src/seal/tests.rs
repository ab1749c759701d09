//! That a sealed text opens with its key for its record, and in no other way.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn what_is_sealed_opens_with_the_same_key_for_the_same_record() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "account 1").unwrap();
    assert!(!sealed.contains("secret"));
    assert_eq!(key.open(&sealed, "account 1").unwrap().as_slice(), b"secret");
    let read_back = MasterKey::parse(key.text().expose_secret()).unwrap();
    assert_eq!(read_back.open(&sealed, "account 1").unwrap().as_slice(), b"secret");
}

#[test]
fn it_opens_neither_for_another_record_nor_with_another_key() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "account 1").unwrap();
    assert_eq!(key.open(&sealed, "account 2"), Err(Unopened));
    assert_eq!(MasterKey::generate().open(&sealed, "account 1"), Err(Unopened));
}

#[test]
fn a_sealed_text_with_any_character_changed_does_not_open() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "r").unwrap();
    for index in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        let byte = changed.get_mut(index).unwrap();
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        assert_eq!(key.open(std::str::from_utf8(&changed).unwrap(), "r"), Err(Unopened), "{index}");
    }
    for text in ["", "v1.", "v2.AAAA", "v1.AAAA"] {
        assert_eq!(key.open(text, "r"), Err(Unopened), "{text}");
    }
}

#[test]
fn sealing_twice_gives_two_texts() {
    let key = MasterKey::generate();
    assert_ne!(key.seal(b"secret", "r"), key.seal(b"secret", "r"));
}

#[test]
fn a_key_is_32_bytes_in_base64() {
    let text = STANDARD.encode([0xff; 32]);
    let key = MasterKey::parse(&text).unwrap();
    for same in [text.trim_end_matches('=').to_owned(), format!(" {text}\n"), text.replace('/', "_")] {
        assert_eq!(MasterKey::parse(&same).unwrap(), key);
    }
    for wrong in ["", "short", &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33]), "!".repeat(44).as_str()] {
        assert_eq!(MasterKey::parse(wrong), Err(NotAKey), "{wrong}");
    }
}

#[test]
fn a_key_shows_its_name_and_nothing_else() {
    let key = MasterKey::generate();
    assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
    assert_eq!(key.id().len(), 16);
    assert_ne!(key.id(), MasterKey::generate().id());
}
