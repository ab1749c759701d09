//! `doctor`: checks an account and prints how to fix it.

use std::fmt::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Effects, Style};
use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use desk365_mcp::clients::DroppedTools;
use desk365_mcp::config::variable_flag;
use desk365_mcp::doctor::{self, Finding, Status};
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand, UsageError};
use super::connection::{self, ApiConnection};
use super::help::{environment, examples};
use super::runtime::current_thread_runtime;
use super::{account_flags, sandbox_flags, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "doctor", define, run: Run::WithApi(run) };

/// Name of the check of flags and environment.
const CONFIGURATION: &str = "configuration";

#[derive(Args)]
struct DoctorFlags {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let mut lines = vec![("Check the account in the environment", "doctor".to_owned())];
    if let [variable, ..] = api.variables {
        let flag = variable_flag(variable);
        lines.push((
            "Check another account, behind a proxy that inspects TLS",
            format!("doctor {flag} {} --ca-file proxy.pem", variable.example),
        ));
    }
    if api.sandbox.is_some() {
        lines.push(("Check the sandbox", "doctor --sandbox".to_owned()));
    }
    let command = command
        .about("Check that an account works and print the fix for each problem")
        .long_about(
            "Check that an account works and print the fix for each problem. The checks cover configuration, host name, TLS \
             and proxy, reachability, API key, gated tools and remaining rate limit. They make a few calls that only \
             read.\n\n\
             Exit codes: 0 no check failed; 1 a check failed; 2 the command line is wrong.",
        )
        .after_help(format!("{}\n\n{}", environment(&account_flags::environment(api)), examples(&lines)));
    connection::define(DoctorFlags::augment_args(command), api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = DoctorFlags::from_arg_matches(matches)?;
    let findings = current_thread_runtime()?.block_on(findings(api, matches))?;
    if flags.json {
        stdout::write_bytes(format!("{}\n", serde_json::to_string_pretty(&findings)?).as_bytes())?;
    } else {
        stdout::write_styled(&finding_lines(&findings))?;
    }
    let failed = findings.iter().any(|finding| finding.status == Status::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn findings(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<Finding>> {
    let connection = match ApiConnection::open(api, matches).await {
        Ok(connection) => connection,
        // Each mistake in the configuration becomes a finding.
        Err(error) if error.is::<UsageError>() => {
            let text = error.to_string();
            let problems = text.lines().filter(|line| *line != account_flags::SANDBOX_HINT);
            return Ok(problems.map(|problem| Finding::new(CONFIGURATION, Status::Fail, problem)).collect());
        }
        Err(error) => return Err(error),
    };
    let ca_file = connection::ca_file(api, matches);
    let ca_file = ca_file.map_or_else(String::new, |path| format!(", extra CA certificates from {}", path.display()));
    let message = if sandbox_flags::is_selected(api, matches) {
        "the built-in sandbox".to_owned()
    } else {
        format!("{}, with an API key{ca_file}", connection.account.base_url())
    };
    let mut findings = vec![Finding::new(CONFIGURATION, Status::Ok, message)];
    findings.extend(doctor::examine(&connection.client, &connection.account, api, TOOLS).await.findings);
    findings.push(tool_names(api));
    findings.extend(confirmation());
    Ok(findings)
}

/// Checks the length of all tool names in a client whose connector has the API's name.
fn tool_names(api: &ApiDef) -> Finding {
    const CHECK: &str = "tool names";
    match DroppedTools::find(TOOLS.iter().map(|tool| tool.def.name), api.title) {
        Some(dropped) => Finding { fix: Some(dropped.fix()), ..Finding::new(CHECK, Status::Warn, dropped.problem()) },
        None => Finding::new(CHECK, Status::Ok, "short enough for clients that put the connector's name before them"),
    }
}

/// Says what a confirmation proves, if some tools need one.
fn confirmation() -> Option<Finding> {
    let needing = TOOLS.iter().filter(|tool| tool.def.effects.may_need_confirmation()).count();
    let message = format!(
        "{needing} tools can e-mail customers, show them a text, delete or publish; a client with elicitation asks its user \
         first. With --confirm always, other clients need a code, which proves a second call, not that a person agreed",
    );
    (needing > 0).then(|| Finding::new("confirmation", Status::Ok, message))
}

/// Formats one line per finding, in columns.
fn finding_lines(findings: &[Finding]) -> String {
    let widest = findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
    findings.iter().fold(String::new(), |mut text, Finding { check, status, message, fix }| {
        let style = status_style(*status);
        // Writing to a string cannot fail.
        let _ = write!(text, "{style}{:<7}{style:#}  {check:<widest$}  {message}", status.name());
        if let Some(fix) = fix {
            let bold = Style::new().bold();
            let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
            let _ = write!(text, "{stop} {bold}Fix:{bold:#} {fix}");
        }
        text.push('\n');
        text
    })
}

fn status_style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warn => AnsiColor::Yellow.on_default(),
        Status::Fail => AnsiColor::Red.on_default().bold(),
        Status::Skipped => Style::new() | Effects::DIMMED,
    }
}
