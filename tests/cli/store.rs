//! The commands that work on the store on this machine.

use assert_cmd::Command;
use desk365_mcp::config::Names;
use desk365_mcp::tools::API;
use serde_json::Value;
use tempfile::TempDir;

use crate::{KEY, OK, program, run};

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
fn a_server_is_made_with_lists_as_people_write_them() {
    let store = Store::new();
    store.answer(&["account", "add", "--name", "a", "--base-url", "http://127.0.0.1:9000/x"]);
    let tags = API.tags[..2].join(" , ");
    let server = store.answer(&["server", "create", "a", "--name", "s", "--methods", "read, list", "--tags", &tags]);
    assert_eq!(server["config"]["methods"], serde_json::json!(["read", "list"]));
    assert_eq!(server["config"]["tags"], serde_json::json!(API.tags[..2]));
}
