//! The flags that replace the account by the built-in sandbox.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use desk365_mcp::upstream::Account;
use tool_runtime::api::ApiDef;

#[cfg(feature = "sandbox")]
use super::command::UsageError;

const SANDBOX: &str = "sandbox";
const BUDGET: &str = "sandbox_budget";
const GRANT: &str = "sandbox_grant";

/// Adds the flags to a command, if the API has a sandbox.
pub(super) fn define(command: Command, api: &ApiDef, heading: &'static str) -> Command {
    if api.sandbox.is_none() {
        return command;
    }
    command.args([
        Arg::new(SANDBOX)
            .long(SANDBOX)
            .action(ArgAction::SetTrue)
            .help("Use the built-in sandbox instead of an account; nothing leaves this machine")
            .help_heading(heading),
        Arg::new(BUDGET)
            .long("sandbox-budget")
            .value_name("CALLS")
            .value_parser(value_parser!(u32))
            .requires(SANDBOX)
            .help("Number of calls that the sandbox accepts per rate-limit window, such as 100")
            .help_heading(heading),
        Arg::new(GRANT)
            .long("sandbox-grant")
            .value_name("RESOURCE")
            .action(ArgAction::Append)
            .requires(SANDBOX)
            .help("Enable a sandbox resource that is gated by default; may be repeated")
            .help_heading(heading),
    ])
}

/// Returns whether the sandbox is selected.
pub(super) fn is_selected(api: &ApiDef, matches: &ArgMatches) -> bool {
    api.sandbox.is_some() && matches.get_flag(SANDBOX)
}

/// Returns the flags as words of a command line; empty if the sandbox is not selected.
pub(super) fn command_line_words(api: &ApiDef, matches: &ArgMatches) -> Vec<String> {
    if !is_selected(api, matches) {
        return Vec::new();
    }
    let budget = matches.get_one::<u32>(BUDGET);
    let budget = budget.into_iter().flat_map(|calls| ["--sandbox-budget".to_owned(), calls.to_string()]);
    let granted = matches.get_many::<String>(GRANT).into_iter().flatten();
    let granted = granted.flat_map(|resource| ["--sandbox-grant".to_owned(), resource.clone()]);
    ["--sandbox".to_owned()].into_iter().chain(budget).chain(granted).collect()
}

/// Keeps the sandbox running until it is dropped.
#[cfg(feature = "sandbox")]
pub(super) type SandboxGuard = api_sandbox::Sandbox;
/// Without the feature `sandbox`, no sandbox is ever started.
#[cfg(not(feature = "sandbox"))]
pub(super) type SandboxGuard = std::convert::Infallible;

/// Starts the sandbox, if it is selected. Returns its account and the guard that keeps it running.
#[cfg(feature = "sandbox")]
pub(super) async fn start_sandbox(
    api: &ApiDef,
    matches: &ArgMatches,
) -> anyhow::Result<Option<(Account, SandboxGuard)>> {
    let Some(definition) = api.sandbox.filter(|_| is_selected(api, matches)) else { return Ok(None) };
    let options = api_sandbox::SandboxOptions {
        budget: matches.get_one(BUDGET).copied(),
        granted: matches.get_many(GRANT).into_iter().flatten().cloned().collect(),
        ..api_sandbox::SandboxOptions::default()
    };
    let sandbox = match api_sandbox::start(definition, options).await {
        Err(error @ api_sandbox::SandboxError::NothingToGrant(..)) => {
            return Err(UsageError::new(format!("--sandbox-grant: {error}")).into());
        }
        started => started?,
    };
    Ok(Some((Account::new(&sandbox.base_url, sandbox.key.clone())?, sandbox)))
}

#[cfg(not(feature = "sandbox"))]
#[expect(clippy::unused_async, reason = "with the feature it starts a sandbox")]
pub(super) async fn start_sandbox(_: &ApiDef, _: &ArgMatches) -> anyhow::Result<Option<(Account, SandboxGuard)>> {
    Ok(None)
}
