//! `stdio`: serves MCP over stdin and stdout, for one account.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use desk365_mcp::service::ScopedService;
use mcp_server::serve_stdio;
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand};
use super::connection::{self, ApiConnection};
use super::help::{environment, examples};
use super::runtime::current_thread_runtime;
use super::stderr::print_line;
use super::{account_flags, attachments_flag, scope_flags};

pub(super) const COMMAND: Subcommand = Subcommand { name: "stdio", define, run: Run::WithApi(run) };

fn define(command: Command, api: &ApiDef) -> Command {
    let mut lines = vec![("Serve only the tools that read", "stdio --read-only".to_owned())];
    if let [first, second, ..] = api.tags {
        lines.push((
            "Serve the tools of two tags, except those that delete",
            format!("stdio --tags {},{} --methods read,create,update,custom", first.name, second.name),
        ));
    }
    if api.sandbox.is_some() {
        lines.push(("Try it without an account", "stdio --sandbox".to_owned()));
    }
    lines.push(("Let tools attach files from one folder", "stdio --attachments-dir ~/outbox".to_owned()));
    let command = command
        .about("Serve one account to an MCP client over stdin and stdout")
        .long_about(
            "Serve one account to an MCP client over stdin and stdout.\n\n\
             MCP clients start this command themselves. It exits when stdin is closed.",
        )
        .after_help(format!("{}\n\n{}", environment(&account_flags::environment(api)), examples(&lines)));
    let command = attachments_flag::define(connection::define(command, api), api);
    scope_flags::define_listing(scope_flags::define(command, api))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let scope = scope_flags::selected_scope(api, matches)?;
    let listing = scope_flags::selected_listing(matches)?;
    let runtime = current_thread_runtime()?;
    let result = runtime.block_on(async {
        let connection = ApiConnection::open(api, matches).await?;
        let caller = attachments_flag::with_folder(api, matches, connection.caller().with_results(listing.results))?;
        let service = ScopedService::new(api, scope, listing.exposure, listing.confirm, caller);
        if io::stdin().is_terminal() {
            // A person started it by hand and would otherwise see an empty screen.
            print_line("Serving MCP on stdin and stdout, one message per line. Press Ctrl-D to stop.");
        }
        let serving = serve_stdio(service, tokio::io::stdin(), tokio::io::stdout());
        anyhow::Ok(Box::pin(serving).await?)
    });
    // A pending read of stdin cannot be cancelled and would delay the exit.
    runtime.shutdown_background();
    result.map(|()| ExitCode::SUCCESS)
}
