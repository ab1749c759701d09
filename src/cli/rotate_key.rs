//! `rotate-key`: seals every stored API key anew, under a new master key.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::Names;
use desk365_mcp::config::serve::{DATA_DIR_FLAG, DATABASE_URL_FLAG};
use desk365_mcp::seal::rotation::{Rotation, RotationError, Step};
use serde_json::json;
use tool_runtime::api::ApiDef;

use super::local::IfAbsent;
use super::{PROGRAM, Subcommand, Usage, environment, examples, local, say};

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
        (
            "The key is in that folder, and the database elsewhere",
            format!("rotate-key {DATA_DIR_FLAG} /srv/{PROGRAM} {DATABASE_URL_FLAG} sqlite:/var/lib/{PROGRAM}.db"),
        ),
    ];
    let command = command
        .about("Seal every stored API key anew, under a new master key")
        .long_about(
            "Seal every stored API key anew, under a new master key. Tokens stay what they are.\n\nGive it the database \
             and the data folder as the server has them. It can be stopped at any moment, and goes on when it is \
             started again. Servers that read the key from the same data folder run on meanwhile; where the key is \
             given to them, they must be given both until it is done.\n\nThe old key stays in the data folder, in a \
             file named after it: backups from before need it. Remove it when you no longer need them.",
        )
        .after_help(format!("{}\n\n{}", environment(&keys), examples(&lines)));
    local::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    local::run(api, matches, IfAbsent::Refuse, async |registry| {
        let clock = Clock::system();
        let begun = Rotation::begin(registry.keyring(), &clock);
        let mut rotation = begun.map_err(|error| match error {
            RotationError::NoNextKey => missing_next_key(api),
            error @ RotationError::Keyring(_) => error.into(),
        })?;
        let mut resealed = 0;
        while let Some(step) = rotation.step().await? {
            if let Step::Resealed(accounts) = step {
                resealed += accounts;
            }
        }
        for path in rotation.retired_keys()? {
            say(&format!(
                "An old key, for backups from before; remove it when you need none of them: {}",
                path.display()
            ));
        }
        Ok(json!({ "key": rotation.key_id(), "resealed": resealed }))
    })
}

fn missing_next_key(api: &ApiDef) -> anyhow::Error {
    let names = Names::of(api);
    let (current, next) = (names.server("master-key"), names.server("next-master-key"));
    Usage::new(format!("no new master key: where {current} gives the one in use, set {next} to the new one")).into()
}
