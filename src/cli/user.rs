//! `user`: manages the users in the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand};
use super::help::{EXAMPLE_ID, examples, with_examples};
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "user", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum UserCommand {
    /// List the users who have signed in
    List,
    /// Change the role of a user, or bar a user from signing in
    Update {
        /// ID of the user
        #[arg(value_parser = store_access::id_parser("user list"))]
        user: Uuid,
        /// Role: admin (admin API and console) or member (own connections)
        #[arg(long)]
        role: Option<String>,
        /// Status: active, or disabled to bar the user from signing in
        #[arg(long)]
        status: Option<String>,
    },
    /// Delete a user; a disabled user stays disabled
    Delete {
        /// ID of the user
        #[arg(value_parser = store_access::id_parser("user list"))]
        user: Uuid,
    },
}

fn define(command: Command, api: &ApiDef) -> Command {
    let list = ("List everyone who has signed in", "user list".to_owned());
    let command = command
        .about("Manage the users in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[list]));
    let command = with_examples(
        UserCommand::augment_subcommands(command),
        &[
            ("list", "List everyone who has signed in", String::new()),
            ("update", "Bar a user who leaves", format!("{EXAMPLE_ID} --status disabled")),
            ("delete", "Delete a user", EXAMPLE_ID.to_owned()),
        ],
    );
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = UserCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    store_access::run(api, matches, IfAbsent::Fail, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: UserCommand) -> anyhow::Result<Value> {
    let by = store_access::actor();
    Ok(match command {
        UserCommand::List => json!(store_access::all_entries(async |page| registry.users(page).await).await?),
        UserCommand::Update { user, role, status } => {
            let given = [("role", role), ("status", status)];
            let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
            let form = store_access::non_empty_change(given.collect())?;
            json!(registry.update_user(user, form, &by, &Precondition::None).await?)
        }
        UserCommand::Delete { user } => {
            registry.delete_user(user, &by, &Precondition::None).await?;
            json!({ "deleted": user })
        }
    })
}
