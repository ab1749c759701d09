//! The README's tables of tools match the specification, and its service unit is confined.

use std::fmt::Write as _;
use std::process::Command;
use std::{env, fs};

use desk365_mcp::tools::{API, TOOLS};
use tool_runtime::tool::ToolDef;

use crate::common::skip::required;

const BEGIN: &str = "<!-- tools:begin -->";
const END: &str = "<!-- tools:end -->";
/// With this variable, the tables are written instead of compared.
const UPDATE: &str = "UPDATE_README";

/// Formats one table per tag, in the order of the specification.
fn tables() -> String {
    let mut text = String::new();
    for tag in API.tags {
        let of_tag: Vec<_> = TOOLS.iter().map(|tool| tool.def).filter(|def| def.tags.contains(&tag.name)).collect();
        let _ = write!(text, "\n**{}**\n\n| tool | access | what it does |\n|---|---|---|\n", tag.name);
        for def in of_tag {
            let _ = writeln!(text, "| `{}` | {} | {} |", def.name, access_cell(def), first_sentence(def.description));
        }
    }
    text
}

fn access_cell(def: &ToolDef) -> String {
    let access = if def.hints.read_only { "read" } else { "write" };
    let notes = [(def.description.contains("Inferred: "), ", inferred"), (def.gated.is_some(), ", gated")];
    let notes = notes.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note);
    [access].into_iter().chain(notes).collect()
}

fn first_sentence(description: &str) -> &str {
    description.split_once(". ").map_or(description, |(first, _)| first).trim_end_matches('.')
}

#[test]
fn the_readme_lists_every_tool_of_the_specification() {
    let readme = fs::read_to_string("README.md").expect("README.md is readable");
    let (head, rest) = readme.split_once(BEGIN).expect("README.md has the begin marker of the tables");
    let (present, tail) = rest.split_once(END).expect("README.md has the end marker of the tables");
    let tables = format!("\n{}", tables());
    if env::var_os(UPDATE).is_some() {
        let text = format!("{head}{BEGIN}{tables}\n{END}{tail}");
        fs::write("README.md", text).expect("README.md is writable");
        return;
    }
    assert_eq!(
        present.trim(),
        tables.trim(),
        "the tables are out of date; update them with: {UPDATE}=1 cargo test --test it readme"
    );
}

#[test]
fn the_service_unit_leaves_the_program_few_rights() {
    const MAX_EXPOSURE: f64 = 2.0;
    let readme = fs::read_to_string("README.md").expect("README.md is readable");
    let unit = readme.split("```ini\n").nth(1).and_then(|rest| rest.split("```").next()).expect("README.md has a unit");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("a.service");
    fs::write(&path, unit).expect("the unit can be written");
    let analysed = Command::new("systemd-analyze").args(["security", "--offline=true"]).arg(&path).output();
    let analysed = analysed.map_err(|error| format!("systemd-analyze: {error} (apt install systemd)"));
    let Some(analysed) = required(analysed) else { return };
    let report = String::from_utf8_lossy(&analysed.stdout).into_owned();
    let (_, exposure) = report.rsplit_once(": ").unwrap_or_else(|| panic!("{report}{analysed:?}"));
    let exposure: f64 = exposure.split(' ').next().and_then(|number| number.parse().ok()).expect("it is a number");
    assert!(exposure <= MAX_EXPOSURE, "{report}");
}
