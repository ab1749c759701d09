//! The section `search` of `api`: synonyms, and tasks that no tool can do.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Report};
use crate::model::{Cannot, Search};
use crate::spec::{CannotSpec, SearchSpec, Text};

/// Checks the section. `tools` are the names of all tools. Reports mistakes.
pub(super) fn lower(search: &SearchSpec, tools: &[&str], report: &mut Report) -> Search {
    let mut groups = BTreeMap::new();
    for (number, group) in search.synonyms.iter().enumerate() {
        if let [only] = group.as_slice() {
            report.add(
                Diagnostic::new(only.span, "a group of synonyms needs two words")
                    .label("alone in its group")
                    .help("list the words that mean the same, such as `[delete, remove]`"),
            );
        }
        for word in group {
            check_words(word, 1, report);
            if groups.insert(word.value.as_str(), number).is_some() {
                report.add(
                    Diagnostic::new(word.span, format!("`{}` is listed twice", word.value))
                        .label("already a synonym")
                        .help("a word has one meaning in a search: keep it in one group"),
                );
            }
        }
    }
    let values = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
    Search {
        synonyms: search.synonyms.iter().map(|group| values(group)).collect(),
        cannot: search.cannot.iter().filter_map(|entry| cannot(entry, tools, report)).collect(),
    }
}

fn cannot(entry: &CannotSpec, tools: &[&str], report: &mut Report) -> Option<Cannot> {
    /// Maximum number of words of a phrase.
    const MAX_WORDS: usize = 4;
    for phrase in &entry.asked {
        check_words(phrase, MAX_WORDS, report);
    }
    let answer = entry.answer.as_ref()?;
    // The answer is shown to every client, and some may not see that tool.
    if let Some(tool) = tools.iter().find(|tool| answer.value.contains(**tool)) {
        report.add(
            Diagnostic::new(answer.span_of(tool, report), format!("the answer names the tool `{tool}`"))
                .label("hidden from some clients")
                .help("say what to do in words; the search lists the tools that a client has"),
        );
    }
    let asked = entry.asked.iter().map(|phrase| phrase.value.clone()).collect();
    Some(Cannot { asked, answer: answer.value.clone() })
}

/// Reports a phrase that is not 1 to `most` lower-case words.
fn check_words(phrase: &Text, most: usize, report: &mut Report) {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase());
    if phrase.value.split(' ').all(is_word) && phrase.value.split(' ').count() <= most {
        return;
    }
    let expected = match most {
        1 => "expected one lower-case word".to_owned(),
        most => format!("expected 1 to {most} lower-case words"),
    };
    report.add(
        Diagnostic::new(phrase.span, format!("`{}` cannot be searched for", phrase.value))
            .label(expected)
            .help("write the words as people ask, without punctuation"),
    );
}
