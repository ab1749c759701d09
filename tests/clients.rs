//! Stock clients, as people install them, do an assistant's work against this server's sandbox over stdio.
//!
//! The workflows are Python (`tests/clients/`), because the clients are. This file makes each client's environment, once
//! a pin, and shows what its script printed. It judges nothing itself. Where CI=true a machine without Python, or
//! without its packages, is a failure; elsewhere such a test says that it was skipped.
#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first thing that is not as it must be")]

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn the_first_python_sdk_does_the_workflows() {
    run("mcp1");
}

#[test]
fn the_second_python_sdk_does_the_workflows_with_and_without_a_handshake() {
    run("mcp2");
}

/// Runs `tests/clients/{client}.py` in the environment that `tests/clients/{client}.txt` pins.
fn run(client: &str) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let python = match environment(&scripts.join(client).with_extension("txt")) {
        Ok(python) => python,
        Err(problem) if std::env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("{problem}"),
        Err(problem) => return skipped(client, &problem),
    };
    let output = Command::new(python)
        .arg("-B")
        .arg(scripts.join(client).with_extension("py"))
        .args([env!("CARGO_BIN_EXE_desk365-mcp"), "stdio", "--sandbox"])
        .output()
        .expect("the environment's Python starts");
    assert!(output.status.success(), "{client}.py failed:\n{}", printed(&output));
}

/// The Python of an environment that holds exactly `requirements`; made if it is not there yet.
fn environment(requirements: &Path) -> Result<PathBuf, String> {
    let pins = fs::read_to_string(requirements).expect("the pins are readable");
    let mut hasher = DefaultHasher::new();
    pins.hash(&mut hasher);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-venv/{:016x}", hasher.finish()));
    let python = home.join("bin/python");
    if !home.exists() {
        // Made beside its place and moved there whole: a run that was cut short leaves nothing that looks finished.
        let draft = home.with_extension(std::process::id().to_string());
        done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&draft))?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"];
        done(Command::new(draft.join("bin/python")).args(install).arg(requirements))?;
        if fs::rename(&draft, &home).is_err() {
            // Another run was faster.
            fs::remove_dir_all(&draft).expect("a draft can be removed");
        }
    }
    Ok(python)
}

fn done(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{command:?} failed:\n{}", printed(&output))),
        Err(error) => {
            Err(format!("{command:?} did not start: {error}. Install Python 3.10 or newer with venv and pip."))
        }
    }
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}

/// Written past the test harness, which would keep a passing test's words to itself.
fn skipped(client: &str, problem: &str) {
    writeln!(io::stderr(), "\nSKIPPED {client}: {problem}").expect("stderr is writable");
}
