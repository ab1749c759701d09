//! The program as people run it.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const PACKAGE: &str = "desk365-mcp";

/// Builds the program like `cargo build --release`, and returns its path.
///
/// The program that Cargo builds beside a benchmark is a megabyte larger: it has all features that the benchmarks ask of
/// its dependencies.
///
/// # Panics
///
/// If the program does not build.
#[must_use]
pub fn build() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    // Variables that describe this package would make Cargo rebuild what depends on them.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|it| name.starts_with(it))) {
            build.env_remove(name);
        }
    }
    let build = build
        .args(["build", "--release", "--locked", "--package", PACKAGE, "--bin", PACKAGE])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("Cargo starts: it has started this program");
    assert!(build.status.success(), "the program does not build");
    let messages = String::from_utf8_lossy(&build.stdout);
    let executable = |line| Some(serde_json::from_str::<Value>(line).ok()?.get("executable")?.as_str()?.into());
    messages.lines().find_map(executable).expect("Cargo reports each executable that it builds")
}
