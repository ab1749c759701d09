//! The store on this machine, for commands that do what the admin API does.

use std::process::ExitCode;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::Names;
use desk365_mcp::config::Process;
use desk365_mcp::config::serve::{
    self, DATA_DIR_FLAG, DATABASE_URL_FLAG, LISTEN_FLAG, PUBLIC_URL_FLAG, ServeFlags, Settings,
};
use desk365_mcp::registry::{OpenError, OpenOptions, OpenedRegistry, Page, Registry, RegistryError};
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::{Usage, json, runtime, say, stdout};

/// What a command does where there is no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IfAbsent {
    /// It begins one.
    Make,
    /// It has nothing to look at or to change, so the store that is meant must be elsewhere.
    Refuse,
}

/// A flag of the server, and the variable that can be set instead.
pub(super) fn flag(api: &ApiDef, flag: &'static str, value: &'static str, about: &str) -> Arg {
    let name = flag.trim_start_matches("--");
    Arg::new(name).long(name).value_name(value).help(format!("{about} [env: {}]", Names::of(api).server(flag)))
}

/// Adds the flags that say where the store is, to a command and to those below it.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let database = "The database: sqlite:PATH or postgres://…; a file in the data folder unless given";
    let folder = "The folder that holds the master key, and the database unless it is elsewhere";
    let flags = [(DATABASE_URL_FLAG, "URL", database), (DATA_DIR_FLAG, "PATH", folder)];
    command.args(flags.map(|(name, value, about)| flag(api, name, value, about).help_heading("Store").global(true)))
}

/// How the server on this machine is set up.
fn settings(api: &ApiDef, matches: &ArgMatches) -> Result<Settings, Usage> {
    // Not every command has all of these.
    let value = |flag: &str| matches.try_get_one::<String>(flag.trim_start_matches("--")).ok().flatten().cloned();
    let flags = ServeFlags {
        database_url: value(DATABASE_URL_FLAG),
        data_dir: value(DATA_DIR_FLAG),
        listen: value(LISTEN_FLAG),
        public_url: value(PUBLIC_URL_FLAG),
        ..ServeFlags::default()
    };
    serve::settings(api, &flags, &Process).map_err(|error| Usage::new(error.to_string()))
}

/// The registry on this machine. If it is a new one, that is said.
async fn open(api: &'static ApiDef, settings: &Settings, if_absent: IfAbsent) -> anyhow::Result<Registry> {
    let usage = |error: OpenError| Usage::new(error.to_string());
    if if_absent == IfAbsent::Refuse {
        let opening = OpenOptions::from_settings(api, settings).map_err(usage)?;
        return match OpenedRegistry::open_existing(api, opening, Clock::system()).await {
            Err(error @ OpenError::NoStore { .. }) => Err(usage(error).into()),
            opened => Ok(opened?.registry),
        };
    }
    let opening = OpenOptions::with_data_dir(api, settings).map_err(usage)?;
    let opened = OpenedRegistry::open_or_create(api, opening, Clock::system(), false).await?;
    if let Some(place) = opened.new_store {
        say(&format!("A new store was made: {place}"));
    }
    if let Some(path) = opened.key_file {
        say(&format!("Its master key, which only this user can read: {}", path.display()));
    }
    Ok(opened.registry)
}

/// Does something with the registry on this machine, and prints what it answers.
pub(super) fn run<T: Serialize>(
    api: &'static ApiDef,
    matches: &ArgMatches,
    if_absent: IfAbsent,
    act: impl AsyncFnOnce(&Registry) -> anyhow::Result<T>,
) -> anyhow::Result<ExitCode> {
    let settings = settings(api, matches)?;
    let answer = runtime()?.block_on(async {
        let registry = open(api, &settings, if_absent).await?;
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
    match error.downcast::<RegistryError>() {
        Ok(refusal @ RegistryError::Invalid(_)) => Usage::new(refusal.to_string()).into(),
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
    page: impl AsyncFn(Map<String, Value>) -> desk365_mcp::registry::Result<Page<T>>,
) -> desk365_mcp::registry::Result<Vec<T>> {
    let mut entries = Vec::new();
    let mut cursor = None;
    loop {
        let query = cursor.map(|cursor| ("next_cursor".to_owned(), Value::String(cursor)));
        let Page { result, next_cursor } = page(query.into_iter().collect()).await?;
        entries.extend(result);
        if next_cursor.is_none() {
            return Ok(entries);
        }
        cursor = next_cursor;
    }
}

/// An identifier, as a flag's value; `shown_by` is the command that lists what there is.
pub(super) fn identifier(shown_by: &'static str) -> impl TypedValueParser<Value = Uuid> {
    StringValueParser::new().try_map(move |given| {
        Uuid::try_parse(&given).map_err(|_| Usage::new(format!("give the identifier, which `{shown_by}` shows")))
    })
}

/// The form of a change, which has to change something.
pub(super) fn changes(form: Map<String, Value>) -> Result<Map<String, Value>, Usage> {
    if form.is_empty() { Err(Usage::new("nothing to change: no flag says what to change to what")) } else { Ok(form) }
}

/// A flag's value as a form has it: an empty one takes away.
pub(super) fn value_or_null(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { Value::String(value.to_owned()) }
}
