//! Which tools a question is about, by its words. Pure.
//!
//! A word stands for every word that begins like it, so that `close` finds `closed`. The fewer tools know a word, the
//! more it tells of what is meant: in "the SLA of a ticket" that is the SLA.

use std::collections::BTreeSet;

use serde::Serialize;
use tool_runtime::tool::ToolDef;

/// Words of three letters and more that people ask with and that tell nothing.
const EMPTY: &[&str] = &[
    "about", "all", "and", "any", "are", "can", "could", "does", "for", "from", "give", "has", "have", "her", "him",
    "his", "how", "into", "its", "let", "may", "need", "not", "our", "out", "please", "see", "should", "show", "some",
    "tell", "that", "the", "their", "them", "there", "these", "they", "this", "use", "want", "was", "what", "when",
    "where", "which", "who", "whose", "why", "will", "with", "would", "you", "your",
];

/// A tool that a search has found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Found<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
}

/// The tools that have to do with `query`, best first: a word counts most in a name, and least in a description.
pub fn search<'a>(tools: &[&'a ToolDef], query: &str, limit: usize) -> Vec<Found<'a>> {
    let query = query.to_lowercase();
    let asked: BTreeSet<_> = words(&query).filter(|word| is_telling(word)).collect();
    let known: Vec<_> = tools.iter().map(|tool| Words::of(tool, tools)).collect();
    let mut scores = vec![0.0; tools.len()];
    for word in asked {
        let places: Vec<_> = known.iter().map(|words| words.place(word)).collect();
        let rarity = rarity(tools.len(), places.iter().filter(|place| **place > 0.0).count());
        scores.iter_mut().zip(places).for_each(|(score, place)| *score += rarity * place);
    }
    let mut matching: Vec<_> = scores.into_iter().zip(tools).filter(|(score, _)| *score > 0.0).collect();
    // The sort is stable: among equals the order of the specification stands.
    matching.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let found = matching.into_iter().take(limit).map(|(_, tool)| *tool);
    found.map(|ToolDef { name, title, description, .. }| Found { name, title, description }).collect()
}

/// The words of a tool, by where they stand.
struct Words {
    name: BTreeSet<String>,
    tags: BTreeSet<String>,
    description: BTreeSet<String>,
}

impl Words {
    fn of(tool: &ToolDef, tools: &[&ToolDef]) -> Self {
        let all = |text: &str| words(&text.to_lowercase()).map(str::to_owned).collect::<BTreeSet<_>>();
        // A description that refers to another tool is not about what that one does.
        let own = tool.description.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let own = own.filter(|word| !tools.iter().any(|other| other.name == *word));
        Self {
            name: all(&format!("{} {}", tool.name, tool.title)),
            tags: all(&tool.tags.join(" ")),
            description: all(&own.collect::<Vec<_>>().join(" ")),
        }
    }

    /// How much it counts for the tool that `word` is asked for; 0 if the tool does not know the word.
    fn place(&self, word: &str) -> f64 {
        let form = |known: &String| match known {
            known if known == word => 1.5,
            known if known.starts_with(stem(word)) => 1.0,
            _ => 0.0,
        };
        let best = |words: &BTreeSet<String>| words.iter().map(form).fold(0.0, f64::max);
        4.0 * best(&self.name) + 2.0 * best(&self.tags) + 2.0 * best(&self.description)
    }
}

/// How much a word tells that `knowing` of `all` tools know.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵² tools")]
fn rarity(all: usize, knowing: usize) -> f64 {
    if knowing == 0 { 0.0 } else { (1.0 + all as f64 / knowing as f64).ln() }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_telling(word: &str) -> bool {
    const SHORTEST: usize = 3;
    word.chars().nth(SHORTEST - 1).is_some() && !EMPTY.contains(&word)
}

/// The part of a word that its other forms share, roughly: `books`, `replies` and `reply` as `book` and `repl`.
fn stem(word: &str) -> &str {
    let endings = ["ies", "y", "es", "s", "e"].into_iter();
    endings.filter_map(|ending| word.strip_suffix(ending)).find(|start| start.len() > 2).unwrap_or(word)
}
