//! The README's table of tools is what the specification says.

use std::fmt::Write as _;
use std::{env, fs};

use desk365_mcp::tools::{API, TOOLS};
use tool_runtime::tool::ToolDef;

const BEGIN: &str = "<!-- tools:begin -->";
const END: &str = "<!-- tools:end -->";
/// Set it to have the table written rather than compared.
const UPDATE: &str = "UPDATE_README";

/// One table a tag, in the order of the specification.
fn tables() -> String {
    let mut text = String::new();
    for tag in API.tags {
        let of_tag: Vec<_> = TOOLS.iter().map(|tool| tool.def).filter(|def| def.tags.contains(&tag.name)).collect();
        let _ = write!(text, "\n**{}**\n\n| tool | kind | what it does |\n|---|---|---|\n", tag.name);
        for def in of_tag {
            let _ = writeln!(text, "| `{}` | {} | {} |", def.name, kind(def), first_sentence(def.description));
        }
    }
    text
}

fn kind(def: &ToolDef) -> String {
    let access = if def.hints.read_only { "reads" } else { "writes" };
    let notes = [(def.description.contains("Inferred: "), ", inferred"), (def.gated.is_some(), ", gated")];
    let notes = notes.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note);
    [access].into_iter().chain(notes).collect()
}

fn first_sentence(description: &str) -> &str {
    description.split_once(". ").map_or(description, |(first, _)| first).trim_end_matches('.')
}

#[test]
fn the_readme_lists_every_tool_as_the_specification_has_it() {
    let readme = fs::read_to_string("README.md").expect("the README can be read");
    let (head, rest) = readme.split_once(BEGIN).expect("the README says where its tables begin");
    let (present, tail) = rest.split_once(END).expect("the README says where its tables end");
    let tables = format!("\n{}", tables());
    if env::var_os(UPDATE).is_some() {
        let text = format!("{head}{BEGIN}{tables}\n{END}{tail}");
        fs::write("README.md", text).expect("the README can be written");
        return;
    }
    assert_eq!(
        present.trim(),
        tables.trim(),
        "the tables are out of date; write them with: {UPDATE}=1 cargo test --test it readme"
    );
}
