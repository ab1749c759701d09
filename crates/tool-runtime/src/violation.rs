//! Violations: descriptions of wrong arguments, written so that the caller can correct the call.
//!
//! The number of violations that one call can collect is bounded here and nowhere else.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use crate::text::shortened;

/// One problem with one argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The place in the arguments, such as `priority` or `watchers.add[2]`.
    pub argument: String,
    /// The problem with the value that was given there.
    pub problem: String,
    /// A description of the values that are accepted there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { argument, problem, allowed } = self;
        write!(f, "{argument}: {problem}")?;
        allowed.as_ref().map_or(Ok(()), |allowed| write!(f, " (allowed: {allowed})"))
    }
}

/// Formats violations for a person, one per line.
pub fn lines(violations: &[Violation]) -> String {
    let lines: Vec<_> = violations.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The violations of a value or of a whole call, in the order they were found.
///
/// A decoder describes only the value it was given: its violations have an empty place. The caller that knows the key
/// or the index of that value adds it with [`under_key`](Self::under_key) or [`at_index`](Self::at_index), so that
/// valid calls never compute a place.
///
/// An `Err` that holds this type is never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    kept: Vec<Violation>,
    omitted: usize,
}

impl Violations {
    /// The number of violations that are collected, which bounds the memory and the reply that one bad call can take.
    pub const KEPT: usize = 100;

    /// Returns one violation of the value itself.
    pub fn new(problem: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::from_iter([Violation { argument: String::new(), problem: problem.into(), allowed: Some(allowed.into()) }])
    }

    /// Returns these violations, and counts `omitted` more.
    pub fn with_omitted(all: impl IntoIterator<Item = Violation>, omitted: usize) -> Self {
        let mut violations = Self::from_iter(all);
        violations.omitted += omitted;
        violations
    }

    /// Adds one violation.
    pub fn add(&mut self, violation: Violation) {
        if self.kept.len() < Self::KEPT {
            self.kept.push(violation);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds the violations of a part.
    pub fn append(&mut self, part: Self) {
        part.kept.into_iter().for_each(|violation| self.add(violation));
        self.omitted += part.omitted;
    }

    /// Moves the places below `key`, for the object that holds the value under that key.
    #[must_use]
    pub fn under_key(self, key: &str) -> Self {
        self.relocated(|place| match place.chars().next() {
            None => key.to_owned(),
            Some('[') => format!("{key}{place}"),
            Some(_) => format!("{key}.{place}"),
        })
    }

    /// Moves the places below `index`, for the list that holds the value at that index.
    #[must_use]
    pub(crate) fn at_index(self, index: usize) -> Self {
        self.relocated(|place| match place.chars().next() {
            None | Some('[') => format!("[{index}]{place}"),
            Some(_) => format!("[{index}].{place}"),
        })
    }

    /// The upper bound of the number of violations beyond those kept. Parts that were not checked count as one each.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Counts `count` parts as violations without checking them, because [`KEPT`](Self::KEPT) is reached.
    pub(crate) fn omit(&mut self, count: usize) {
        self.omitted += count;
    }

    /// Replaces the descriptions of what is allowed by what `allowed` returns for a place and its description.
    #[must_use]
    pub(crate) fn with_allowed(mut self, allowed: impl Fn(&str, Option<String>) -> Option<String>) -> Self {
        for violation in &mut self.kept {
            violation.allowed = allowed(&violation.argument, violation.allowed.take());
        }
        self
    }

    fn relocated(mut self, place: impl Fn(&str) -> String) -> Self {
        for violation in &mut self.kept {
            violation.argument = place(&violation.argument);
        }
        self
    }
}

/// The violations, one a line, and the number of those that were omitted.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&lines(&self.kept))?;
        if self.omitted > 0 { write!(f, "\n… and up to {} more", self.omitted) } else { Ok(()) }
    }
}

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.kept
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl FromIterator<Violation> for Violations {
    fn from_iter<I: IntoIterator<Item = Violation>>(all: I) -> Self {
        let mut violations = Self::default();
        all.into_iter().for_each(|violation| violations.add(violation));
        violations
    }
}

/// The start of a description of whole numbers within bounds.
pub(crate) const WHOLE_NUMBER: &str = "a whole number";
/// A text of any content.
pub(crate) const STRING: &str = "a string";
/// A text of any content but none.
pub(crate) const FULL_STRING: &str = "a string that is not empty";
/// A number of any value.
pub(crate) const NUMBER: &str = "a number";
/// A list of any items.
pub(crate) const LIST: &str = "a list, in brackets";
/// An object with any keys.
pub(crate) const OBJECT: &str = "an object such as {\"key\": \"value\"}";
/// A list or an object that was given as a string.
pub(crate) const NO_JSON_TEXT: &str = "a list or an object, not its JSON text in quotes";

/// The descriptions that only name a kind of value. An example of the argument says more.
pub(crate) const KINDS: &[&str] = &[WHOLE_NUMBER, STRING, FULL_STRING, NUMBER, LIST, OBJECT, NO_JSON_TEXT];

/// Describes a JSON value for a message: `the number 7`, `the string "abc"`, `a list`.
pub(crate) fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("{flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) => format!("the string {}", quoted(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Quotes a caller's text and shortens it, so that a message never repeats a whole document.
pub fn quoted(text: &str) -> String {
    /// In characters.
    const MAX_SHOWN: usize = 60;
    format!("{:?}", shortened(text, MAX_SHOWN))
}

/// Returns the name among `known` that is most similar to `given`, if one is similar enough.
///
/// Returns `None` for a text longer than any name, because the comparison takes time proportional to both lengths.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const MAX_LENGTH: usize = 100;
    if given.len() > MAX_LENGTH {
        return None;
    }
    let similar = known.into_iter().filter_map(|name| Some((similarity(given, name)?, name)));
    similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

/// Returns how similar a name is to `given`, from 0 to 1, or `None` if it is not similar enough to be meant.
pub(crate) fn similarity(given: &str, name: &str) -> Option<f64> {
    const MIN_SIMILARITY: f64 = 0.75;
    /// The similarity of a part of a name: `title` probably means `book_title`, unless another name is more similar.
    const PART_SIMILARITY: f64 = 0.8;
    /// Shorter texts are part of too many names.
    const MIN_PART_LENGTH: usize = 4;
    let given = given.to_ascii_lowercase();
    let is_part = given.len() >= MIN_PART_LENGTH && name.contains(&given);
    let similarity = strsim::jaro_winkler(&given, name).max(if is_part { PART_SIMILARITY } else { 0.0 });
    (similarity >= MIN_SIMILARITY).then_some(similarity)
}
