//! The flag that lets tools attach files of one folder.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use desk365_mcp::attachments::AttachmentsFolder;
use desk365_mcp::call::ToolCaller;
use desk365_mcp::config::{self, Names, Process};
use tool_runtime::api::ApiDef;

use super::{Usage, absolute};

const FLAG: &str = "attachments-dir";

/// Adds the flag to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let dir = Arg::new(FLAG)
        .long(FLAG)
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help(format!(
            "Let attachments be named by their path in this folder; without it no file is read [env: {}]",
            Names::of(api).attachments_dir()
        ))
        .help_heading("Attachments");
    command.arg(dir)
}

/// The folder and where it is, if one was given.
fn folder(api: &ApiDef, matches: &ArgMatches) -> Result<Option<(PathBuf, AttachmentsFolder)>, Usage> {
    let name = Names::of(api).attachments_dir();
    let Some(path) = config::path(matches.get_one(FLAG), &name, &Process) else { return Ok(None) };
    let folder = AttachmentsFolder::open(&path).map_err(|error| {
        Usage::new(format!("the attachments folder {} cannot be opened: {error} (--{FLAG} or {name})", path.display()))
    })?;
    Ok(Some((path, folder)))
}

/// The flag as it was given, for whoever writes a command line.
pub(super) fn flag(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<String>> {
    let Some((path, _)) = folder(api, matches)? else { return Ok(Vec::new()) };
    Ok(vec![format!("--{FLAG}"), absolute(&path)?])
}

/// The caller, with the folder if one was given.
pub(super) fn allow(api: &ApiDef, matches: &ArgMatches, caller: ToolCaller) -> Result<ToolCaller, Usage> {
    Ok(match folder(api, matches)? {
        Some((_, folder)) => caller.with_folder(folder),
        None => caller,
    })
}
