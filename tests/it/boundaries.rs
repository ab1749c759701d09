//! The rules that no compiler checks: which module may use which, where effects belong, what only the spec may state.
//!
//! These tests read source text, without test code. To change a rule, change its table here, and say why beside it.

mod facts;
mod imports;

use std::collections::BTreeSet;

use crate::boundaries::facts::Facts;
use crate::boundaries::imports::{imports, mentions, module};
use crate::common::source::{Source, assert_none, product, sources};

/// The modules of the server, from the bottom up, each with the neighbours that it may use. The binary (`main.rs`, `cli/`)
/// may use all of them, and none may use the binary. The dependencies of a crate are in its manifest.
const NEIGHBOURS: &[(&str, &[&str])] = &[
    ("tools", &[]),                             // generated: every fact of the API
    ("clock", &[]),                             // the time, which tests replace
    ("address", &[]),                           // loopback and public addresses; pure
    ("store", &[]),                             // writes and reads rows
    ("limits", &["clock", "metrics", "store"]), // the calls that a server may send in an hour
    ("scope", &[]),                             // selects the tools of a client
    ("upstream", &["address"]),                 // sends requests to the API
    ("outcome", &["upstream"]),
    ("attachments", &[]), // opens local files
    ("metrics", &[]),     // takes numbers and names, and no types of its callers
    // Identical reads share a request, and recent replies are used again.
    ("read_cache", &["clock", "outcome"]),
    ("call", &["attachments", "limits", "metrics", "outcome", "read_cache", "upstream"]),
    ("doctor", &["outcome", "upstream"]), // checks an account with a few calls
    ("client_network", &[]),              // the unit by which clients are counted
    ("serve", &["address", "client_network", "metrics", "token"]), // serves any routes
    ("clients", &["address"]),            // the configuration formats of MCP clients
    ("config", &["serve", "upstream"]),   // checks hosts and origins where they are read
    ("confirmation", &["clock", "seal", "store"]), // proofs that a call is confirmed, and the question
    ("discovery", &[]),                   // four tools in place of all; pure
    ("service", &["call", "clock", "confirmation", "discovery", "metrics", "outcome", "scope", "token", "tools"]),
    ("token", &["tools"]), // the format of tokens, and their hashes; texts without them
    ("call_log", &["clock", "metrics", "outcome", "service", "store", "token"]),
    ("maintenance", &["call_log", "clock", "limits", "store"]), // purges expired rows
    ("seal", &["clock", "store", "token"]),
    // Every rule about what may be stored.
    (
        "registry",
        &[
            "address",
            "call_log",
            "client_network",
            "clock",
            "config",
            "confirmation",
            "limits",
            "scope",
            "seal",
            "service",
            "store",
            "token",
            "tools",
            "upstream",
        ],
    ),
    ("console", &["clients", "scope"]), // a page that uses the admin API like any client
    // Sessions of browsers, and the pages that create and end them.
    ("sign_in", &["address", "clock", "console", "registry", "store", "upstream"]),
    // The authorization server: clients, codes and tokens, and the page on which users agree.
    ("oauth", &["client_network", "clock", "registry", "scope", "sign_in", "store", "tools", "upstream"]),
    ("admin", &["doctor", "registry", "sign_in", "store", "token", "upstream"]), // the registry over HTTP
    (
        "access", // resolves tokens to servers and principals
        &[
            "call",
            "call_log",
            "clock",
            "confirmation",
            "limits",
            "metrics",
            "read_cache",
            "registry",
            "scope",
            "seal",
            "serve",
            "service",
            "store",
            "token",
            "upstream",
        ],
    ),
];

/// Effects of the server: how code that has them looks, the only places for it, and why.
const EFFECTS: &[(&[&str], &[&str], &str)] = &[
    (&["env::"], &["src/config", "build.rs"], "settings are read in one place"),
    (&["reqwest"], &["src/upstream"], "there is one client, without redirects and retries, and with every limit set"),
    (
        &["axum"],
        &["src/admin", "src/console", "src/oauth", "src/serve", "src/sign_in"],
        "other code can be tested without a server",
    ),
    (&["sqlx"], &["src/store", "src/call_log"], "SQL is in two places, which share their tables with no other code"),
    (&["cap_std"], &["src/attachments"], "files that a caller names are opened in one place"),
    (&["process::exit"], &["build.rs"], "it skips destructors and unwritten output: return an ExitCode from main"),
];

/// Effects that `tool-runtime` and `toolgen` must not have: both are functions from values to values. Their manifests hold
/// the rest.
const IMPURE: &[&str] = &["env::", "fs::", "net::", "process::", "SystemTime", "Instant"];

/// The number of lines above which a file holds two thoughts.
const LINES: usize = 400;

#[test]
fn only_the_spec_names_facts_of_the_api() {
    let facts = Facts::of_the_api();
    // Only the build script may name the default specification.
    let sources = product().into_iter().filter(|source| source.path != "build.rs");
    assert_none(
        sources.flat_map(|source| source.findings(|code| facts.find(code))),
        "These are facts of the API, which only the files in spec/ may state. Take them from `tools` (`API.title`, \
         `API.slug`, a tool's `def`). If a name is not meant as the API's, rename it.",
    );
}

#[test]
fn modules_use_only_allowed_neighbours() {
    let sources = product();
    let forbidden = |source: &Source| {
        let Some(module) = module(source) else { return Vec::new() };
        let Some((_, allowed)) = NEIGHBOURS.iter().find(|(name, _)| *name == module) else {
            return vec![format!("{}: module `{module}` is not in the table", source.path)];
        };
        let mut imports = imports(source);
        imports.retain(|(_, used)| used != module && !allowed.contains(&used.as_str()));
        imports.iter().map(|(line, used)| format!("{}:{line}: {module} uses {used}", source.path)).collect()
    };
    let missing = |(name, _): &&(&str, _)| !sources.iter().any(|source| module(source) == Some(name));
    let unused = |(name, allowed): &(&str, &[&str])| {
        let files = sources.iter().filter(|source| module(source) == Some(name));
        let used: BTreeSet<String> = files.flat_map(imports).map(|(_, used)| used).collect();
        let unused = allowed.iter().filter(|neighbour| !used.contains(**neighbour));
        unused.map(|neighbour| format!("{name} does not use {neighbour}")).collect::<Vec<_>>()
    };
    assert_none(
        sources
            .iter()
            .flat_map(forbidden)
            .chain(NEIGHBOURS.iter().filter(missing).map(|(name, _)| format!("module `{name}` does not exist")))
            .chain(NEIGHBOURS.iter().flat_map(unused)),
        "Imports go one way. Pass the value as an argument, move the code to a module that may use both, or change \
         NEIGHBOURS in tests/it/boundaries.rs and say why.",
    );
}

#[test]
fn effects_stay_at_the_edges() {
    let misplaced = |source: &Source, code: &str| {
        let (_, places, why) = EFFECTS.iter().find(|(needles, places, _)| {
            needles.iter().any(|needle| mentions(code, needle)) && !source.is_in(places)
        })?;
        Some(format!("`{}` belongs in {places:?}: {why}", code.trim()))
    };
    let sources = product().into_iter().filter(|source| source.is_in(&["src/", "build.rs"]));
    assert_none(
        sources.flat_map(|source| source.findings(|code| misplaced(&source, code))),
        "Move the effect there and pass on its result, or change EFFECTS in tests/it/boundaries.rs and say why.",
    );
}

#[test]
fn tool_runtime_and_toolgen_are_pure() {
    let impure =
        |code: &str| IMPURE.iter().find(|needle| mentions(code, needle)).map(|needle| format!("uses {needle}"));
    assert_none(
        sources(&["crates/tool-runtime/src", "crates/toolgen/src"], &["rs"])
            .iter()
            .flat_map(|source| source.findings(impure)),
        "Take the text or the value as an argument. The caller reads files and clocks.",
    );
}

#[test]
fn files_are_short_and_state_their_purpose() {
    let problem = |source: &Source| {
        let lines = source.text.lines().count();
        let opening = match source.path.rsplit('.').next() {
            Some("css") => "/* ",
            Some("js") => "// ",
            _ => "//! ",
        };
        let problem = match () {
            () if lines > LINES => format!("{lines} lines, more than {LINES}"),
            () if !source.text.starts_with(opening) => format!("does not open with `{opening}`"),
            () if source.path.ends_with("/mod.rs") => "is named mod.rs".to_owned(),
            () => return None,
        };
        Some(format!("{}: {problem}", source.path))
    };
    let rust = sources(&["src", "crates", "tests", "build.rs"], &["rs"]);
    let mut page = sources(&["src/console/assets"], &["css", "js"]);
    page.retain(|source| !source.path.contains("/vendor/"));
    assert_none(
        rust.iter().chain(&page).filter_map(problem),
        "Split a long file by subject. Open each file with what it is for. Name a module's file after the module, beside \
         its folder.",
    );
}

#[test]
fn test_names_are_short() {
    // A test in a macro has no name of its own here.
    let long = |source: &Source| {
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        let tests = lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[test]") || line.contains("::test"));
        let names = tests.filter_map(|(at, _)| {
            let named = lines.iter().skip(at).find(|line| line.contains("fn "))?;
            Some(named.split_once("fn ")?.1.split('(').next().unwrap_or_default().to_owned())
        });
        let long = names.filter(|name| name.len() > 60);
        long.map(|name| format!("{}: {name} ({} characters)", source.path, name.len())).collect::<Vec<_>>()
    };
    let tests = sources(&["src", "crates", "tests"], &["rs"]);
    assert_none(tests.iter().flat_map(long), "Name a test after the fact that it checks, in at most 60 characters.");
}
