//! Sections of the help texts that clap does not provide: examples and environment variables.

use std::fmt::Write as _;

use clap::Command;
use clap::builder::Styles;

/// Name of the program in examples.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_NAME");

/// An id in examples.
pub(super) const EXAMPLE_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// An expiry time in examples.
pub(super) const EXAMPLE_TIME: &str = "2030-01-31T12:00:00Z";

/// Returns the section with examples. Each has a description and the arguments of the program.
pub(super) fn examples(lines: &[(&str, String)]) -> String {
    let style = Styles::styled();
    let style = style.get_header();
    let mut text = format!("{style}Examples:{style:#}");
    for (description, arguments) in lines {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  # {description}\n  {PROGRAM} {arguments}");
    }
    text
}

/// Adds an example to subcommands of `command`. Each has the subcommand's name, a description and its arguments.
pub(super) fn with_examples(command: Command, lines: &[(&'static str, &str, String)]) -> Command {
    let name = command.get_name().to_owned();
    lines.iter().fold(command, |command, (subcommand, description, arguments)| {
        let line = format!("{name} {subcommand} {arguments}");
        let example = examples(&[(description, line.trim_end().to_owned())]);
        command.mut_subcommand(subcommand, |subcommand| subcommand.after_help(example))
    })
}

/// Returns the section with the environment variables that have no flag. Each has a name and a description.
pub(super) fn environment(variables: &[(String, &str)]) -> String {
    let style = Styles::styled();
    let (heading, name_style) = (style.get_header(), style.get_literal());
    let widest = variables.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = format!("{heading}Environment:{heading:#}");
    for (name, about) in variables {
        let gap = " ".repeat(widest - name.len());
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {name_style}{name}{name_style:#}{gap}  {about}");
    }
    text
}
