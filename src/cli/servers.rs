//! `server`: the scoped servers in the store on this machine.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::config::serve::{LISTEN, LISTEN_FLAG, PUBLIC_URL_FLAG};
use desk365_mcp::registry::{ActorName, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::local::IfAbsent;
use super::{ID, Subcommand, examples, local, scope, with_examples};

pub(super) const COMMAND: Subcommand = Subcommand { name: "server", define, run };

#[derive(clap::Subcommand)]
enum ServerCommand {
    /// Make a server; its token and its URL are printed only once
    Create {
        /// Identifier or name of the account
        account: String,
        /// What to call it
        #[arg(long)]
        name: String,
        #[command(flatten)]
        config: ConfigFlags,
        /// When it ends, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
        /// Only show which tools it would list
        #[arg(long)]
        dry_run: bool,
    },
    /// List the servers of an account
    List {
        /// Identifier or name of the account
        account: String,
    },
    /// Show a server
    Show {
        /// Identifier or name of the account
        account: String,
        /// Identifier of the server
        #[arg(value_parser = local::identifier("server list ACCOUNT"))]
        server: Uuid,
    },
    /// Change a server: what is not given stays
    Update {
        /// Identifier or name of the account
        account: String,
        /// Identifier of the server
        #[arg(value_parser = local::identifier("server list ACCOUNT"))]
        server: Uuid,
        /// What to call it
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        config: ConfigFlags,
        /// Remove these keys of its configuration, such as methods,tags
        #[arg(long, value_name = "KEYS", value_delimiter = ',')]
        clear: Vec<String>,
        /// When it ends; "" to let it live on
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
    },
    /// Remove a server: its token opens nothing from then on
    Remove {
        /// Identifier or name of the account
        account: String,
        /// Identifier of the server
        #[arg(value_parser = local::identifier("server list ACCOUNT"))]
        server: Uuid,
    },
}

/// What a server is limited to.
#[derive(Args)]
struct ConfigFlags {
    #[command(flatten)]
    lists: scope::ListFlags,
    /// List all tools, or just three that find and call the others: all or discovery
    #[arg(long, value_name = "HOW")]
    tool_exposure: Option<String>,
    /// Whether a caller must show a live API token as well
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_api_token_auth: Option<bool>,
}

impl ConfigFlags {
    fn json(self) -> Map<String, Value> {
        let all = [
            ("methods", self.lists.methods.map(|list| json!(list))),
            ("tags", self.lists.tags.map(|list| json!(list))),
            ("tools", self.lists.tools.map(|list| json!(list))),
            ("exclude_tools", self.lists.exclude_tools.map(|list| json!(list))),
            ("tool_exposure", self.tool_exposure.map(|how| json!(how))),
            ("require_api_token_auth", self.require_api_token_auth.map(|on| json!(on))),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("Scoped MCP servers in the store on this machine")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[
            ("A server that only reads", "server create Acme --name readers --methods read".to_owned()),
            ("What it would list", "server create Acme --name readers --methods read --dry-run".to_owned()),
        ]));
    let command = with_examples(
        ServerCommand::augment_subcommands(command),
        &[
            ("create", "A server that only reads", "Acme --name readers --methods read".to_owned()),
            ("list", "The servers of an account, without their tokens", "Acme".to_owned()),
            ("show", "A server", format!("Acme {ID}")),
            ("update", "Leave it every kind of tool from now on", format!("Acme {ID} --clear methods")),
            ("remove", "Shut out whoever has its URL", format!("Acme {ID}")),
        ],
    );
    let command = command.mut_subcommand("create", |create| {
        scope::with_names(create, api).args([
            local::flag(
                api,
                PUBLIC_URL_FLAG,
                "URL",
                "The URL at which clients reach the server, as `serve` was given it: what is printed begins with it",
            ),
            local::flag(
                api,
                LISTEN_FLAG,
                "ADDRESS",
                &format!("Where it listens, as `serve` was given it, if it has no public URL [default: {LISTEN}]"),
            ),
        ])
    });
    local::define(command.mut_subcommand("update", |update| scope::with_names(update, api)), api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = ServerCommand::from_arg_matches(matches)?;
    let below = matches.subcommand().map_or(matches, |(_, below)| below);
    local::run(api, below, IfAbsent::Refuse, async |registry| act(registry, command).await)
}

async fn act(registry: &Registry, command: ServerCommand) -> anyhow::Result<Value> {
    let find = async |account: &str| local::account(registry, account).await;
    Ok(match command {
        ServerCommand::Create { account, name, config, expires_at, dry_run } => {
            let account = find(&account).await?;
            let given = form(Some(&name), config.json(), expires_at.as_deref());
            if dry_run {
                json!(registry.preview_server(account, given).await?)
            } else {
                let by = ActorName("the command line".to_owned());
                json!(registry.create_server(account, given, &by).await?)
            }
        }
        ServerCommand::List { account } => {
            let account = find(&account).await?;
            json!(local::all(async |page| registry.servers(account, page).await).await?)
        }
        ServerCommand::Show { account, server } => json!(registry.server(find(&account).await?, server).await?),
        ServerCommand::Update { account, server, name, config, clear, expires_at } => {
            let mut config = config.json();
            config.extend(clear.into_iter().map(|key| (key, Value::Null)));
            let given = local::changes(form(name.as_deref(), config, expires_at.as_deref()))?;
            json!(registry.update_server(find(&account).await?, server, given).await?)
        }
        ServerCommand::Remove { account, server } => {
            registry.revoke_server(find(&account).await?, server).await?;
            json!({ "removed": server })
        }
    })
}

fn form(name: Option<&str>, config: Map<String, Value>, expires_at: Option<&str>) -> Map<String, Value> {
    let config = (!config.is_empty()).then_some(Value::Object(config));
    let all = [
        ("name", name.map(|name| json!(name))),
        ("config", config),
        ("expires_at", expires_at.map(local::value_or_null)),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
