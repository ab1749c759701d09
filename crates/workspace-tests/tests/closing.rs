//! The last lines of `cargo test --workspace`: which tests were left out of the run, and which were skipped.
//!
//! A test is *left out* by `#[full_run]`, unless `TESTS=all`. It is *skipped* when it should run, and this machine lacks
//! what it needs; it then leaves a file in `target/tmp/skipped`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program of its own that only reports")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    if env::args().any(|argument| argument == "--list") {
        return;
    }
    let skipped = take_skipped();
    if !skipped.is_empty() {
        println!("\n{} skipped, because this machine lacks what they need:", tests(skipped.len()));
        skipped.iter().for_each(|(test, reason)| println!("  {test}: {reason}"));
    }
    if env::var("TESTS").is_ok_and(|tests| tests == "all") {
        println!("\n{} skipped. No test was left out of this run.", tests(skipped.len()));
        return;
    }
    let left_out = left_out();
    println!("\n{} left out of this run:", tests(left_out.values().sum()));
    for ((module, needs), count) in &left_out {
        println!("  {module:<16} {count:>3}   needs {needs}");
    }
    println!("To run these too: TESTS=all cargo test --workspace");
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

/// The number of marked tests, by module and by what they need.
fn left_out() -> BTreeMap<(String, String), usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut folders = vec![root.join("tests/it")];
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    folders.extend(crates.map(|package| package.join("tests/it")).filter(|folder| folder.is_dir()));
    let mut found = BTreeMap::new();
    for folder in folders {
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            let module = file.strip_prefix(&folder).unwrap().with_extension("");
            let module = module.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            for marked in text.split("#[full_run(\"").skip(1) {
                let needs = marked.split('"').next().unwrap().to_owned();
                *found.entry((module.clone(), needs)).or_default() += 1;
            }
        }
    }
    assert!(!found.is_empty(), "no test is marked with #[full_run]: this program looks in the wrong place");
    found
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
