//! The program: reads the command line, starts the log, and turns every failure into a message and an exit code.

mod cli;

use std::io::Write as _;
use std::process::ExitCode;

use desk365_mcp::config::{self, Process};
use desk365_mcp::tools::API;
use tracing::Metadata;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::cli::Usage;

fn main() -> ExitCode {
    let matches = cli::command(&API).get_matches();
    match start_log().and_then(|()| cli::run(&API, &matches)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

/// Sends log lines to stderr; stdout belongs to results.
fn start_log() -> anyhow::Result<()> {
    let level = config::log_level(&API, &Process).map_err(|error| Usage::new(error.to_string()))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(anstream::stderr)
        .with_ansi(true)
        .with_filter(filter_fn(is_safe_to_log));
    tracing_subscriber::registry().with(level).with(lines).init();
    Ok(())
}

/// The finer lines of HTTP libraries may hold headers and URLs, and with these the arguments of calls. They are never
/// logged, whatever the level is.
fn is_safe_to_log(line: &Metadata<'_>) -> bool {
    *line.level() <= tracing::Level::INFO || line.target().starts_with(env!("CARGO_CRATE_NAME"))
}

/// Says what went wrong: 2 if the command line or the configuration is to be corrected, or else 1.
fn failed(error: &anyhow::Error) -> ExitCode {
    let style = clap::builder::Styles::styled();
    let style = style.get_error();
    // Nothing can be done about a stderr that is gone.
    let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {}", with_causes(error));
    if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

/// The message with those causes that it does not already hold.
fn with_causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
