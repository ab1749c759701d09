//! `man`: prints a manual page, for packagers. The command is hidden from the help text.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use clap_mangen::Man;
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand, UsageError};
use super::help::{PROGRAM, examples};
use super::stdout;

pub(super) const COMMAND: Subcommand = Subcommand { name: "man", define, run: Run::WithCommandLine(print_page) };

const SUBCOMMAND: &str = "command";

fn define(command: Command, _: &ApiDef) -> Command {
    let subcommand = Arg::new(SUBCOMMAND)
        .value_name("COMMAND")
        .num_args(0..)
        .help("Command, and its subcommand if any; without it, the page of the program");
    command.about("Print a manual page").hide(true).arg(subcommand).after_help(examples(&[
        ("Print the page of the program", format!("man > {PROGRAM}.1")),
        ("Print the page of a command", format!("man stdio > {PROGRAM}-stdio.1")),
        ("Print the page of a subcommand", format!("man account add > {PROGRAM}-account-add.1")),
    ]))
}

fn print_page(command_line: Command, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut command = command_line.disable_help_subcommand(true);
    // Gives every subcommand the program's name in its usage line.
    command.build();
    let mut title = PROGRAM.to_owned();
    for name in matches.get_many::<String>(SUBCOMMAND).into_iter().flatten() {
        let subcommand = command.get_subcommands().find(|subcommand| subcommand.get_name() == name).cloned();
        command = subcommand.ok_or_else(|| {
            UsageError::new(format!("unknown command {name:?}: run with --help to list the commands"))
        })?;
        title = format!("{title}-{name}");
    }
    let command = command.name(title).version(env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    stdout::write_bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}
