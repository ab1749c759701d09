//! `token`: manages the API tokens in the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand};
use super::help::{EXAMPLE_ID, EXAMPLE_TIME, examples, with_examples};
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "token", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum TokenCommand {
    /// Create an API token and print it once
    Create {
        /// Name of the token
        #[arg(long)]
        name: String,
        /// Role: admin (admin API and console) or caller (second factor and metrics)
        #[arg(long)]
        role: String,
        /// Expiry time, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
    },
    /// List all API tokens
    List,
    /// Revoke an API token; it stops working at once
    #[command(alias = "remove")]
    Revoke {
        /// ID of the token
        #[arg(value_parser = store_access::id_parser("token list"))]
        token: Uuid,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let create = ("Create a token for the admin API", "token create --name ops --role admin".to_owned());
    let command = command
        .about("Manage the API tokens in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[create]));
    let second_factor = format!("--name laptop --role caller --expires-at {EXAMPLE_TIME}");
    let command = with_examples(
        TokenCommand::augment_subcommands(command),
        &[
            ("create", "Create a second factor with an expiry time", second_factor),
            ("list", "List all API tokens, without their secrets", String::new()),
            ("revoke", "Revoke a token that has leaked", EXAMPLE_ID.to_owned()),
        ],
    );
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = TokenCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    let if_absent = match command {
        TokenCommand::Create { .. } => IfAbsent::Create,
        _ => IfAbsent::Fail,
    };
    store_access::run(api, matches, if_absent, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: TokenCommand) -> anyhow::Result<Value> {
    Ok(match command {
        TokenCommand::Create { name, role, expires_at } => {
            let mut form = Map::from_iter([("name".to_owned(), json!(name)), ("role".to_owned(), json!(role))]);
            form.extend(expires_at.map(|time| ("expires_at".to_owned(), json!(time))));
            json!(registry.create_api_token(form, &store_access::actor()).await?)
        }
        TokenCommand::List => json!(store_access::all_entries(async |page| registry.api_tokens(page).await).await?),
        TokenCommand::Revoke { token } => {
            registry.revoke_api_token(token, &Precondition::None, &store_access::actor()).await?;
            json!({ "revoked": token })
        }
    })
}
