//! The commands that work on the local store.

use assert_cmd::Command;
use desk365_mcp::config::{self, EnvNames};
use desk365_mcp::tools::API;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{KEY, OK, program, run, usage_error};

/// An id that no object has.
const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A store in a temporary data folder.
struct TestStore(TempDir);

impl TestStore {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The program on this store, with a key in the environment.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.arg("--data-dir").arg(self.0.path()).env(EnvNames::for_api(&API).api_key(), KEY);
        command
    }

    fn output(&self, arguments: &[&str]) -> Value {
        json_output(&mut self.program(arguments))
    }
}

#[track_caller]
fn json_output(command: &mut Command) -> Value {
    let ran = run(command);
    assert_eq!(ran.code, OK, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn account_add_takes_the_address_from_flags_or_environment() {
    let (names, variable) = (EnvNames::for_api(&API), &API.variables[0]);
    let store = TestStore::new();
    let added = json_output(store.program(&["account", "add", "--name", "a"]).env(names.variable(variable), "acme"));
    assert_eq!(added[variable.name], "acme");
    let added = json_output(
        store
            .program(&["account", "add", "--name", "b", &config::variable_flag(variable), "flag"])
            .env(names.variable(variable), "acme"),
    );
    assert_eq!(added[variable.name], "flag", "the flag overrides the variable");
    let url = "http://127.0.0.1:9000/x";
    let added = json_output(store.program(&["account", "add", "--name", "c"]).env(names.base_url(), url));
    assert_eq!(added["base_url"], url);
    // Only flags change an existing account.
    let changed = json_output(
        store.program(&["account", "update", "c", "--name", "d"]).env(names.base_url(), "http://127.0.0.1:1"),
    );
    assert_eq!((&changed["name"], &changed["base_url"]), (&"d".into(), &url.into()));
    let stderr = usage_error(&mut store.program(&["account", "add", "--name", "e"]));
    assert!(stderr.contains(variable.name), "{stderr}");
}

#[test]
fn server_create_accepts_lists_with_spaces() {
    let store = TestStore::new();
    store.output(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let tags = [API.tags[0].name, API.tags[1].name];
    let given = tags.join(" , ");
    let server = store.output(&["server", "create", "a", "--name", "s", "--methods", "read, list", "--tags", &given]);
    assert_eq!(server["config"]["methods"], serde_json::json!(["read", "list"]));
    assert_eq!(server["config"]["tags"], serde_json::json!(tags));
}

#[test]
fn commands_that_need_a_store_never_create_one() {
    let names = EnvNames::for_api(&API);
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    for command in [
        &["account", "list"][..],
        &["account", "show", "a"],
        &["account", "update", "a", "--name", "b"],
        &["account", "check", "a"],
        &["account", "delete", "a"],
        &["server", "create", "a", "--name", "s"],
        &["server", "list", "a"],
        &["token", "list"],
        &["token", "revoke", UNKNOWN_ID],
        &["rotate-key"],
    ] {
        let stderr = usage_error(program(command).arg("--data-dir").arg(&folder));
        let place = folder.join(concat!(env!("CARGO_PKG_NAME"), ".db"));
        assert!(stderr.contains(&format!("there is no store at {}", place.display())), "{command:?}: {stderr}");
        for setting in ["--data-dir", "--database-url", &names.server("--data-dir"), &names.server("--database-url")] {
            assert!(stderr.contains(setting), "{command:?}: {stderr}");
        }
        assert!(!folder.exists(), "{command:?}");
    }
}

#[test]
fn a_new_store_is_reported_once() {
    let store = TestStore::new();
    let database = store.0.path().join(concat!(env!("CARGO_PKG_NAME"), ".db"));
    let create = ["token", "create", "--name", "me", "--role", "admin"];
    let first = run(&mut store.program(&create));
    assert!(first.stderr.contains(&format!("Created a new store: {}", database.display())), "{}", first.stderr);
    assert!(serde_json::from_str::<Value>(&first.stdout).is_ok(), "{}", first.stdout);
    assert_eq!(run(&mut store.program(&create)).stderr, "");
}

#[test]
fn a_new_servers_url_starts_with_the_public_url() {
    let store = TestStore::new();
    store.output(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let url = |flags: &[&str]| {
        let made = store.output(&[&["server", "create", "a", "--name", "s"], flags].concat());
        made["url"].as_str().unwrap().split_once("/mcp/").unwrap().0.to_owned()
    };
    assert_eq!(url(&[]), "http://127.0.0.1:8365");
    assert_eq!(url(&["--listen", "192.0.2.7:80"]), "http://192.0.2.7:80");
    assert_eq!(url(&["--listen", "0.0.0.0:80"]), "http://127.0.0.1:80");
    assert_eq!(url(&["--public-url", "https://mcp.example.com/", "--listen", "[::1]:80"]), "https://mcp.example.com");
}

#[test]
fn an_update_without_changes_is_a_usage_error() {
    let store = TestStore::new();
    store.output(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let server = store.output(&["server", "create", "a", "--name", "s"]);
    for command in [&["account", "update", "a"][..], &["server", "update", "a", server["id"].as_str().unwrap()]] {
        let stderr = usage_error(&mut store.program(command));
        assert!(stderr.contains("nothing to change"), "{command:?}: {stderr}");
    }
}

#[test]
fn a_host_change_requires_new_key() {
    let store = TestStore::new();
    let hosts = ["--allowed-api-hosts", "a.example,b.example"];
    store.output(&[&["account", "add", "--name", "a", "--base-url", "https://a.example"], &hosts[..]].concat());
    let change = [&["account", "update", "a", "--base-url", "https://b.example"], &hosts[..]].concat();
    let stderr = usage_error(&mut store.program(&change));
    assert!(stderr.contains("--new-key"), "{stderr}");
    let changed = json_output(store.program(&change).arg("--new-key"));
    assert_eq!(changed["base_url"], "https://b.example");
}

#[test]
fn an_invalid_id_is_refused_with_the_command_that_lists_ids() {
    for (arguments, list) in [
        (&["token", "revoke", "monitoring"][..], "`token list`"),
        (&["server", "show", "Beta", "first line"], "`server list ACCOUNT`"),
        (&["server", "revoke", "Beta", "first line"], "`server list ACCOUNT`"),
    ] {
        let stderr = usage_error(&mut program(arguments));
        assert!(stderr.contains(&format!("expected an ID: run {list} to list the IDs")), "{stderr}");
    }
}

#[test]
fn a_data_folder_that_is_a_file_is_reported_with_its_flag() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut add = program(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9"]);
    let stderr = usage_error(add.arg("--data-dir").arg(file.path()).env(EnvNames::for_api(&API).api_key(), KEY));
    assert!(stderr.contains(file.path().to_str().unwrap()) && stderr.contains("--data-dir"), "{stderr}");
}
