//! `spec/README.md` teaches the language: it must list every key, and its examples must compile.

use std::collections::BTreeSet;
use std::io;

use toolgen::Source;
use toolgen::spec::keys::{self, Section};

const README: &str = include_str!("../../../../spec/README.md");

/// The headings with the tables of keys, and the section of each.
const HEADINGS: &[(&str, &Section)] = &[
    ("The file", &keys::FILE),
    ("`api`", &keys::API),
    ("One of `variables`", &keys::VARIABLE),
    ("One of `presets`", &keys::PRESET),
    ("`search`", &keys::SEARCH),
    ("An entry of `cannot`", &keys::CANNOT),
    ("`auth`", &keys::AUTH),
    ("`errors`", &keys::ERRORS),
    ("`rate_limit`", &keys::RATE_LIMIT),
    ("`multipart` of `api`", &keys::API_MULTIPART),
    ("A type", &keys::TYPE),
    ("An argument, or a field of an object", &keys::FIELD),
    ("A resource", &keys::RESOURCE),
    ("`shows`", &keys::SHOWS),
    ("`question`", &keys::QUESTION),
    ("A tool", &keys::TOOL),
    ("An effect of a tool", &keys::EFFECT),
    ("`multipart` of a tool", &keys::TOOL_MULTIPART),
    ("`reply`", &keys::REPLY),
    ("`page`", &keys::PAGE),
    ("`summarize`", &keys::SUMMARIZE),
    ("A prompt", &keys::PROMPT),
    ("An argument of a prompt", &keys::PROMPT_ARGUMENT),
];

/// Returns the keys in the table under a heading.
fn listed(heading: &str) -> Vec<&'static str> {
    let start = README.find(&format!("\n### {heading}\n")).expect("the heading is there");
    let section = &README[start + 1..];
    let section = &section[..section.find("\n#").unwrap_or(section.len())];
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| row.trim_start_matches('*').strip_prefix('`')?.split('`').next()).collect()
}

#[test]
fn the_tables_list_every_key() {
    assert_eq!(HEADINGS.len(), keys::SECTIONS.len(), "each section has a heading");
    for (heading, section) in HEADINGS {
        let (listed, known) = (listed(heading), section.keys);
        let twice = listed.len() != listed.iter().collect::<BTreeSet<_>>().len();
        assert!(!twice, "`{heading}` of spec/README.md lists a key twice: {listed:?}");
        let missing: Vec<_> = known.iter().filter(|key| !listed.contains(key)).collect();
        let foreign: Vec<_> = listed.iter().filter(|key| !known.contains(key)).collect();
        assert!(
            missing.is_empty() && foreign.is_empty(),
            "`{heading}` of spec/README.md lacks the keys {missing:?} and lists the unknown keys {foreign:?}",
        );
    }
}

/// A spec with every section, all of them empty.
const EMPTY: &str = "
api: { variables: { v: {} }, presets: { p: {} }, search: { cannot: [{}] }, auth: {}, errors: {}, rate_limit: {}, multipart: {} }
resources: { a: {}, b: { question: {}, tools: { t: { query: { q: {} }, multipart: {}, reply: { page: {} }, summarize: {}, publishes: {} } } } }
prompts: { p: {} }
";

#[test]
fn required_keys_are_bold() {
    let refused = |text| compiled(text).expect_err("it lacks required keys");
    let report = refused("{}") + &refused("{ api: {}, resources: {} }") + &refused(EMPTY);
    for (heading, section) in HEADINGS {
        for key in section.keys {
            let message = format!("{} needs the key `{key}`", section.name);
            // A missing example has a diagnostic of its own.
            let needed = report.contains(&message) || (*heading == "A tool" && *key == "example");
            let bold = README[README.find(&format!("\n### {heading}\n")).expect("the heading is there")..]
                .split("\n#")
                .nth(1)
                .is_some_and(|section| section.contains(&format!("| **`{key}`** |")));
            assert_eq!(needed, bold, "`{key}` under `{heading}` of spec/README.md: needed, bold");
        }
    }
}

/// Returns the blocks marked as YAML.
fn blocks() -> impl Iterator<Item = &'static str> {
    README.split("\n```yaml\n").skip(1).filter_map(|rest| rest.split("\n```").next())
}

/// Completes a block to a whole file. A block is a whole file, or sections, or the tools of a resource `book`.
fn whole(block: &str) -> String {
    if block.starts_with("api:") {
        return block.to_owned();
    }
    let sections = if block.starts_with("resources:") || block.starts_with("types:") {
        block.to_owned()
    } else {
        let tools = format!("      {}\n", block.replace('\n', "\n      "));
        let takes_id = block.lines().any(|line| matches!(line, "get:" | "update:" | "delete:"));
        let id = if takes_id { "    id: { isbn: { type: string, about: \"ISBN.\" } }\n" } else { "" };
        format!("resources:\n  book:\n    tags: [books]\n{id}    tools:\n{tools}")
    };
    let tag = if sections.contains("tags: [system]") { "system" } else { "books" };
    format!(
        "api:\n  slug: a\n  title: A\n  tool_prefix: a\n  instructions: A.\n  base_url: https://a.example\n  \
         auth: {{ header: key }}\n  errors: {{ message: error }}\n  \
         multipart: {{ one: file, many: files, url_limit: 4096 }}\n  tags: {{ {tag}: A }}\n{sections}\n"
    )
}

fn compiled(text: &str) -> Result<(), String> {
    let compiled = toolgen::compile(Source { file: "README.md", text }, |_| Err(io::ErrorKind::NotFound.into()));
    compiled.map(|_| ()).map_err(|report| report.to_string())
}

#[test]
fn every_example_compiles() {
    assert!(blocks().count() >= 8, "the blocks were found");
    assert!(blocks().any(|block| block.starts_with("api:")), "one of them is a whole file");
    for block in blocks() {
        if let Err(report) = compiled(&whole(block)) {
            assert_eq!(report, "", "this block of spec/README.md does not compile:\n{block}");
        }
    }
}

#[test]
fn the_first_example_takes_at_most_eight_lines() {
    let first = blocks().next().expect("there is a first example");
    assert!(first.lines().skip(1).count() <= 8, "{first}");
}
