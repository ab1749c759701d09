//! Compiles the specification into `OUT_DIR`: `tools.rs`, and `sandbox.json` beside it.

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use toolgen::Source;

/// Names another specification than the project's own.
const SPEC: &str = "TOOLS_SPEC";

fn main() {
    if let Err(error) = build() {
        // Nothing on stdout: Cargo would show it together with the message, and a failed script runs again anyway.
        let _ = writeln!(io::stderr(), "{error}");
        process::exit(1);
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let file = env::var(SPEC).unwrap_or_else(|_| "spec/desk365.yaml".to_owned());
    let folder = Path::new(&file).parent().unwrap_or(Path::new("")).to_owned();
    let files = RefCell::new(vec![PathBuf::from("build.rs")]);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path);
        files.borrow_mut().push(path);
        text
    };
    let text = read(PathBuf::from(&file))
        .map_err(|error| format!("the specification {file} cannot be read: {error}. {SPEC} can name another"))?;
    let mut emitted = toolgen::compile(Source { file: &file, text: &text }, |name| read(folder.join(name)))
        .map_err(|report| report.to_string())?;
    if !cfg!(feature = "sandbox") {
        emitted.sandbox = None;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(folder.join("sandbox.json"), emitted.sandbox.as_deref().unwrap_or_default())?;
    fs::write(folder.join("tools.rs"), emitted.file())?;
    let mut out = io::stdout();
    writeln!(out, "cargo::rerun-if-env-changed={SPEC}")?;
    files.borrow().iter().try_for_each(|path| writeln!(out, "cargo::rerun-if-changed={}", path.display()))?;
    Ok(())
}
