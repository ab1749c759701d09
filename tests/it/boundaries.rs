//! The rules of the house that no compiler checks: who may know whom, who may touch the world, what only the spec may say.
//!
//! Everything here reads source text. Test code is left out of it (`#[cfg(test)]`, `tests.rs`, `tests/`): it may name
//! what it likes. A rule that must change changes here first, in the open, with its reason beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use desk365_mcp::tools::{API, TOOLS};

/// The modules of the server, from the bottom up, each with those of its neighbours that it may use. The binary
/// (`main.rs`, `cli/`) ties them together and may use all; nothing may use the binary.
const NEIGHBOURS: &[(&str, &[&str])] = &[
    ("tools", &[]),    // generated: every fact of the API
    ("scope", &[]),    // which tools there are for a client
    ("upstream", &[]), // Request to HTTP to Reply
    ("outcome", &["upstream"]),
    ("attachments", &[]), // local files, opened in one place only
    ("metrics", &[]),     // numbers and names in, whoever they come from
    ("call", &["attachments", "metrics", "outcome", "upstream"]),
    ("doctor", &["outcome", "upstream"]), // what a few calls tell of an account
    ("serve", &["metrics"]),              // whatever is mounted, it serves
    ("sandbox", &[]),                     // stands on the far side of the network, so it knows nobody here
    ("clients", &[]),                     // what each MCP client wants to be told
    ("config", &["serve", "upstream"]),   // a host or an origin is checked where it is given
    ("discovery", &[]),                   // three tools in place of many: pure, so it is handed the tools
    ("service", &["call", "discovery", "metrics", "outcome", "scope", "tools"]),
    ("clock", &[]),                                                     // the time, which tests replace
    ("token", &[]),                                                     // the format of tokens, and their hashes
    ("store", &[]),                                                     // writes and reads rows
    ("call_log", &["clock", "metrics", "outcome", "service", "store"]), // records of calls
    ("maintenance", &["call_log", "clock", "store"]),                   // purges expired rows
    ("seal", &["clock", "store", "token"]),
    // Every rule about what may be stored.
    ("registry", &["call_log", "clock", "config", "scope", "seal", "service", "store", "token", "tools", "upstream"]),
    ("admin", &["doctor", "registry", "store", "upstream"]), // the registry over HTTP
    ("console", &["clients", "scope", "token"]),             // a page that uses the admin API as anybody may
    (
        "access", // resolves tokens to servers and principals
        &["call", "call_log", "clock", "registry", "seal", "serve", "service", "store", "token", "upstream"],
    ),
];

/// Code that touches the world: what it looks like, where alone it may stand, and why.
const EFFECTS: &[(&[&str], &[&str], &str)] = &[
    (&["env::"], &["src/config", "build.rs"], "one place says which settings exist"),
    (&["reqwest"], &["src/upstream"], "one client, with redirects and retries off and every limit set"),
    (
        &["axum"],
        &["src/admin", "src/console", "src/sandbox", "src/serve"],
        "what is pure stays testable without a server",
    ),
    (&["cap_std"], &["src/attachments"], "one place opens files that a caller names"),
    (&["process::exit"], &["build.rs"], "it skips destructors and unwritten output: return an ExitCode from main"),
];

/// What the tools' vocabulary and its compiler may not touch: both are functions from values to values.
const IMPURE: &[&str] = &["env::", "fs::", "net::", "process::", "SystemTime", "Instant", "tokio", "reqwest"];

/// Facts that the spec alone may state, besides those that [`facts`] takes from it.
const FACTS: &[&str] = &["/v3/", "ticket_number", "primary_email", "ticket_object", "kb_article", "desk365.io"];

/// Where Rust stands that people write.
const PLACES: &[&str] = &["src", "crates", "tests", "build.rs"];

/// Argument names that are Rust's own words as well, and so tell nothing.
const ANYBODYS: &[&str] = &["sort_by"];

/// A longer file holds two thoughts.
const LINES: usize = 400;

#[test]
fn no_hand_written_code_names_a_fact_of_the_api() {
    let (texts, words) = facts();
    let fact = |code: &str| {
        let code = code.replace(env!("CARGO_PKG_NAME"), "");
        let text = texts.iter().find(|text| code.contains(text.as_str())).cloned();
        text.or_else(|| tokens(&code).find(|word| is_fact(word, &words)).map(str::to_owned))
    };
    // Only the build script may say which spec is meant if nobody says otherwise.
    none(
        hand_written().iter().filter(|s| s.path != "build.rs").flat_map(|source| source.findings(fact)),
        "These are facts of the API: say them in spec/, and take them from `crate::tools` (`API.title`, `API.slug`, a \
         tool's `def`). A name of your own that happens to be one needs another name.",
    );
}

#[test]
fn modules_use_only_the_neighbours_they_may() {
    let forbidden = |source: &Source| {
        let Some(module) = source.module() else { return Vec::new() };
        let Some((_, allowed)) = NEIGHBOURS.iter().find(|(name, _)| *name == module) else {
            return vec![format!("{}: module `{module}` is not in the table", source.path)];
        };
        let mut roots = source.roots();
        roots.retain(|(_, used)| used != module && !allowed.contains(&used.as_str()));
        roots.iter().map(|(line, used)| format!("{}:{line}: {module} uses {used}", source.path)).collect()
    };
    let sources = hand_written();
    let gone = |(name, _): &&(&str, _)| !sources.iter().any(|source| source.module() == Some(name));
    let used_by = |name: &str| -> BTreeSet<String> {
        let of_module = sources.iter().filter(|source| source.module() == Some(name));
        of_module.flat_map(Source::roots).map(|(_, used)| used).collect()
    };
    let unused = |(name, allowed): &(&str, &[&str])| {
        let used = used_by(name);
        let idle = allowed.iter().filter(|neighbour| !used.contains(**neighbour));
        idle.map(|neighbour| format!("{name}: does not use {neighbour}")).collect::<Vec<_>>()
    };
    none(
        sources
            .iter()
            .flat_map(forbidden)
            .chain(NEIGHBOURS.iter().filter(gone).map(|(name, _)| format!("{name}: no such module")))
            .chain(NEIGHBOURS.iter().flat_map(unused)),
        "Imports go one way (ARCHITECTURE.md). Pass the value in, move the code to the module that may know both, or \
         change NEIGHBOURS in tests/boundaries.rs and say why.",
    );
}

#[test]
fn effects_stay_at_the_edges() {
    let misplaced = |source: &Source, code: &str| {
        let mut effects = EFFECTS.iter();
        let (_, places, why) = effects.find(|(needles, places, _)| {
            needles.iter().any(|needle| mentions(code, needle)) && !source.stands_in(places)
        })?;
        Some(format!("{} belongs in {places:?}: {why}", code.trim()))
    };
    none(
        hand_written().iter().flat_map(|source| source.findings(|code| misplaced(source, uncommented(code)))),
        "Move the effect there and pass its result on, or change EFFECTS in tests/boundaries.rs and say why.",
    );
}

#[test]
fn the_vocabulary_and_the_generator_are_pure() {
    let impure = |code: &str| IMPURE.iter().find(|needle| mentions(uncommented(code), needle)).map(|n| (*n).to_owned());
    none(
        sources(&["crates/tool-runtime/src", "crates/toolgen/src"]).iter().flat_map(|source| source.findings(impure)),
        "Take the text or the value as an argument; the caller reads files and clocks.",
    );
}

#[test]
fn every_file_is_one_thought_and_opens_by_saying_which() {
    let wrong = |source: &Source| {
        let lines = source.text.lines().count();
        let opens = source.text.starts_with("//! ");
        let problem = match () {
            () if lines > LINES => format!("{lines} lines, more than {LINES}"),
            () if !opens => "does not open with `//! `".to_owned(),
            () if source.path.ends_with("/mod.rs") => "named mod.rs".to_owned(),
            () => return None,
        };
        Some(format!("{}: {problem}", source.path))
    };
    none(
        sources(PLACES).iter().filter_map(wrong),
        "Split a long file by thought; say at its top why a file exists and what it must not do; name a module's file \
         after the module, beside its directory.",
    );
}

#[test]
fn the_scanner_sees_imports_and_skips_test_code() {
    let source = |text: &str| Source { path: "src/call/files.rs".to_owned(), text: text.to_owned() };
    let roots = |text: &str| source(text).roots().into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(roots("use crate::upstream::Client;"), ["upstream"]);
    assert_eq!(roots("use crate::{\n    mcp::{stdio, Service},\n    outcome::Success,\n};"), ["mcp", "outcome"]);
    assert_eq!(roots("let reply = super::super::upstream::send();"), ["upstream"]);
    assert_eq!(roots("use super::Caller;\n// crate::mcp\nuse tokio::sync;"), Vec::<String>::new());
    assert_eq!(source("").module(), Some("call"));

    let text = "a\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n    b\n    }\n}\nc\n#[cfg(test)]\nmod tests;\nd";
    assert_eq!(source(text).lines().collect::<Vec<_>>(), [(1, "a"), (8, "c"), (11, "d")]);
}

/// Fails with what was found, and what to do about it.
fn none(found: impl Iterator<Item = String>, advice: &str) {
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "\n{}\n\n{advice}\n", found.join("\n"));
}

/// A file of ours, its path as a person would type it.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Lines that are compiled into the product, with their numbers: all but what stands under `#[cfg(test)]`.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        // The closing brace of the test module being skipped.
        let mut until: Option<String> = None;
        let mut attribute = false;
        self.text.lines().enumerate().filter_map(move |(number, line)| {
            if let Some(end) = &until {
                if line == end {
                    until = None;
                }
                return None;
            }
            if line.trim() == "#[cfg(test)]" {
                attribute = true;
            } else if attribute && !line.trim_start().starts_with('#') {
                attribute = false;
                if line.ends_with('{') {
                    let indent = line.len() - line.trim_start().len();
                    until = Some(format!("{}}}", " ".repeat(indent)));
                }
                return None;
            }
            (!attribute).then_some((number + 1, line))
        })
    }

    /// What `wrong` says of the lines that are compiled into the product, each with its place.
    fn findings(&self, wrong: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let found = self.lines().filter_map(|(line, code)| Some((line, wrong(code)?)));
        found.map(|(line, problem)| format!("{}:{line}: {problem}", self.path)).collect()
    }

    /// The top-level module of the server's library that it belongs to.
    fn module(&self) -> Option<&str> {
        let name = self.path.strip_prefix("src/")?;
        let name = name.split_once('/').map_or_else(|| name.strip_suffix(".rs"), |(module, _)| Some(module))?;
        (!["lib", "main", "cli"].contains(&name)).then_some(name)
    }

    /// The top-level modules that it names, by `crate::` or by as many `super::` as lead up there, and in which lines.
    fn roots(&self) -> Vec<(usize, String)> {
        let up = "super::".repeat(self.path.matches('/').count());
        // A list in braces may go on for several lines.
        let lines: Vec<_> = self.lines().map(|(number, line)| (number, uncommented(line))).collect();
        let mut roots = Vec::new();
        for (index, (number, line)) in lines.iter().enumerate() {
            for prefix in ["crate::", &up] {
                for at in occurrences(line, prefix) {
                    let rest = lines[index..].iter().map(|(_, line)| *line).collect::<Vec<_>>().join(" ");
                    roots.extend(names(&rest[at + prefix.len()..]).into_iter().map(|name| (*number, name)));
                }
            }
        }
        roots
    }

    fn stands_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

/// The first names of what stands behind a path: one, or those in braces.
fn names(rest: &str) -> Vec<String> {
    let first = |text: &str| {
        text.trim().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_owned()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![first(rest)] };
    let mut depth = 0_usize;
    let mut names = vec![String::new()];
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c => names.last_mut().expect("it starts with one").push(c),
        }
    }
    names.iter().map(|name| first(name)).filter(|name| !name.is_empty()).collect()
}

/// Facts as they stand in the compiled spec: texts that may occur nowhere, and words that may not be used as names.
fn facts() -> (BTreeSet<String>, BTreeSet<&'static str>) {
    assert!(TOOLS.len() > 40, "with {} tools there is nothing to look for", TOOLS.len());
    let texts = FACTS.iter().copied().chain(TOOLS.iter().map(|tool| tool.def.path)).map(str::to_owned).collect();
    let names = TOOLS.iter().flat_map(|tool| tool.def.arguments.iter().copied().chain([tool.def.name]));
    // So does a name of one word (`body`, `files`).
    (texts, names.filter(|name| name.contains('_') && !ANYBODYS.contains(name)).collect())
}

fn is_fact(word: &str, words: &BTreeSet<&str>) -> bool {
    let lower = word.to_lowercase();
    let of_the_slug = lower == API.slug || lower.starts_with(&format!("{}_", API.slug));
    words.contains(word) || (of_the_slug && word != env!("CARGO_CRATE_NAME") && word != "desk365_mcp")
}

/// The line, unless all of it is a comment: that may mention what code may not use.
fn uncommented(code: &str) -> &str {
    if code.trim_start().starts_with("//") { "" } else { code }
}

fn mentions(code: &str, needle: &str) -> bool {
    occurrences(code, needle).next().is_some()
}

/// Where `path` begins in `code`, unless it only ends a longer name or path.
fn occurrences(code: &str, path: &str) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(path).map(|(at, _)| at).filter(begins)
}

fn tokens(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// What is compiled into the product or into its compiler.
fn hand_written() -> Vec<Source> {
    let mut sources = sources(&["src", "crates/tool-runtime/src", "crates/toolgen/src", "build.rs"]);
    sources.retain(|source| !source.path.ends_with("/tests.rs") && !source.path.contains("/tests/"));
    sources
}

/// Every Rust file in these places, in a fixed order.
fn sources(places: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for place in places {
        collect(&root.join(place), &mut paths);
    }
    paths.sort();
    let relative =
        |path: &Path| path.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    paths.iter().map(|path| Source { path: relative(path), text: read(path) }).collect()
}

fn collect(path: &Path, into: &mut Vec<PathBuf>) {
    assert!(path.exists(), "{} is gone: say where its code went", path.display());
    if path.ends_with("target") {
        // What was built there is not ours.
    } else if path.is_dir() {
        for entry in fs::read_dir(path).expect("a directory of the project is readable") {
            collect(&entry.expect("so are its entries").path(), into);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        into.push(path.to_path_buf());
    }
}
