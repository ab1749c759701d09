//! The flags that select an account. Their names derive from the API's definition.

use clap::{Arg, ArgMatches, Command};
use desk365_mcp::config::{self, AccountFlags, EnvNames, ProcessEnvironment, variable_flag};
use desk365_mcp::upstream::Account;
use tool_runtime::api::ApiDef;

use super::command::UsageError;
use super::sandbox_flags;

const BASE_URL: &str = "base_url";
const HEADING: &str = "Account";

/// The last line of an error about a missing account.
pub(super) const SANDBOX_HINT: &str = "To try it without an account, add --sandbox.";

/// Adds the flags for the account and the sandbox to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    sandbox_flags::define(define_address(command, api), api, HEADING)
}

/// Adds the flags for the account's address.
pub(super) fn define_address(command: Command, api: &ApiDef) -> Command {
    let names = EnvNames::for_api(api);
    let variables = variable_args(api).zip(api.variables).map(|(arg, variable)| {
        let help = format!("{} Example: {} [env: {}]", variable.about, variable.example, names.variable(variable));
        arg.help(help).help_heading(HEADING)
    });
    let base_url = Arg::new(BASE_URL)
        .long(config::BASE_URL_FLAG.trim_start_matches("--"))
        .value_name("URL")
        .help(format!(
            "Base URL of the API, instead of {}; plain http only to this machine [env: {}]",
            api.base_url,
            names.base_url()
        ))
        .help_heading(HEADING);
    command.args(variables).arg(base_url)
}

/// One flag per variable of the base URL.
pub(super) fn variable_args(api: &ApiDef) -> impl Iterator<Item = Arg> {
    api.variables.iter().map(|variable| {
        let flag = variable_flag(variable);
        Arg::new(flag.clone())
            .long(flag.trim_start_matches("--").to_owned())
            .value_name(variable.name.to_uppercase())
            .help(format!("{} Example: {}", variable.about, variable.example))
    })
}

/// The variables of the API key, for the help text.
pub(super) fn key_environment(api: &ApiDef) -> [(String, &'static str); 2] {
    let names = EnvNames::for_api(api);
    [
        (names.api_key(), "API key of the account"),
        (names.api_key_file(), "Path of a file with the API key, used instead"),
    ]
}

/// All variables without a flag, for the help text.
pub(super) fn environment(api: &ApiDef) -> Vec<(String, &'static str)> {
    key_environment(api).into_iter().chain([log_environment(api)]).collect()
}

/// The variable of the log level, for the help text.
pub(super) fn log_environment(api: &ApiDef) -> (String, &'static str) {
    (EnvNames::for_api(api).log(), "Log level on stderr: error, warn (default), info or debug")
}

/// Returns the address that flags and environment give, as fields of a stored account.
pub(super) fn address_fields(api: &ApiDef, flags: &AccountFlags) -> Vec<(&'static str, String)> {
    let names = EnvNames::for_api(api);
    let setting = |flag: Option<&String>, name: String| config::text_setting(flag, &name, &ProcessEnvironment);
    let variables = api.variables.iter().zip(&flags.variables);
    let variables = variables.map(|(variable, flag)| (variable.name, setting(flag.as_ref(), names.variable(variable))));
    let base_url = [(BASE_URL, setting(flags.base_url.as_ref(), names.base_url()))];
    variables.chain(base_url).filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Returns the values of the flags, without the environment.
pub(super) fn account_flags(api: &ApiDef, matches: &ArgMatches) -> AccountFlags {
    let value = |id: &str| matches.get_one::<String>(id).cloned();
    AccountFlags {
        variables: api.variables.iter().map(|variable| value(&variable_flag(variable))).collect(),
        base_url: value(BASE_URL),
    }
}

/// Returns the account that flags and environment select.
pub(super) fn selected_account(api: &ApiDef, matches: &ArgMatches) -> Result<Account, UsageError> {
    config::read_account(api, &account_flags(api, matches), &ProcessEnvironment).map_err(|error| {
        let hint = api.sandbox.map_or_else(String::new, |_| format!("\n{SANDBOX_HINT}"));
        UsageError::new(format!("{error}{hint}"))
    })
}
