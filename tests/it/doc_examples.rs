//! The examples in the documentation of the crates.
//!
//! `cargo test` does not run them itself, since each crate says `doctest = false`: it would link every example once more,
//! and print the results below the closing lines of the run. This test has rustdoc run them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{cargo, programs};

#[workspace_tests::full_run("a second build of the project")]
#[test]
fn examples_in_documentation_hold() {
    let libraries = libraries();
    let crates = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates")).unwrap();
    let mut tested = 0;
    for package in crates.map(|entry| entry.unwrap().path()) {
        let (source, name) =
            (package.join("src/lib.rs"), package.file_name().unwrap().to_string_lossy().replace('-', "_"));
        if !fs::read_to_string(&source).is_ok_and(|text| text.contains("//! ```")) {
            continue;
        }
        let mut rustdoc = Command::new("rustdoc");
        rustdoc.args(["--test", "--edition", "2024", "--crate-name", &name]).arg(source);
        rustdoc.arg("-L").arg(format!("dependency={}", cargo::compiled().join("debug/deps").display()));
        for (name, file) in &libraries {
            rustdoc.args(["--extern", &format!("{name}={file}")]);
        }
        let output = rustdoc.output().unwrap();
        assert!(output.status.success(), "{name}:\n{}", programs::printed(&output));
        tested += 1;
    }
    assert!(tested > 2, "{tested} crates have examples in their documentation");
}

/// Returns the file of every library that the tests were built with. Of a library that was built twice, as for the build
/// script, the one with more features.
fn libraries() -> BTreeMap<String, String> {
    let mut cargo = cargo::cargo();
    cargo.args(["test", "--workspace", "--no-run", "--offline", "--message-format=json"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let library = |artifact: Value| {
        let files = artifact["filenames"].as_array()?.iter().filter_map(Value::as_str);
        let file = files.into_iter().find(|file| Path::new(file).extension().is_some_and(|ending| ending == "rlib"))?;
        let features = artifact["features"].as_array()?.len();
        Some((features, artifact["target"]["name"].as_str()?.replace('-', "_"), file.to_owned()))
    };
    let mut libraries: Vec<_> = artifacts.filter_map(library).collect();
    libraries.sort();
    libraries.into_iter().map(|(_, name, file)| (name, file)).collect()
}
