//! Compiles the spec into `OUT_DIR`: the Rust of the tools, their schemas, and the sandbox's definition.

use std::cell::RefCell;
use std::env::VarError;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use toolgen::Source;

/// The environment variable that selects another spec than the project's own.
const SPEC: &str = "TOOLS_SPEC";

fn main() {
    if let Err(error) = build() {
        // Nothing on stdout: Cargo would show it together with the message. A failed script runs again anyway.
        let _ = writeln!(io::stderr(), "{error}");
        process::exit(1);
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let file = match env::var(SPEC) {
        Ok(file) => file,
        Err(VarError::NotPresent) => "spec/desk365.yaml".to_owned(),
        Err(error @ VarError::NotUnicode(_)) => return Err(format!("{SPEC}: {error}").into()),
    };
    let folder = Path::new(&file).parent().unwrap_or(Path::new("")).to_owned();
    let sources = RefCell::new(vec![PathBuf::from("build.rs")]);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path);
        sources.borrow_mut().push(path);
        text
    };
    let text = read(PathBuf::from(&file))
        .map_err(|error| format!("failed to read the spec {file}: {error}; set {SPEC} to select another one"))?;
    let emitted = toolgen::compile(Source { file: &file, text: &text }, |name| read(folder.join(name)))
        .map_err(|report| report.to_string())?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this script through Cargo")?);
    for file in &emitted.files {
        let path = out.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&out))?;
        fs::write(path, &file.text)?;
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "cargo::rerun-if-env-changed={SPEC}")?;
    sources.borrow().iter().try_for_each(|path| writeln!(stdout, "cargo::rerun-if-changed={}", path.display()))?;
    Ok(())
}
