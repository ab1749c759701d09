//! The store on this machine, for commands that do what the admin API does.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::Names;
use desk365_mcp::config::Process;
use desk365_mcp::config::serve::{self, DATA_DIR_FLAG, DATABASE_URL_FLAG, ServeFlags, Settings};
use desk365_mcp::registry::{List, Opened, Opening, Refusal, Registry};
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::{Usage, json, runtime, stdout};

/// Adds the flags that say where the store is, to a command and to those below it.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let names = Names::of(api);
    let flag = |flag: &'static str, value: &'static str, about: &str| {
        let name = flag.trim_start_matches("--");
        let help = format!("{about} [env: {}]", names.server(flag));
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Store").global(true)
    };
    command
        .arg(flag(
            DATABASE_URL_FLAG,
            "URL",
            "The database: sqlite:PATH or postgres://…; a file in the data folder unless given",
        ))
        .arg(flag(
            DATA_DIR_FLAG,
            "PATH",
            "The folder that holds the master key, and the database unless it is elsewhere",
        ))
}

/// How the server on this machine is set up.
pub(super) fn settings(api: &ApiDef, matches: &ArgMatches) -> Result<Settings, Usage> {
    let value = |flag: &str| matches.get_one::<String>(flag.trim_start_matches("--")).cloned();
    let flags =
        ServeFlags { database_url: value(DATABASE_URL_FLAG), data_dir: value(DATA_DIR_FLAG), ..ServeFlags::default() };
    serve::settings(api, &flags, &Process).map_err(|error| Usage::new(error.to_string()))
}

/// Does something with the registry on this machine, and prints what it answers.
pub(super) fn run<T: Serialize>(
    api: &'static ApiDef,
    matches: &ArgMatches,
    act: impl AsyncFnOnce(&Registry) -> anyhow::Result<T>,
) -> anyhow::Result<ExitCode> {
    let settings = settings(api, matches)?;
    let answer = runtime()?.block_on(async {
        let opening = Opening::of(&settings).map_err(|error| Usage::new(error.to_string()))?;
        let registry = Opened::open(api, opening, Clock::system(), false).await?.registry;
        let answer = act(&registry).await;
        registry.store().close().await;
        answer
    });
    let text = serde_json::to_string_pretty(&answer.map_err(explained)?)?;
    if stdout::is_terminal() {
        stdout::coloured(&json::legible(&text))?;
    } else {
        stdout::verbatim(format!("{text}\n").as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A mistake in what was given is a mistake in the command line.
fn explained(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Refusal>() {
        Ok(refusal @ Refusal::Invalid(_)) => Usage::new(refusal.to_string()).into(),
        Ok(refusal) => refusal.into(),
        Err(error) => error,
    }
}

/// The account that is meant by its identifier, or by a name that only one account has.
pub(super) async fn account(registry: &Registry, given: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = Uuid::try_parse(given) {
        return Ok(id);
    }
    let accounts = registry.accounts_named(given).await?;
    match accounts.as_slice() {
        [account] => Ok(account.id),
        [] => Err(Usage::new(format!("no account is called {given:?}: `account list` shows them all")).into()),
        several => {
            let ids: Vec<_> = several.iter().map(|account| account.id.to_string()).collect();
            let message =
                format!("several accounts are called {given:?}: give one of the identifiers {}", ids.join(", "));
            Err(Usage::new(message).into())
        }
    }
}

/// All entries of a list, page after page.
pub(super) async fn all<T>(
    page: impl AsyncFn(Map<String, Value>) -> desk365_mcp::registry::Result<List<T>>,
) -> desk365_mcp::registry::Result<Vec<T>> {
    let mut entries = Vec::new();
    let mut cursor = None;
    loop {
        let query = cursor.map(|cursor| ("next_cursor".to_owned(), Value::String(cursor)));
        let List { result, next_cursor } = page(query.into_iter().collect()).await?;
        entries.extend(result);
        if next_cursor.is_none() {
            return Ok(entries);
        }
        cursor = next_cursor;
    }
}

/// A flag's value as a form has it: an empty one takes away.
pub(super) fn value_or_null(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { Value::String(value.to_owned()) }
}
