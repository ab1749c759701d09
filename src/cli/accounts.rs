//! `account`: the accounts in the store on this machine.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::config::{self, Names, Process};
use desk365_mcp::registry::{Registry, RegistryError};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;

use super::local::IfAbsent;
use super::{Subcommand, Usage, account, environment, examples, local, with_examples};

pub(super) const COMMAND: Subcommand = Subcommand { name: "account", define, run };

#[derive(clap::Subcommand)]
enum AccountCommand {
    /// Add an account; its key is read from the environment, and its address where no flag gives it
    Add {
        /// What to call it
        #[arg(long)]
        name: String,
    },
    /// List accounts
    List,
    /// Show an account
    Show {
        /// Its identifier or name
        account: String,
    },
    /// Change an account
    Update {
        /// Its identifier or name
        account: String,
        /// What to call it
        #[arg(long)]
        name: Option<String>,
        /// The whole address of the API; "" to go back to what makes it up
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// Take a new key from the environment, as an account needs that moves to another host
        #[arg(long)]
        new_key: bool,
    },
    /// Remove an account with all its servers
    Remove {
        /// Its identifier or name
        account: String,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let names = Names::of(api);
    let key = [(names.api_key(), "The API key"), (names.api_key_file(), "A file that holds the API key, instead")];
    let variable = api.variables.first();
    let add = variable.map_or_else(String::new, |variable| format!(" {} {}", config::flag(variable), variable.example));
    let add = examples(&[("Add an account", format!("account add --name Acme{add}"))]);
    let help = format!("{}\n\n{add}", environment(&key));
    let command = command
        .about("Accounts in the store on this machine")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(help.clone());
    let variables = api.variables.iter().map(|variable| {
        Arg::new(config::flag(variable))
            .long(config::flag(variable).trim_start_matches("--").to_owned())
            .value_name(variable.name.to_uppercase())
            .help(format!("{} Example: {}", variable.about, variable.example))
    });
    let command = with_examples(
        AccountCommand::augment_subcommands(command),
        &[
            ("list", "All accounts, without their keys", String::new()),
            ("show", "An account by its name", "Acme".to_owned()),
            ("update", "Take a new key, which the environment holds", "Acme --new-key".to_owned()),
            ("remove", "The account and all its servers", "Acme".to_owned()),
        ],
    );
    let command = command.mut_subcommand("add", |add| account::define_address(add, api).after_help(help));
    local::define(command.mut_subcommand("update", |update| update.args(variables)), api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = AccountCommand::from_arg_matches(matches)?;
    let below = matches.subcommand().map_or(matches, |(_, below)| below);
    let given = match &command {
        AccountCommand::Add { name } => {
            let flags = account::flags(api, below);
            config::check_address(api, &flags, &Process).map_err(|error| Usage::new(error.to_string()))?;
            let address = account::address(api, &flags).into_iter();
            let mut given: Map<_, _> = address.map(|(part, value)| (part.to_owned(), value.into())).collect();
            given.insert("name".to_owned(), name.as_str().into());
            given.insert("api_key".to_owned(), api_key(api)?);
            given
        }
        // What is there already is changed by flags alone: a variable may be set for another purpose.
        AccountCommand::Update { name, base_url, new_key, .. } => {
            let mut given = changed(api, below, name.as_ref(), base_url.as_ref());
            if *new_key {
                given.insert("api_key".to_owned(), api_key(api)?);
            }
            local::changes(given)?
        }
        _ => Map::new(),
    };
    let if_absent = match command {
        AccountCommand::Add { .. } => IfAbsent::Make,
        _ => IfAbsent::Refuse,
    };
    local::run(api, below, if_absent, async |registry| act(registry, command, given).await)
}

async fn act(registry: &Registry, command: AccountCommand, given: Map<String, Value>) -> anyhow::Result<Value> {
    let find = async |account: &str| local::account(registry, account).await;
    Ok(match command {
        AccountCommand::Add { .. } => json!(registry.create_account(given).await?),
        AccountCommand::List => json!(local::all(async |page| registry.accounts(page).await).await?),
        AccountCommand::Show { account } => json!(registry.account(find(&account).await?).await?),
        AccountCommand::Update { account, new_key, .. } => {
            let changed = registry.update_account(find(&account).await?, given).await;
            json!(changed.map_err(|refusal| advised(refusal, new_key))?)
        }
        AccountCommand::Remove { account } => json!(registry.delete_account(find(&account).await?).await?),
    })
}

/// A refusal; if it asks for a key, with how a command gives one.
fn advised(refusal: RegistryError, new_key: bool) -> anyhow::Error {
    match &refusal {
        RegistryError::Invalid(violations)
            if !new_key && violations.iter().any(|wrong| wrong.argument == "api_key") =>
        {
            Usage::new(format!("{refusal}\nGive the key with --new-key, which takes it from the environment.")).into()
        }
        _ => refusal.into(),
    }
}

/// What the flags change about an account. An empty value takes away.
fn changed(api: &ApiDef, below: &ArgMatches, name: Option<&String>, base_url: Option<&String>) -> Map<String, Value> {
    let given = |variable| below.get_one::<String>(&config::flag(variable));
    let variables = api.variables.iter().map(|variable| (variable.name, given(variable)));
    let all = variables.chain([("name", name), ("base_url", base_url)]);
    all.filter_map(|(key, value)| Some((key.to_owned(), local::value_or_null(value?)))).collect()
}

fn api_key(api: &ApiDef) -> Result<Value, Usage> {
    let key = config::api_key(api, &Process).map_err(|error| Usage::new(error.to_string()))?;
    Ok(json!(key.expose_secret()))
}
