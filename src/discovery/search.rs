//! Searching tools by the words of a question.
//!
//! A word of the question also matches longer words with the same beginning, so that `close` finds `closed`. A word that
//! few tools have weighs more than a common one: in "the SLA of a ticket" that is "SLA".

use std::collections::BTreeSet;

use serde::Serialize;
use tool_runtime::tool::ToolDef;

/// Words of three or more letters that occur in questions but do not describe a task.
const STOP_WORDS: &[&str] = &[
    "about", "all", "and", "any", "are", "can", "could", "does", "for", "from", "give", "has", "have", "her", "him",
    "his", "how", "into", "its", "let", "may", "need", "not", "our", "out", "please", "see", "should", "show", "some",
    "tell", "that", "the", "their", "them", "there", "these", "they", "this", "use", "want", "was", "what", "when",
    "where", "which", "who", "whose", "why", "will", "with", "would", "you", "your",
];

/// A tool that matches a search.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Found<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
}

/// The tools that match `query`, best match first, at most `limit` of them. A match in the name weighs most.
pub fn search<'a>(tools: &[&'a ToolDef], query: &str, limit: usize) -> Vec<Found<'a>> {
    let query = query.to_lowercase();
    let terms: BTreeSet<_> = words(&query).filter(|word| is_search_term(word)).collect();
    let indexed: Vec<_> = tools.iter().map(|tool| ToolWords::new(tool, tools)).collect();
    let mut scores = vec![0.0; tools.len()];
    for term in terms {
        let weights: Vec<_> = indexed.iter().map(|words| words.weight(term)).collect();
        let rarity = rarity(tools.len(), weights.iter().filter(|weight| **weight > 0.0).count());
        scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += rarity * weight);
    }
    let mut matching: Vec<_> = scores.into_iter().zip(tools).filter(|(score, _)| *score > 0.0).collect();
    // The sort is stable: tools with equal scores keep the order of the specification.
    matching.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let found = matching.into_iter().take(limit).map(|(_, tool)| *tool);
    found.map(|ToolDef { name, title, description, .. }| Found { name, title, description }).collect()
}

/// The words of a tool, by where they occur.
struct ToolWords {
    name: BTreeSet<String>,
    tags: BTreeSet<String>,
    description: BTreeSet<String>,
}

impl ToolWords {
    fn new(tool: &ToolDef, tools: &[&ToolDef]) -> Self {
        let all = |text: &str| words(&text.to_lowercase()).map(str::to_owned).collect::<BTreeSet<_>>();
        // A description may refer to other tools. Their names do not describe this one.
        let own = tool.description.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let own = own.filter(|word| !tools.iter().any(|other| other.name == *word));
        Self {
            name: all(&format!("{} {}", tool.name, tool.title)),
            tags: all(&tool.tags.join(" ")),
            description: all(&own.collect::<Vec<_>>().join(" ")),
        }
    }

    /// The weight of a match of `term` with this tool, or 0 if none of its words matches.
    fn weight(&self, term: &str) -> f64 {
        let similarity = |word: &String| match word {
            word if word == term => 1.5,
            word if word.starts_with(stem(term)) => 1.0,
            _ => 0.0,
        };
        let best = |words: &BTreeSet<String>| words.iter().map(similarity).fold(0.0, f64::max);
        4.0 * best(&self.name) + 2.0 * best(&self.tags) + 2.0 * best(&self.description)
    }
}

/// The inverse document frequency of a word that `matching` of `all` tools have.
#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2⁵² tools")]
fn rarity(all: usize, matching: usize) -> f64 {
    if matching == 0 { 0.0 } else { (1.0 + all as f64 / matching as f64).ln() }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_search_term(word: &str) -> bool {
    const SHORTEST: usize = 3;
    word.chars().nth(SHORTEST - 1).is_some() && !STOP_WORDS.contains(&word)
}

/// The stem that a word roughly shares with its other forms: `book` of `books`, `repl` of `replies` and `reply`.
fn stem(word: &str) -> &str {
    let endings = ["ies", "y", "es", "s", "e"].into_iter();
    endings.filter_map(|ending| word.strip_suffix(ending)).find(|start| start.len() > 2).unwrap_or(word)
}
