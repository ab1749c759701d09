//! The program as people run it. Beside a benchmark, cargo builds it with all that tests want of its dependencies,
//! which makes it a megabyte larger. So it is built once more, alone.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const PACKAGE: &str = env!("CARGO_PKG_NAME");

/// Builds the program like `cargo build --release`, and says where it is.
pub(crate) fn built() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    // What cargo tells a benchmark of its package would make it build again what asks for that.
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
    assert!(build.status.success(), "the program cannot be built");
    let messages = String::from_utf8(build.stdout).unwrap();
    let executable = |line| Some(serde_json::from_str::<Value>(line).ok()?.get("executable")?.as_str()?.into());
    messages.lines().find_map(executable).expect("cargo names what it has built")
}
