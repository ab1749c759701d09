//! Addresses and keys: refused values, and rules that no request can break.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use tool_runtime::request::{HttpMethod, Request};

use super::*;
use crate::tools::API;

fn key() -> SecretString {
    SecretString::from("a-key-of-some-length")
}

fn account(base_url: &str) -> Result<Account, AccountError> {
    Account::new(base_url, key())
}

fn refused(base_url: &str) -> AccountError {
    account(base_url).expect_err(base_url)
}

#[test]
fn http_is_allowed_for_loopback_addresses_only() {
    for base_url in [
        "https://acme.example.com/apis",
        "http://127.0.0.1:9000/apis",
        "http://127.8.8.8",
        "http://localhost:1",
        "http://[::1]:9000/apis",
        "http://[::ffff:127.0.0.1]/",
    ] {
        assert!(account(base_url).is_ok(), "{base_url}");
    }
    for base_url in [
        "http://acme.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "ftp://localhost/x",
    ] {
        assert_eq!(refused(base_url), AccountError::Insecure, "{base_url}");
    }
}

#[test]
fn a_base_url_has_only_scheme_host_and_path() {
    for base_url in ["https://u@h/", "https://u:p@h/", "https://:p@h/", "https://h/?q", "https://h/apis#f"] {
        assert_eq!(refused(base_url), AccountError::Superfluous, "{base_url}");
    }
    for base_url in ["", "acme", "acme.example.com/apis", "https://", "mailto:a@b", "data:,x", "/apis"] {
        assert_eq!(refused(base_url), AccountError::NotAUrl, "{base_url}");
    }
}

#[test]
fn a_key_that_cannot_be_a_header_is_refused() {
    for bad in ["abc\ndef", "abc\r\nX-Evil: 1", "abc def", "abc\0", "schlüssel", " abc", "abc\n", "abc\u{7f}"] {
        let error = Account::new("https://h/", SecretString::from(bad)).unwrap_err();
        assert_eq!(error, AccountError::BadKey);
        assert!(!format!("{error}{error:?}").contains("abc"), "{error}");
    }
    assert_eq!(Account::new("https://h/", SecretString::from("")).unwrap_err(), AccountError::NoKey);
}

#[test]
fn the_key_is_never_printed() {
    let account = account("https://h/apis").unwrap();
    let header = account.authorization(API.auth).unwrap();
    assert!(header.is_sensitive());
    assert_eq!(header, "a-key-of-some-length");
    assert!(!format!("{account:?}{header:?}").contains("a-key"), "{account:?}");
}

#[test]
fn the_key_follows_its_prefix() {
    let bearer = Auth { header: "authorization", prefix: "Bearer " };
    assert_eq!(account("https://h/").unwrap().authorization(bearer).unwrap(), "Bearer a-key-of-some-length");
}

#[test]
fn a_base_url_may_end_with_a_slash() {
    let request = Request::new(HttpMethod::Get, "/v9/things").query("q", &"ä/../?#@".to_owned());
    for base in ["https://h:8443/apis", "https://h:8443/apis/", "HTTPS://H:8443/apis"] {
        let url = account(base).unwrap().url_of(&request).unwrap();
        assert_eq!(url.as_str(), "https://h:8443/apis/v9/things?q=%C3%A4%2F..%2F%3F%23%40");
    }
    let bare = account("https://h").unwrap().url_of(&request).unwrap();
    assert_eq!(bare.path(), "/v9/things");
}

#[test]
fn a_target_that_leaves_the_base_url_has_no_url() {
    for target in
        ["/../admin", "/v9/%2e%2E/x", "/a/./b", "@evil.example/x", ".evil.example/x", ":1/x", "", "?x", "/a\\b", "/a b"]
    {
        for base in ["https://h/apis", "https://h"] {
            let address = account(base).unwrap().url_of(&Request::new(HttpMethod::Get, target));
            assert_eq!(address, None, "{target:?} below {base}");
        }
    }
}

#[test]
fn a_variable_is_one_label_of_the_host() {
    let url = base_url(&API, |_| Some("Acme-2")).unwrap();
    assert!(url.host_str().unwrap().starts_with("acme-2."), "{url}");
    assert!(!url.as_str().contains('{'));
}

#[test]
fn a_variable_cannot_change_the_host() {
    let too_long = "a".repeat(64);
    let values =
        ["evil.example/", "a.b", "a@b", "-a", "a-", "a b", "a#", "a?", "a/", "ä", "a:1", "..", "{x}", &too_long];
    for value in values {
        let error = base_url(&API, |_| Some(value)).unwrap_err();
        assert!(matches!(error, AccountError::NotALabel { .. }), "{value}: {error}");
    }
}

#[test]
fn a_missing_variable_is_explained() {
    let variable = API.variables[0];
    for absent in [None, Some(""), Some("  ")] {
        let error = base_url(&API, |_| absent).unwrap_err().to_string();
        assert!(error.contains(variable.name) && error.contains(variable.about), "{error}");
    }
}
