//! Settings of the program: flags take precedence over environment variables.
//!
//! This module is the only reader of the environment. It opens no connection and does not know the command-line parser:
//! flags arrive as plain values, and the names of all variables derive from the API's definition.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::{ApiDef, Variable};
use tool_runtime::violation::quoted;
use tracing::level_filters::LevelFilter;

use crate::upstream::{self, Account, AccountError, NotAKey};

mod duration;
mod names;
pub mod serve;
mod unknown;

pub use names::{BASE_URL_FLAG, CALL_TIMEOUT_FLAG, EnvNames, variable_flag};
pub use unknown::check_variable_names;

/// Size limit of a file with a key or another setting, in bytes. A setting is one line, so a larger file is the wrong one.
const MAX_KEY_FILE_BYTES: u64 = 64 * 1024;

/// Flags that select an account. A flag that is `None` falls back to its environment variable.
#[derive(Clone, Debug, Default)]
pub struct AccountFlags {
    /// Values of the base URL's variables, in the order of the API's definition.
    pub variables: Vec<Option<String>>,
    /// Complete base URL. It overrides the variables.
    pub base_url: Option<String>,
}

/// The parts of a process's environment that settings are read from. Tests replace it.
pub trait Environment {
    /// Returns the names of all variables.
    fn names(&self) -> Vec<OsString>;
    /// Returns the value of an environment variable, or `None` if it is not set.
    fn variable(&self, name: &str) -> Option<OsString>;
    /// Reads the file at `path`, which holds a key or another setting.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be opened or read.
    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// All mistakes in the settings, one per line, so that they can be corrected together.
#[derive(Debug, thiserror::Error)]
#[error("{}", joined(.0))]
pub struct ConfigError(Vec<ConfigProblem>);

/// One mistake in the settings. Its text never contains a key.
#[derive(Debug, thiserror::Error)]
enum ConfigProblem {
    #[error("missing {name}: pass {flag} or set {environment}. {about} Example: {example}")]
    MissingVariable {
        name: &'static str,
        flag: String,
        environment: String,
        about: &'static str,
        example: &'static str,
    },
    #[error("{source_name}: {error}")]
    InvalidAccount { source_name: String, error: AccountError },
    #[error(
        "no API key: set {key} to the key, or {file} to the path of a file that holds it. There is no flag for the key, \
         because other users of this machine can read command lines"
    )]
    MissingKey { key: String, file: String },
    #[error("{source_name} contains {problem} instead of a key. {}", .problem.advice())]
    NotAKey { source_name: String, problem: NotAKey },
    #[error("{name} is not a setting of this program: {instead}")]
    UnknownVariable { name: String, instead: String },
    #[error("both {key} and {file} are set: unset one of them")]
    TwoKeys { key: String, file: String },
    #[error("{source_name} {problem}")]
    Invalid { source_name: String, problem: String },
    #[error("{0} is not UTF-8 text")]
    NotUtf8(String),
}

/// Reads the account that `flags` select, falling back to `environment` for each missing flag.
///
/// A complete base URL overrides the variables that it is otherwise made of. An empty variable counts as not set,
/// because tools that fill in environments leave unused variables empty.
///
/// # Errors
///
/// Fails with every missing or invalid setting.
pub fn read_account(
    api: &ApiDef,
    flags: &AccountFlags,
    environment: &impl Environment,
) -> Result<Account, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    let base_url = reader.base_url(api, flags);
    let key = reader.api_key();
    let account = match (base_url, key) {
        (Some(base_url), Some(key)) if reader.problems.is_empty() => {
            Account::new(&base_url.value, key.value).map_err(|error| {
                let source_name = match error {
                    AccountError::NoKey | AccountError::BadKey => key.source_name,
                    _ => base_url.source_name,
                };
                vec![ConfigProblem::InvalidAccount { source_name, error }]
            })
        }
        _ => Err(reader.problems),
    };
    account.map_err(ConfigError)
}

/// Checks the parts of an account's address that are set, for a command that only writes them down. Missing parts are
/// accepted.
///
/// # Errors
///
/// Fails with every part that is set but invalid.
pub fn check_address(api: &ApiDef, flags: &AccountFlags, environment: &impl Environment) -> Result<(), ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    if let Some(Setting { value, source_name }) = reader.base_url(api, flags)
        // An address can only be checked together with a key; any key will do.
        && let Err(error) = Account::new(&value, SecretString::from("key"))
    {
        reader.problems.push(ConfigProblem::InvalidAccount { source_name, error });
    }
    reader.problems.retain(|problem| !matches!(problem, ConfigProblem::MissingVariable { .. }));
    reader.finish(())
}

/// Reads the API key from its variable, or from the file that its `_FILE` variable names.
///
/// # Errors
///
/// Fails if no key is set, if both variables are set, or if the value is a placeholder or an unreadable file.
pub fn read_api_key(api: &ApiDef, environment: &impl Environment) -> Result<SecretString, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    reader.api_key().map(|key| key.value).ok_or(ConfigError(reader.problems))
}

/// Returns whether only tools that read are offered: the value of the flag, or else of the variable. The default is no.
///
/// # Errors
///
/// Fails if the variable is used and holds anything but `true` or `false`: a typo must not offer tools that write.
pub fn read_only(api: &ApiDef, flag: Option<bool>, environment: &impl Environment) -> Result<bool, ConfigError> {
    if let Some(value) = flag {
        return Ok(value);
    }
    let mut reader = SettingsReader::new(api, environment);
    let name = reader.names.read_only();
    let value = match reader.variable_text(&name).map(|word| word.to_ascii_lowercase()).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            reader.invalid(&name, format!("is {}: expected true or false", quoted(other)));
            true
        }
    };
    reader.finish(value)
}

/// Reads the log level; the default is `warn`.
///
/// # Errors
///
/// Fails if the variable holds anything but `error`, `warn`, `info` or `debug`.
pub fn log_level(api: &ApiDef, environment: &impl Environment) -> Result<LevelFilter, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    let name = reader.names.log();
    let level = match reader.variable_text(&name).map(|word| word.to_ascii_lowercase()).as_deref() {
        None | Some("warn") => LevelFilter::WARN,
        Some("error") => LevelFilter::ERROR,
        Some("info") => LevelFilter::INFO,
        Some("debug") => LevelFilter::DEBUG,
        Some(other) => {
            reader.invalid(&name, format!("is {}: expected error, warn, info or debug", quoted(other)));
            LevelFilter::OFF
        }
    };
    reader.finish(level)
}

/// Returns a path from its flag, or else from the variable `name`. An empty variable counts as not set.
pub fn path_setting(flag: Option<&PathBuf>, name: &str, environment: &impl Environment) -> Option<PathBuf> {
    let from_variable = || environment.variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    flag.cloned().or_else(from_variable)
}

/// Returns a trimmed text from its flag, or else from the variable `name`. An empty text counts as not set.
pub fn text_setting(flag: Option<&String>, name: &str, environment: &impl Environment) -> Option<String> {
    let from_variable = || environment.variable(name)?.into_string().ok();
    let value = flag.cloned().or_else(from_variable)?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// Returns the path of the running program.
///
/// # Errors
///
/// Fails if the operating system does not know the path.
pub fn program_path() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// The environment of the running process.
#[derive(Clone, Copy, Debug)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn names(&self) -> Vec<OsString> {
        std::env::vars_os().map(|(name, _)| name).collect()
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        if is_world_readable(&file.metadata()?) {
            tracing::warn!(
                ?path,
                "the file of a setting is readable by every user of this machine; restrict it with chmod 600"
            );
        }
        let mut content = Vec::new();
        file.take(MAX_KEY_FILE_BYTES + 1).read_to_end(&mut content)?;
        Ok(content)
    }
}

#[cfg(unix)]
fn is_world_readable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS_READ: u32 = 0o004;
    metadata.is_file() && metadata.permissions().mode() & OTHERS_READ != 0
}

#[cfg(not(unix))]
fn is_world_readable(_: &std::fs::Metadata) -> bool {
    false
}

/// A value with the name of the flag or variable that it came from.
struct Setting<T> {
    value: T,
    source_name: String,
}

/// Reads settings and collects every problem on the way.
struct SettingsReader<'a, E> {
    names: EnvNames,
    environment: &'a E,
    problems: Vec<ConfigProblem>,
}

impl<'a, E: Environment> SettingsReader<'a, E> {
    fn new(api: &ApiDef, environment: &'a E) -> Self {
        Self { names: EnvNames::for_api(api), environment, problems: Vec::new() }
    }

    /// Returns `value`, unless there were problems.
    fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(value) } else { Err(ConfigError(self.problems)) }
    }

    fn base_url(&mut self, api: &ApiDef, flags: &AccountFlags) -> Option<Setting<String>> {
        let environment_name = self.names.base_url();
        if let Some(complete) = self.setting(flags.base_url.as_ref(), BASE_URL_FLAG, &environment_name) {
            return Some(complete);
        }
        let values: Vec<_> = api
            .variables
            .iter()
            .enumerate()
            .filter_map(|(index, variable)| {
                let flag_value = flags.variables.get(index).and_then(Option::as_ref);
                let environment_name = self.names.variable(variable);
                Some((variable.name, self.setting(flag_value, &variable_flag(variable), &environment_name)?))
            })
            .collect();
        let setting = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, setting)| setting);
        let error = match upstream::base_url(api, |name| setting(name).map(|setting| setting.value.as_str())) {
            Ok(url) => return Some(Setting { value: url.into(), source_name: "the base URL".to_owned() }),
            Err(error) => error,
        };
        self.problem(match error {
            AccountError::Missing { name, about, example } => {
                let variable = Variable { name, about, example };
                let (flag, environment) = (variable_flag(&variable), self.names.variable(&variable));
                ConfigProblem::MissingVariable { name, flag, environment, about, example }
            }
            AccountError::NotALabel { name, .. } => {
                let invalid = setting(name).expect("only a value that was set can be invalid");
                ConfigProblem::InvalidAccount { source_name: invalid.source_name.clone(), error }
            }
            _ => ConfigProblem::InvalidAccount { source_name: "the base URL".to_owned(), error },
        })
    }

    fn api_key(&mut self) -> Option<Setting<SecretString>> {
        let (key, file) = (self.names.api_key(), self.names.api_key_file());
        let problems_before = self.problems.len();
        let setting = self.variable_or_file(key.clone(), file.clone());
        match setting {
            None if self.problems.len() == problems_before => self.problem(ConfigProblem::MissingKey { key, file }),
            Some(setting) => match NotAKey::find(setting.value.expose_secret()) {
                Some(problem) => self.problem(ConfigProblem::NotAKey { source_name: setting.source_name, problem }),
                None => Some(setting),
            },
            None => None,
        }
    }

    /// Reads a value from the variable `key`, or from the file that the variable `file` names.
    fn variable_or_file(&mut self, key: String, file: String) -> Option<Setting<SecretString>> {
        let key_value = self.variable_text(&key);
        let key_path = path_setting(None, &file, self.environment);
        match (key_value, key_path) {
            (Some(_), Some(_)) => self.problem(ConfigProblem::TwoKeys { key, file }),
            (Some(value), None) => Some(Setting { value: value.into(), source_name: key }),
            (None, Some(path)) => {
                let source_name = format!("the file {} named by {file}", quoted(&path.to_string_lossy()));
                match read_key_file(self.environment, &path) {
                    Ok(value) => Some(Setting { value, source_name }),
                    Err(problem) => self.problem(ConfigProblem::Invalid { source_name, problem }),
                }
            }
            (None, None) => None,
        }
    }

    /// Reads a text from its flag, or else from its variable.
    fn setting(&mut self, flag_value: Option<&String>, flag: &str, environment: &str) -> Option<Setting<String>> {
        match flag_value {
            Some(value) => Some(Setting { value: value.trim().to_owned(), source_name: flag.to_owned() }),
            None => Some(Setting { value: self.variable_text(environment)?, source_name: environment.to_owned() }),
        }
    }

    /// Reads a trimmed variable. An empty one counts as not set.
    fn variable_text(&mut self, name: &str) -> Option<String> {
        match self.environment.variable(name)?.into_string() {
            Ok(value) => Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
            Err(_) => self.problem(ConfigProblem::NotUtf8(name.to_owned())),
        }
    }

    fn invalid(&mut self, source_name: &str, problem: String) {
        self.problems.push(ConfigProblem::Invalid { source_name: source_name.to_owned(), problem });
    }

    fn problem<T>(&mut self, problem: ConfigProblem) -> Option<T> {
        self.problems.push(problem);
        None
    }
}

/// Reads the file of a setting without its final line break.
fn read_key_file(environment: &impl Environment, path: &Path) -> Result<SecretString, String> {
    let content = environment.key_file(path).map_err(|error| format!("cannot be read: {error}"))?;
    if content.len() as u64 > MAX_KEY_FILE_BYTES {
        return Err(format!("is larger than {MAX_KEY_FILE_BYTES} bytes: it is not the file of a setting"));
    }
    // Editors on Windows write a byte order mark before the value.
    match std::str::from_utf8(&content).map(|text| strict_json::without_bom(text).trim()) {
        Ok("") => Err("is empty: write the value into it".to_owned()),
        Ok(key) => Ok(key.into()),
        Err(_) => Err("is not UTF-8 text".to_owned()),
    }
}

fn joined(problems: &[ConfigProblem]) -> String {
    problems.iter().map(ConfigProblem::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
