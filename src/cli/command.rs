//! The definition of a command, and the error for a wrong command line.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use tool_runtime::api::ApiDef;

/// One command of the program.
pub(super) struct Subcommand {
    pub(super) name: &'static str,
    /// Adds flags and help texts to a command of that name.
    pub(super) define: fn(Command, &ApiDef) -> Command,
    pub(super) run: Run,
}

/// The function that runs a command.
pub(super) enum Run {
    /// For a command that works on the API.
    WithApi(fn(&'static ApiDef, &ArgMatches) -> anyhow::Result<ExitCode>),
    /// For a command that prints something about the whole command line.
    WithCommandLine(fn(Command, &ArgMatches) -> anyhow::Result<ExitCode>),
}

/// A mistake in the command line or in the environment. The exit code is 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(String);

impl UsageError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
