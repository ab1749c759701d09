//! That configuration is found where it stands, and that what is missing is said so that it can be mended.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::HashMap;

use secrecy::ExposeSecret as _;

use super::*;

const SECRET: &str = "k3y-that-nobody-may-see";

/// An API of no one, so that every name must have been derived.
static API: ApiDef = ApiDef {
    slug: "some-api",
    base_url: "https://{host_name}.example/apis",
    variables: &[Variable { name: "host_name", about: "What stands before .example.", example: "acme" }],
    ..crate::tools::API
};

#[derive(Default)]
struct Surroundings {
    variables: HashMap<&'static str, OsString>,
    files: HashMap<&'static str, Vec<u8>>,
}

impl Environment for Surroundings {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path.to_str().unwrap()).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn with(variables: &[(&'static str, &str)]) -> Surroundings {
    Surroundings {
        variables: variables.iter().map(|(name, value)| (*name, OsString::from(value))).collect(),
        ..Surroundings::default()
    }
}

fn with_key_file(content: impl Into<Vec<u8>>) -> Surroundings {
    let mut surroundings = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY_FILE", "/key")]);
    surroundings.files.insert("/key", content.into());
    surroundings
}

fn found(flags: &AccountFlags, surroundings: &Surroundings) -> (String, String) {
    let account = account(&API, flags, surroundings).unwrap();
    (account.base_url().to_string(), account.key().expose_secret().to_owned())
}

fn refused(surroundings: &Surroundings) -> String {
    account(&API, &AccountFlags::default(), surroundings).unwrap_err().to_string()
}

fn flags(host_name: &str) -> AccountFlags {
    AccountFlags { variables: vec![Some(host_name.to_owned())], base_url: None }
}

#[test]
fn variables_fill_the_base_url() {
    let surroundings = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", SECRET)]);
    let expected = ("https://acme.example/apis".to_owned(), SECRET.to_owned());
    assert_eq!(found(&AccountFlags::default(), &surroundings), expected);
}

#[test]
fn a_flag_stands_over_its_variable() {
    let surroundings = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", SECRET)]);
    assert_eq!(found(&flags("other"), &surroundings).0, "https://other.example/apis");
}

#[test]
fn a_whole_base_url_stands_over_its_parts() {
    let surroundings = with(&[
        ("SOME_API_HOST_NAME", "acme"),
        ("SOME_API_BASE_URL", "http://127.0.0.1:9000/apis"),
        ("SOME_API_API_KEY", SECRET),
    ]);
    assert_eq!(found(&flags("other"), &surroundings).0, "http://127.0.0.1:9000/apis");
    let by_flag = AccountFlags { base_url: Some("http://127.0.0.1:1".to_owned()), ..AccountFlags::default() };
    assert_eq!(found(&by_flag, &surroundings).0, "http://127.0.0.1:1/");
}

#[test]
fn the_end_of_a_key_files_line_is_not_part_of_the_key() {
    for content in [format!("{SECRET}\n"), format!("{SECRET}\r\n"), SECRET.to_owned()] {
        assert_eq!(found(&AccountFlags::default(), &with_key_file(content)).1, SECRET);
    }
}

#[test]
fn a_key_file_without_one_key_is_refused() {
    for (content, problem) in [
        (b"\n".to_vec(), "is empty"),
        (b"one\ntwo\n".to_vec(), "a line break"),
        (vec![0xff, 0xfe], "is not UTF-8"),
        (vec![b'k'; 70_000], "is too large"),
    ] {
        let message = refused(&with_key_file(content));
        assert!(message.contains(problem), "{message}");
        assert!(message.contains("the file \"/key\" named by SOME_API_API_KEY_FILE"), "{message}");
    }
}

#[test]
fn a_missing_key_file_is_named() {
    let surroundings = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY_FILE", "/nowhere")]);
    let message = refused(&surroundings);
    assert!(message.contains("the file \"/nowhere\" named by SOME_API_API_KEY_FILE cannot be read"), "{message}");
}

#[test]
fn everything_missing_is_said_at_once_with_what_to_do() {
    insta::assert_snapshot!(refused(&with(&[])), @r"
    no host_name: give --host-name or set SOME_API_HOST_NAME. What stands before .example. Example: acme
    no API key: set SOME_API_API_KEY to it, or SOME_API_API_KEY_FILE to the path of a file that holds it. It is no flag, because other users of the machine can read those
    ");
}

#[test]
fn a_variable_that_is_set_but_empty_counts_as_not_set() {
    let mut surroundings = with_key_file(SECRET);
    surroundings.variables.insert("SOME_API_API_KEY", OsString::new());
    surroundings.variables.insert("SOME_API_BASE_URL", OsString::from(" "));
    assert_eq!(found(&AccountFlags::default(), &surroundings).1, SECRET);
    surroundings.variables.insert("SOME_API_API_KEY_FILE", OsString::new());
    assert!(refused(&surroundings).contains("no API key"));
}

#[test]
fn a_key_in_both_forms_is_refused() {
    let mut surroundings = with_key_file(SECRET);
    surroundings.variables.insert("SOME_API_API_KEY", SECRET.into());
    let message = refused(&surroundings);
    assert!(message.starts_with("both SOME_API_API_KEY and SOME_API_API_KEY_FILE are set"), "{message}");
}

#[test]
fn a_placeholder_that_nobody_filled_in_is_no_key() {
    for (placeholder, shape) in [
        ("${SOME_API_API_KEY}", "${...}"),
        ("${env:SOME_API_API_KEY}", "${...}"),
        ("YOUR_SOME_API_API_KEY", "YOUR_..."),
        ("<your key>", "<...>"),
    ] {
        let in_variable = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", placeholder)]);
        let message = refused(&in_variable);
        assert!(message.starts_with(&format!("SOME_API_API_KEY holds a placeholder, {shape},")), "{message}");
        assert!(message.contains("was not set where the client was started"), "{message}");
        assert!(api_key(&API, &in_variable).is_err());
        let message = refused(&with_key_file(placeholder));
        assert!(message.starts_with("the file \"/key\" named by SOME_API_API_KEY_FILE holds"), "{message}");
    }
    for key in ["$2b$10$abc", "a<b>", "YOURS", "<"] {
        assert_eq!(found(&AccountFlags::default(), &with_key_file(key)).1, key);
    }
}

#[test]
fn a_whole_host_name_gets_told_which_part_of_it_is_meant() {
    for value in ["acme.example", "https://acme.example", "https://Acme.Example/apis/", "HTTP://acme.example:443"] {
        let surroundings = with(&[("SOME_API_API_KEY", SECRET)]);
        let message = account(&API, &flags(value), &surroundings).unwrap_err().to_string();
        let wanted = "give only `acme`, what stands before .example";
        assert!(message.ends_with(wanted), "{value}: {message}");
    }
}

#[test]
fn a_value_cannot_lead_the_key_to_another_host() {
    for value in ["evil.com/", "a@evil.com", "acme.example", "evil.com#", "a b", "ä", "-a", "a-", "{host_name}"] {
        let surroundings = with(&[("SOME_API_API_KEY", SECRET)]);
        let message = account(&API, &flags(value), &surroundings).unwrap_err().to_string();
        assert!(message.starts_with("--host-name: host_name cannot be "), "{value}: {message}");
    }
}

#[test]
fn a_base_url_that_would_show_the_key_is_refused_where_it_was_given() {
    for url in ["http://acme.example/apis", "https://a:b@acme.example", "https://acme.example/?q=1", "acme"] {
        let surroundings = with(&[("SOME_API_BASE_URL", url), ("SOME_API_API_KEY", SECRET)]);
        let message = refused(&surroundings);
        assert!(message.starts_with("SOME_API_BASE_URL: the base URL "), "{url}: {message}");
        assert!(!message.contains("a:b"), "{message}");
    }
}

#[test]
fn no_message_and_no_debug_text_holds_a_key() {
    let two_lines = format!("{SECRET}\n{SECRET}");
    let mut both = with_key_file(SECRET);
    both.variables.insert("SOME_API_API_KEY", SECRET.into());
    let in_variable = with(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", &two_lines)]);
    for surroundings in [with_key_file(two_lines.clone()), both, in_variable] {
        let error = account(&API, &AccountFlags::default(), &surroundings).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    }
    let account = account(&API, &AccountFlags::default(), &with_key_file(SECRET)).unwrap();
    assert!(!format!("{account:?}").contains(SECRET));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStringExt as _;
    let mut surroundings = with(&[("SOME_API_HOST_NAME", "acme")]);
    surroundings.variables.insert("SOME_API_API_KEY", OsString::from_vec(vec![0xff]));
    assert_eq!(refused(&surroundings), "SOME_API_API_KEY is not UTF-8 text");
}

#[test]
fn the_log_level_is_read_from_its_own_variable_and_is_one_of_the_documented_words() {
    let level = |word| log_level(&API, &with(&[("SOME_API_MCP_LOG", word), ("RUST_LOG", "trace")])).ok();
    assert_eq!(level(" Debug "), Some(LevelFilter::DEBUG));
    assert_eq!(level(""), Some(LevelFilter::WARN));
    for wrong in ["banana", "trace", "info,x=debug"] {
        assert_eq!(level(wrong), None, "{wrong}");
    }
}

#[test]
fn a_path_is_taken_from_its_flag_then_from_its_variable() {
    let flag = PathBuf::from("/flag");
    let set = with(&[("A_PATH", "/variable")]);
    assert_eq!(path(Some(&flag), "A_PATH", &set), Some(flag.clone()));
    assert_eq!(path(None, "A_PATH", &set), Some(PathBuf::from("/variable")));
    assert_eq!(path(None, "A_PATH", &with(&[("A_PATH", "")])), None);
    assert_eq!(path(None, "A_PATH", &with(&[])), None);
}
