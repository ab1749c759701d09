//! `account`: manages the accounts in the local store.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::config::{self, ProcessEnvironment, variable_flag};
use desk365_mcp::doctor;
use desk365_mcp::registry::{Precondition, Registry, RegistryError};
use desk365_mcp::tools::TOOLS;
use desk365_mcp::upstream::{ApiHosts, UpstreamOptions};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand, UsageError};
use super::connection::ALLOWED_API_HOSTS_HELP;
use super::help::{environment, examples, with_examples};
use super::serve_flag::serve_flag;
use super::store_access::{self, IfAbsent};
use super::{account_flags, connection};

pub(super) const COMMAND: Subcommand = Subcommand { name: "account", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum AccountCommand {
    /// Add an account; its API key is read from the environment
    Add {
        /// Name of the account
        #[arg(long)]
        name: String,
        /// Use replies again for identical reads, up to this age in seconds (0 to 300)
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        cache_seconds: u32,
    },
    /// List all accounts
    List,
    /// Print an account
    Show {
        /// ID or name of the account
        account: String,
    },
    /// Change an account
    Update {
        /// ID or name of the account
        account: String,
        /// New name of the account
        #[arg(long)]
        name: Option<String>,
        /// New base URL of the API; pass "" to remove it
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// Use replies again for identical reads, up to this age in seconds (0 to 300)
        #[arg(long, value_name = "SECONDS")]
        cache_seconds: Option<u32>,
        /// Read a new API key from the environment; required if the host changes
        #[arg(long)]
        new_key: bool,
    },
    /// Try an account, store the outcome and print the findings
    Check {
        /// ID or name of the account
        account: String,
    },
    /// Delete an account and all its MCP servers
    #[command(alias = "remove")]
    Delete {
        /// ID or name of the account
        account: String,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let variable = api.variables.first();
    let flag =
        variable.map_or_else(String::new, |variable| format!(" {} {}", variable_flag(variable), variable.example));
    let add_example = examples(&[("Add an account", format!("account add --name Acme{flag}"))]);
    let help = format!("{}\n\n{add_example}", environment(&account_flags::key_environment(api)));
    let command = command
        .about("Manage the accounts in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(help.clone());
    let command = with_examples(
        AccountCommand::augment_subcommands(command),
        &[
            ("list", "List all accounts, without their API keys", String::new()),
            ("show", "Print the account with this name", "Acme".to_owned()),
            ("update", "Replace the API key with the one in the environment", "Acme --new-key".to_owned()),
            ("check", "Check that the key of the account works", "Acme".to_owned()),
            ("delete", "Delete the account and all its MCP servers", "Acme".to_owned()),
        ],
    );
    let command = command.mut_subcommand("add", |add| account_flags::define_address(add, api).after_help(help));
    let command = command.mut_subcommand("check", |check| check.arg(connection::ca_file_arg(api)));
    let command = command.mut_subcommand("update", |update| update.args(account_flags::variable_args(api)));
    let hosts = serve_flag(api, ApiHosts::FLAG, "LIST", ALLOWED_API_HOSTS_HELP).help_heading("Store").global(true);
    store_access::define(command, api).arg(hosts)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = AccountCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    let form = match &command {
        AccountCommand::Add { name, cache_seconds } => {
            let flags = account_flags::account_flags(api, matches);
            config::check_address(api, &flags, &ProcessEnvironment)
                .map_err(|error| UsageError::new(error.to_string()))?;
            let address = account_flags::address_fields(api, &flags).into_iter();
            let mut form: Map<_, _> = address.map(|(field, value)| (field.to_owned(), value.into())).collect();
            form.insert("name".to_owned(), name.as_str().into());
            form.insert("api_key".to_owned(), api_key(api)?);
            form.insert("cache_seconds".to_owned(), (*cache_seconds).into());
            form
        }
        // Only flags change an existing account, because the variables may be set for another command.
        AccountCommand::Update { name, base_url, cache_seconds, new_key, .. } => {
            let mut form = change_form(api, matches, name.as_ref(), base_url.as_ref());
            if let Some(seconds) = cache_seconds {
                form.insert("cache_seconds".to_owned(), (*seconds).into());
            }
            if *new_key {
                form.insert("api_key".to_owned(), api_key(api)?);
            }
            store_access::non_empty_change(form)?
        }
        _ => Map::new(),
    };
    let if_absent = match command {
        AccountCommand::Add { .. } => IfAbsent::Create,
        _ => IfAbsent::Fail,
    };
    let ca_file = match command {
        AccountCommand::Check { .. } => connection::ca_file(api, matches),
        _ => None,
    };
    store_access::run(api, matches, if_absent, async |registry| execute(registry, command, form, ca_file).await)
}

async fn execute(
    registry: &Registry,
    command: AccountCommand,
    form: Map<String, Value>,
    ca_file: Option<PathBuf>,
) -> anyhow::Result<Value> {
    let find = async |account: &str| store_access::find_account(registry, account).await;
    Ok(match command {
        AccountCommand::Add { .. } => json!(registry.create_account(form, &store_access::actor()).await?),
        AccountCommand::List => json!(store_access::all_entries(async |page| registry.accounts(page).await).await?),
        AccountCommand::Show { account } => json!(registry.account(find(&account).await?).await?),
        AccountCommand::Update { account, new_key, .. } => {
            let (account, by) = (find(&account).await?, store_access::actor());
            let changed = registry.update_account(account, form, &Precondition::None, &by).await;
            json!(changed.map_err(|error| with_key_advice(error, new_key))?)
        }
        AccountCommand::Check { account } => {
            let hosts = registry.api_hosts().clone();
            let client = connection::upstream_client(UpstreamOptions { ca_file, hosts, ..UpstreamOptions::default() })?;
            let id = find(&account).await?;
            let stored = registry.stored_account(id).await?;
            let seen = doctor::examine(&client, &stored.account, registry.api(), TOOLS).await;
            let view = registry.record_check(id, &stored, seen.outcome(), seen.key_works(), seen.ratelimit).await?;
            with_field(json!(view), "findings", json!(seen.findings))
        }
        AccountCommand::Delete { account } => {
            let account = find(&account).await?;
            json!(registry.delete_account(account, &Precondition::None, &store_access::actor()).await?)
        }
    })
}

/// Adds a field to an object.
fn with_field(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
    object
}

/// Adds to an error that requires an API key how the command line passes one.
fn with_key_advice(error: RegistryError, new_key: bool) -> anyhow::Error {
    match &error {
        RegistryError::Invalid(violations)
            if !new_key && violations.iter().any(|wrong| wrong.argument == "api_key") =>
        {
            UsageError::new(format!("{error}\nPass --new-key to read the API key from the environment.")).into()
        }
        _ => error.into(),
    }
}

/// Returns the fields that the flags change. An empty value clears a field.
fn change_form(
    api: &ApiDef,
    matches: &ArgMatches,
    name: Option<&String>,
    base_url: Option<&String>,
) -> Map<String, Value> {
    let value = |variable| matches.get_one::<String>(&variable_flag(variable));
    let variables = api.variables.iter().map(|variable| (variable.name, value(variable)));
    let fields = variables.chain([("name", name), ("base_url", base_url)]);
    fields.filter_map(|(field, value)| Some((field.to_owned(), store_access::value_or_null(value?)))).collect()
}

fn api_key(api: &ApiDef) -> Result<Value, UsageError> {
    let key = config::read_api_key(api, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))?;
    Ok(json!(key.expose_secret()))
}
