//! Searches for words: every word of every term must be in one of the places that are searched.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::failure::Failure;
use super::scope::Scope;
use crate::definition::data::Search;
use crate::expression::Expression;
use crate::value::{Record, entries, items, text_of};

/// The terms that a request searches for.
pub(super) struct Terms<'a>(Vec<Term<'a>>);

struct Term<'a> {
    phrase: String,
    words: Vec<String>,
    places: Vec<Place<'a>>,
}

/// A declared search place, or a key of the field in `others`.
enum Place<'a> {
    Declared(&'a Expression),
    Key(&'a Expression, String),
}

impl<'a> Terms<'a> {
    /// Reads the terms from the arguments; `None` if there is no search.
    pub(super) fn from_arguments(
        search: &'a Search,
        arguments: &Record,
        scope: &Scope,
    ) -> Result<Option<Self>, Failure> {
        let Some(given) = arguments.get(&search.argument) else {
            return Ok(None);
        };
        let listed = search.terms.as_ref().and_then(|key| given.get_attr(key).ok());
        let terms: Option<Vec<_>> = match listed.filter(|listed| listed.kind() == ValueKind::Seq) {
            Some(terms) => items(&terms).map(|term| Term::from_value(search, &term)).collect(),
            None => Term::from_value(search, given).map(|term| vec![term]),
        };
        match terms {
            Some(terms) if !terms.is_empty() => Ok(Some(Self(terms))),
            _ => {
                let problem = format!("'{}' must hold a text '{}'", search.argument, search.words);
                Err(Failure::bad_request(&scope.world.definition().data.errors, &problem))
            }
        }
    }

    /// The score of a record; `None` if it does not match.
    pub(super) fn score(&self, row: &Scope) -> Result<Option<i64>, Error> {
        let scores = self.0.iter().map(|term| term.score(row)).collect::<Result<Option<Vec<_>>, _>>()?;
        Ok(scores.map(|scores| scores.into_iter().sum()))
    }
}

impl<'a> Term<'a> {
    fn from_value(search: &'a Search, term: &Value) -> Option<Self> {
        let phrase = term.get_attr(&search.words).ok()?.as_str()?.trim().trim_matches('"').to_lowercase();
        let asked: Vec<_> =
            term.get_attr(&search.places_key).ok().iter().flat_map(items).map(|name| text_of(&name)).collect();
        let names = if asked.is_empty() { &search.default } else { &asked };
        let places = names.iter().flat_map(|name| match search.places.get(name) {
            Some(places) => places.iter().map(Place::Declared).collect::<Vec<_>>(),
            None => search.others.iter().map(|field| Place::Key(field, name.clone())).collect(),
        });
        let words: Vec<_> = phrase.split_whitespace().map(str::to_owned).collect();
        (!words.is_empty()).then(|| Self { places: places.collect(), phrase, words })
    }

    /// A word counts once for each place that has it, and more in the places named first; the whole phrase counts
    /// double.
    fn score(&self, row: &Scope) -> Result<Option<i64>, Error> {
        let texts = self.places.iter().map(|place| match place {
            Place::Declared(expression) => expression.eval(row),
            Place::Key(field, key) => Ok(field.eval(row)?.get_attr(key).unwrap_or_default()),
        });
        let texts = texts.map(|value| Ok(all_text(&value?).to_lowercase())).collect::<Result<Vec<_>, Error>>()?;
        let weight = |text: &str| -> i64 {
            texts.iter().rev().zip(1_i64..).map(|(place, weight)| if place.contains(text) { weight } else { 0 }).sum()
        };
        let found: Vec<_> = self.words.iter().map(|word| weight(word)).collect();
        let matches = found.iter().all(|weight| *weight > 0);
        Ok(matches.then(|| 2 * weight(&self.phrase) + found.iter().sum::<i64>()))
    }
}

/// All the text of a value, without keys.
fn all_text(value: &Value) -> String {
    match entries(value) {
        Some(fields) => fields.values().map(all_text).collect::<Vec<_>>().join("\n"),
        None if items(value).next().is_some() => {
            items(value).map(|item| all_text(&item)).collect::<Vec<_>>().join("\n")
        }
        None => text_of(value),
    }
}
