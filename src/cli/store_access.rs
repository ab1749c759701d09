//! Access to the local store, for commands that do what the admin API does.

use std::process::ExitCode;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::ProcessEnvironment;
use desk365_mcp::config::serve::{
    self, DATA_DIR_FLAG, DATABASE_URL_FLAG, LISTEN_FLAG, PUBLIC_URL_FLAG, ServeFlags, Settings,
};
use desk365_mcp::registry::{Actor, OpenError, OpenOptions, OpenedRegistry, Page, Registry, RegistryError};
use desk365_mcp::upstream::ApiHosts;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::UsageError;
use super::pretty_json::pretty_for_terminal;
use super::runtime::current_thread_runtime;
use super::serve_flag::serve_flag;
use super::stderr::print_line;
use super::stdout;

/// Behaviour of a command when there is no store at the configured path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IfAbsent {
    /// Creates a store.
    Create,
    /// Fails, so that a typo in the path cannot silently start an empty store.
    Fail,
}

/// Adds the flags for the store to a command and its subcommands.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let database = "Database: sqlite:PATH or postgres://… [default: a file in the data folder]";
    let folder = "Folder for the master key and the default database [default: the user's data folder]";
    let flags = [(DATABASE_URL_FLAG, "URL", database), (DATA_DIR_FLAG, "PATH", folder)];
    let flags =
        flags.map(|(name, value, about)| serve_flag(api, name, value, about).help_heading("Store").global(true));
    command.args(flags)
}

/// Reads the settings that locate the store.
fn store_settings(api: &ApiDef, matches: &ArgMatches) -> Result<Settings, UsageError> {
    // `try_get_one` fails for the flags that a command does not define.
    let value = |flag: &str| matches.try_get_one::<String>(flag.trim_start_matches("--")).ok().flatten().cloned();
    let flags = ServeFlags {
        database_url: value(DATABASE_URL_FLAG),
        data_dir: value(DATA_DIR_FLAG),
        listen: value(LISTEN_FLAG),
        public_url: value(PUBLIC_URL_FLAG),
        allowed_api_hosts: value(ApiHosts::FLAG),
        ..ServeFlags::default()
    };
    serve::settings(api, &flags, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))
}

/// Opens the registry and reports a newly created store.
async fn open_registry(api: &'static ApiDef, settings: &Settings, if_absent: IfAbsent) -> anyhow::Result<Registry> {
    let usage = |error: OpenError| UsageError::new(error.to_string());
    if if_absent == IfAbsent::Fail {
        let options = OpenOptions::from_settings(api, settings).map_err(usage)?;
        return match OpenedRegistry::open_existing(api, options, Clock::system()).await {
            Err(error @ OpenError::NoStore { .. }) => Err(usage(error).into()),
            opened => Ok(opened?.registry),
        };
    }
    let options = OpenOptions::with_data_dir(api, settings).map_err(usage)?;
    let opened = OpenedRegistry::open_or_create(api, options, Clock::system(), false).await?;
    if let Some(place) = opened.new_store {
        print_line(&format!("Created a new store: {place}"));
    }
    if let Some(path) = opened.key_file {
        print_line(&format!("Created its master key file, readable only by this user: {}", path.display()));
    }
    Ok(opened.registry)
}

/// Runs an operation on the local registry and prints its result as JSON.
pub(super) fn run<T: Serialize>(
    api: &'static ApiDef,
    matches: &ArgMatches,
    if_absent: IfAbsent,
    operation: impl AsyncFnOnce(&Registry) -> anyhow::Result<T>,
) -> anyhow::Result<ExitCode> {
    let settings = store_settings(api, matches)?;
    let result = current_thread_runtime()?.block_on(async {
        let registry = open_registry(api, &settings, if_absent).await?;
        let result = operation(&registry).await;
        registry.store().close().await;
        result
    });
    let text = serde_json::to_string_pretty(&result.map_err(as_usage_error)?)?;
    if stdout::is_terminal() {
        stdout::write_styled(&pretty_for_terminal(&text))?;
    } else {
        stdout::write_bytes(format!("{text}\n").as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The actor of changes on the command line.
pub(super) fn actor() -> Actor {
    Actor::program("the command line")
}

/// Turns violations that the registry reports into a usage error.
fn as_usage_error(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<RegistryError>() {
        Ok(error @ RegistryError::Invalid(_)) => UsageError::new(error.to_string()).into(),
        Ok(error) => error.into(),
        Err(error) => error,
    }
}

/// Returns the id of the account that is given by its id, or by a name that only one account has.
pub(super) async fn find_account(registry: &Registry, given: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = Uuid::try_parse(given) {
        return Ok(id);
    }
    let accounts = registry.accounts_named(given).await?;
    match accounts.as_slice() {
        [account] => Ok(account.id),
        [] => {
            Err(UsageError::new(format!("no account is called {given:?}: run `account list` to list all accounts"))
                .into())
        }
        several => {
            let ids: Vec<_> = several.iter().map(|account| account.id.to_string()).collect();
            let message = format!("several accounts are called {given:?}: pass one of their IDs: {}", ids.join(", "));
            Err(UsageError::new(message).into())
        }
    }
}

/// Returns the entries of all pages of a list.
pub(super) async fn all_entries<T>(
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

/// Parses an id; an error names `list_command`, which prints the valid ones.
pub(super) fn id_parser(list_command: &'static str) -> impl TypedValueParser<Value = Uuid> {
    StringValueParser::new().try_map(move |given| {
        Uuid::try_parse(&given)
            .map_err(|_| UsageError::new(format!("expected an ID: run `{list_command}` to list the IDs")))
    })
}

/// Checks that a change has at least one field.
pub(super) fn non_empty_change(form: Map<String, Value>) -> Result<Map<String, Value>, UsageError> {
    if form.is_empty() {
        Err(UsageError::new("nothing to change: pass at least one flag with a new value"))
    } else {
        Ok(form)
    }
}

/// Converts the value of a flag to a form field: the empty text becomes `null`, which clears the field.
pub(super) fn value_or_null(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { Value::String(value.to_owned()) }
}
