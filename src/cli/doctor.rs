//! `doctor`: what keeps an account from being used, and what to do about it.

use std::fmt::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Effects, Style};
use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use desk365_mcp::doctor::{self, Finding, Status};
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;

use super::connection::Connection;
use super::{Subcommand, Usage, account, connection, environment, examples, runtime, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "doctor", define, run };

/// The check that looks at flags and environment.
const CONFIGURATION: &str = "configuration";

#[derive(Args)]
struct DoctorFlags {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let mut lines = vec![("The account in the environment", "doctor".to_owned())];
    if let [variable, ..] = api.variables {
        let flag = desk365_mcp::config::flag(variable);
        lines.push(("Another one, behind a proxy", format!("doctor {flag} {} --ca-file proxy.pem", variable.example)));
    }
    if api.sandbox.is_some() {
        lines.push(("The sandbox", "doctor --sandbox".to_owned()));
    }
    let command = command
        .about("Check that an account can be used, and say what to do if not")
        .long_about(
            "Check that an account can be used, and say what to do if not: configuration, name, TLS and proxy, whether \
             the API answers, the key, tools that must be opened first, and what is left of the rate limit. It makes a \
             few calls that only read.\n\nExit codes: 0 nothing failed, 1 something failed, 2 the command line is wrong.",
        )
        .after_help(format!("{}\n\n{}", environment(&account::environment(api)), examples(&lines)));
    connection::define(DoctorFlags::augment_args(command), api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = DoctorFlags::from_arg_matches(matches)?;
    let findings = runtime()?.block_on(findings(api, matches))?;
    if flags.json {
        stdout::verbatim(format!("{}\n", serde_json::to_string_pretty(&findings)?).as_bytes())?;
    } else {
        stdout::coloured(&lines(&findings))?;
    }
    let failed = findings.iter().any(|finding| finding.status == Status::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn findings(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<Finding>> {
    let connection = match Connection::open(api, matches).await {
        Ok(connection) => connection,
        // What is wrong with the configuration is a finding here, and each problem one of its own.
        Err(error) if error.is::<Usage>() => {
            let text = error.to_string();
            let problems = text.lines().filter(|line| *line != account::TRY_SANDBOX);
            return Ok(problems.map(|problem| Finding::new(CONFIGURATION, Status::Fail, problem)).collect());
        }
        Err(error) => return Err(error),
    };
    let trusted = connection::ca_file(api, matches);
    let trusted = trusted.map_or_else(String::new, |path| format!(", certificates in {} are trusted", path.display()));
    let message = if account::wants_sandbox(api, matches) {
        "the built-in sandbox".to_owned()
    } else {
        format!("{}, with a key{trusted}", connection.account.base_url())
    };
    let mut findings = vec![Finding::new(CONFIGURATION, Status::Ok, message)];
    findings.extend(doctor::examine(&connection.client, &connection.account, api, TOOLS).await);
    Ok(findings)
}

/// A line each, in columns.
fn lines(findings: &[Finding]) -> String {
    let widest = findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
    findings.iter().fold(String::new(), |mut text, Finding { check, status, message, fix }| {
        let style = style(*status);
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

fn style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warn => AnsiColor::Yellow.on_default(),
        Status::Fail => AnsiColor::Red.on_default().bold(),
        Status::Skipped => Style::new() | Effects::DIMMED,
    }
}
