//! `man`: the manual pages, for whoever packages this program. It is not shown among the commands.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use clap_mangen::Man;
use tool_runtime::api::ApiDef;

use super::{PROGRAM, Subcommand, Usage, examples, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "man", define, run };

const OF: &str = "command";

fn define(command: Command, _: &ApiDef) -> Command {
    let of = Arg::new(OF)
        .value_name("COMMAND")
        .num_args(0..)
        .help("The command, and the one below it if one is meant; without it, the page of the program");
    command.about("Print a manual page").hide(true).arg(of).after_help(examples(&[
        ("The page of the program", format!("man > {PROGRAM}.1")),
        ("The page of a command", format!("man stdio > {PROGRAM}-stdio.1")),
        ("The page of a command below it", format!("man account add > {PROGRAM}-account-add.1")),
    ]))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut command = super::command(api).disable_help_subcommand(true);
    // Commands then know that they are called by way of the program.
    command.build();
    let mut title = PROGRAM.to_owned();
    for name in matches.get_many::<String>(OF).into_iter().flatten() {
        let below = command.get_subcommands().find(|below| below.get_name() == name).cloned();
        command = below.ok_or_else(|| Usage::new(format!("there is no command {name:?}")))?;
        title = format!("{title}-{name}");
    }
    let command = command.name(title).version(env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    stdout::verbatim(&page)?;
    Ok(ExitCode::SUCCESS)
}
