//! Looking for words in records: every word of every term has to be somewhere in the places it is looked for.

use serde_json::Value;

use super::behaviour::Search;
use super::condition::shown;
use super::failure::Failure;
use super::scope::Scope;
use super::template::Path;

/// What a request looks for.
pub(super) struct Terms(Vec<Term>);

struct Term {
    phrase: String,
    words: Vec<String>,
    places: Vec<Path>,
}

impl Terms {
    /// Reads them from the request, if it looks for anything.
    pub(super) fn read(search: &Search, scope: &Scope<'_>) -> Result<Option<Self>, Failure> {
        let bad = |problem: String| Failure::bad_request(&scope.world.definition().data.errors, &problem, scope);
        let Some(given) = scope.request.get(&search.argument) else {
            return Ok(None);
        };
        let listed = search.terms.as_ref().and_then(|key| given.get(key)).and_then(Value::as_array);
        let terms = match listed {
            Some(terms) => terms.iter().map(|term| Term::read(search, term)).collect::<Option<Vec<_>>>(),
            None => Term::read(search, given).map(|term| vec![term]),
        };
        match terms {
            Some(terms) if !terms.is_empty() => Ok(Some(Self(terms))),
            _ => Err(bad(format!("'{}' must hold a text '{}'", search.argument, search.words))),
        }
    }

    /// How well a record matches; `None` if it does not.
    pub(super) fn score(&self, candidate: &Scope<'_>) -> Option<i64> {
        self.0.iter().map(|term| term.score(candidate)).sum()
    }
}

impl Term {
    fn read(search: &Search, term: &Value) -> Option<Self> {
        let phrase = term.get(&search.words)?.as_str()?.trim().trim_matches('"').to_lowercase();
        let names: Vec<_> = match term.get(&search.places_key).and_then(Value::as_array) {
            Some(names) if !names.is_empty() => names.iter().map(shown).collect(),
            _ => search.default.clone(),
        };
        let places = names.iter().flat_map(|name| match search.places.get(name) {
            Some(paths) => paths.clone(),
            None => search.others.iter().map(|field| Path { first: field.clone(), rest: vec![name.clone()] }).collect(),
        });
        let words: Vec<_> = phrase.split_whitespace().map(str::to_owned).collect();
        (!words.is_empty()).then(|| Self { places: places.collect(), phrase, words })
    }

    /// A word counts once for every place it is in, more in the places named first; the whole phrase counts double.
    fn score(&self, candidate: &Scope<'_>) -> Option<i64> {
        let texts: Vec<_> = self.places.iter().map(|place| text_of(&candidate.field(place)).to_lowercase()).collect();
        let weighted = |found: &dyn Fn(&str) -> bool| -> i64 {
            texts.iter().rev().zip(1_i64..).map(|(text, weight)| if found(text) { weight } else { 0 }).sum()
        };
        let mut score = 2 * weighted(&|text| text.contains(&self.phrase));
        for word in &self.words {
            let found = weighted(&|text| text.contains(word));
            if found == 0 {
                return None;
            }
            score += found;
        }
        Some(score)
    }
}

/// All the text that a value holds, keys aside.
fn text_of(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(text_of).collect::<Vec<_>>().join("\n"),
        other => shown(other),
    }
}
