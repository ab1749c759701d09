//! Compiles the spec into `OUT_DIR`: the Rust of the tools, their schemas, and the sandbox's definition. Tells the program
//! which build it is.

use std::cell::RefCell;
use std::env::VarError;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs};

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
    writeln!(stdout, "cargo::rustc-env=BUILD={}", build_description(&sources)?)?;
    writeln!(stdout, "cargo::rerun-if-env-changed={SPEC}")?;
    sources.borrow().iter().try_for_each(|path| writeln!(stdout, "cargo::rerun-if-changed={}", path.display()))?;
    Ok(())
}

/// Returns the commit and the target of a release build, and only the target of a debug build: it would have to be compiled
/// again after every commit.
fn build_description(sources: &RefCell<Vec<PathBuf>>) -> Result<String, VarError> {
    let target = env::var("TARGET")?;
    if env::var("PROFILE")? != "release" {
        return Ok(format!("debug build, {target}"));
    }
    // The log of HEAD changes with every commit, checkout and merge.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]).map(PathBuf::from);
    sources.borrow_mut().extend(log.filter(|log| log.exists()));
    let commit = git(&["log", "-1", "--abbrev=12", "--format=%h %cs"]);
    Ok(format!("{}, {target}", commit.as_deref().unwrap_or("unknown commit")))
}

/// Returns what git prints, or `None` without git or outside of a clone. Its folder is named, so that it does not answer
/// for a repository that this folder was copied into.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("--git-dir=.git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
