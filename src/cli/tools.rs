//! `tools`: what a client with these scope flags would see.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use desk365_mcp::service::{self, ExposedTool};
use desk365_mcp::tools::TOOLS;
use desk365_mcp::upstream::Options;
use mcp_server::{Lifecycle, ToolAnnotations};
use tool_runtime::api::ApiDef;

use super::{Subcommand, examples, scope, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "tools", define, run };

#[derive(Args)]
struct ToolsFlags {
    /// Print the result that a client gets for `tools/list`
    #[arg(long)]
    json: bool,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command
        .about("List the tools that a client with these scope flags would see")
        .long_about(
            "List the tools that a client with these scope flags would see.\n\n\
             The size of a tool is the bytes it takes in the list that a client loads. Into a pipe goes a line a tool, \
             its columns apart by tabs and without a heading: name, class, tags, bytes, title. The sum goes to stderr.",
        )
        .after_help(examples(&[
            ("What a client may read", "tools --read-only".to_owned()),
            ("Its exact `tools/list` result", "tools --read-only --json".to_owned()),
            ("All but what removes records", "tools --methods read,create,update,custom".to_owned()),
        ]));
    scope::define_exposure(scope::define(ToolsFlags::augment_args(command), api))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = ToolsFlags::from_arg_matches(matches)?;
    let tools: Vec<_> = scope::given(api, matches)?.tools(TOOLS).into_iter().map(|tool| tool.def).collect();
    let exposure = scope::exposure(matches)?;
    if flags.json {
        let info = service::server_info(api, Options::default().max_upload_bytes);
        let list = service::tool_list(&tools, exposure, false, &info);
        stdout::verbatim(&[list.result(Lifecycle::Handshake), b"\n".as_slice()].concat())?;
        return Ok(ExitCode::SUCCESS);
    }
    let exposed = service::exposed_tools(&tools, exposure, false);
    let rows: Vec<_> = exposed.iter().map(|tool| Row { tool, bytes: tool.bytes() }).collect();
    if stdout::is_terminal() {
        stdout::coloured(&table(&rows))?;
    } else {
        stdout::verbatim(lines(&rows).as_bytes())?;
    }
    let sum: usize = rows.iter().map(|row| row.bytes).sum();
    // The listing was delivered; a sum that cannot be is no failure.
    let _ = writeln!(anstream::stderr(), "{} of {} tools, {sum} bytes", rows.len(), TOOLS.len());
    Ok(ExitCode::SUCCESS)
}

struct Row<'a> {
    tool: &'a ExposedTool,
    bytes: usize,
}

impl Row<'_> {
    fn columns(&self) -> [String; 5] {
        let ExposedTool { entry, method, tags } = self.tool;
        let title = entry.title.unwrap_or_default();
        [entry.name.to_owned(), method.name().to_owned(), tags.join(","), self.bytes.to_string(), title.to_owned()]
    }
}

/// A line a tool, for programs.
fn lines(rows: &[Row<'_>]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", row.columns().join("\t"));
        text
    })
}

/// A table with a heading, for a person. Nothing in it is broken into lines, so that names can be copied. It always
/// holds colours; the writer drops them where they are not wanted.
fn table(rows: &[Row<'_>]) -> String {
    let heading =
        ["name", "class", "tags", "bytes", "title"].map(|name| Cell::new(name).add_attribute(Attribute::Bold));
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
            Cell::new(class).fg(colour(row.tool)),
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

/// What reads is green, what may overwrite or remove is red, and what else changes something is yellow.
fn colour(tool: &ExposedTool) -> Color {
    match tool.entry.annotations {
        ToolAnnotations { read_only: true, .. } => Color::DarkGreen,
        ToolAnnotations { destructive: true, .. } => Color::DarkRed,
        ToolAnnotations { .. } => Color::DarkYellow,
    }
}
