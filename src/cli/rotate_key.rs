//! `rotate-key`: seals every stored API key anew, under a new master key.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::Names;
use desk365_mcp::config::serve::DATA_DIR_FLAG;
use desk365_mcp::seal::rotation::{Rotation, Step};
use serde_json::json;
use tool_runtime::api::ApiDef;

use super::{PROGRAM, Subcommand, environment, examples, local};

pub(super) const COMMAND: Subcommand = Subcommand { name: "rotate-key", define, run };

fn define(command: Command, api: &ApiDef) -> Command {
    let names = Names::of(api);
    let keys = [
        (names.server("master-key"), "The master key in use, if it is not in the data folder"),
        (names.server("next-master-key"), "The new one, needed only then"),
    ];
    let lines = [
        ("The master key is in the data folder", "rotate-key".to_owned()),
        ("In another folder than usual", format!("rotate-key {DATA_DIR_FLAG} /srv/{PROGRAM}")),
    ];
    let command = command
        .about("Seal every stored API key anew, under a new master key")
        .long_about(
            "Seal every stored API key anew, under a new master key. Tokens stay what they are.\n\nIt can be stopped at \
             any moment, and goes on when it is started again. Servers that read the key from the same data folder run \
             on meanwhile; where the key is given to them, they must be given both until it is done.",
        )
        .after_help(format!("{}\n\n{}", environment(&keys), examples(&lines)));
    local::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    local::run(api, matches, async |registry| {
        let clock = Clock::system();
        let mut rotation = Rotation::begin(registry.keyring(), &clock)?;
        let mut resealed = 0;
        while let Some(step) = rotation.step().await? {
            if let Step::Resealed(accounts) = step {
                resealed += accounts;
            }
        }
        Ok(json!({ "key": rotation.key_id(), "resealed": resealed }))
    })
}
