//! Mistakes in specs, and the report that an author gets for each: `tests/bad/*.md`, whose README explains the format.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use toolgen::Source;

use crate::reviewed_files::ReviewedFiles;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad");

/// The only theme whose cases have several mistakes each.
const SEVERAL: &str = "several.md";

/// A case: a heading, a block of YAML, and the report.
struct Case<'a> {
    heading: &'a str,
    /// The block as written.
    block: &'a str,
    /// True if the block is a whole file.
    whole: bool,
    /// The sandbox's file.
    sandbox: Option<&'a str>,
    /// Text before the report: everything except what is compared.
    before: &'a str,
}

/// Returns the contents of the first block with one of these first lines, and that line.
fn block<'a>(text: &'a str, openings: &[&'a str]) -> Option<(&'a str, &'a str)> {
    openings.iter().find_map(|opening| {
        let start = text.find(&format!("\n{opening}\n"))? + opening.len() + 2;
        let end = text[start - 1..].find("\n```\n")? + start;
        Some((&text[start..end], *opening))
    })
}

/// Splits a theme into its introduction and its cases.
fn cases<'a>(file: &str, text: &'a str) -> (&'a str, Vec<Case<'a>>) {
    let starts: Vec<_> = text.match_indices("\n## ").map(|(at, _)| at + 1).collect();
    let introduction = &text[..starts.first().copied().unwrap_or(text.len())];
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let cases = starts.iter().zip(ends).map(|(start, end)| {
        let case = &text[*start..end];
        let heading = case.lines().next().unwrap_or_default();
        let (block, opening) = block(case, &["```yaml", "```yaml whole"])
            .unwrap_or_else(|| panic!("{file}: the case `{heading}` has no block marked `yaml`"));
        let before = &case[..case.find("\n```text\n").unwrap_or(case.trim_end().len())];
        let sandbox = self::block(case, &["```yaml sandbox"]).map(|(sandbox, _)| sandbox);
        Case { heading, block, whole: opening.ends_with("whole"), sandbox, before: before.trim_end() }
    });
    (introduction, cases.collect())
}

/// Returns the section of a whole file that starts with `name:`.
fn section<'a>(file: &'a str, name: &str) -> &'a str {
    let start = file.find(&format!("{name}:\n")).expect("the README has this section");
    let rest = &file[start..];
    let end = rest.match_indices('\n').find(|(at, _)| rest[at + 1..].starts_with(|c: char| c.is_ascii_lowercase()));
    &rest[..end.map_or(rest.len(), |(at, _)| at + 1)]
}

/// Adds the sections that a case omits.
fn completed(case: &Case<'_>, base: &str) -> String {
    let mut text = case.block.to_owned();
    for name in ["api", "resources"] {
        let present = text.lines().any(|line| line.starts_with(&format!("{name}:")));
        if !case.whole && !present {
            text.push_str(section(base, name));
        }
    }
    if case.sandbox.is_some() {
        text = text.replacen("api:\n", "api:\n  sandbox: sandbox.yaml\n", 1);
    }
    text
}

#[test]
fn every_report_is_reviewed() {
    let reviewed = ReviewedFiles::at(FOLDER.into());
    let readme = fs::read_to_string(Path::new(FOLDER).join("README.md")).expect("the folder has a README");
    reviewed.check("README.md", &readme);
    let (base, _) = block(&readme, &["```yaml"]).expect("the README has the base");
    let (sandbox, _) = block(&readme, &["```yaml sandbox"]).expect("the README has the base of a sandbox");
    let compile = |text: &str, data: Option<&str>| {
        let read = |_: &str| data.map(|data| format!("{sandbox}{data}")).ok_or(io::ErrorKind::NotFound.into());
        toolgen::compile(Source { file: "spec.yaml", text }, read).map(|emitted| emitted.tools)
    };
    assert_eq!(compile(base, None).expect("the base is valid"), 1);
    let mut headings = BTreeSet::new();
    let mut themes: Vec<_> = fs::read_dir(FOLDER)
        .expect("the folder exists")
        .map(|entry| entry.expect("a folder can be listed").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "README.md")
        .collect();
    themes.sort();
    for theme in themes {
        let text = fs::read_to_string(Path::new(FOLDER).join(&theme)).expect("a theme can be read");
        let (introduction, cases) = cases(&theme, &text);
        assert!(!cases.is_empty(), "{theme} has no case");
        let mut updated = introduction.to_owned();
        for (index, case) in cases.iter().enumerate() {
            let heading = case.heading;
            assert!(headings.insert(heading.to_owned()), "{theme}: the heading `{heading}` is used twice");
            let report = compile(&completed(case, base), case.sandbox).err();
            let report = report.unwrap_or_else(|| panic!("{theme}: the case `{heading}` has no mistake"));
            // With one mistake a case, a changed message changes one report.
            let count = report.len();
            assert!(
                (count == 1) != (theme == SEVERAL),
                "{theme}: the case `{heading}` has {count} mistakes:\n{report}"
            );
            let gap = if index == 0 { "" } else { "\n" };
            write!(updated, "{gap}{}\n\n```text\n{report}```\n", case.before).expect("a text can be written to");
        }
        reviewed.check(&theme, &updated);
    }
    // One for each mistake that the generator finds: a case must not get lost.
    assert!(headings.len() >= 249, "only {} cases are left", headings.len());
    reviewed.nothing_else();
}
