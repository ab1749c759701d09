//! `serve`: serves MCP over HTTP for every account in the store, with the admin API and the console.

#[cfg(feature = "sandbox")]
mod sandbox;

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk365_mcp::access::{AccessOptions, AccessResolver};
use desk365_mcp::admin::{AdminApi, ExaminationFuture};
use desk365_mcp::call_log::{CallLog, CallLogOptions};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::serve::{
    ADMIN_TOKEN, ALLOWED_HOSTS_FLAG, ALLOWED_ORIGINS_FLAG, AUDIT_RETENTION_FLAG, CA_FILE_FLAG, DATA_DIR_FLAG,
    DATABASE_URL_FLAG, DRAIN_DELAY_FLAG, LISTEN, LISTEN_FLAG, LOG_MAX_ROWS_FLAG, LOG_RATE_FLAG, LOG_RETENTION_FLAG,
    LogSettings, MASTER_KEY, OUTAGE_GRACE_FLAG, PUBLIC_URL_FLAG, SANDBOX_FLAG, ServeFlags, Settings,
    TRUSTED_PROXIES_FLAG, settings,
};
use desk365_mcp::config::{CALL_TIMEOUT_FLAG, EnvNames, ProcessEnvironment};
use desk365_mcp::console;
use desk365_mcp::doctor;
use desk365_mcp::maintenance::{Maintenance, MaintenanceOptions};
use desk365_mcp::metrics;
use desk365_mcp::oauth::AuthorizationServer;
use desk365_mcp::registry::{OpenOptions, OpenedRegistry};
use desk365_mcp::serve::{OpenRoutes, ServeOptions, StopSignals, ignore_hangups, routes, serve, while_starting};
use desk365_mcp::sign_in::SignIn;
use desk365_mcp::tools::TOOLS;
use desk365_mcp::upstream::{Account, ApiHosts, BoundedClient, UpstreamClient, UpstreamOptions};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand, UsageError};
use super::connection::{self, ALLOWED_API_HOSTS_HELP, CA_FILE_HELP};
use super::help::{environment, examples};
use super::line_limit;
use super::serve_flag::serve_flag;
use super::stderr::print_line;
use super::{account_flags, store_access};

pub(super) const COMMAND: Subcommand = Subcommand { name: "serve", define, run: Run::WithApi(run) };

/// The usual limit of open files, in case the real one is unknown.
const DEFAULT_OPEN_FILES: u64 = 1024;

fn define(command: Command, api: &ApiDef) -> Command {
    let names = EnvNames::for_api(api);
    let flag = |flag: &'static str, value: &'static str, about: &str| serve_flag(api, flag, value, about);
    let variables = [
        (names.server(ADMIN_TOKEN), "Admin token; without it, the first start creates one"),
        (names.server(MASTER_KEY), "Master key (32 bytes, Base64); without it, the first start creates one"),
        account_flags::log_environment(api),
    ];
    let proxy = ("Run it behind a TLS proxy", "serve --public-url https://mcp.example.com".to_owned());
    let mut lines = vec![proxy];
    if api.sandbox.is_some() {
        lines.insert(0, ("Try it without an account", "serve --sandbox".to_owned()));
    }
    let hosts = "Comma-separated extra Host names to accept, such as mcp.example.com";
    let origins = "Comma-separated origins whose web pages may call the server, such as https://app.example.com";
    let proxies = "Comma-separated IPs or networks of proxies whose X-Forwarded-For is trusted, such as 10.0.0.0/24";
    let grace = "Time for which known URLs work while the store is lost, 0 for none [default: 5m]";
    let drain = "Time to go on accepting requests after SIGTERM, while /readyz answers 503 [default: 0s]";
    let command = command
        .about("Serve MCP over HTTP, with the admin API and the console")
        .long_about(
            "Serve MCP over HTTP, with the admin API and the console.\n\n\
             The first start creates an admin token, which is printed once, and a master key, which encrypts the stored \
             API keys. Terminate TLS at a reverse proxy.",
        )
        .after_help(format!("{}\n\n{}", environment(&variables), examples(&lines)))
        .arg(flag(LISTEN_FLAG, "ADDRESS", &format!("IP address and port to listen on [default: {LISTEN}]")))
        .arg(flag(PUBLIC_URL_FLAG, "URL", "URL at which clients reach the server, such as https://mcp.example.com"))
        .arg(flag(ALLOWED_HOSTS_FLAG, "LIST", hosts))
        .arg(flag(ApiHosts::FLAG, "LIST", ALLOWED_API_HOSTS_HELP))
        .arg(flag(ALLOWED_ORIGINS_FLAG, "LIST", origins))
        .arg(flag(TRUSTED_PROXIES_FLAG, "LIST", proxies))
        .arg(flag(CA_FILE_FLAG, "PEM", CA_FILE_HELP))
        .arg(flag(OUTAGE_GRACE_FLAG, "TIME", grace))
        .arg(flag(DRAIN_DELAY_FLAG, "TIME", drain))
        .arg(flag(CALL_TIMEOUT_FLAG, "TIME", &connection::call_timeout_help()));
    let command = log_flags(command, api);
    let command = store_access::define(command, api);
    if api.sandbox.is_none() {
        return command;
    }
    let name = SANDBOX_FLAG.trim_start_matches("--");
    let help = format!("Add the built-in sandbox as an account [env: {}]", names.server(SANDBOX_FLAG));
    command.arg(Arg::new(name).long(name).action(ArgAction::SetTrue).help(help))
}

fn log_flags(command: Command, api: &ApiDef) -> Command {
    let LogSettings { retention, max_rows, rate, audit_retention } = LogSettings::DEFAULT;
    let days = |time: Duration| time.as_secs() / (24 * 60 * 60);
    let audit_days = days(audit_retention);
    let days = days(retention);
    let flags = [
        (LOG_RETENTION_FLAG, "TIME", format!("Delete call records after this time [default: {days}d]")),
        (
            LOG_MAX_ROWS_FLAG,
            "NUMBER",
            format!("Delete the oldest call records beyond this number [default: {max_rows}]"),
        ),
        (LOG_RATE_FLAG, "NUMBER", format!("Record this many calls per second and server one by one [default: {rate}]")),
        (
            AUDIT_RETENTION_FLAG,
            "TIME",
            format!("Delete rows of the audit log after this time [default: {audit_days}d]"),
        ),
    ];
    command.args(flags.map(|(flag, value, about)| serve_flag(api, flag, value, &about)))
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
        allowed_api_hosts: value(ApiHosts::FLAG),
        trusted_proxies: value(TRUSTED_PROXIES_FLAG),
        ca_file: value(CA_FILE_FLAG),
        outage_grace: value(OUTAGE_GRACE_FLAG),
        drain_delay: value(DRAIN_DELAY_FLAG),
        call_timeout: value(CALL_TIMEOUT_FLAG),
        log_retention: value(LOG_RETENTION_FLAG),
        log_max_rows: value(LOG_MAX_ROWS_FLAG),
        log_rate: value(LOG_RATE_FLAG),
        audit_retention: value(AUDIT_RETENTION_FLAG),
        sandbox: api.sandbox.is_some() && matches.get_flag(SANDBOX_FLAG.trim_start_matches("--")),
    };
    let settings = settings(api, &flags, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(start(api, settings));
    // The drain timeout is over; blocking tasks must not delay the exit.
    runtime.shutdown_background();
    result.map(|()| ExitCode::SUCCESS)
}

async fn start(api: &'static ApiDef, mut settings: Settings) -> anyhow::Result<()> {
    ignore_hangups();
    metrics::start()?;
    let open_files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "failed to raise the limit of open files; fewer connections will fit");
        DEFAULT_OPEN_FILES
    });
    let mut listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "Check whether the server is already running, or choose another address",
            _ => "Choose another address",
        };
        anyhow!("failed to listen on {}: {error}. {advice} with {LISTEN_FLAG}", settings.listen)
    })?;
    // Replaces port 0 by the port that the system chose.
    settings.listen = listener.local_addr()?;
    let options = UpstreamOptions {
        ca_file: settings.ca_file.clone(),
        hosts: settings.api_hosts.clone(),
        call_timeout: settings.call_timeout,
        ..UpstreamOptions::default()
    };
    let client = connection::upstream_client(options)?;
    let open_options =
        OpenOptions::with_data_dir(api, &settings).map_err(|error| UsageError::new(error.to_string()))?;
    let public_url = open_options.public_url.clone();
    let OpenedRegistry { registry, admin_token, key_file, .. } =
        while_starting(&mut listener, OpenedRegistry::open_or_create(api, open_options, Clock::system(), true)).await?;
    for warning in registry.accounts_at_refused_hosts().await? {
        print_line(&warning.to_string());
    }
    if let Some(path) = key_file {
        print_line(&format!("Created the master key file, readable only by this user: {}", path.display()));
    }
    if let Some(token) = admin_token {
        print_line(&format!("Admin token (shown only once): {}", token.expose_secret()));
    }
    #[cfg(feature = "sandbox")]
    let sandbox = match api.sandbox.filter(|_| settings.sandbox) {
        Some(definition) => Some(sandbox::start(definition, &registry).await?),
        None => None,
    };
    #[cfg(feature = "sandbox")]
    if let Some(url) = sandbox.as_ref().and_then(|sandbox| sandbox.url.as_ref()) {
        print_line(&format!("MCP URL (sandbox): {url}"));
    }
    let options = AccessOptions::default();
    let outage_grace = settings.outage_grace.unwrap_or(options.outage_grace);
    let options = AccessOptions { outage_grace, ..options };
    let (store, clock) = (registry.store(), registry.clock());
    let LogSettings { retention, max_rows, rate, audit_retention } = settings.log;
    let options_of_log = CallLogOptions { records_per_second: rate, ..CallLogOptions::default() };
    let call_log = CallLog::start(store.clone(), clock.clone(), &options_of_log);
    let maintenance = MaintenanceOptions {
        log_retention: retention,
        log_max_rows: max_rows,
        audit_retention,
        ..MaintenanceOptions::default()
    };
    let maintenance = Maintenance::new(store.clone(), clock.clone(), maintenance).start();
    tokio::spawn(line_limit::start());
    let access = AccessResolver::new(registry.clone(), client.clone(), call_log.clone(), options);
    // Documents and providers on this machine can be used only while no other machine can use the server.
    let allows_loopback = registry.has_loopback_url();
    let documents = BoundedClient::for_documents(client.certificates(), allows_loopback);
    let providers = BoundedClient::for_providers(client.certificates(), allows_loopback);
    let admin = AdminApi::new(registry.clone(), move |account| examine(api, client.clone(), account));
    let sign_in = SignIn::new(registry.clone(), admin.throttle(), providers);
    let oauth = AuthorizationServer::new(registry.clone(), documents, sign_in.clone());
    let pages = admin.router().merge(console::router(api, &public_url)).merge(sign_in.router()).merge(oauth.pages());
    let open = OpenRoutes { router: oauth.open_routes(), is_at: AuthorizationServer::is_open };
    let draining = CancellationToken::new();
    let routes = routes(access.clone(), pages, open, access.clone(), &settings.host_guard, draining.clone());
    let signals = StopSignals::observe();
    print_line(&format!("Console: {public_url}{}", console::PATH));
    print_line(&format!("Listening on {}, public URL {public_url}", settings.listen));
    let stop = signals.stop(&draining, settings.drain_delay);
    let options = ServeOptions::for_calls_within(settings.call_timeout, open_files);
    serve(listener, routes, settings.host_guard, options, stop, signals.abort()).await;
    maintenance.stop();
    access.close().await;
    call_log.close().await;
    registry.store().close().await;
    Ok(())
}

fn examine(api: &'static ApiDef, client: UpstreamClient, account: Account) -> ExaminationFuture {
    Box::pin(async move { doctor::examine(&client, &account, api, TOOLS).await })
}
