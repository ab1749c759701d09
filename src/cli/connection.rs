//! The connection to the account that the flags name, which may be the sandbox.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use desk365_mcp::call::Caller;
use desk365_mcp::config::{self, Names, Process};
use desk365_mcp::upstream::{Account, Options, UpstreamClient};
use tool_runtime::api::ApiDef;

use super::{Usage, account};

const CA_FILE: &str = "ca_file";

/// Adds the flags that say which account is used and how it is reached.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let ca_file = Arg::new(CA_FILE)
        .long("ca-file")
        .value_name("PEM")
        .value_parser(value_parser!(PathBuf))
        .help(format!(
            "Trust the certificates in this file too, for a proxy that inspects traffic [env: {}]",
            Names::of(api).ca_file()
        ))
        .help_heading("Network (HTTPS_PROXY and NO_PROXY are honoured)");
    account::define(command, api).arg(ca_file)
}

/// The file with further certificates, if one is given.
pub(super) fn ca_file(api: &ApiDef, matches: &ArgMatches) -> Option<PathBuf> {
    config::path(matches.get_one(CA_FILE), &Names::of(api).ca_file(), &Process)
}

/// A client and an account, and what they need to go on working.
pub(super) struct Connection {
    pub(super) client: UpstreamClient,
    pub(super) account: Account,
    api: &'static ApiDef,
    /// The most that one call uploads.
    pub(super) max_upload_bytes: u64,
    /// Ends when it is dropped.
    _sandbox: Option<account::SandboxGuard>,
}

impl Connection {
    /// To the account that flags and environment describe.
    pub(super) async fn open(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<Self> {
        let (account, sandbox) = match account::sandbox(api, matches).await? {
            Some((account, sandbox)) => (account, Some(sandbox)),
            None => (account::given(api, matches)?, None),
        };
        let options = Options { ca_file: ca_file(api, matches), ..Options::default() };
        let max_upload_bytes = options.max_upload_bytes;
        Ok(Self { client: client(options)?, account, api, max_upload_bytes, _sandbox: sandbox })
    }

    /// Calls tools for the account.
    pub(super) fn caller(&self) -> Caller {
        Caller::new(self.client.clone(), self.account.clone(), self.api)
    }
}

/// A client with these options. What keeps one from being made is the file with certificates that was given.
pub(super) fn client(options: Options) -> Result<UpstreamClient, Usage> {
    UpstreamClient::new(options).map_err(|error| Usage::new(error.to_string()))
}
