//! `call`: one tool call from the shell, with the result that a client would get.

mod arguments;

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use desk365_mcp::scope::Scope;
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef, ToolMethod};
use tool_runtime::violation::{nearest, quoted};

use self::arguments::FileFlag;
use super::connection::Connection;
use super::{
    PROGRAM, Subcommand, Usage, account, attachments, connection, environment, examples, json, runtime, scope, stdout,
};

pub(super) const COMMAND: Subcommand = Subcommand { name: "call", define, run };

#[derive(Args)]
struct CallFlags {
    /// Name of the tool
    #[arg(value_name = "TOOL")]
    tool: String,
    /// Arguments as a JSON object, or `-` to read them from stdin
    #[arg(long, value_name = "JSON", default_value = "{}", hide_default_value = true)]
    args: String,
    /// Attach a file: the argument that takes attachments, and a path. May be repeated
    #[arg(long, value_name = "ARG=PATH", value_parser = arguments::file_flag)]
    file: Vec<FileFlag>,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let reads =
        TOOLS.iter().map(|tool| tool.def).find(|tool| tool.method == ToolMethod::Get && !tool.arguments.is_empty());
    let attaches = TOOLS.iter().map(|tool| tool.def).find_map(|tool| Some((tool, tool.files?)));
    let mut lines = Vec::new();
    if let Some(ToolDef { name, example, .. }) = reads {
        lines.push(("A call with its arguments", format!("call {name} \\\n      --args '{example}'")));
        if api.sandbox.is_some() {
            lines.push(("The same without an account", format!("call {name} --sandbox \\\n      --args '{example}'")));
        }
    }
    if let Some((ToolDef { name, .. }, files)) = attaches {
        let arguments = format!("--args - --file {files}=report.pdf < arguments.json");
        lines.push(("Arguments from a file, and an attachment", format!("call {name} \\\n      {arguments}")));
    }
    let command = command
        .about("Call one tool and print its result")
        .long_about(
            "Call one tool and print its result: what a client would get, a failure as well. Into a pipe goes the API's \
             reply as it came.\n\nExit codes: 0 the tool succeeded, 1 it failed, 2 the command line or the configuration \
             is wrong and nothing was called.",
        )
        .after_help(format!("{}\n\n{}", environment(&account::environment(api)), examples(&lines)));
    let command = attachments::define(connection::define(CallFlags::augment_args(command), api), api);
    scope::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = CallFlags::from_arg_matches(matches)?;
    let scope = scope::given(api, matches)?;
    let tool = tool_named(&flags.tool, &scope, &scope::narrowing(matches)?)?;
    let arguments = arguments::read(tool.def, &flags.args, flags.file)?;
    let outcome = runtime()?.block_on(async {
        let connection = Connection::open(api, matches).await?;
        let caller = attachments::allow(api, matches, connection.caller())?;
        anyhow::Ok(caller.call(tool, arguments).await)
    })?;
    match outcome {
        Ok(success) => {
            print(&success.text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            print_failure(&error.text())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// A tool within the scope that the `narrowing` flags leave. One outside it gets the answer of one that does not exist.
fn tool_named(name: &str, scope: &Scope, narrowing: &[&str]) -> Result<&'static Tool, Usage> {
    let visible = scope.tools(TOOLS);
    let names = || visible.iter().map(|tool| tool.def.name);
    if let Some(tool) = visible.iter().find(|tool| tool.def.name == name) {
        return Ok(tool);
    }
    let alike = alike(name, names());
    let hint = if alike.is_empty() { String::new() } else { format!("\ndid you mean: {}?", alike.join(", ")) };
    let (among, list) = match narrowing {
        [] => (String::new(), "lists them all".to_owned()),
        flags => {
            let flags = flags.join(" and ");
            (format!(" among the {} that {flags} left", visible.len()), "with the same flags lists those".to_owned())
        }
    };
    Err(Usage::new(format!("no tool is called {}{among}{hint}\n`{PROGRAM} tools` {list}", quoted(name))))
}

/// The few names that `given` is a part of, or else the nearest one.
fn alike<'a>(given: &str, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
    const SHOWN: usize = 5;
    let lower = given.to_ascii_lowercase();
    let containing: Vec<_> =
        names.clone().filter(|name| !lower.is_empty() && name.contains(&lower)).take(SHOWN).collect();
    if containing.is_empty() { nearest(given, names).into_iter().collect() } else { containing }
}

/// Prints a result: as it is for a program, legible for a person.
fn print(text: &str) -> std::io::Result<()> {
    if stdout::is_terminal() { stdout::coloured(&json::legible(text)) } else { stdout::verbatim(text.as_bytes()) }
}

/// Prints a failure's sentence and its facts.
fn print_failure(text: &str) -> std::io::Result<()> {
    match text.split_once('\n') {
        Some((sentence, facts)) if stdout::is_terminal() => {
            stdout::coloured(&format!("{}{}", json::legible(sentence), json::legible(facts)))
        }
        _ => stdout::verbatim(format!("{text}\n").as_bytes()),
    }
}
