//! The commands that work on the store on this machine.

use assert_cmd::Command;
use desk365_mcp::config::{self, Names};
use desk365_mcp::tools::API;
use serde_json::Value;
use tempfile::TempDir;

use crate::{KEY, OK, program, run, usage_error};

/// A data folder of its own.
struct Store(TempDir);

impl Store {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The program on this store, with a key in the environment.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.arg("--data-dir").arg(self.0.path()).env(Names::of(&API).api_key(), KEY);
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
    let (names, variable) = (Names::of(&API), &API.variables[0]);
    let store = Store::new();
    let added = answer(store.program(&["account", "add", "--name", "a"]).env(names.variable(variable), "acme"));
    assert_eq!(added[variable.name], "acme");
    let added = answer(
        store
            .program(&["account", "add", "--name", "b", &config::flag(variable), "flag"])
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
