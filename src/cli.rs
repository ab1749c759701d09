//! The command line: one file per command, each listed once in [`COMMANDS`].
//!
//! Names of variables and flags, and the examples, derive from the API's definition. Commands parse their flags, call
//! the library and print. Only [`stdout`] writes to standard output.

mod absolute_path;
mod account;
mod account_flags;
mod attachments_flag;
mod audit;
mod call;
mod client_connection;
mod command;
mod completions;
mod config;
mod connection;
mod doctor;
mod help;
mod identity_provider;
pub(crate) mod line_limit;
mod man;
mod oauth_client;
mod pretty_json;
mod rotate_key;
mod runtime;
mod sandbox_flags;
mod scope_flags;
mod serve;
mod serve_flag;
mod server;
mod stderr;
mod stdio;
mod stdout;
mod store_access;
mod token;
mod tools;
mod user;

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use tool_runtime::api::ApiDef;

pub(crate) use self::command::UsageError;
use self::command::{Run, Subcommand};
use self::help::{PROGRAM, examples};

/// All commands, in the order of the help text.
const COMMANDS: &[Subcommand] = &[
    stdio::COMMAND,
    serve::COMMAND,
    tools::COMMAND,
    call::COMMAND,
    doctor::COMMAND,
    account::COMMAND,
    server::COMMAND,
    token::COMMAND,
    oauth_client::COMMAND,
    client_connection::COMMAND,
    audit::COMMAND,
    user::COMMAND,
    identity_provider::COMMAND,
    rotate_key::COMMAND,
    config::COMMAND,
    completions::COMMAND,
    man::COMMAND,
];

/// Builds the whole command line.
pub(crate) fn command(api: &ApiDef) -> Command {
    let about = format!("{} for Claude, ChatGPT and other agents, over the Model Context Protocol", api.title);
    let subcommands = COMMANDS.iter().map(|command| (command.define)(Command::new(command.name), api));
    Command::new(PROGRAM)
        .version(concat!(env!("CARGO_PKG_VERSION"), " (", env!("BUILD"), ")"))
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(subcommands)
        .after_help(examples(&[
            ("List the tools", "tools".to_owned()),
            ("Serve the tools that only read to an MCP client", "stdio --read-only".to_owned()),
        ]))
}

/// Runs the command that was given.
pub(crate) fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let given = matches.subcommand();
    let subcommand = given.and_then(|(name, matches)| {
        let subcommand = COMMANDS.iter().find(|subcommand| subcommand.name == name)?;
        Some((subcommand, matches))
    });
    let Some((subcommand, matches)) = subcommand else {
        return Err(UsageError::new("missing command: run with --help to list the commands").into());
    };
    match subcommand.run {
        Run::WithApi(run) => run(api, matches),
        Run::WithCommandLine(run) => run(command(api), matches),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use desk365_mcp::config::{EnvNames, variable_flag};
    use desk365_mcp::tools::API;

    use super::*;

    /// Collects the fixed flags of all commands that also have flags derived from the specification.
    fn fixed_flags(command: &Command, found: &mut Vec<String>) {
        let flags: Vec<_> =
            command.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect();
        let derived: Vec<_> = API.variables.iter().map(variable_flag).collect();
        if flags.iter().any(|flag| derived.contains(flag)) {
            found.extend(flags.into_iter().filter(|flag| !derived.contains(flag)));
        }
        command.get_subcommands().for_each(|subcommand| fixed_flags(subcommand, found));
    }

    /// Collects the variables that help texts name.
    fn variables(command: &Command, found: &mut Vec<String>) {
        let help = command.clone().render_long_help().to_string();
        let words = help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let prefix = EnvNames::for_api(&API).server("");
        found.extend(words.filter(|word| word.starts_with(&prefix)).map(str::to_owned));
        command.get_subcommands().for_each(|subcommand| variables(subcommand, found));
    }

    #[test]
    fn every_variable_in_a_help_text_is_a_setting() {
        struct Variables(Vec<String>);
        impl desk365_mcp::config::Environment for Variables {
            fn names(&self) -> Vec<std::ffi::OsString> {
                self.0.iter().map(Into::into).collect()
            }
            fn variable(&self, _: &str) -> Option<std::ffi::OsString> {
                Some("x".into())
            }
            fn key_file(&self, _: &std::path::Path) -> std::io::Result<Vec<u8>> {
                Err(std::io::ErrorKind::NotFound.into())
            }
        }
        let mut found = Vec::new();
        variables(&command(&API), &mut found);
        assert!(found.len() > 10, "{found:?}");
        let checked = desk365_mcp::config::check_variable_names(&API, &Variables(found));
        assert!(checked.is_ok(), "add it to FLAGS or SECRETS in src/config/serve.rs: {}", checked.unwrap_err());
    }

    #[test]
    fn a_base_url_variable_cannot_shadow_a_flag_or_setting() {
        let mut flags = vec!["--help".to_owned(), "--version".to_owned()];
        fixed_flags(&command(&API), &mut flags);
        assert!(flags.len() > 10, "{flags:?}");
        let names = EnvNames::for_api(&API);
        let others = [names.base_url(), names.api_key(), names.api_key_file(), names.ca_file()];
        let others = others.into_iter().chain([names.attachments_dir(), names.log(), names.server("--master-key")]);
        let slug = format!("{}_", API.slug);
        flags.extend(others.filter_map(|name| name.to_lowercase().strip_prefix(&slug).map(str::to_owned)));
        let text = std::fs::read_to_string("crates/toolgen/tests/shelves.yaml").unwrap();
        for flag in flags {
            let name = flag.trim_start_matches("--").replace('-', "_");
            let text = text.replace("branch", &name);
            let report = toolgen::model(toolgen::Source { file: "x.yaml", text: &text }).unwrap_err().to_string();
            assert!(report.contains(&format!("a base-URL variable cannot be called `{name}`")), "{report}");
        }
    }
}
