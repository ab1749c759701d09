//! The flags that select tools.

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, ValueEnum};
use desk365_mcp::config::{self, EnvNames, ProcessEnvironment};
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::scope::{self, Scope, ScopeConfig};
use desk365_mcp::service::{Exposure, Listing, ResultForm, Results};
use desk365_mcp::tools::TOOLS;
use tool_runtime::api::ApiDef;

use super::command::UsageError;

#[derive(Args)]
#[command(next_help_heading = HEADING)]
struct ScopeFlags {
    /// Include only tools that read
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[arg(value_name = "true|false")]
    read_only: Option<bool>,
    #[command(flatten)]
    lists: ListFlags,
}

const HEADING: &str = "Scope (a tool must pass every filter)";

// No doc comment: clap would use it as the description of the command. Each flag sets its own heading, because in other
// commands the flags that follow do not belong under it.
#[derive(Args)]
pub(super) struct ListFlags {
    /// Comma-separated methods to include
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) methods: Option<Vec<String>>,
    /// Comma-separated tags to include
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) tags: Option<Vec<String>>,
    /// Comma-separated names of tools to include
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) tools: Option<Vec<String>>,
    /// Comma-separated names of tools to exclude
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = trimmed(), help_heading = HEADING)]
    pub(super) exclude_tools: Option<Vec<String>>,
}

/// Trims a name, so that a space after a comma is allowed.
fn trimmed() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|name: String| name.trim().to_owned())
}

// No doc comment: clap would use it as the description of the command.
#[derive(Args)]
struct ExposureFlags {
    /// List all tools, or three discovery tools that find and call them
    #[arg(long, value_name = "MODE", value_enum, default_value = "all")]
    tool_exposure: ExposureMode,
}

// No doc comment: clap would use it as the description of the command.
#[derive(Args)]
struct ConfirmFlags {
    /// Confirm calls that e-mail customers, show them a text, delete or publish
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    confirm: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExposureMode {
    All,
    Discovery,
}

// No doc comment: clap would use it as the description of the command.
#[derive(Args)]
struct ResultsFlags {
    /// Show compact results, or the API's replies unchanged [default: compact]
    #[arg(long, value_name = "FORM", value_enum)]
    results: Option<ResultsMode>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ResultsMode {
    Compact,
    Raw,
}

impl ResultsMode {
    const fn form(self) -> ResultForm {
        match self {
            Self::Compact => ResultForm::Compact,
            Self::Raw => ResultForm::Raw,
        }
    }
}

/// Adds the flags that select tools to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let variable = EnvNames::for_api(api).read_only();
    with_allowed_values(ScopeFlags::augment_args(command), api)
        .mut_arg("read_only", |arg| arg.help(format!("Include only tools that read [env: {variable}]")))
}

/// Adds the names of methods and tags to the help text of a command with [`ListFlags`].
pub(super) fn with_allowed_values(command: Command, api: &ApiDef) -> Command {
    let methods = scope::method_names().collect::<Vec<_>>().join(", ");
    let tags = api.tags.iter().map(|tag| tag.name).collect::<Vec<_>>().join(", ");
    command
        .mut_arg("methods", |arg| arg.help(format!("Comma-separated methods to include: {methods}")))
        .mut_arg("tags", |arg| arg.help(format!("Comma-separated tags to include: {tags}")))
}

/// Adds the flags `--tool-exposure`, `--confirm` and `--results`.
pub(super) fn define_listing(command: Command) -> Command {
    define_results(define_confirm(ExposureFlags::augment_args(command)))
}

/// Adds the flag `--confirm`.
pub(super) fn define_confirm(command: Command) -> Command {
    ConfirmFlags::augment_args(command)
}

/// Returns the value of `--confirm`.
pub(super) fn selected_confirm(matches: &ArgMatches) -> anyhow::Result<ConfirmPolicy> {
    let given = ConfirmFlags::from_arg_matches(matches)?.confirm;
    let policy = ConfirmPolicy::ALL.into_iter().find(|(name, _)| *name == given);
    Ok(policy.map(|(_, policy)| policy).unwrap_or_default())
}

/// Adds the flag `--results`.
pub(super) fn define_results(command: Command) -> Command {
    ResultsFlags::augment_args(command)
}

/// Returns the listing that `--tool-exposure`, `--confirm` and `--results` select.
pub(super) fn selected_listing(matches: &ArgMatches) -> anyhow::Result<Listing> {
    let exposure = match ExposureFlags::from_arg_matches(matches)?.tool_exposure {
        ExposureMode::All => Exposure::All,
        ExposureMode::Discovery => Exposure::Discovery,
    };
    let results = selected_results(matches)?.unwrap_or_default();
    let confirm = selected_confirm(matches)?;
    Ok(Listing { exposure, results: Results::new(results, Results::MAX_CHARS), local_files: false, confirm })
}

/// Returns the value of `--results`, if it was given.
pub(super) fn selected_results(matches: &ArgMatches) -> anyhow::Result<Option<ResultForm>> {
    Ok(ResultsFlags::from_arg_matches(matches)?.results.map(ResultsMode::form))
}

/// Returns whether `--read-only` or its variable restricts the scope.
fn is_read_only(api: &ApiDef, flag: Option<bool>) -> Result<bool, UsageError> {
    config::read_only(api, flag, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))
}

/// Returns the names of the scope flags and variables that were given.
pub(super) fn given_flags(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<String>> {
    let ScopeFlags { read_only, lists } = ScopeFlags::from_arg_matches(matches)?;
    let variable = EnvNames::for_api(api).read_only();
    let flags = [
        ("--read-only", read_only == Some(true)),
        (&variable, read_only.is_none() && is_read_only(api, None)?),
        ("--methods", lists.methods.is_some()),
        ("--tags", lists.tags.is_some()),
        ("--tools", lists.tools.is_some()),
        ("--exclude-tools", lists.exclude_tools.is_some()),
    ];
    Ok(flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned()).collect())
}

/// Returns the flags and the variable as words of a command line.
pub(super) fn command_line_words(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<String>> {
    let ScopeFlags { read_only, lists } = ScopeFlags::from_arg_matches(matches)?;
    let lists = [
        ("--methods", lists.methods),
        ("--tags", lists.tags),
        ("--tools", lists.tools),
        ("--exclude-tools", lists.exclude_tools),
    ];
    let lists = lists.into_iter().filter_map(|(flag, names)| Some([flag.to_owned(), names?.join(",")]));
    let listing = selected_listing(matches)?;
    let exposure = match listing.exposure {
        Exposure::All => None,
        Exposure::Discovery => Some(["--tool-exposure", "discovery"].map(str::to_owned)),
    };
    let confirm = ConfirmFlags::from_arg_matches(matches)?.confirm;
    let confirm = (confirm != "auto").then(|| ["--confirm".to_owned(), confirm]);
    let results = match listing.results {
        Results::Compact { .. } => None,
        Results::Raw => Some(["--results", "raw"].map(str::to_owned)),
    };
    let read_only = is_read_only(api, read_only)?.then(|| "--read-only".to_owned());
    Ok(read_only.into_iter().chain(lists.chain(exposure).chain(confirm).chain(results).flatten()).collect())
}

/// Returns the scope that the flags select.
pub(super) fn selected_scope(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Scope> {
    let flags = ScopeFlags::from_arg_matches(matches)?;
    let config = ScopeConfig {
        methods: flags.lists.methods,
        tags: flags.lists.tags,
        tools: flags.lists.tools,
        exclude_tools: flags.lists.exclude_tools,
        read_only: is_read_only(api, flags.read_only)?,
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
            // The allowed values can be long, so consecutive violations share them.
            if violations.peek().is_none_or(|next| next.allowed != violation.allowed) {
                lines.extend(violation.allowed.iter().map(|allowed| format!("  allowed: {allowed}")));
            }
        }
        UsageError::new(lines.join("\n"))
    })?;
    Ok(scope)
}
