//! Cargo, started by a test for a build of its own.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Cargo without what it tells a test of its package, which would look to some build scripts like a change.
pub(crate) fn cargo() -> Command {
    let told = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in env::vars_os() {
        if told.iter().any(|told| name.to_string_lossy().starts_with(told)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Where the build that this test belongs to keeps what is compiled: other builds need not compile it again.
pub(crate) fn compiled() -> PathBuf {
    // A test is a file such as target/debug/deps/generality-….
    env::current_exe().expect("a test is a file").ancestors().nth(3).expect("and in a folder").to_owned()
}

/// Lets Cargo build a program, and tells where it is.
pub(crate) fn built(cargo: &mut Command) -> PathBuf {
    let output = cargo.arg("--message-format=json").stderr(Stdio::inherit()).output().expect("Cargo can be started");
    assert!(output.status.success(), "it builds: {cargo:?}");
    let messages = String::from_utf8(output.stdout).expect("Cargo writes text");
    let programs = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = programs.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    programs.next().expect("a program was built")
}
