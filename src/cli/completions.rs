//! `completions`: prints the completion script of a shell.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::{Shell, generate};
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand};
use super::help::{PROGRAM, examples};
use super::stdout;

pub(super) const COMMAND: Subcommand =
    Subcommand { name: "completions", define, run: Run::WithCommandLine(print_completions) };

const SHELL: &str = "shell";

fn define(command: Command, _: &ApiDef) -> Command {
    let shell =
        Arg::new(SHELL).value_name("SHELL").required(true).value_parser(value_parser!(Shell)).help("Name of the shell");
    command.about("Print the completion script of a shell").arg(shell).after_help(examples(&[
        (
            "bash, after: mkdir -p ~/.local/share/bash-completion/completions",
            format!("completions bash > ~/.local/share/bash-completion/completions/{PROGRAM}"),
        ),
        ("zsh, with ~/.zfunc in $fpath", format!("completions zsh > ~/.zfunc/_{PROGRAM}")),
        ("fish", format!("completions fish > ~/.config/fish/completions/{PROGRAM}.fish")),
    ]))
}

fn print_completions(mut command_line: Command, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let shell = *matches.get_one::<Shell>(SHELL).expect("clap requires the shell");
    let mut script = Vec::new();
    generate(shell, &mut command_line, PROGRAM, &mut script);
    stdout::write_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}
