//! The last lines of `cargo test --workspace`: which tests were left out of the run, and which were skipped.
//!
//! A test is *left out* by `#[full_run]`, unless `TESTS=all`. It is *skipped* when it should run, and this machine lacks
//! what it needs; it then leaves a file in `target/tmp/skipped`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program of its own that only reports")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    if env::args().any(|argument| argument == "--list") {
        return;
    }
    let skipped = take_skipped();
    if !skipped.is_empty() {
        println!("\n{} skipped, because this machine lacks what they need:", tests(skipped.len()));
        for (test, reason) in &skipped {
            println!("  {test}: {reason}");
        }
    }
    if env::var("TESTS").is_ok_and(|tests| tests == "all") {
        println!("\n{} skipped. No test was left out of this run.", tests(skipped.len()));
        return;
    }
    println!("\nLeft out of this run, and reported as ignored above:");
    for (needs, modules) in left_out() {
        println!("  {needs:<40} {}", modules.into_iter().collect::<Vec<_>>().join(", "));
    }
    println!("To run these tests too: TESTS=all cargo test --workspace");
}

fn tests(count: usize) -> String {
    if count == 1 { "1 test was".to_owned() } else { format!("{count} tests were") }
}

/// The tests that were skipped, each with the reason. The next run starts without them.
fn take_skipped() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skipped");
    let files = fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let skipped = files.map(|file| {
        let test = file.file_name().unwrap().to_string_lossy().replace('-', "::");
        (test, fs::read_to_string(file).unwrap())
    });
    let skipped = skipped.collect();
    let _ = fs::remove_dir_all(&folder);
    skipped
}

/// The needs of the tests that `#[full_run]` marks, each with the modules that have such tests.
fn left_out() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let packages = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders = packages.chain([root.to_owned()]).map(|package| package.join("tests/it"));
    let mut left_out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in folders.filter(|folder| folder.is_dir()) {
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            let module = file.strip_prefix(&folder).unwrap().with_extension("");
            let module = module.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            for marked in text.split("full_run(\"").skip(1) {
                let needs = marked.split('"').next().unwrap().to_owned();
                left_out.entry(needs).or_default().insert(module.clone());
            }
        }
    }
    assert!(!left_out.is_empty(), "no test is marked with #[full_run]: this program looks in the wrong place");
    left_out
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                rust_files(&path)
            } else {
                path.extension().filter(|ending| *ending == "rs").map(|_| path.clone()).into_iter().collect()
            }
        })
        .collect()
}
