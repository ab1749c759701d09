//! `token`: the API tokens in the store on this machine.

use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{ActorName, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::local::IfAbsent;
use super::{ID, Subcommand, examples, local, with_examples};

pub(super) const COMMAND: Subcommand = Subcommand { name: "token", define, run };

#[derive(clap::Subcommand)]
enum TokenCommand {
    /// Make an API token, which is printed only once
    Create {
        /// What to call it
        #[arg(long)]
        name: String,
        /// admin for the admin API, caller for second factors and metrics
        #[arg(long)]
        role: String,
        /// When it ends, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
    },
    /// List API tokens
    List,
    /// Remove an API token: it opens nothing from then on
    Remove {
        /// Its identifier
        #[arg(value_parser = local::identifier("token list"))]
        token: Uuid,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("API tokens in the store on this machine")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[("A token for the admin API", "token create --name ops --role admin".to_owned())]));
    let command = with_examples(
        TokenCommand::augment_subcommands(command),
        &[
            (
                "create",
                "A second factor that ends",
                "--name laptop --role caller --expires-at 2030-01-31T12:00:00Z".to_owned(),
            ),
            ("list", "All API tokens, without their text", String::new()),
            ("remove", "Shut out whoever has it", ID.to_owned()),
        ],
    );
    local::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = TokenCommand::from_arg_matches(matches)?;
    let below = matches.subcommand().map_or(matches, |(_, below)| below);
    let if_absent = match command {
        TokenCommand::Create { .. } => IfAbsent::Make,
        _ => IfAbsent::Refuse,
    };
    local::run(api, below, if_absent, async |registry| act(registry, command).await)
}

async fn act(registry: &Registry, command: TokenCommand) -> anyhow::Result<Value> {
    Ok(match command {
        TokenCommand::Create { name, role, expires_at } => {
            let mut given = Map::from_iter([("name".to_owned(), json!(name)), ("role".to_owned(), json!(role))]);
            given.extend(expires_at.map(|end| ("expires_at".to_owned(), json!(end))));
            json!(registry.create_api_token(given, &ActorName("the command line".to_owned())).await?)
        }
        TokenCommand::List => json!(local::all(async |page| registry.api_tokens(page).await).await?),
        TokenCommand::Remove { token } => {
            registry.revoke_api_token(token).await?;
            json!({ "removed": token })
        }
    })
}
