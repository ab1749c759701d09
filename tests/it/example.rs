//! The README's first command does what the README shows: a stock client finishes the main job on the sandbox.
//!
//! It runs the example that cargo has built beside this test. By itself the example would have the program built first;
//! here that has been done.

use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::process::Command;

#[test]
fn the_readmes_first_command_prints_what_the_readme_shows() {
    let readme = fs::read_to_string("README.md").expect("the README can be read");
    let (_, shown) = readme.split_once("```text\n").expect("the README shows the output");
    let (shown, _) = shown.split_once("```").expect("the output ends");
    assert!(shown.contains("\nnote found: "), "the README shows the job to its end: {shown}");

    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("a test stands in the folder deps of the target folder");
    let output = Command::new(profile.join(format!("examples/triage{EXE_SUFFIX}")))
        .env_remove("CARGO")
        .output()
        .expect("the example has been built; if not: cargo build --example triage");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));

    for line in shown.lines() {
        let beginning = undated(line.trim_end_matches("..."));
        assert!(
            printed.lines().any(|line| undated(line).starts_with(beginning)),
            "the README shows {line:?}, but the example prints:\n{printed}"
        );
    }
}

/// A line without the day that it begins with: what happened in the sandbox is always so many days ago.
fn undated(line: &str) -> &str {
    line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
}
