//! The first command of the README prints what the README shows: a stock client finishes the main job on the sandbox.
//!
//! The test runs the example that cargo has built beside it. Without `CARGO`, the example does not build the program.

use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::process::Command;

#[test]
fn the_example_prints_what_the_readme_shows() {
    let readme = fs::read_to_string("README.md").expect("README.md is readable");
    let (_, shown) = readme.split_once("```text\n").expect("the README shows the output");
    let (shown, _) = shown.split_once("```").expect("the block with the output ends");
    assert!(shown.contains("\nnote found: "), "the README shows the last step: {shown}");

    let test = env::current_exe().expect("the path of the test binary is known");
    let profile = test.ancestors().nth(2).expect("the test binary is in target/PROFILE/deps");
    let output = Command::new(profile.join(format!("examples/triage{EXE_SUFFIX}")))
        .env_remove("CARGO")
        .output()
        .expect("the example is built; if not, run: cargo build --example triage");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));

    for line in shown.lines() {
        let beginning = without_date(line.trim_end_matches("..."));
        assert!(
            printed.lines().any(|line| without_date(line).starts_with(beginning)),
            "the README shows {line:?}, but the example prints:\n{printed}"
        );
    }
}

/// Drops the date at the start of a line, because the dates of the sandbox are relative to today.
fn without_date(line: &str) -> &str {
    line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
}
