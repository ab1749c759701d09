//! `call`: calls one tool from the shell and prints the result that an MCP client would get.

mod arguments;
mod confirm;

use std::io;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use desk365_mcp::confirmation::ShownArguments;
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{ResultForm, Results};
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef, ToolMethod};
use tool_runtime::violation::{nearest, quoted};

use self::arguments::FileFlag;
use self::confirm::TerminalGate;
use super::command::{Run, Subcommand, UsageError};
use super::connection::{self, ApiConnection};
use super::help::{PROGRAM, environment, examples};
use super::pretty_json::pretty_for_terminal;
use super::runtime::current_thread_runtime;
use super::{account_flags, attachments_flag, scope_flags, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "call", define, run: Run::WithApi(run) };

#[derive(Args)]
struct CallFlags {
    /// Name of the tool, as printed by `tools`
    #[arg(value_name = "TOOL")]
    tool: String,
    /// Arguments as a JSON object, or `-` to read them from stdin
    #[arg(long, value_name = "JSON", default_value = "{}")]
    args: String,
    /// Attach the file at PATH to the argument ARG; may be repeated
    #[arg(long, value_name = "ARG=PATH", value_parser = arguments::parse_file_flag)]
    file: Vec<FileFlag>,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let getter =
        TOOLS.iter().map(|tool| tool.def).find(|tool| tool.method == ToolMethod::Get && !tool.arguments.is_empty());
    let uploader = TOOLS.iter().map(|tool| tool.def).find_map(|tool| Some((tool, tool.files?)));
    let mut lines = Vec::new();
    if let Some(ToolDef { name, example, .. }) = getter {
        lines.push(("Call a tool with arguments", format!("call {name} \\\n      --args '{example}'")));
        if api.sandbox.is_some() {
            lines.push(("Try it without an account", format!("call {name} --sandbox \\\n      --args '{example}'")));
        }
    }
    if let Some((ToolDef { name, .. }, files)) = uploader {
        let arguments = format!("--args - --file {files}=report.pdf < arguments.json");
        lines.push(("Read the arguments from a file and attach a file", format!("call {name} \\\n      {arguments}")));
    }
    let command = command
        .about("Call one tool and print its result")
        .long_about(
            "Call one tool and print its result, or its failure, as an MCP client would get it. When stdout is not a \
             terminal, the API's reply is printed unchanged, unless `--results compact` is given.\n\n\
             Exit codes: 0 the tool succeeded; 1 the tool failed; 2 the command line or the configuration is wrong, and \
             nothing was called.",
        )
        .after_help(format!("{}\n\n{}", environment(&account_flags::environment(api)), examples(&lines)));
    let command = attachments_flag::define(connection::define(CallFlags::augment_args(command), api), api);
    let command = scope_flags::define_confirm(scope_flags::define(command, api));
    scope_flags::define_results(command).mut_arg("results", |arg| {
        let help = "Show compact results, or the API's replies unchanged [default: compact on a terminal, else raw]";
        arg.help(help)
    })
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = CallFlags::from_arg_matches(matches)?;
    let scope = scope_flags::selected_scope(api, matches)?;
    let tool = find_tool(&flags.tool, &scope, &scope_flags::given_flags(api, matches)?)?;
    let default = if stdout::is_terminal() { ResultForm::Compact } else { ResultForm::Raw };
    let results = Results::new(scope_flags::selected_results(matches)?.unwrap_or(default), Results::MAX_CHARS);
    let arguments = arguments::read_arguments(tool.def, &flags.args, flags.file)?;
    let (policy, shown) = (scope_flags::selected_confirm(matches)?, ShownArguments::new(&arguments, tool.def.files));
    let outcome = current_thread_runtime()?.block_on(async {
        let connection = ApiConnection::open(api, matches).await?;
        let caller = attachments_flag::with_folder(api, matches, connection.caller().with_results(results))?;
        let gate = TerminalGate { policy, tool: tool.def, arguments: shown, scope: &scope, caller: &caller };
        anyhow::Ok(caller.call_with_gate(tool, arguments, &gate).await)
    })?;
    match outcome {
        Ok(success) => {
            print_result(&success.text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            print_failure(&error.to_text())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Finds a tool within the scope. A tool outside it gets the same answer as one that does not exist.
fn find_tool(name: &str, scope: &Scope, scope_flags: &[String]) -> Result<&'static Tool, UsageError> {
    let visible = scope.tools(TOOLS);
    if let Some(tool) = visible.iter().find(|tool| tool.def.name == name) {
        return Ok(tool);
    }
    let similar = similar_names(name, visible.iter().map(|tool| tool.def.name));
    let hint = if similar.is_empty() { String::new() } else { format!("\ndid you mean: {}?", similar.join(", ")) };
    let (among, list) = match scope_flags {
        [] => (String::new(), format!("run `{PROGRAM} tools` to list all tools")),
        flags => {
            let flags = flags.join(" and ");
            let among = format!(" among the {} that {flags} selects", visible.len());
            (among, format!("run `{PROGRAM} tools` with the same flags to list them"))
        }
    };
    Err(UsageError::new(format!("no tool is called {}{among}{hint}\n{list}", quoted(name))))
}

/// Returns up to five names that contain `given`, or else the nearest name.
fn similar_names<'a>(given: &str, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
    const MAX_SHOWN: usize = 5;
    let lower = given.to_ascii_lowercase();
    let containing: Vec<_> =
        names.clone().filter(|name| !lower.is_empty() && name.contains(&lower)).take(MAX_SHOWN).collect();
    if containing.is_empty() { nearest(given, names).into_iter().collect() } else { containing }
}

/// Prints a result: unchanged into a pipe, indented and coloured on a terminal.
fn print_result(text: &str) -> io::Result<()> {
    if stdout::is_terminal() {
        stdout::write_styled(&pretty_for_terminal(text))
    } else {
        stdout::write_bytes(text.as_bytes())
    }
}

/// Prints the sentence and the JSON details of a failure.
fn print_failure(text: &str) -> io::Result<()> {
    match text.split_once('\n') {
        Some((sentence, details)) if stdout::is_terminal() => {
            stdout::write_styled(&format!("{}{}", pretty_for_terminal(sentence), pretty_for_terminal(details)))
        }
        _ => stdout::write_bytes(format!("{text}\n").as_bytes()),
    }
}
