//! A connection to the selected account or sandbox.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use desk365_mcp::call::ToolCaller;
use desk365_mcp::config::{self, CALL_TIMEOUT_FLAG, EnvNames, ProcessEnvironment, serve};
use desk365_mcp::upstream::{Account, ApiHosts, CALL_TIMEOUT, UpstreamClient, UpstreamOptions};
use tool_runtime::api::ApiDef;

use super::command::UsageError;
use super::{account_flags, sandbox_flags};

const CA_FILE: &str = "ca_file";
const ALLOWED_API_HOSTS: &str = "allowed_api_hosts";
/// Help text of `--allowed-api-hosts`, here and in `serve`.
pub(super) const ALLOWED_API_HOSTS_HELP: &str =
    "Comma-separated hosts to which API keys may be sent, besides the API's own; they may be private";
const HEADING: &str = "Network (HTTPS_PROXY and NO_PROXY are honoured)";
/// Help text of `--ca-file`, here and in `serve`.
pub(super) const CA_FILE_HELP: &str = "PEM file of extra CA certificates to trust, for a proxy that inspects TLS";

/// Help text of `--call-timeout`, here and in `serve`.
pub(super) fn call_timeout_help() -> String {
    let default = CALL_TIMEOUT.as_secs();
    format!("Time within which a call is answered, uploads included [default: {default}s]")
}

/// Adds the flags for the account, the sandbox and the network.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let allowed_api_hosts = Arg::new(ALLOWED_API_HOSTS)
        .long(ApiHosts::FLAG.trim_start_matches("--"))
        .value_name("LIST")
        .help(format!("{ALLOWED_API_HOSTS_HELP} [env: {}]", EnvNames::for_api(api).server(ApiHosts::FLAG)))
        .help_heading(HEADING);
    let timeout = CALL_TIMEOUT_FLAG.trim_start_matches("--");
    let variable = EnvNames::for_api(api).server(CALL_TIMEOUT_FLAG);
    let call_timeout = Arg::new(timeout)
        .long(timeout)
        .value_name("TIME")
        .help(format!("{} [env: {variable}]", call_timeout_help()))
        .help_heading(HEADING);
    account_flags::define(command, api).arg(ca_file_arg(api)).arg(allowed_api_hosts).arg(call_timeout)
}

/// The flag for extra CA certificates.
pub(super) fn ca_file_arg(api: &ApiDef) -> Arg {
    Arg::new(CA_FILE)
        .long("ca-file")
        .value_name("PEM")
        .value_parser(value_parser!(PathBuf))
        .help(format!("{CA_FILE_HELP} [env: {}]", EnvNames::for_api(api).ca_file()))
        .help_heading(HEADING)
}

/// Returns the path of the file with extra CA certificates, if one is given.
pub(super) fn ca_file(api: &ApiDef, matches: &ArgMatches) -> Option<PathBuf> {
    config::path_setting(matches.get_one(CA_FILE), &EnvNames::for_api(api).ca_file(), &ProcessEnvironment)
}

/// Returns the list of hosts to which API keys may be sent, if one is given.
pub(super) fn allowed_api_hosts(api: &ApiDef, matches: &ArgMatches) -> Option<String> {
    let name = EnvNames::for_api(api).server(ApiHosts::FLAG);
    config::text_setting(matches.get_one(ALLOWED_API_HOSTS), &name, &ProcessEnvironment)
}

/// Returns the hosts to which the account's key may be sent. The caller chose the base URL for this process, so its host
/// needs no list.
fn api_hosts(api: &ApiDef, matches: &ArgMatches, account: &Account) -> Result<ApiHosts, UsageError> {
    let hosts = serve::api_hosts(api, matches.get_one(ALLOWED_API_HOSTS), &ProcessEnvironment);
    let mut hosts = hosts.map_err(|error| UsageError::new(error.to_string()))?;
    if hosts.check(account.base_url()).is_err() {
        hosts.allow_host_of(account.base_url());
    }
    Ok(hosts)
}

/// Returns the time within which a call is answered.
fn call_timeout(api: &ApiDef, matches: &ArgMatches) -> Result<Duration, UsageError> {
    let flag = matches.get_one(CALL_TIMEOUT_FLAG.trim_start_matches("--"));
    serve::call_timeout(api, flag, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))
}

/// A client and an account. The sandbox runs until the connection is dropped.
pub(super) struct ApiConnection {
    pub(super) client: UpstreamClient,
    pub(super) account: Account,
    api: &'static ApiDef,
    _sandbox: Option<sandbox_flags::SandboxGuard>,
}

impl ApiConnection {
    /// Connects to the account or sandbox that flags and environment select.
    pub(super) async fn open(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<Self> {
        let (account, sandbox) = match sandbox_flags::start_sandbox(api, matches).await? {
            Some((account, sandbox)) => (account, Some(sandbox)),
            None => (account_flags::selected_account(api, matches)?, None),
        };
        let hosts = api_hosts(api, matches, &account)?;
        let options = UpstreamOptions {
            ca_file: ca_file(api, matches),
            hosts,
            call_timeout: call_timeout(api, matches)?,
            ..UpstreamOptions::default()
        };
        Ok(Self { client: upstream_client(options)?, account, api, _sandbox: sandbox })
    }

    /// Returns a caller of tools for the account.
    pub(super) fn caller(&self) -> ToolCaller {
        ToolCaller::new(self.client.clone(), self.account.clone(), self.api)
    }
}

/// Builds a client. The only input that can be wrong is the CA file, so a failure is a usage error.
pub(super) fn upstream_client(options: UpstreamOptions) -> Result<UpstreamClient, UsageError> {
    UpstreamClient::new(options).map_err(|error| UsageError::new(error.to_string()))
}
