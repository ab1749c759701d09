//! Programs of others, written in Python, that tests run: in an environment that holds exactly what is pinned.
//!
//! It is made once for its pins, and kept under `target/`. Where CI=true a machine that cannot make one is a failure;
//! elsewhere the test that wants it says that it was skipped.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// Only one environment is made at a time: two tests may want the same one.
static MAKING: Mutex<()> = Mutex::new(());

/// The Python that has exactly what `tests/clients/{pins}.txt` says; `None`, said aloud, if this machine cannot have it.
pub(crate) fn python(pins: &str) -> Option<PathBuf> {
    match environment(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(pins).with_extension("txt")) {
        Ok(python) => Some(python),
        Err(problem) if std::env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("{problem}"),
        Err(problem) => {
            // Written past the test harness, which would keep a passing test's words to itself.
            let _ = writeln!(io::stderr(), "\nSKIPPED {pins}: {problem}");
            None
        }
    }
}

fn environment(pins: &Path) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    fs::read(pins).unwrap().hash(&mut hasher);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-venv/{:016x}", hasher.finish()));
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if !home.exists() {
        // Made beside its place and moved there whole: a run that was cut short leaves nothing that looks finished.
        let draft = home.with_extension(std::process::id().to_string());
        done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&draft))?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"];
        done(Command::new(draft.join("bin/python")).args(install).arg(pins))?;
        if fs::rename(&draft, &home).is_err() {
            // Another run was faster.
            fs::remove_dir_all(&draft).unwrap();
        }
    }
    Ok(home.join("bin/python"))
}

fn done(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{command:?} failed:\n{}", printed(&output))),
        Err(error) => {
            Err(format!("{command:?} did not start: {error}. Install Python 3.11 or newer with venv and pip."))
        }
    }
}

/// Everything that a program printed.
pub(crate) fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}
