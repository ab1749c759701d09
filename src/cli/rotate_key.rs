//! `rotate-key`: re-encrypts every stored API key with a new master key.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::EnvNames;
use desk365_mcp::config::serve::{DATA_DIR_FLAG, DATABASE_URL_FLAG, MASTER_KEY, NEXT_MASTER_KEY};
use desk365_mcp::registry::Audited;
use desk365_mcp::seal::rotation::{Rotation, RotationError, Step};
use desk365_mcp::store::{AuditAction, AuditObject};
use serde_json::json;
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand, UsageError};
use super::help::{PROGRAM, environment, examples};
use super::stderr::print_line;
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "rotate-key", define, run: Run::WithApi(run) };

fn define(command: Command, api: &ApiDef) -> Command {
    let names = EnvNames::for_api(api);
    let keys = [
        (names.server(MASTER_KEY), "Current master key, if it is not in the data folder"),
        (names.server(NEXT_MASTER_KEY), "New master key, required only in that case"),
    ];
    let lines = [
        ("Rotate the master key in the default data folder", "rotate-key".to_owned()),
        ("Rotate the master key in another data folder", format!("rotate-key {DATA_DIR_FLAG} /srv/{PROGRAM}")),
        (
            "Rotate the master key of a database outside the data folder",
            format!("rotate-key {DATA_DIR_FLAG} /srv/{PROGRAM} {DATABASE_URL_FLAG} sqlite:/var/lib/{PROGRAM}.db"),
        ),
    ];
    let command = command
        .about("Re-encrypt every stored API key with a new master key")
        .long_about(
            "Re-encrypt every stored API key with a new master key. Tokens do not change.\n\n\
             Pass the same database and data folder as to the server. The rotation can be interrupted at any time; run \
             the command again to resume it. Servers that read the key from the same data folder keep running. Servers \
             that get the key from a variable need both keys until the rotation is complete.\n\n\
             The old key stays in the data folder, in a file named after it, because older backups need it. Delete the \
             file when you no longer need those backups.",
        )
        .after_help(format!("{}\n\n{}", environment(&keys), examples(&lines)));
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    store_access::run(api, matches, IfAbsent::Fail, async |registry| {
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
        let master_key = Audited { name: Some(rotation.key_id()), ..Audited::only(AuditObject::MasterKey) };
        registry.record_event(&store_access::actor(), AuditAction::Rotated, master_key).await?;
        for path in rotation.retired_keys()? {
            print_line(&format!(
                "Kept the old master key for older backups; delete it when you no longer need them: {}",
                path.display()
            ));
        }
        Ok(json!({ "key": rotation.key_id(), "resealed": resealed }))
    })
}

fn missing_next_key(api: &ApiDef) -> anyhow::Error {
    let names = EnvNames::for_api(api);
    let (current, next) = (names.server(MASTER_KEY), names.server(NEXT_MASTER_KEY));
    UsageError::new(format!("no new master key: {current} gives the current one, so set {next} to the new one")).into()
}
