//! `oauth-client`: manages the clients of the authorization server in the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand};
use super::help::{EXAMPLE_ID, examples, with_examples};
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "oauth-client", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum OauthClientCommand {
    /// Register a client and print its secret once
    Create {
        /// Name that users see when they let the client use a server
        #[arg(long)]
        name: String,
        /// Address to which users return after sign-in; give the flag again for further ones
        #[arg(long, value_name = "URL", required = true)]
        redirect_uri: Vec<String>,
        /// Give the client a secret, for a program that runs on a server
        #[arg(long)]
        confidential: bool,
        /// ID of the only server that the client may use
        #[arg(long, value_name = "SERVER")]
        server: Option<Uuid>,
    },
    /// List the clients that are registered
    List,
    /// Delete a client and revoke its connections
    #[command(alias = "remove")]
    Delete {
        /// ID of the client
        #[arg(value_parser = store_access::id_parser("oauth-client list"))]
        client: Uuid,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let arguments =
        "--name Copilot --redirect-uri https://teams.microsoft.com/api/platform/v1.0/oAuthRedirect --confidential";
    let command = command
        .about("Manage the OAuth clients in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[("Register a client with a secret", format!("oauth-client create {arguments}"))]));
    let command = with_examples(
        OauthClientCommand::augment_subcommands(command),
        &[
            ("create", "Register a client with a secret", arguments.to_owned()),
            ("list", "List all clients, without their secrets", String::new()),
            ("delete", "Delete a client whose secret has leaked", EXAMPLE_ID.to_owned()),
        ],
    );
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = OauthClientCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    store_access::run(api, matches, IfAbsent::Fail, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: OauthClientCommand) -> anyhow::Result<Value> {
    Ok(match command {
        OauthClientCommand::Create { name, redirect_uri, confidential, server } => {
            let mut form = Map::from_iter([
                ("name".to_owned(), json!(name)),
                ("redirect_uris".to_owned(), json!(redirect_uri)),
                ("confidential".to_owned(), json!(confidential)),
            ]);
            form.extend(server.map(|server| ("server_id".to_owned(), json!(server))));
            json!(registry.create_oauth_client(form, &store_access::actor()).await?)
        }
        OauthClientCommand::List => {
            json!(store_access::all_entries(async |page| registry.oauth_clients(page).await).await?)
        }
        OauthClientCommand::Delete { client } => {
            registry.delete_oauth_client(client, &Precondition::None, &store_access::actor()).await?;
            json!({ "deleted": client })
        }
    })
}
