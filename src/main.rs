//! The program: parses the command line, starts logging, and turns every failure into a message and an exit code.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use desk365_mcp::config::{self, ProcessEnvironment};
use desk365_mcp::token;
use desk365_mcp::tools::API;
use tracing::Metadata;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::prelude::*;

use crate::cli::UsageError;
use crate::cli::line_limit::LineLimit;

fn main() -> ExitCode {
    let matches = cli::command(&API).get_matches();
    match start_logging().and_then(|()| check_variables()).and_then(|()| cli::run(&API, &matches)) {
        Ok(code) => code,
        Err(error) => report_failure(&error),
    }
}

/// Sends log lines to stderr; stdout is for results.
fn start_logging() -> anyhow::Result<()> {
    let level = config::log_level(&API, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| LogLines)
        .with_ansi(true)
        .with_filter(filter_fn(is_safe_to_log).and(LineLimit));
    tracing_subscriber::registry().with(level).with(lines).init();
    Ok(())
}

/// Standard error for log lines, without the tokens that a line may quote.
struct LogLines;

impl Write for LogLines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        anstream::stderr().write_all(token::redacted(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        anstream::stderr().flush()
    }
}

/// Stops the start at a misspelt variable, which would otherwise be ignored.
fn check_variables() -> anyhow::Result<()> {
    let checked = config::check_variable_names(&API, &ProcessEnvironment);
    checked.map_err(|error| UsageError::new(error.to_string()).into())
}

/// Returns whether a line cannot contain secrets. The debug lines of HTTP libraries may contain headers and URLs, and so
/// keys and arguments; they are dropped at every log level.
fn is_safe_to_log(line: &Metadata<'_>) -> bool {
    *line.level() <= tracing::Level::INFO || line.target().starts_with(env!("CARGO_CRATE_NAME"))
}

/// Prints the error. The exit code is 2 if the command line or the configuration is wrong, otherwise 1.
fn report_failure(error: &anyhow::Error) -> ExitCode {
    let style = clap::builder::Styles::styled();
    let style = style.get_error();
    // A closed stderr cannot be reported anywhere.
    let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {}", with_causes(error));
    if error.is::<UsageError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

/// Returns the message, with those causes that it does not already contain.
fn with_causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
