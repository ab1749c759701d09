//! `tools`: lists the tools that a client would see.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use desk365_mcp::clients::DroppedTools;
use desk365_mcp::service::{self, ExposedTool};
use desk365_mcp::tools::TOOLS;
use desk365_mcp::upstream::UpstreamOptions;
use mcp_server::{Lifecycle, ToolAnnotations};
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand};
use super::help::examples;
use super::stderr::print_line;
use super::{scope_flags, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "tools", define, run: Run::WithApi(run) };

#[derive(Args)]
struct ToolsFlags {
    /// Print the exact result of `tools/list`
    #[arg(long)]
    json: bool,
    /// Name of the connector in the client, to warn of tool names that become too long [default: the API's name]
    #[arg(long, value_name = "NAME")]
    connector: Option<String>,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("List the tools that a client would see")
        .long_about(
            "List the tools that a client with these scope flags would see.\n\n\
             `bytes` is the size of a tool in the list that a client loads; the total goes to stderr. When stdout is not \
             a terminal, each tool is one line of tab-separated columns without a heading: name, method, tags, bytes, \
             title.",
        )
        .after_help(examples(&[
            ("List the tools that only read", "tools --read-only".to_owned()),
            ("Print them as the exact result of `tools/list`", "tools --read-only --json".to_owned()),
            ("List all tools except those that delete", "tools --methods read,create,update,custom".to_owned()),
        ]));
    scope_flags::define_listing(scope_flags::define(ToolsFlags::augment_args(command), api))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = ToolsFlags::from_arg_matches(matches)?;
    let tools: Vec<_> =
        scope_flags::selected_scope(api, matches)?.tools(TOOLS).into_iter().map(|tool| tool.def).collect();
    let listing = scope_flags::selected_listing(matches)?;
    if flags.json {
        let info = service::server_info(api, UpstreamOptions::default().call_sizes());
        let list = service::tool_list(&tools, listing, &info);
        stdout::write_bytes(&[list.result(Lifecycle::Handshake), b"\n".as_slice()].concat())?;
        return Ok(ExitCode::SUCCESS);
    }
    let exposed = service::exposed_tools(&tools, listing);
    let rows: Vec<_> = exposed.iter().map(|tool| Row { tool, bytes: tool.bytes() }).collect();
    if stdout::is_terminal() {
        stdout::write_styled(&table(&rows))?;
    } else {
        stdout::write_bytes(tab_separated(&rows).as_bytes())?;
    }
    let sum: usize = rows.iter().map(|row| row.bytes).sum();
    print_line(&format!("{} of {} tools, {sum} bytes", rows.len(), TOOLS.len()));
    let connector = flags.connector.as_deref().unwrap_or(api.title);
    if let Some(dropped) = DroppedTools::find(rows.iter().map(|row| row.tool.entry.name), connector) {
        print_line(&format!("warning: {}. Fix: {}", dropped.problem(), dropped.fix()));
    }
    Ok(ExitCode::SUCCESS)
}

struct Row<'a> {
    tool: &'a ExposedTool,
    bytes: usize,
}

impl Row<'_> {
    fn columns(&self) -> [String; 5] {
        let ExposedTool { entry, method, tags, .. } = self.tool;
        let title = entry.title.unwrap_or_default();
        [entry.name.to_owned(), method.name().to_owned(), tags.join(","), self.bytes.to_string(), title.to_owned()]
    }
}

/// Formats one line per tool, for programs.
fn tab_separated(rows: &[Row<'_>]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", row.columns().join("\t"));
        text
    })
}

/// Formats a table with a heading, for a person. Cells are never wrapped, so that names can be copied. The table always
/// contains colours; the writer drops them where they are disabled.
fn table(rows: &[Row<'_>]) -> String {
    let heading =
        ["name", "method", "tags", "bytes", "title"].map(|name| Cell::new(name).add_attribute(Attribute::Bold));
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .enforce_styling()
        .set_header(heading);
    for row in rows {
        let [name, class, tags, bytes, title] = row.columns();
        table.add_row([
            Cell::new(name),
            Cell::new(class).fg(method_colour(row.tool)),
            Cell::new(tags),
            Cell::new(bytes).set_alignment(CellAlignment::Right),
            Cell::new(title),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    format!("{table}\n")
}

/// Green for tools that read, red for destructive ones, yellow for other writes.
fn method_colour(tool: &ExposedTool) -> Color {
    match tool.entry.annotations {
        ToolAnnotations { read_only: true, .. } => Color::DarkGreen,
        ToolAnnotations { destructive: true, .. } => Color::DarkRed,
        ToolAnnotations { .. } => Color::DarkYellow,
    }
}
