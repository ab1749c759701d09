//! The command line: one file a command, each listed once in [`COMMANDS`].
//!
//! Everything that differs from API to API (names of variables and flags, examples) comes from the API's definition.
//! Commands parse, call the library and print; what they print to stdout goes through [`stdout`] alone.

mod account;
mod accounts;
mod attachments;
mod call;
mod completions;
mod connection;
mod doctor;
mod json;
mod local;
mod man;
mod rotate_key;
mod scope;
mod serve;
mod servers;
mod setup;
mod stdio;
mod stdout;
mod tokens;
mod tools;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::Styles;
use clap::{ArgMatches, Command};
use tool_runtime::api::ApiDef;

/// One command of the program.
struct Subcommand {
    name: &'static str,
    /// Adds its flags and help to a command of that name.
    define: fn(Command, &ApiDef) -> Command,
    run: fn(&'static ApiDef, &ArgMatches) -> anyhow::Result<ExitCode>,
}

/// In the order of the help text.
const COMMANDS: &[Subcommand] = &[
    stdio::COMMAND,
    serve::COMMAND,
    tools::COMMAND,
    call::COMMAND,
    doctor::COMMAND,
    accounts::COMMAND,
    servers::COMMAND,
    tokens::COMMAND,
    rotate_key::COMMAND,
    setup::COMMAND,
    completions::COMMAND,
    man::COMMAND,
];

/// How the program is called in examples.
const PROGRAM: &str = env!("CARGO_BIN_NAME");

/// An identifier in examples.
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A mistake of whoever typed the command or set up its environment: the exit code is 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(String);

impl Usage {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The whole command line.
pub(crate) fn command(api: &ApiDef) -> Command {
    let about = format!("{} for Claude, ChatGPT and other agents, over the Model Context Protocol", api.title);
    let subcommands = COMMANDS.iter().map(|command| (command.define)(Command::new(command.name), api));
    Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(subcommands)
        .after_help(examples(&[
            ("The tools there are", "tools".to_owned()),
            ("Serve the tools that only read to an MCP client", "stdio --read-only".to_owned()),
        ]))
}

/// Carries out the command that was given.
pub(crate) fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let given = matches.subcommand();
    let command = given.and_then(|(name, matches)| {
        let command = COMMANDS.iter().find(|command| command.name == name)?;
        Some((command, matches))
    });
    match command {
        Some((command, matches)) => (command.run)(api, matches),
        None => Err(Usage::new("no command was given").into()),
    }
}

/// The part of a help text that shows how a command is used.
fn examples(lines: &[(&str, String)]) -> String {
    let style = Styles::styled();
    let style = style.get_header();
    let mut text = format!("{style}Examples:{style:#}");
    for (what, arguments) in lines {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  # {what}\n  {PROGRAM} {arguments}");
    }
    text
}

/// Shows in the help of commands below `command` how each is used: its name, what that does, and its arguments.
fn with_examples(command: Command, lines: &[(&'static str, &str, String)]) -> Command {
    let name = command.get_name().to_owned();
    lines.iter().fold(command, |command, (below, what, arguments)| {
        let line = format!("{name} {below} {arguments}");
        command.mut_subcommand(below, |below| below.after_help(examples(&[(what, line.trim_end().to_owned())])))
    })
}

/// The part of a help text about variables that have no flag.
fn environment(variables: &[(String, &str)]) -> String {
    let style = Styles::styled();
    let (heading, name_style) = (style.get_header(), style.get_literal());
    let widest = variables.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = format!("{heading}Environment:{heading:#}");
    for (name, about) in variables {
        let gap = " ".repeat(widest - name.len());
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {name_style}{name}{name_style:#}{gap}  {about}");
    }
    text
}

/// Tells whoever started the program; nothing depends on whether anybody listens.
fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// A path as it can be written into a command line that is run elsewhere.
fn absolute(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    let text = path.to_str().ok_or_else(|| Usage::new(format!("the path {} is not UTF-8", path.display())))?;
    Ok(text.to_owned())
}

/// A runtime on this thread: one client's calls wait for the network, and other threads would only take memory.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use desk365_mcp::config::{self, Names};
    use desk365_mcp::tools::API;

    use super::*;

    /// The flags of commands that say where an account is, but for those that are made from the specification.
    fn beside_variables(command: &Command, found: &mut Vec<String>) {
        let flags: Vec<_> =
            command.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect();
        let variables: Vec<_> = API.variables.iter().map(config::flag).collect();
        if flags.iter().any(|flag| variables.contains(flag)) {
            found.extend(flags.into_iter().filter(|flag| !variables.contains(flag)));
        }
        command.get_subcommands().for_each(|below| beside_variables(below, found));
    }

    #[test]
    fn no_specification_can_name_a_variable_like_a_flag_beside_it_or_like_another_environment_variable() {
        let mut flags = vec!["--help".to_owned(), "--version".to_owned()];
        beside_variables(&command(&API), &mut flags);
        assert!(flags.len() > 10, "{flags:?}");
        let names = Names::of(&API);
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
