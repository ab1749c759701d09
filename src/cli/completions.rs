//! `completions`: what a shell needs to complete this program's commands and flags.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::{Shell, generate};
use tool_runtime::api::ApiDef;

use super::{PROGRAM, Subcommand, Usage, examples, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "completions", define, run };

const SHELL: &str = "shell";

fn define(command: Command, _: &ApiDef) -> Command {
    let shell = Arg::new(SHELL).value_name("SHELL").required(true).value_parser(value_parser!(Shell)).help("The shell");
    command.about("Print a shell's completions for this program").arg(shell).after_help(examples(&[
        (
            "bash, after: mkdir -p ~/.local/share/bash-completion/completions",
            format!("completions bash > ~/.local/share/bash-completion/completions/{PROGRAM}"),
        ),
        ("zsh, with that folder in $fpath", format!("completions zsh > ~/.zfunc/_{PROGRAM}")),
        ("fish", format!("completions fish > ~/.config/fish/completions/{PROGRAM}.fish")),
    ]))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let shell = *matches.get_one::<Shell>(SHELL).ok_or_else(|| Usage::new("no shell was given"))?;
    let mut script = Vec::new();
    generate(shell, &mut super::command(api), PROGRAM, &mut script);
    stdout::verbatim(&script)?;
    Ok(ExitCode::SUCCESS)
}
