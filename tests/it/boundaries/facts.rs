//! Facts that only the specification may state: what no other API has.
//!
//! Arguments called `created_at` or `api_key` are no such facts, since any program may use these words.

use std::collections::BTreeMap;

use desk365_mcp::tools::{API, TOOLS};

/// Names and prefixes of this API that are no ordinary words. Everything else is taken from the compiled specification.
const PECULIAR: &[&str] = &["ticket_number", "primary_email", "ticket_object", "kb_article", "cf_", "desk_365_"];

/// Texts that must not occur in code, each with what it is.
pub(crate) struct Facts {
    /// Texts that may occur nowhere in a line: paths and hosts.
    texts: BTreeMap<String, &'static str>,
    /// Words: names, and beginnings of names if they end with `_`.
    words: BTreeMap<String, &'static str>,
}

impl Facts {
    /// Returns those of the compiled specification.
    pub(crate) fn of_the_api() -> Self {
        assert!(TOOLS.len() > 40, "with {} tools there is nothing to look for", TOOLS.len());
        let (mut texts, mut words) = (BTreeMap::new(), BTreeMap::new());
        texts.insert(domain(API.base_url).to_owned(), "the host of the API");
        for tool in TOOLS {
            // A path of one segment could be any server's.
            let literal = tool.def.path.split('{').next().unwrap_or_default().trim_end_matches('/');
            if literal.matches('/').count() > 1 {
                texts.insert(literal.to_owned(), "a path of the API");
            }
            // A name of one or two words could be anything's.
            if tool.def.name.matches('_').count() > 1 {
                words.insert(tool.def.name.to_owned(), "a tool of the API");
            }
        }
        words.extend(PECULIAR.iter().map(|word| ((*word).to_owned(), "a name of the API")));
        words.insert(API.slug.to_owned(), "the slug of the API");
        words.insert(format!("{}_", API.slug), "the slug of the API");
        Self { texts, words }
    }

    /// Returns a fact that a line states, and what it is.
    pub(crate) fn find(&self, line: &str) -> Option<String> {
        let package = env!("CARGO_PKG_NAME");
        let line = line.replace(package, "").replace(&package.replace('-', "_"), "");
        let said = |(fact, what): (&str, &str)| format!("`{fact}` is {what}, see spec/");
        let text = self.texts.iter().find(|(text, _)| line.contains(text.as_str()));
        if let Some((text, what)) = text {
            return Some(said((text, what)));
        }
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        words.find_map(|word| {
            let lower = word.to_lowercase();
            let is_or_begins = |fact: &str| lower == fact || (fact.ends_with('_') && lower.starts_with(fact));
            let (_, what) = self.words.iter().find(|(fact, _)| is_or_begins(fact))?;
            Some(said((word, what)))
        })
    }
}

/// Returns the fixed end of a base URL's host: `example.com` of `https://{tenant}.example.com/api`.
fn domain(base_url: &str) -> &str {
    let host = base_url.split("://").nth(1).unwrap_or(base_url).split('/').next().unwrap_or_default();
    host.rsplit('}').next().unwrap_or(host).trim_start_matches('.')
}

#[test]
fn ordinary_words_are_no_facts() {
    let facts = Facts::of_the_api();
    for line in ["let created_at = api_key;", "name.sort_by(|a, b| a.cmp(b))", "use desk365_mcp::tools::API;"] {
        assert_eq!(facts.find(line), None);
    }
}

#[test]
fn facts_of_the_api_are_found_and_named() {
    let facts = Facts::of_the_api();
    let path = TOOLS.iter().map(|tool| tool.def.path).find(|path| path.matches('/').count() > 2 && !path.contains('{'));
    let path = path.expect("some path has no variable");
    for fact in [path, domain(API.base_url), TOOLS[0].def.name, "ticket_number", "cf_colour", "Desk365_user"] {
        let found = facts.find(&format!("const X: &str = \"{fact}\";"));
        assert!(found.as_ref().is_some_and(|found| found.contains("spec/")), "{fact}: {found:?}");
    }
}
