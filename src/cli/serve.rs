//! `serve`: MCP over HTTP for every account in the store, and the API to administer them.

#[cfg(feature = "sandbox")]
mod sandbox;

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk365_mcp::access::{self, AccessResolver};
use desk365_mcp::admin::{Admin, Findings};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::serve::{
    ALLOWED_HOSTS_FLAG, ALLOWED_ORIGINS_FLAG, CA_FILE_FLAG, DATA_DIR_FLAG, DATABASE_URL_FLAG, LISTEN, LISTEN_FLAG,
    PUBLIC_URL_FLAG, SANDBOX_FLAG, ServeFlags, Settings, TRUSTED_PROXIES_FLAG, settings,
};
use desk365_mcp::config::{Names, Process};
use desk365_mcp::console;
use desk365_mcp::doctor;
use desk365_mcp::metrics;
use desk365_mcp::registry::{Opened, Opening};
use desk365_mcp::serve::{asked_to_stop, routes, serve};
use desk365_mcp::tools::TOOLS;
use desk365_mcp::upstream::{Account, Options, UpstreamClient};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tool_runtime::api::ApiDef;

use super::{Subcommand, Usage, connection, environment, examples, local, say};

pub(super) const COMMAND: Subcommand = Subcommand { name: "serve", define, run };

fn define(command: Command, api: &ApiDef) -> Command {
    let names = Names::of(api);
    let flag = |flag: &'static str, value: &'static str, about: &str| local::flag(api, flag, value, about);
    let secret = |name: &str, about: &'static str| (names.server(name), about);
    let variables = [
        secret("admin-token", "An API token with all rights, instead of the one that the first start makes"),
        secret("master-key", "The key that stored keys are sealed with (32 bytes, Base64), instead of a file"),
        (names.log(), "What is logged to stderr: error, warn (the default), info or debug"),
    ];
    let mut lines =
        vec![("Behind a proxy that speaks TLS for it", "serve --public-url https://mcp.example.com".to_owned())];
    if api.sandbox.is_some() {
        lines.insert(0, ("To try it, without an account", "serve --sandbox".to_owned()));
    }
    let command = command
        .about("Serve accounts to MCP clients over HTTP, each under a URL of its own")
        .long_about(
            "Serve accounts to MCP clients over HTTP, each under a URL of its own.\n\n\
             The first start makes an admin token, which is printed once, and the key that stored API keys are sealed \
             with. TLS is left to a proxy in front of it.",
        )
        .after_help(format!("{}\n\n{}", environment(&variables), examples(&lines)))
        .arg(flag(LISTEN_FLAG, "ADDRESS", &format!("Where to listen: an IP address and a port [default: {LISTEN}]")))
        .arg(flag(PUBLIC_URL_FLAG, "URL", "The URL at which clients reach the server"))
        .arg(flag(
            ALLOWED_HOSTS_FLAG,
            "LIST",
            "Answer to these names as well, besides this machine's and the public one",
        ))
        .arg(flag(
            ALLOWED_ORIGINS_FLAG,
            "LIST",
            "Let web pages of these origins talk to the server and read its answers",
        ))
        .arg(flag(
            TRUSTED_PROXIES_FLAG,
            "LIST",
            "Believe proxies at these addresses or networks whom a request came from (X-Forwarded-For)",
        ))
        .arg(flag(CA_FILE_FLAG, "PEM", "Trust the certificates in this file too, for a proxy that inspects traffic"));
    let command = local::define(command, api);
    if api.sandbox.is_none() {
        return command;
    }
    let name = SANDBOX_FLAG.trim_start_matches("--");
    let help = format!("Add the built-in sandbox as an account [env: {}]", names.server(SANDBOX_FLAG));
    command.arg(Arg::new(name).long(name).action(ArgAction::SetTrue).help(help))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let value = |flag: &str| matches.get_one::<String>(flag.trim_start_matches("--")).cloned();
    let flags = ServeFlags {
        listen: value(LISTEN_FLAG),
        public_url: value(PUBLIC_URL_FLAG),
        database_url: value(DATABASE_URL_FLAG),
        data_dir: value(DATA_DIR_FLAG),
        allowed_origins: value(ALLOWED_ORIGINS_FLAG),
        allowed_hosts: value(ALLOWED_HOSTS_FLAG),
        trusted_proxies: value(TRUSTED_PROXIES_FLAG),
        ca_file: value(CA_FILE_FLAG),
        sandbox: api.sandbox.is_some() && matches.get_flag(SANDBOX_FLAG.trim_start_matches("--")),
    };
    let settings = settings(api, &flags, &Process).map_err(|error| Usage::new(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(start(api, settings));
    // What is still under way has had its time.
    runtime.shutdown_background();
    result.map(|()| ExitCode::SUCCESS)
}

async fn start(api: &'static ApiDef, mut settings: Settings) -> anyhow::Result<()> {
    metrics::start()?;
    // Each connection takes a descriptor, and each call another.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of open files cannot be raised: there is room for fewer connections");
    }
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let running = match error.kind() {
            ErrorKind::AddrInUse => "Is the server already running? Else choose",
            _ => "Choose",
        };
        anyhow!("{} cannot be listened on: {error}. {running} another address with {LISTEN_FLAG}", settings.listen)
    })?;
    // If any port would do, this is the one.
    settings.listen = listener.local_addr()?;
    let options = Options { ca_file: settings.ca_file.clone(), ..Options::default() };
    let max_upload_bytes = options.max_upload_bytes;
    let client = connection::client(options)?;
    let opening = Opening::of(api, &settings).map_err(|error| Usage::new(error.to_string()))?;
    let public_url = opening.public_url.clone();
    let Opened { registry, admin_token, key_file, .. } = Opened::open(api, opening, Clock::system(), true).await?;
    if let Some(path) = key_file {
        say(&format!("The master key, which only this user can read: {}", path.display()));
    }
    if let Some(token) = admin_token {
        say(&format!("The admin token, shown only once: {}", token.expose_secret()));
    }
    #[cfg(feature = "sandbox")]
    let sandbox = match api.sandbox.filter(|_| settings.sandbox) {
        Some(definition) => Some(sandbox::start(definition, &registry).await?),
        None => None,
    };
    #[cfg(feature = "sandbox")]
    if let Some(url) = sandbox.as_ref().and_then(|sandbox| sandbox.url.as_ref()) {
        say(&format!("MCP, on the sandbox: {url}"));
    }
    let options = access::Options { max_upload_bytes, ..access::Options::default() };
    let access = AccessResolver::start(registry.clone(), client.clone(), options);
    let admin = Admin::new(registry.clone(), move |account| examine(api, client.clone(), account));
    let pages = admin.router().merge(console::router(api, &public_url));
    let routes = routes(access.clone(), pages, access.clone(), &settings.host_guard);
    let stop = asked_to_stop();
    say(&format!("The console: {public_url}{}", console::PATH));
    say(&format!("Listening on {}, as {public_url}", settings.listen));
    // Heard from the moment it is waited for: what came before meant the first.
    let hurry = async { asked_to_stop().await };
    serve(listener, routes, settings.host_guard, stop, hurry).await;
    access.close().await;
    registry.store().close().await;
    Ok(())
}

fn examine(api: &'static ApiDef, client: UpstreamClient, account: Account) -> Findings {
    Box::pin(async move { doctor::examine(&client, &account, api, TOOLS).await })
}
