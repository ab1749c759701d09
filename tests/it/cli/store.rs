//! The commands that work on the store on this machine.

use assert_cmd::Command;
use desk365_mcp::config::{self, EnvNames};
use desk365_mcp::tools::API;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{KEY, OK, program, run, usage_error};

/// An identifier of nothing.
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A data folder of its own.
struct Store(TempDir);

impl Store {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The program on this store, with a key in the environment.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.arg("--data-dir").arg(self.0.path()).env(EnvNames::for_api(&API).api_key(), KEY);
        command
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        answer(&mut self.program(arguments))
    }
}

#[track_caller]
fn answer(command: &mut Command) -> Value {
    let ran = run(command);
    assert_eq!(ran.code, OK, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn an_account_is_added_at_the_address_that_flags_and_environment_say() {
    let (names, variable) = (EnvNames::for_api(&API), &API.variables[0]);
    let store = Store::new();
    let added = answer(store.program(&["account", "add", "--name", "a"]).env(names.variable(variable), "acme"));
    assert_eq!(added[variable.name], "acme");
    let added = answer(
        store
            .program(&["account", "add", "--name", "b", &config::variable_flag(variable), "flag"])
            .env(names.variable(variable), "acme"),
    );
    assert_eq!(added[variable.name], "flag", "a flag counts more");
    let url = "http://127.0.0.1:9000/x";
    let added = answer(store.program(&["account", "add", "--name", "c"]).env(names.base_url(), url));
    assert_eq!(added["base_url"], url);
    // What is there already is changed by flags alone.
    let changed =
        answer(store.program(&["account", "update", "c", "--name", "d"]).env(names.base_url(), "http://127.0.0.1:1"));
    assert_eq!((&changed["name"], &changed["base_url"]), (&"d".into(), &url.into()));
    let stderr = usage_error(&mut store.program(&["account", "add", "--name", "e"]));
    assert!(stderr.contains(variable.name), "{stderr}");
}

#[test]
fn a_server_is_made_with_lists_as_people_write_them() {
    let store = Store::new();
    store.answer(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let tags = [API.tags[0].name, API.tags[1].name];
    let given = tags.join(" , ");
    let server = store.answer(&["server", "create", "a", "--name", "s", "--methods", "read, list", "--tags", &given]);
    assert_eq!(server["config"]["methods"], serde_json::json!(["read", "list"]));
    assert_eq!(server["config"]["tags"], serde_json::json!(tags));
}

#[test]
fn what_has_nothing_to_look_at_or_to_change_makes_no_store() {
    let names = EnvNames::for_api(&API);
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    for command in [
        &["account", "list"][..],
        &["account", "show", "a"],
        &["account", "update", "a", "--name", "b"],
        &["account", "remove", "a"],
        &["server", "create", "a", "--name", "s"],
        &["server", "list", "a"],
        &["token", "list"],
        &["token", "remove", ID],
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
fn whoever_begins_a_store_is_told_where_once() {
    let store = Store::new();
    let database = store.0.path().join(concat!(env!("CARGO_PKG_NAME"), ".db"));
    let create = ["token", "create", "--name", "me", "--role", "admin"];
    let first = run(&mut store.program(&create));
    assert!(first.stderr.contains(&format!("A new store was made: {}", database.display())), "{}", first.stderr);
    assert!(serde_json::from_str::<Value>(&first.stdout).is_ok(), "{}", first.stdout);
    assert_eq!(run(&mut store.program(&create)).stderr, "");
}

#[test]
fn the_url_of_a_new_server_is_the_one_that_the_server_is_known_by() {
    let store = Store::new();
    store.answer(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let url = |flags: &[&str]| {
        let made = store.answer(&[&["server", "create", "a", "--name", "s"], flags].concat());
        made["url"].as_str().unwrap().split_once("/mcp/").unwrap().0.to_owned()
    };
    assert_eq!(url(&[]), "http://127.0.0.1:8365");
    assert_eq!(url(&["--listen", "192.0.2.7:80"]), "http://192.0.2.7:80");
    assert_eq!(url(&["--listen", "0.0.0.0:80"]), "http://127.0.0.1:80");
    assert_eq!(url(&["--public-url", "https://mcp.example.com/", "--listen", "[::1]:80"]), "https://mcp.example.com");
}

#[test]
fn a_change_that_changes_nothing_is_a_usage_error() {
    let store = Store::new();
    store.answer(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let server = store.answer(&["server", "create", "a", "--name", "s"]);
    for command in [&["account", "update", "a"][..], &["server", "update", "a", server["id"].as_str().unwrap()]] {
        let stderr = usage_error(&mut store.program(command));
        assert!(stderr.contains("nothing to change"), "{command:?}: {stderr}");
    }
}

#[test]
fn an_account_that_moves_to_another_host_needs_its_key_and_the_flag_that_gives_it_is_named() {
    let store = Store::new();
    store.answer(&["account", "add", "--name", "a", "--base-url", "https://a.example"]);
    let change = ["account", "update", "a", "--base-url", "https://b.example"];
    let stderr = usage_error(&mut store.program(&change));
    assert!(stderr.contains("--new-key"), "{stderr}");
    let changed = answer(store.program(&change).arg("--new-key"));
    assert_eq!(changed["base_url"], "https://b.example");
}

#[test]
fn what_is_no_identifier_is_refused_with_the_command_that_shows_them() {
    for (arguments, list) in [
        (&["token", "remove", "monitoring"][..], "`token list`"),
        (&["server", "show", "Beta", "first line"], "`server list ACCOUNT`"),
        (&["server", "remove", "Beta", "first line"], "`server list ACCOUNT`"),
    ] {
        let stderr = usage_error(&mut program(arguments));
        assert!(stderr.contains(&format!("give the identifier, which {list} shows")), "{stderr}");
    }
}

#[test]
fn a_data_folder_that_is_a_file_is_named_with_its_flag() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut add = program(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9"]);
    let stderr = usage_error(add.arg("--data-dir").arg(file.path()).env(EnvNames::for_api(&API).api_key(), KEY));
    assert!(stderr.contains(file.path().to_str().unwrap()) && stderr.contains("--data-dir"), "{stderr}");
}
