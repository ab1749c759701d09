//! `stdio`: MCP over stdin and stdout, for one account.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use desk365_mcp::service::ScopedService;
use mcp_server::serve_stdio;
use tool_runtime::api::ApiDef;

use super::connection::Connection;
use super::{Subcommand, account, attachments, connection, environment, examples, runtime, scope};

pub(super) const COMMAND: Subcommand = Subcommand { name: "stdio", define, run };

fn define(command: Command, api: &ApiDef) -> Command {
    let mut lines = vec![("Only what reads", "stdio --read-only".to_owned())];
    if let [first, second, ..] = api.tags {
        lines.push((
            "Two subjects only, and nothing that removes records",
            format!("stdio --tags {},{} --methods read,create,update,custom", first.name, second.name),
        ));
    }
    if api.sandbox.is_some() {
        lines.push(("Without an account", "stdio --sandbox".to_owned()));
    }
    lines.push(("Files in one folder may be attached", "stdio --attachments-dir ~/outbox".to_owned()));
    let command = command
        .about("Serve one account to an MCP client over stdin and stdout")
        .long_about(
            "Serve one account to an MCP client over stdin and stdout.\n\n\
             Clients start this themselves. It ends when its stdin does.",
        )
        .after_help(format!("{}\n\n{}", environment(&account::environment(api)), examples(&lines)));
    let command = attachments::define(connection::define(command, api), api);
    scope::define_exposure(scope::define(command, api))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let scope = scope::given(api, matches)?;
    let exposure = scope::exposure(matches)?;
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let connection = Connection::open(api, matches).await?;
        let caller = attachments::allow(api, matches, connection.caller())?;
        let service = ScopedService::new(api, scope, exposure, caller, connection.max_upload_bytes);
        if io::stdin().is_terminal() {
            // A person started this by hand, and would see nothing at all.
            let _ =
                writeln!(anstream::stderr(), "Serving MCP on stdin and stdout, one message a line. Ctrl-D ends it.");
        }
        anyhow::Ok(serve_stdio(service, tokio::io::stdin(), tokio::io::stdout()).await?)
    });
    // A read of stdin that nobody waits for any more cannot be ended, and would hold up the exit.
    runtime.shutdown_background();
    result.map(|()| ExitCode::SUCCESS)
}
