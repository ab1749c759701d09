//! Whose account is used, what is logged, and how the server runs: flags first, then environment variables.
//!
//! The only reader of the environment. Nothing here opens a connection or knows the command line's parser: flags come
//! in as plain values, and the names of all variables derive from the API's definition.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::{ApiDef, Variable};
use tool_runtime::violation::quoted;
use tracing::level_filters::LevelFilter;

use crate::upstream::{self, Account, AccountError};

mod names;
pub mod serve;

pub use names::{BASE_URL_FLAG, Names, flag};

/// The largest key file that is read; a key is a line, and a file of another size is another file.
const LARGEST_KEY_FILE: u64 = 64 * 1024;

/// What a person gave on the command line to say which account is meant. `None` is left to the environment.
#[derive(Clone, Debug, Default)]
pub struct AccountFlags {
    /// Values of the base URL's variables, in the order of the API's definition.
    pub variables: Vec<Option<String>>,
    /// The base URL as a whole.
    pub base_url: Option<String>,
}

/// The process's surroundings, as far as configuration reads them.
pub trait Environment {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<OsString>;
    /// The content of a key file.
    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// Everything that keeps an account from being used, so that it can be corrected in one go.
#[derive(Debug, thiserror::Error)]
#[error("{}", joined(.0))]
pub struct ConfigError(Vec<Problem>);

/// One thing wrong with the configuration. No text of it ever holds a key.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("no {name}: give {flag} or set {environment}. {about} Example: {example}")]
    NoVariable { name: &'static str, flag: String, environment: String, about: &'static str, example: &'static str },
    #[error("{from}: {error}")]
    Refused { from: String, error: AccountError },
    #[error(
        "no API key: set {key} to it, or {file} to the path of a file that holds it. It is no flag, because other \
         users of the machine can read those"
    )]
    NoKey { key: String, file: String },
    #[error(
        "{from} holds a placeholder, {placeholder}, instead of a key: the variable was not set where the client was \
         started. Set it there, or write the key in its place"
    )]
    Unfilled { from: String, placeholder: &'static str },
    #[error("both {key} and {file} are set: unset one of them, so that it is plain which key is used")]
    TwoKeys { key: String, file: String },
    #[error("{from} {problem}")]
    KeyFile { from: String, problem: String },
    #[error("{from} {problem}")]
    Wrong { from: String, problem: String },
    #[error("{0} is not UTF-8 text")]
    NotText(String),
}

/// Finds out which account is meant: from `flags`, and from `environment` for what they do not say.
///
/// The base URL given as a whole stands over its variables. A variable that is set but empty counts as not set, as
/// tools that fill in environments leave them so. Fails with everything that is missing or wrong.
pub fn account(api: &ApiDef, flags: &AccountFlags, environment: &impl Environment) -> Result<Account, ConfigError> {
    let mut reading = Reading { names: Names::of(api), environment, problems: Vec::new() };
    let base_url = reading.base_url(api, flags);
    let key = reading.key();
    let account = match (base_url, key) {
        (Some(base_url), Some(key)) if reading.problems.is_empty() => {
            Account::new(&base_url.value, key.value).map_err(|error| {
                let from = match error {
                    AccountError::NoKey | AccountError::BadKey => key.from,
                    _ => base_url.from,
                };
                vec![Problem::Refused { from, error }]
            })
        }
        _ => Err(reading.problems),
    };
    account.map_err(ConfigError)
}

/// Checks what is given of the account's address, for whoever writes it down; what is missing is left open.
pub fn check_address(api: &ApiDef, flags: &AccountFlags, environment: &impl Environment) -> Result<(), ConfigError> {
    let mut reading = Reading { names: Names::of(api), environment, problems: Vec::new() };
    if let Some(Given { value, from }) = reading.base_url(api, flags)
        // An address is checked together with a key, and any key will do.
        && let Err(error) = Account::new(&value, SecretString::from("key"))
    {
        reading.problems.push(Problem::Refused { from, error });
    }
    reading.problems.retain(|problem| !matches!(problem, Problem::NoVariable { .. }));
    if reading.problems.is_empty() { Ok(()) } else { Err(ConfigError(reading.problems)) }
}

/// The API key alone, for whoever keeps it. Fails if there is none, or two.
pub fn api_key(api: &ApiDef, environment: &impl Environment) -> Result<SecretString, ConfigError> {
    let mut reading = Reading { names: Names::of(api), environment, problems: Vec::new() };
    reading.key().map(|key| key.value).ok_or(ConfigError(reading.problems))
}

/// How much is logged; warnings and errors, unless it is configured. Fails if that is none of the documented words.
pub fn log_level(api: &ApiDef, environment: &impl Environment) -> Result<LevelFilter, ConfigError> {
    let mut reading = Reading { names: Names::of(api), environment, problems: Vec::new() };
    let from = reading.names.log();
    let level = match reading.variable_text(&from).map(|word| word.to_ascii_lowercase()).as_deref() {
        None | Some("warn") => LevelFilter::WARN,
        Some("error") => LevelFilter::ERROR,
        Some("info") => LevelFilter::INFO,
        Some("debug") => LevelFilter::DEBUG,
        Some(other) => {
            let problem = format!("is {}: it must be error, warn, info or debug", quoted(other));
            reading.problems.push(Problem::Wrong { from, problem });
            LevelFilter::OFF
        }
    };
    if reading.problems.is_empty() { Ok(level) } else { Err(ConfigError(reading.problems)) }
}

/// A path by flag, or else by the variable `name`. A variable that is set but empty counts as not set.
pub fn path(flag: Option<&PathBuf>, name: &str, environment: &impl Environment) -> Option<PathBuf> {
    let by_variable = || environment.variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    flag.cloned().or_else(by_variable)
}

/// A text by flag, or else by the variable `name`, without the space around it. Empty counts as not set.
pub fn text(flag: Option<&String>, name: &str, environment: &impl Environment) -> Option<String> {
    let by_variable = || environment.variable(name)?.into_string().ok();
    let value = flag.cloned().or_else(by_variable)?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// Where this program is.
pub fn program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// The environment that the process runs in.
#[derive(Clone, Copy, Debug)]
pub struct Process;

impl Environment for Process {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        if readable_by_all(&file.metadata()?) {
            tracing::warn!(
                ?path,
                "every user of this machine can read the key file; `chmod 600` keeps it to its owner"
            );
        }
        let mut content = Vec::new();
        file.take(LARGEST_KEY_FILE + 1).read_to_end(&mut content)?;
        Ok(content)
    }
}

#[cfg(unix)]
fn readable_by_all(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    const READ_BY_OTHERS: u32 = 0o004;
    metadata.is_file() && metadata.permissions().mode() & READ_BY_OTHERS != 0
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::Metadata) -> bool {
    false
}

/// A value, and the flag or variable it came from.
struct Given<T> {
    value: T,
    from: String,
}

struct Reading<'a, E> {
    names: Names,
    environment: &'a E,
    problems: Vec<Problem>,
}

impl<E: Environment> Reading<'_, E> {
    fn base_url(&mut self, api: &ApiDef, flags: &AccountFlags) -> Option<Given<String>> {
        let environment_name = self.names.base_url();
        if let Some(whole) = self.given(flags.base_url.as_ref(), BASE_URL_FLAG, &environment_name) {
            return Some(whole);
        }
        let values: Vec<_> = api
            .variables
            .iter()
            .enumerate()
            .filter_map(|(index, variable)| {
                let flag_value = flags.variables.get(index).and_then(Option::as_ref);
                let environment_name = self.names.variable(variable);
                Some((variable.name, self.given(flag_value, &flag(variable), &environment_name)?))
            })
            .collect();
        let given = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, given)| given);
        let error = match upstream::base_url(api, |name| given(name).map(|given| given.value.as_str())) {
            Ok(url) => return Some(Given { value: url.into(), from: "the base URL".to_owned() }),
            Err(error) => error,
        };
        self.problem(match error {
            AccountError::Missing { name, about, example } => {
                let variable = Variable { name, about, example };
                let (flag, environment) = (flag(&variable), self.names.variable(&variable));
                Problem::NoVariable { name, flag, environment, about, example }
            }
            AccountError::NotALabel { name, .. } => {
                Problem::Refused { from: given(name).map(|given| given.from.clone()).unwrap_or_default(), error }
            }
            _ => Problem::Refused { from: "the base URL".to_owned(), error },
        })
    }

    fn key(&mut self) -> Option<Given<SecretString>> {
        let (key, file) = (self.names.api_key(), self.names.api_key_file());
        let before = self.problems.len();
        let given = self.secret_in(key.clone(), file.clone());
        match given {
            None if self.problems.len() == before => self.problem(Problem::NoKey { key, file }),
            Some(given) => match upstream::placeholder(given.value.expose_secret()) {
                Some(placeholder) => self.problem(Problem::Unfilled { from: given.from, placeholder }),
                None => Some(given),
            },
            None => None,
        }
    }

    /// A secret in the variable `key`, or in the file that the variable `file` names.
    fn secret_in(&mut self, key: String, file: String) -> Option<Given<SecretString>> {
        let given_key = self.variable_text(&key);
        let given_file = path(None, &file, self.environment);
        match (given_key, given_file) {
            (Some(_), Some(_)) => self.problem(Problem::TwoKeys { key, file }),
            (Some(value), None) => Some(Given { value: value.into(), from: key }),
            (None, Some(path)) => {
                let from = format!("the file {} named by {file}", quoted(&path.to_string_lossy()));
                match key_in_file(self.environment, &path) {
                    Ok(value) => Some(Given { value, from }),
                    Err(problem) => self.problem(Problem::KeyFile { from, problem }),
                }
            }
            (None, None) => None,
        }
    }

    /// A value by flag or else by variable.
    fn given(&mut self, flag_value: Option<&String>, flag: &str, environment: &str) -> Option<Given<String>> {
        match flag_value {
            Some(value) => Some(Given { value: value.trim().to_owned(), from: flag.to_owned() }),
            None => Some(Given { value: self.variable_text(environment)?, from: environment.to_owned() }),
        }
    }

    /// A variable's value without the space around it. Empty is absent.
    fn variable_text(&mut self, name: &str) -> Option<String> {
        match self.environment.variable(name)?.into_string() {
            Ok(value) => Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
            Err(_) => self.problem(Problem::NotText(name.to_owned())),
        }
    }

    fn problem<T>(&mut self, problem: Problem) -> Option<T> {
        self.problems.push(problem);
        None
    }
}

/// The key without the line's end that editors leave in a file.
fn key_in_file(environment: &impl Environment, path: &Path) -> Result<SecretString, String> {
    let content = environment.key_file(path).map_err(|error| format!("cannot be read: {error}"))?;
    if content.len() as u64 > LARGEST_KEY_FILE {
        return Err("is too large for a key".to_owned());
    }
    match std::str::from_utf8(&content).map(str::trim) {
        Ok("") => Err("is empty: the key belongs there".to_owned()),
        Ok(key) => Ok(key.into()),
        Err(_) => Err("is not UTF-8 text".to_owned()),
    }
}

fn joined(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
