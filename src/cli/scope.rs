//! The flags that narrow down which tools there are.

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, ValueEnum};
use desk365_mcp::scope::{self, Scope, ScopeConfig};
use desk365_mcp::service::Exposure;
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;

use super::Usage;

#[derive(Args)]
#[command(next_help_heading = HEADING)]
struct ScopeFlags {
    /// Leave only tools that change nothing
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    lists: ListFlags,
}

const HEADING: &str = "Scope (a client gets the tools that pass all of these)";

// No doc comment: clap would take it for the description of the command. And each has its heading for itself, because
// what follows in another command does not belong under it.
#[derive(Args)]
pub(super) struct ListFlags {
    /// Leave only these kinds of tools
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) methods: Option<Vec<String>>,
    /// Leave only tools with one of these tags
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) tags: Option<Vec<String>>,
    /// Leave only tools of these names
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) tools: Option<Vec<String>>,
    /// Leave out the tools of these names
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) exclude_tools: Option<Vec<String>>,
}

/// A name in a list as a person writes it, with a space after the comma.
fn trimmed() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|name: String| name.trim().to_owned())
}

// No doc comment: clap would take it for the description of the command.
#[derive(Args)]
struct ExposureFlags {
    /// Put all tools into the client's list, or just three that find and call the others
    #[arg(long, value_name = "HOW", value_enum, default_value = "all")]
    tool_exposure: Shown,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shown {
    All,
    Discovery,
}

/// Adds the flags to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    with_names(ScopeFlags::augment_args(command), api)
}

/// Adds the names that there are to the help of a command with [`ListFlags`].
pub(super) fn with_names(command: Command, api: &ApiDef) -> Command {
    let methods = scope::method_names().collect::<Vec<_>>().join(", ");
    let tags = api.tags.iter().map(|tag| tag.name).collect::<Vec<_>>().join(", ");
    command
        .mut_arg("methods", |arg| arg.help(format!("Leave only these kinds of tools: {methods}")))
        .mut_arg("tags", |arg| arg.help(format!("Leave only tools with one of these tags: {tags}")))
}

/// Adds the flag that says how the tools of the scope are shown.
pub(super) fn define_exposure(command: Command) -> Command {
    ExposureFlags::augment_args(command)
}

/// How the tools of the scope are to be shown.
pub(super) fn exposure(matches: &ArgMatches) -> anyhow::Result<Exposure> {
    Ok(match ExposureFlags::from_arg_matches(matches)?.tool_exposure {
        Shown::All => Exposure::All,
        Shown::Discovery => Exposure::Discovery,
    })
}

/// Those of the flags that narrow the scope, by their names.
pub(super) fn narrowing(matches: &ArgMatches) -> anyhow::Result<Vec<&'static str>> {
    let ScopeFlags { read_only, lists } = ScopeFlags::from_arg_matches(matches)?;
    let flags = [
        ("--read-only", read_only),
        ("--methods", lists.methods.is_some()),
        ("--tags", lists.tags.is_some()),
        ("--tools", lists.tools.is_some()),
        ("--exclude-tools", lists.exclude_tools.is_some()),
    ];
    Ok(flags.into_iter().filter_map(|(flag, given)| given.then_some(flag)).collect())
}

/// The flags as they were given, for whoever writes a command line.
pub(super) fn flags(matches: &ArgMatches) -> anyhow::Result<Vec<String>> {
    let ScopeFlags { read_only, lists } = ScopeFlags::from_arg_matches(matches)?;
    let lists = [
        ("--methods", lists.methods),
        ("--tags", lists.tags),
        ("--tools", lists.tools),
        ("--exclude-tools", lists.exclude_tools),
    ];
    let lists = lists.into_iter().filter_map(|(flag, names)| Some([flag.to_owned(), names?.join(",")]));
    let exposure = match exposure(matches)? {
        Exposure::All => None,
        Exposure::Discovery => Some(["--tool-exposure", "discovery"].map(str::to_owned)),
    };
    let read_only = read_only.then(|| "--read-only".to_owned());
    Ok(read_only.into_iter().chain(lists.chain(exposure).flatten()).collect())
}

/// The scope that was asked for.
pub(super) fn given(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Scope> {
    let flags = ScopeFlags::from_arg_matches(matches)?;
    let config = ScopeConfig {
        methods: flags.lists.methods,
        tags: flags.lists.tags,
        tools: flags.lists.tools,
        exclude_tools: flags.lists.exclude_tools,
        read_only: flags.read_only,
    };
    let scope = Scope::parse(&config, api.tags, TOOLS).map_err(|error| {
        let mut lines = Vec::new();
        let mut violations = error.violations.iter().peekable();
        while let Some(violation) = violations.next() {
            let flag = match violation.argument.as_str() {
                "(scope)" => "the scope".to_owned(),
                key => format!("--{}:", key.replace('_', "-")),
            };
            lines.push(format!("{flag} {}", violation.problem));
            // What is allowed can be long, so it is said once for all that it is true of.
            if violations.peek().is_none_or(|next| next.allowed != violation.allowed) {
                lines.extend(violation.allowed.iter().map(|allowed| format!("  allowed: {allowed}")));
            }
        }
        Usage::new(lines.join("\n"))
    })?;
    Ok(scope)
}
