//! Tests: a sealed text opens only with its key and for its record.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_sealed_text_opens_with_its_key_for_its_record() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "account 1");
    assert!(!sealed.contains("secret"));
    assert_eq!(key.open(&sealed, "account 1").unwrap().as_slice(), b"secret");
    let read_back = MasterKey::parse(key.encoded().expose_secret()).unwrap();
    assert_eq!(read_back.open(&sealed, "account 1").unwrap().as_slice(), b"secret");
}

#[test]
fn another_record_or_key_does_not_open_it() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "account 1");
    assert_eq!(key.open(&sealed, "account 2"), Err(UnsealError));
    assert_eq!(MasterKey::generate().open(&sealed, "account 1"), Err(UnsealError));
}

#[test]
fn a_changed_text_does_not_open() {
    let key = MasterKey::generate();
    let sealed = key.seal(b"secret", "r");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        let byte = changed.get_mut(index).unwrap();
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        assert_eq!(key.open(std::str::from_utf8(&changed).unwrap(), "r"), Err(UnsealError), "{index}");
    }
    for text in ["", "v1.", "v2.AAAA", "v1.AAAA"] {
        assert_eq!(key.open(text, "r"), Err(UnsealError), "{text}");
    }
}

#[test]
fn sealing_twice_yields_different_texts() {
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
        assert_eq!(MasterKey::parse(wrong), Err(InvalidMasterKey), "{wrong}");
    }
}

#[test]
fn debug_output_of_a_key_is_its_name() {
    let key = MasterKey::generate();
    assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
    assert_eq!(key.id().len(), 16);
    assert_ne!(key.id(), MasterKey::generate().id());
}
