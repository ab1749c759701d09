//! The release build of the program. For a benchmark, cargo builds it with the dependency features that tests need, which
//! makes it a megabyte larger. It is therefore built once more, without them.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const PACKAGE: &str = env!("CARGO_PKG_NAME");

/// Builds the program like `cargo build --release`, and returns its path.
pub(crate) fn built() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    // Variables that cargo sets for a benchmark would cause needless rebuilds of crates that read them.
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
        .unwrap();
    assert!(build.status.success(), "the program could not be built");
    let messages = String::from_utf8(build.stdout).unwrap();
    let executable = |line| Some(serde_json::from_str::<Value>(line).ok()?.get("executable")?.as_str()?.into());
    messages.lines().find_map(executable).expect("cargo names the executable")
}
