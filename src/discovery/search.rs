//! Searching tools by the words of a question.
//!
//! Words match in all their forms, and their synonyms match a little less. A word that few tools have weighs more than a
//! common one: in "the SLA of a ticket" that is "SLA".

use std::collections::BTreeSet;

use tool_runtime::api::SearchWords;
use tool_runtime::tool::ToolDef;

use super::words::{Term, Vocabulary};

/// The result of a search.
#[derive(Debug, PartialEq)]
pub struct Found<'a> {
    /// The tools that match, best match first.
    pub tools: Vec<&'a ToolDef>,
    /// The answers to what the question asks for and no tool can do.
    pub cannot: Vec<&'static str>,
}

/// The tools that match `query`, at most `limit` of them, and the tasks in it that no tool can do. A match in the name
/// weighs most.
pub fn search<'a>(tools: &[&'a ToolDef], words: &SearchWords, query: &str, limit: usize) -> Found<'a> {
    let vocabulary = Vocabulary::new(words);
    let terms = vocabulary.terms_of_question(query);
    let indexed: Vec<_> = tools.iter().map(|tool| ToolTerms::new(tool, tools, &vocabulary)).collect();
    let mut scores = vec![0.0; tools.len()];
    for term in &terms {
        let weights: Vec<_> = indexed.iter().map(|tool| tool.weight(term)).collect();
        let rarity = rarity(tools.len(), weights.iter().filter(|weight| **weight > 0.0).count());
        scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += rarity * weight);
    }
    for (score, tool) in scores.iter_mut().zip(&indexed) {
        *score *= 1.0 + 0.2 * tool.share_of_title(&terms);
    }
    let mut matching: Vec<_> = scores.into_iter().zip(tools).filter(|(score, _)| *score > 0.0).collect();
    // The sort is stable: tools with equal scores keep the order of the specification.
    matching.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let asks_for = |phrase: &str| {
        vocabulary.terms(phrase).iter().all(|wanted| terms.iter().any(|term| term.similarity(wanted) > 0.0))
    };
    Found {
        tools: matching.into_iter().take(limit).map(|(_, tool)| *tool).collect(),
        cannot: words
            .cannot
            .iter()
            .filter(|cannot| cannot.asked.iter().any(|phrase| asks_for(phrase)))
            .map(|cannot| cannot.answer)
            .collect(),
    }
}

/// The terms of a tool, by where they occur.
struct ToolTerms {
    name: BTreeSet<Term>,
    title: BTreeSet<Term>,
    tags: BTreeSet<Term>,
    description: BTreeSet<Term>,
    arguments: BTreeSet<Term>,
}

impl ToolTerms {
    fn new(tool: &ToolDef, tools: &[&ToolDef], vocabulary: &Vocabulary) -> Self {
        // A description may refer to other tools. Their names do not describe this one.
        let own = tool.description.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let own = own.filter(|word| !tools.iter().any(|other| other.name == *word));
        Self {
            name: vocabulary.terms(&format!("{} {}", tool.name, tool.title)),
            title: vocabulary.terms(tool.title),
            tags: vocabulary.terms(&tool.tags.join(" ")),
            description: vocabulary.terms(&own.collect::<Vec<_>>().join(" ")),
            arguments: vocabulary.terms(&tool.arguments.join(" ")),
        }
    }

    /// The weight of a match of `term` with this tool, by the best place where it occurs, or 0 if it does not.
    fn weight(&self, term: &Term) -> f64 {
        let best = |terms: &BTreeSet<Term>| terms.iter().map(|own| own.similarity(term)).fold(0.0, f64::max);
        let elsewhere = [&self.tags, &self.description, &self.arguments].map(best).into_iter().fold(0.0, f64::max);
        f64::max(2.0 * best(&self.name), elsewhere)
    }

    /// The share of the title that a question mentions. Of two tools that match equally well, the one whose title says less
    /// besides is meant. Names have further words, such as the prefix of all tools.
    #[expect(clippy::cast_precision_loss, reason = "a name has fewer than 2⁵² words")]
    fn share_of_title(&self, question: &BTreeSet<Term>) -> f64 {
        let mentioned = self.title.iter().filter(|own| question.iter().any(|term| own.similarity(term) > 0.0)).count();
        mentioned as f64 / self.title.len() as f64
    }
}

/// The inverse document frequency of a word that `matching` of `all` tools have.
#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2⁵² tools")]
fn rarity(all: usize, matching: usize) -> f64 {
    if matching == 0 { 0.0 } else { (1.0 + all as f64 / matching as f64).ln() }
}
