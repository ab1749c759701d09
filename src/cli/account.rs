//! The flags that say which account is used. Their names derive from the API's definition.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use desk365_mcp::config::{self, AccountFlags, Names, Process};
use desk365_mcp::upstream::Account;
use tool_runtime::api::ApiDef;

use super::Usage;

const BASE_URL: &str = "base_url";
const HEADING: &str = "Account";
const SANDBOX: &str = "sandbox";
const SANDBOX_BUDGET: &str = "sandbox_budget";
const SANDBOX_GRANT: &str = "sandbox_grant";

/// What ends a message about a missing account.
pub(super) const TRY_SANDBOX: &str = "To try it without an account, add --sandbox.";

/// Adds the flags to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let command = define_address(command, api);
    if api.sandbox.is_none() {
        return command;
    }
    command.args([
        Arg::new(SANDBOX)
            .long(SANDBOX)
            .action(ArgAction::SetTrue)
            .help("Use the built-in sandbox instead of an account: nothing leaves this machine")
            .help_heading(HEADING),
        Arg::new(SANDBOX_BUDGET)
            .long("sandbox-budget")
            .value_name("CALLS")
            .value_parser(value_parser!(u32))
            .requires(SANDBOX)
            .help("Limit the sandbox to this many calls in each window of its rate limit")
            .help_heading(HEADING),
        Arg::new(SANDBOX_GRANT)
            .long("sandbox-grant")
            .value_name("RESOURCE")
            .action(ArgAction::Append)
            .requires(SANDBOX)
            .help("Enable a sandbox resource that is gated by default")
            .help_heading(HEADING),
    ])
}

/// Adds those flags that say where the account is.
pub(super) fn define_address(command: Command, api: &ApiDef) -> Command {
    let names = Names::of(api);
    let variables = api.variables.iter().map(|variable| {
        Arg::new(config::flag(variable))
            .long(config::flag(variable).trim_start_matches("--").to_owned())
            .value_name(variable.name.to_uppercase())
            .help(format!("{} Example: {} [env: {}]", variable.about, variable.example, names.variable(variable)))
            .help_heading(HEADING)
    });
    let base_url = Arg::new(BASE_URL)
        .long(config::BASE_URL_FLAG.trim_start_matches("--"))
        .value_name("URL")
        .help(format!(
            "Another base URL than {}; plain http only to this machine [env: {}]",
            api.base_url,
            names.base_url()
        ))
        .help_heading(HEADING);
    command.args(variables).arg(base_url)
}

/// The lines of a help text about the variables that have no flag.
pub(super) fn environment(api: &ApiDef) -> Vec<(String, &'static str)> {
    let names = Names::of(api);
    vec![
        (names.api_key(), "The API key"),
        (names.api_key_file(), "A file that holds the API key, instead"),
        (names.log(), "What is logged to stderr: error, warn (the default), info or debug"),
    ]
}

/// Returns whether the flags say to use the sandbox.
pub(super) fn wants_sandbox(api: &ApiDef, matches: &ArgMatches) -> bool {
    api.sandbox.is_some() && matches.get_flag(SANDBOX)
}

/// The sandbox flags as they were given, for a command line; empty without `--sandbox`.
pub(super) fn sandbox_flags(api: &ApiDef, matches: &ArgMatches) -> Vec<String> {
    if !wants_sandbox(api, matches) {
        return Vec::new();
    }
    let budget = matches.get_one::<u32>(SANDBOX_BUDGET);
    let budget = budget.into_iter().flat_map(|calls| ["--sandbox-budget".to_owned(), calls.to_string()]);
    let granted = matches.get_many::<String>(SANDBOX_GRANT).into_iter().flatten();
    let granted = granted.flat_map(|resource| ["--sandbox-grant".to_owned(), resource.clone()]);
    ["--sandbox".to_owned()].into_iter().chain(budget).chain(granted).collect()
}

/// Keeps a sandbox running until it is dropped. Without the feature `sandbox` there is none.
#[cfg(feature = "sandbox")]
pub(super) type SandboxGuard = api_sandbox::Sandbox;
#[cfg(not(feature = "sandbox"))]
pub(super) type SandboxGuard = std::convert::Infallible;

/// Starts the sandbox if a flag says so. Returns its account with it.
#[cfg(feature = "sandbox")]
pub(super) async fn sandbox(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Option<(Account, SandboxGuard)>> {
    let Some(definition) = api.sandbox.filter(|_| wants_sandbox(api, matches)) else { return Ok(None) };
    let options = api_sandbox::Options {
        budget: matches.get_one(SANDBOX_BUDGET).copied(),
        granted: matches.get_many(SANDBOX_GRANT).into_iter().flatten().cloned().collect(),
        ..api_sandbox::Options::default()
    };
    let sandbox = match api_sandbox::start(definition, options).await {
        Err(error @ api_sandbox::SandboxError::NothingToGrant(..)) => {
            return Err(Usage::new(format!("--sandbox-grant: {error}")).into());
        }
        started => started?,
    };
    Ok(Some((Account::new(&sandbox.base_url, sandbox.key.clone())?, sandbox)))
}

#[cfg(not(feature = "sandbox"))]
#[expect(clippy::unused_async, reason = "with the feature it starts a sandbox")]
pub(super) async fn sandbox(_: &ApiDef, _: &ArgMatches) -> anyhow::Result<Option<(Account, SandboxGuard)>> {
    Ok(None)
}

/// The address that flags and environment give, each of its parts by the name that a stored account has for it.
pub(super) fn address(api: &ApiDef, flags: &AccountFlags) -> Vec<(&'static str, String)> {
    let names = Names::of(api);
    let given = |flag: Option<&String>, name: String| config::text(flag, &name, &Process);
    let variables = api.variables.iter().zip(&flags.variables);
    let variables = variables.map(|(variable, flag)| (variable.name, given(flag.as_ref(), names.variable(variable))));
    let base_url = [(BASE_URL, given(flags.base_url.as_ref(), names.base_url()))];
    variables.chain(base_url).filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What the flags alone say.
pub(super) fn flags(api: &ApiDef, matches: &ArgMatches) -> AccountFlags {
    let value = |id: &str| matches.get_one::<String>(id).cloned();
    AccountFlags {
        variables: api.variables.iter().map(|variable| value(&config::flag(variable))).collect(),
        base_url: value(BASE_URL),
    }
}

/// The account that flags and environment describe.
pub(super) fn given(api: &ApiDef, matches: &ArgMatches) -> Result<Account, Usage> {
    config::account(api, &flags(api, matches), &Process).map_err(|error| {
        let hint = api.sandbox.map(|_| format!("\n{TRY_SANDBOX}"));
        Usage::new(format!("{error}{}", hint.unwrap_or_default()))
    })
}
