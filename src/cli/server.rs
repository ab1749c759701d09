//! `server`: manages the MCP servers in the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::config::serve::{LISTEN, LISTEN_FLAG, PUBLIC_URL_FLAG};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand};
use super::help::{EXAMPLE_ID, examples, with_examples};
use super::scope_flags::{self, ListFlags};
use super::serve_flag::serve_flag;
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "server", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum ServerCommand {
    /// Create an MCP server and print its token and URL once
    Create {
        /// ID or name of the account
        account: String,
        /// Name of the server
        #[arg(long)]
        name: String,
        #[command(flatten)]
        config: ConfigFlags,
        /// Expiry time, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
        /// Print the tools that the server would list, and create nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List the MCP servers of an account
    List {
        /// ID or name of the account
        account: String,
    },
    /// Print an MCP server
    Show {
        /// ID or name of the account
        account: String,
        /// ID of the server
        #[arg(value_parser = store_access::id_parser("server list ACCOUNT"))]
        server: Uuid,
    },
    /// Change an MCP server; omitted flags change nothing
    Update {
        /// ID or name of the account
        account: String,
        /// ID of the server
        #[arg(value_parser = store_access::id_parser("server list ACCOUNT"))]
        server: Uuid,
        /// New name of the server
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        config: ConfigFlags,
        /// Comma-separated config keys to remove, such as methods,tags
        #[arg(long, value_name = "KEYS", value_delimiter = ',')]
        clear: Vec<String>,
        /// Expiry time, such as 2030-01-31T12:00:00Z; pass "" to remove it
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
    },
    /// Replace the URL of an MCP server and print the new one once
    RotateUrl {
        /// ID or name of the account
        account: String,
        /// ID of the server
        #[arg(value_parser = store_access::id_parser("server list ACCOUNT"))]
        server: Uuid,
        /// Time in seconds for which the old URL still works (0 to 86400)
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        overlap_seconds: u32,
    },
    /// Revoke an MCP server; its token stops working at once
    #[command(alias = "remove")]
    Revoke {
        /// ID or name of the account
        account: String,
        /// ID of the server
        #[arg(value_parser = store_access::id_parser("server list ACCOUNT"))]
        server: Uuid,
    },
}

/// The flags for the config of a server.
#[derive(Args)]
struct ConfigFlags {
    #[command(flatten)]
    lists: ListFlags,
    /// List all tools, or three discovery tools that find and call them: all or discovery
    #[arg(long, value_name = "MODE")]
    tool_exposure: Option<String>,
    /// Confirm calls that e-mail customers, show them a text, delete or publish: auto, always or never
    #[arg(long, value_name = "WHEN")]
    confirm: Option<String>,
    /// Show compact results, or the API's replies unchanged: compact or raw
    #[arg(long, value_name = "FORM")]
    results: Option<String>,
    /// Maximum length of a compact result, such as 25000
    #[arg(long, value_name = "CHARACTERS")]
    max_result_chars: Option<u64>,
    #[arg(long, value_name = "WAY", help = "Way in which callers prove who they are: url, api_token or sign_in")]
    auth: Option<String>,
    /// Comma-separated e-mail addresses of the users who may sign in
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    sign_in_emails: Option<Vec<String>>,
    /// Comma-separated e-mail domains of the users to admit
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    sign_in_domains: Option<Vec<String>>,
    /// Comma-separated groups of the users to admit
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    sign_in_groups: Option<Vec<String>>,
    /// ID of the identity provider whose users alone are admitted
    #[arg(long, value_name = "ID")]
    sign_in_provider: Option<String>,
    /// Require a live API token as a second factor
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_api_token_auth: Option<bool>,
    /// Maximum number of calls to the API in an hour
    #[arg(long, value_name = "NUMBER")]
    calls_per_hour: Option<u64>,
    /// Maximum number of calls in an hour that change something
    #[arg(long, value_name = "NUMBER")]
    writes_per_hour: Option<u64>,
    /// Answer as if the server did not exist
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    paused: Option<bool>,
    /// Comma-separated IP addresses and networks of allowed clients, such as 192.0.2.0/24
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    allowed_ips: Option<Vec<String>>,
}

impl ConfigFlags {
    fn into_json(self) -> Map<String, Value> {
        let sign_in = [
            ("provider", self.sign_in_provider.map(|id| json!(id))),
            ("emails", self.sign_in_emails.map(|list| json!(list))),
            ("domains", self.sign_in_domains.map(|list| json!(list))),
            ("groups", self.sign_in_groups.map(|list| json!(list))),
        ];
        let sign_in: Map<_, _> =
            sign_in.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        let sign_in = (!sign_in.is_empty()).then_some(Value::Object(sign_in));
        let fields = [
            ("methods", self.lists.methods.map(|list| json!(list))),
            ("tags", self.lists.tags.map(|list| json!(list))),
            ("tools", self.lists.tools.map(|list| json!(list))),
            ("exclude_tools", self.lists.exclude_tools.map(|list| json!(list))),
            ("tool_exposure", self.tool_exposure.map(|mode| json!(mode))),
            ("confirm", self.confirm.map(|when| json!(when))),
            ("results", self.results.map(|form| json!(form))),
            ("max_result_chars", self.max_result_chars.map(|chars| json!(chars))),
            ("auth", self.auth.map(|way| json!(way))),
            ("sign_in", sign_in),
            ("require_api_token_auth", self.require_api_token_auth.map(|required| json!(required))),
            ("calls_per_hour", self.calls_per_hour.map(|calls| json!(calls))),
            ("writes_per_hour", self.writes_per_hour.map(|calls| json!(calls))),
            ("paused", self.paused.map(|paused| json!(paused))),
            ("allowed_ips", self.allowed_ips.map(|list| json!(list))),
        ];
        fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("Manage the MCP servers in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[
            ("Create a server whose tools only read", "server create Acme --name readers --methods read".to_owned()),
            (
                "Print the tools that it would list",
                "server create Acme --name readers --methods read --dry-run".to_owned(),
            ),
        ]));
    let command = with_examples(
        ServerCommand::augment_subcommands(command),
        &[
            ("create", "Create a server whose tools only read", "Acme --name readers --methods read".to_owned()),
            ("list", "List the servers of an account, without their tokens", "Acme".to_owned()),
            ("show", "Print a server", format!("Acme {EXAMPLE_ID}")),
            ("update", "Allow all methods", format!("Acme {EXAMPLE_ID} --clear methods")),
            (
                "rotate-url",
                "Replace a URL, and let clients use the old one for an hour",
                format!("Acme {EXAMPLE_ID} --overlap-seconds 3600"),
            ),
            ("revoke", "Revoke a server whose URL has leaked", format!("Acme {EXAMPLE_ID}")),
        ],
    );
    let address = |command: Command| {
        let public_url = "Public URL that `serve` is started with; the printed URL starts with it";
        let listen = format!("Address that `serve` listens on, used without a public URL [default: {LISTEN}]");
        command.args([
            serve_flag(api, PUBLIC_URL_FLAG, "URL", public_url),
            serve_flag(api, LISTEN_FLAG, "ADDRESS", &listen),
        ])
    };
    let command = command.mut_subcommand("create", |create| address(scope_flags::with_allowed_values(create, api)));
    let command = command.mut_subcommand("rotate-url", address);
    let command = command.mut_subcommand("update", |update| scope_flags::with_allowed_values(update, api));
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = ServerCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    store_access::run(api, matches, IfAbsent::Fail, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: ServerCommand) -> anyhow::Result<Value> {
    let find = async |account: &str| store_access::find_account(registry, account).await;
    Ok(match command {
        ServerCommand::Create { account, name, config, expires_at, dry_run } => {
            let account = find(&account).await?;
            let form = server_form(Some(&name), config.into_json(), expires_at.as_deref());
            if dry_run {
                json!(registry.preview_server(account, form).await?)
            } else {
                json!(registry.create_server(account, form, &store_access::actor()).await?)
            }
        }
        ServerCommand::List { account } => {
            let account = find(&account).await?;
            json!(store_access::all_entries(async |page| registry.servers(account, page).await).await?)
        }
        ServerCommand::Show { account, server } => json!(registry.server(find(&account).await?, server).await?),
        ServerCommand::Update { account, server, name, config, clear, expires_at } => {
            let mut config = config.into_json();
            config.extend(clear.into_iter().map(|key| (key, Value::Null)));
            let form = server_form(name.as_deref(), config, expires_at.as_deref());
            let form = store_access::non_empty_change(form)?;
            let account = find(&account).await?;
            let by = store_access::actor();
            json!(registry.update_server(account, server, form, &Precondition::None, &by).await?)
        }
        ServerCommand::RotateUrl { account, server, overlap_seconds } => {
            let form = Map::from_iter([("overlap_seconds".to_owned(), json!(overlap_seconds))]);
            let account = find(&account).await?;
            json!(registry.rotate_url(account, server, form, &store_access::actor()).await?)
        }
        ServerCommand::Revoke { account, server } => {
            let account = find(&account).await?;
            registry.revoke_server(account, server, &Precondition::None, &store_access::actor()).await?;
            json!({ "revoked": server })
        }
    })
}

/// Returns the form of a new or changed server.
fn server_form(name: Option<&str>, config: Map<String, Value>, expires_at: Option<&str>) -> Map<String, Value> {
    let config = (!config.is_empty()).then_some(Value::Object(config));
    let fields = [
        ("name", name.map(|name| json!(name))),
        ("config", config),
        ("expires_at", expires_at.map(store_access::value_or_null)),
    ];
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
