//! The flag `--attachments-dir`, which lets tools attach files of one folder.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use desk365_mcp::attachments::AttachmentsFolder;
use desk365_mcp::call::ToolCaller;
use desk365_mcp::config::{self, EnvNames, ProcessEnvironment};
use tool_runtime::api::ApiDef;

use super::absolute_path::absolute_path;
use super::command::UsageError;

const FLAG: &str = "attachments-dir";

/// Adds the flag to a command.
pub(super) fn define(command: Command, api: &ApiDef) -> Command {
    let dir = Arg::new(FLAG)
        .long(FLAG)
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help(format!(
            "Folder whose files tools may attach by path; without it no file is read [env: {}]",
            EnvNames::for_api(api).attachments_dir()
        ))
        .help_heading("Attachments");
    command.arg(dir)
}

/// Opens the folder, if one is given.
fn open_folder(api: &ApiDef, matches: &ArgMatches) -> Result<Option<(PathBuf, AttachmentsFolder)>, UsageError> {
    let name = EnvNames::for_api(api).attachments_dir();
    let Some(path) = config::path_setting(matches.get_one(FLAG), &name, &ProcessEnvironment) else { return Ok(None) };
    let folder = AttachmentsFolder::open(&path).map_err(|error| {
        let path = path.display();
        UsageError::new(format!("failed to open the attachments folder {path} (--{FLAG} or {name}): {error}"))
    })?;
    Ok(Some((path, folder)))
}

/// Returns the flag as words of a command line; empty if no folder is given.
pub(super) fn command_line_words(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Vec<String>> {
    let Some((path, _)) = open_folder(api, matches)? else { return Ok(Vec::new()) };
    Ok(vec![format!("--{FLAG}"), absolute_path(&path)?])
}

/// Gives `caller` access to the folder, if one is given.
pub(super) fn with_folder(api: &ApiDef, matches: &ArgMatches, caller: ToolCaller) -> Result<ToolCaller, UsageError> {
    Ok(match open_folder(api, matches)? {
        Some((_, folder)) => caller.with_folder(folder),
        None => caller,
    })
}
