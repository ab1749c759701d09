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

/// Names under which a crate uses a package that is called otherwise.
const RENAMED: &[(&str, &str)] = &[("serde_yaml", "serde_saphyr")];

/// A compiled library.
struct Library {
    file: String,
    features: Vec<String>,
}

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
        for feature in &libraries[&name].features {
            rustdoc.arg("--cfg").arg(format!("feature={feature:?}"));
        }
        let renamed = RENAMED.iter().map(|(name, package)| (*name, &libraries[*package]));
        for (name, library) in libraries.iter().map(|(name, library)| (name.as_str(), library)).chain(renamed) {
            rustdoc.args(["--extern", &format!("{name}={}", library.file)]);
        }
        let output = rustdoc.output().unwrap();
        assert!(output.status.success(), "{name}:\n{}", programs::printed(&output));
        tested += 1;
    }
    assert!(tested > 2, "{tested} crates have examples in their documentation");
}

/// Returns the libraries that the tests were built with, by name. Of one that was built twice, the build script's has
/// fewer features.
fn libraries() -> BTreeMap<String, Library> {
    let mut cargo = cargo::cargo();
    cargo.args(["test", "--workspace", "--no-run", "--offline", "--message-format=json"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut libraries: BTreeMap<String, Library> = BTreeMap::new();
    for artifact in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let texts = |key: &str| artifact[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        let ends = |file: &&str| Path::new(file).extension().is_some_and(|ending| ending == "rlib" || ending == "so");
        let (Some(name), Some(file)) = (artifact["target"]["name"].as_str(), texts("filenames").find(ends)) else {
            continue;
        };
        let library = Library { file: file.to_owned(), features: texts("features").map(str::to_owned).collect() };
        let name = name.replace('-', "_");
        if libraries.get(&name).is_none_or(|other| other.features.len() <= library.features.len()) {
            libraries.insert(name, library);
        }
    }
    libraries
}
