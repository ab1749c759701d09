//! `connection`: manages the connections in the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand};
use super::help::{EXAMPLE_ID, examples, with_examples};
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "connection", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum ConnectionCommand {
    /// List which users let which clients use which servers
    List,
    /// Revoke a connection; its tokens stop working at once
    #[command(alias = "remove")]
    Revoke {
        /// ID of the connection
        #[arg(value_parser = store_access::id_parser("connection list"))]
        connection: Uuid,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("Manage the connections of users and clients in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[("List all connections", "connection list".to_owned())]));
    let command = with_examples(
        ConnectionCommand::augment_subcommands(command),
        &[
            ("list", "List all connections", String::new()),
            ("revoke", "Revoke a connection of a lost laptop", EXAMPLE_ID.to_owned()),
        ],
    );
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = ConnectionCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    store_access::run(api, matches, IfAbsent::Fail, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: ConnectionCommand) -> anyhow::Result<Value> {
    Ok(match command {
        ConnectionCommand::List => {
            json!(store_access::all_entries(async |page| registry.connections(page).await).await?)
        }
        ConnectionCommand::Revoke { connection } => {
            registry.revoke_connection(connection, &Precondition::None, &store_access::actor()).await?;
            json!({ "revoked": connection })
        }
    })
}
