//! Tests of account settings: precedence of flags, key files, and reports of mistakes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;

use secrecy::ExposeSecret as _;

use super::*;

const SECRET: &str = "k3y-that-is-never-printed";

/// An invented API, so that every expected name must have been derived from it.
static API: ApiDef = ApiDef {
    slug: "some-api",
    base_url: "https://{host_name}.example/apis",
    variables: &[Variable { name: "host_name", about: "The part before .example.", example: "acme" }],
    ..crate::tools::API
};

#[derive(Default)]
struct FakeEnvironment {
    variables: HashMap<&'static str, OsString>,
    files: HashMap<&'static str, Vec<u8>>,
}

impl Environment for FakeEnvironment {
    fn names(&self) -> Vec<OsString> {
        self.variables.keys().map(Into::into).collect()
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path.to_str().unwrap()).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn with_variables(variables: &[(&'static str, &str)]) -> FakeEnvironment {
    FakeEnvironment {
        variables: variables.iter().map(|(name, value)| (*name, OsString::from(value))).collect(),
        ..FakeEnvironment::default()
    }
}

fn with_key_file(content: impl Into<Vec<u8>>) -> FakeEnvironment {
    let mut environment = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY_FILE", "/key")]);
    environment.files.insert("/key", content.into());
    environment
}

fn account_parts(flags: &AccountFlags, environment: &FakeEnvironment) -> (String, String) {
    let account = read_account(&API, flags, environment).unwrap();
    (account.base_url().to_string(), account.key().expose_secret().to_owned())
}

fn read_error(environment: &FakeEnvironment) -> String {
    read_account(&API, &AccountFlags::default(), environment).unwrap_err().to_string()
}

fn flags(host_name: &str) -> AccountFlags {
    AccountFlags { variables: vec![Some(host_name.to_owned())], base_url: None }
}

#[test]
fn variables_fill_the_base_url() {
    let environment = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", SECRET)]);
    let expected = ("https://acme.example/apis".to_owned(), SECRET.to_owned());
    assert_eq!(account_parts(&AccountFlags::default(), &environment), expected);
}

#[test]
fn a_flag_overrides_its_variable() {
    let environment = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", SECRET)]);
    assert_eq!(account_parts(&flags("other"), &environment).0, "https://other.example/apis");
}

#[test]
fn a_complete_base_url_overrides_its_variables() {
    let environment = with_variables(&[
        ("SOME_API_HOST_NAME", "acme"),
        ("SOME_API_BASE_URL", "http://127.0.0.1:9000/apis"),
        ("SOME_API_API_KEY", SECRET),
    ]);
    assert_eq!(account_parts(&flags("other"), &environment).0, "http://127.0.0.1:9000/apis");
    let by_flag = AccountFlags { base_url: Some("http://127.0.0.1:1".to_owned()), ..AccountFlags::default() };
    assert_eq!(account_parts(&by_flag, &environment).0, "http://127.0.0.1:1/");
}

#[test]
fn the_final_line_break_of_a_key_file_is_dropped() {
    for content in [format!("{SECRET}\n"), format!("{SECRET}\r\n"), SECRET.to_owned()] {
        assert_eq!(account_parts(&AccountFlags::default(), &with_key_file(content)).1, SECRET);
    }
}

#[test]
fn a_key_file_that_is_not_one_key_is_refused() {
    for (content, problem) in [
        (b"\n".to_vec(), "is empty"),
        (b"one\ntwo\n".to_vec(), "a line break"),
        (vec![0xff, 0xfe], "is not UTF-8"),
        (vec![b'k'; 70_000], "is larger than 65536 bytes"),
    ] {
        let message = read_error(&with_key_file(content));
        assert!(message.contains(problem), "{message}");
        assert!(message.contains("the file \"/key\" named by SOME_API_API_KEY_FILE"), "{message}");
    }
}

#[test]
fn a_missing_key_file_is_named() {
    let environment = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY_FILE", "/nowhere")]);
    let message = read_error(&environment);
    assert!(message.contains("the file \"/nowhere\" named by SOME_API_API_KEY_FILE cannot be read"), "{message}");
}

#[test]
fn everything_missing_is_reported_with_its_fix() {
    insta::assert_snapshot!(read_error(&with_variables(&[])), @r"
    missing host_name: pass --host-name or set SOME_API_HOST_NAME. The part before .example. Example: acme
    no API key: set SOME_API_API_KEY to the key, or SOME_API_API_KEY_FILE to the path of a file that holds it. There is no flag for the key, because other users of this machine can read command lines
    ");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let mut environment = with_key_file(SECRET);
    environment.variables.insert("SOME_API_API_KEY", OsString::new());
    environment.variables.insert("SOME_API_BASE_URL", OsString::from(" "));
    assert_eq!(account_parts(&AccountFlags::default(), &environment).1, SECRET);
    environment.variables.insert("SOME_API_API_KEY_FILE", OsString::new());
    assert!(read_error(&environment).contains("no API key"));
}

#[test]
fn a_key_in_both_variables_is_refused() {
    let mut environment = with_key_file(SECRET);
    environment.variables.insert("SOME_API_API_KEY", SECRET.into());
    let message = read_error(&environment);
    assert!(message.starts_with("both SOME_API_API_KEY and SOME_API_API_KEY_FILE are set"), "{message}");
}

#[test]
fn an_unfilled_placeholder_is_refused() {
    for (placeholder, shape) in [
        ("${SOME_API_API_KEY}", "${...}"),
        ("${env:SOME_API_API_KEY}", "${...}"),
        ("YOUR_SOME_API_API_KEY", "YOUR_..."),
        ("<your key>", "<...>"),
        ("%SOME_API_API_KEY%", "%...%"),
        ("$SOME_API_API_KEY", "$..."),
        ("{env:SOME_API_API_KEY}", "{env:...}"),
    ] {
        let in_variable = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", placeholder)]);
        let message = read_error(&in_variable);
        assert!(
            message.starts_with(&format!("SOME_API_API_KEY contains the placeholder {shape} instead")),
            "{message}"
        );
        assert!(message.contains("was not set where the client was started"), "{message}");
        assert!(read_api_key(&API, &in_variable).is_err());
        let message = read_error(&with_key_file(placeholder));
        assert!(message.starts_with("the file \"/key\" named by SOME_API_API_KEY_FILE contains"), "{message}");
    }
    for key in ["$2b$10$abc", "a<b>", "YOURS", "<"] {
        assert_eq!(account_parts(&AccountFlags::default(), &with_key_file(key)).1, key);
    }
}

#[test]
fn a_key_with_something_around_it_is_refused_with_the_cure() {
    for (given, cure) in [
        (format!("\"{SECRET}\""), "in quotes instead of a key. Remove the quotes"),
        (format!("SOME_API_API_KEY={SECRET}"), "without the name"),
        (format!("# the key\nexport SOME_API_API_KEY={SECRET}\n"), "without the name"),
        ("undefined".to_owned(), "the word undefined"),
        ("null".to_owned(), "the word null"),
    ] {
        let message = read_error(&with_key_file(given.clone()));
        assert!(message.contains(cure) && !message.contains(SECRET), "{given}: {message}");
        assert!(message.starts_with("the file \"/key\" named by SOME_API_API_KEY_FILE contains "), "{message}");
    }
}

#[test]
fn a_complete_host_name_is_refused_with_its_label() {
    for value in ["acme.example", "https://acme.example", "https://Acme.Example/apis/", "HTTP://acme.example:443"] {
        let environment = with_variables(&[("SOME_API_API_KEY", SECRET)]);
        let message = read_account(&API, &flags(value), &environment).unwrap_err().to_string();
        let wanted = "give only `acme`, the part before .example";
        assert!(message.ends_with(wanted), "{value}: {message}");
    }
}

#[test]
fn a_variable_cannot_redirect_the_key_to_another_host() {
    for value in ["evil.com/", "a@evil.com", "acme.example", "evil.com#", "a b", "ä", "-a", "a-", "{host_name}"] {
        let environment = with_variables(&[("SOME_API_API_KEY", SECRET)]);
        let message = read_account(&API, &flags(value), &environment).unwrap_err().to_string();
        assert!(message.starts_with("--host-name: host_name cannot be "), "{value}: {message}");
    }
}

#[test]
fn an_unsafe_base_url_is_refused_with_its_variable() {
    for url in ["http://acme.example/apis", "https://a:b@acme.example", "https://acme.example/?q=1", "acme"] {
        let environment = with_variables(&[("SOME_API_BASE_URL", url), ("SOME_API_API_KEY", SECRET)]);
        let message = read_error(&environment);
        assert!(message.starts_with("SOME_API_BASE_URL: the base URL "), "{url}: {message}");
        assert!(!message.contains("a:b"), "{message}");
    }
}

#[test]
fn no_message_and_no_debug_text_contains_a_key() {
    let two_lines = format!("{SECRET}\n{SECRET}");
    let mut both = with_key_file(SECRET);
    both.variables.insert("SOME_API_API_KEY", SECRET.into());
    let in_variable = with_variables(&[("SOME_API_HOST_NAME", "acme"), ("SOME_API_API_KEY", &two_lines)]);
    for environment in [with_key_file(two_lines.clone()), both, in_variable] {
        let error = read_account(&API, &AccountFlags::default(), &environment).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    }
    let account = read_account(&API, &AccountFlags::default(), &with_key_file(SECRET)).unwrap();
    assert!(!format!("{account:?}").contains(SECRET));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;
    let mut environment = with_variables(&[("SOME_API_HOST_NAME", "acme")]);
    environment.variables.insert("SOME_API_API_KEY", OsString::from_vec(vec![0xff]));
    assert_eq!(read_error(&environment), "SOME_API_API_KEY is not UTF-8 text");
}

#[test]
fn the_log_level_is_one_of_the_documented_words() {
    let level = |word| log_level(&API, &with_variables(&[("SOME_API_MCP_LOG", word), ("RUST_LOG", "trace")])).ok();
    assert_eq!(level(" Debug "), Some(LevelFilter::DEBUG));
    assert_eq!(level(""), Some(LevelFilter::WARN));
    for wrong in ["banana", "trace", "info,x=debug"] {
        assert_eq!(level(wrong), None, "{wrong}");
    }
}

#[test]
fn a_path_comes_from_its_flag_then_from_its_variable() {
    let flag = PathBuf::from("/flag");
    let set = with_variables(&[("A_PATH", "/variable")]);
    assert_eq!(path_setting(Some(&flag), "A_PATH", &set), Some(flag.clone()));
    assert_eq!(path_setting(None, "A_PATH", &set), Some(PathBuf::from("/variable")));
    assert_eq!(path_setting(None, "A_PATH", &with_variables(&[("A_PATH", "")])), None);
    assert_eq!(path_setting(None, "A_PATH", &with_variables(&[])), None);
}
