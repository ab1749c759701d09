//! The words of questions and of tools: their stems, their synonyms, and those that say nothing.

use std::collections::{BTreeSet, HashMap};

use rust_stemmers::{Algorithm, Stemmer};
use tool_runtime::api::SearchWords;

/// Words of three or more letters that occur in questions but do not describe a task.
const STOP_WORDS: &[&str] = &[
    "about", "all", "and", "any", "are", "can", "could", "does", "for", "from", "give", "has", "have", "her", "him",
    "his", "how", "into", "its", "let", "may", "need", "not", "our", "out", "please", "see", "should", "show", "some",
    "tell", "that", "the", "their", "them", "there", "these", "they", "this", "use", "want", "was", "what", "when",
    "where", "which", "who", "whose", "why", "will", "with", "would", "you", "your",
];

/// A word without its ending, and the group of synonyms that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Term {
    stem: String,
    group: Option<usize>,
}

impl Term {
    /// The similarity of two terms: 1 for the same stem, less for synonyms, 0 for all others.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        if self.stem == other.stem {
            1.0
        } else if self.group.is_some() && self.group == other.group {
            0.4
        } else {
            0.0
        }
    }
}

/// The stems and synonyms of a language.
pub(super) struct Vocabulary {
    stemmer: Stemmer,
    /// The number of the group of each synonym, by its stem.
    groups: HashMap<String, usize>,
}

impl Vocabulary {
    /// English, with these synonyms.
    pub(super) fn new(words: &SearchWords) -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let synonyms = words.synonyms.iter().enumerate();
        let groups = synonyms
            .flat_map(|(number, group)| group.iter().map(move |word| (number, word)))
            .map(|(number, word)| (stemmer.stem(word).into_owned(), number))
            .collect();
        Self { stemmer, groups }
    }

    /// The terms of a text.
    pub(super) fn terms(&self, text: &str) -> BTreeSet<Term> {
        words(&text.to_lowercase()).map(|word| self.term(word)).collect()
    }

    /// The terms of a question that describe a task.
    pub(super) fn terms_of_question(&self, question: &str) -> BTreeSet<Term> {
        words(&question.to_lowercase()).filter(|word| describes_a_task(word)).map(|word| self.term(word)).collect()
    }

    fn term(&self, word: &str) -> Term {
        let stem = self.stemmer.stem(word).into_owned();
        Term { group: self.groups.get(&stem).copied(), stem }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn describes_a_task(word: &str) -> bool {
    const SHORTEST: usize = 3;
    word.chars().nth(SHORTEST - 1).is_some() && !STOP_WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        let vocabulary = Vocabulary::new(&SearchWords { synonyms: &[&["delete", "remove"]], cannot: &[] });
        for (one, other, similarity) in [
            ("reply", "replies", 1.0),
            ("closed", "closing", 1.0),
            ("Companies", "company", 1.0),
            ("deleting", "removes", 0.4),
            ("company", "comply", 0.0),
            ("größe", "größen", 0.0),
        ] {
            let (one, other) = (vocabulary.term(&one.to_lowercase()), vocabulary.term(other));
            assert!((one.similarity(&other) - similarity).abs() < 1e-9, "{one:?} {other:?}");
        }
    }
}
