//! Runs Cargo for a test that builds the project a second time.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Returns a command without the variables that Cargo sets for a test: build scripts would take them for a change.
pub(crate) fn cargo() -> Command {
    let set_by_cargo = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in env::vars_os() {
        if set_by_cargo.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Returns the target folder of this test's own build, whose compiled dependencies other builds can use.
pub(crate) fn compiled() -> PathBuf {
    // A test is a file such as target/debug/deps/it-….
    env::current_exe().expect("a test is a file").ancestors().nth(3).expect("and in a folder").to_owned()
}

/// Builds a program, and returns its path.
pub(crate) fn built(cargo: &mut Command) -> PathBuf {
    let output = cargo.arg("--message-format=json").stderr(Stdio::inherit()).output().expect("Cargo can be started");
    assert!(output.status.success(), "it builds: {cargo:?}");
    let messages = String::from_utf8(output.stdout).expect("Cargo writes text");
    let programs = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = programs.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    programs.next().expect("a program was built")
}
