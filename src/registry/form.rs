//! Reading what a person filled in: a JSON object, or the pairs of a query.
//!
//! Nothing is guessed: a number in quotes is a text. Each key is asked for once; what is left over at the end is a key
//! that nobody knows. Everything wrong is collected, and said together.

use jiff::Timestamp;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use tool_runtime::violation::{Violation, nearest, quoted};
use uuid::Uuid;

use super::{Refusal, Result};
use crate::upstream::{self, AccountError};

/// Names longer than this are no names.
const LONGEST_NAME: usize = 200;
/// What ends is not to end before it can be used.
const SHORTEST_LIFE_SECONDS: i64 = 60;

/// A filled-in form, and what is wrong with it so far.
#[derive(Debug, Default)]
pub struct Form {
    given: Map<String, Value>,
    /// What stands before each key when it is spoken of.
    place: &'static str,
    asked: Vec<String>,
    violations: Vec<Violation>,
}

/// A key that may be left out, or be `null` to take its value away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change<T> {
    /// Left out.
    Keep,
    /// `null`.
    Clear,
    /// A value.
    Set(T),
}

impl<T> Change<T> {
    /// What it makes of the present value.
    pub(super) fn of(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    pub(super) fn given(self) -> Option<T> {
        self.of(None)
    }
}

impl Form {
    /// A form with these keys.
    pub fn new(given: Map<String, Value>) -> Self {
        Self { given, ..Self::default() }
    }

    /// The same for an object within a form.
    pub(super) fn within(place: &'static str, given: Map<String, Value>) -> Self {
        Self { given, place, ..Self::default() }
    }

    /// Says that something is wrong.
    pub(super) fn violate(&mut self, key: &str, problem: impl Into<String>, allowed: Option<String>) {
        let argument = format!("{}{key}", self.place);
        self.violations.push(Violation { argument, problem: problem.into(), allowed });
    }

    pub(super) fn violate_all(&mut self, violations: Vec<Violation>) {
        self.violations.extend(violations);
    }

    /// The end: fails with everything that is wrong, keys that nobody asked for included.
    pub fn finish(self) -> Result<()> {
        let violations = self.into_violations();
        if violations.is_empty() { Ok(()) } else { Err(Refusal::Invalid(violations)) }
    }

    /// The same where something was made of what was given, which may have failed too.
    pub(super) fn finish_with<T>(mut self, made: std::result::Result<T, Vec<Violation>>) -> Result<T> {
        match made {
            Ok(value) => self.finish().map(|()| value),
            Err(violations) => {
                self.violate_all(violations);
                Err(Refusal::Invalid(self.into_violations()))
            }
        }
    }

    fn into_violations(mut self) -> Vec<Violation> {
        let unknown: Vec<_> = self.given.keys().filter(|key| !self.asked.contains(key)).cloned().collect();
        for key in unknown {
            let meant = nearest(&key, self.asked.iter().map(String::as_str));
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            let shown = quoted(&key);
            let allowed = self.asked.join(", ");
            self.violate(shown.trim_matches('"'), format!("is not known here{meant}"), Some(allowed));
        }
        self.violations
    }

    /// The raw value of a key.
    pub(super) fn raw(&mut self, key: &str) -> Option<Value> {
        self.asked.push(key.to_owned());
        self.given.get(key).cloned()
    }

    /// A text that may be left out or cleared. One that is there is neither blank nor does it hold control characters.
    pub(super) fn text(&mut self, key: &str) -> Change<String> {
        let text = match self.raw(key) {
            None => return Change::Keep,
            Some(Value::Null) => return Change::Clear,
            Some(Value::String(text)) => text,
            Some(_) => {
                self.violate(key, "must be a text", None);
                return Change::Keep;
            }
        };
        if text.trim().is_empty() {
            self.violate(key, "is empty", None);
        } else if text.chars().any(char::is_control) {
            self.violate(key, "holds a control character", None);
        } else {
            return Change::Set(text);
        }
        Change::Keep
    }

    /// A name that may be left out, but not cleared.
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        match self.text(key) {
            Change::Keep => None,
            Change::Set(name) if name.chars().count() <= LONGEST_NAME => Some(name),
            Change::Set(_) => {
                self.violate(key, format!("is longer than {LONGEST_NAME} characters"), None);
                None
            }
            Change::Clear => {
                self.violate(key, "cannot be taken away", None);
                None
            }
        }
    }

    /// A name that must be there.
    pub(super) fn required_name(&mut self, key: &str) -> Option<String> {
        let name = self.name(key);
        self.require(key, name)
    }

    /// Says that a key is missing, unless something else is wrong with it.
    pub(super) fn require<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.is_violated(key) {
            self.violate(key, "is missing", None);
        }
        value
    }

    /// Whether something is wrong with a key already.
    pub(super) fn is_violated(&self, key: &str) -> bool {
        self.violations.iter().any(|violation| violation.argument.strip_prefix(self.place) == Some(key))
    }

    /// A moment that is ahead far enough for something to end then.
    pub(super) fn end(&mut self, key: &str, now: Timestamp) -> Change<Timestamp> {
        let given = match self.text(key) {
            Change::Keep => return Change::Keep,
            Change::Clear => return Change::Clear,
            Change::Set(given) => given,
        };
        match time(&given) {
            None => self.violate(key, NOT_A_TIME, Some(A_TIME.to_owned())),
            Some(end) if end.as_second() - now.as_second() < SHORTEST_LIFE_SECONDS => {
                self.violate(key, format!("must be at least {SHORTEST_LIFE_SECONDS} seconds ahead"), None);
            }
            Some(end) => return Change::Set(end),
        }
        Change::Keep
    }

    /// A moment.
    pub(super) fn time(&mut self, key: &str) -> Option<Timestamp> {
        let given = self.text(key).given()?;
        let time = time(&given);
        if time.is_none() {
            self.violate(key, NOT_A_TIME, Some(A_TIME.to_owned()));
        }
        time
    }

    /// One word of a few.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let given = self.text(key).given()?;
        let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
        if found.is_none() {
            let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.violate(key, format!("cannot be {}", quoted(&given)), Some(allowed.join(", ")));
        }
        found
    }

    /// A switch.
    pub(super) fn switch(&mut self, key: &str) -> Option<bool> {
        match self.raw(key)? {
            Value::Bool(on) => Some(on),
            Value::Null => None,
            _ => {
                self.violate(key, "must be true or false", None);
                None
            }
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let texts = match self.raw(key)? {
            Value::Null => return None,
            Value::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => Some(text),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        if texts.is_none() {
            self.violate(key, "must be a list of texts", None);
        }
        texts
    }

    /// An identifier.
    pub(super) fn id(&mut self, key: &str) -> Option<Uuid> {
        let given = self.text(key).given()?;
        let id = Uuid::try_parse(&given).ok();
        if id.is_none() {
            self.violate(key, "is no identifier", Some("a UUID".to_owned()));
        }
        id
    }

    /// `true` or `false` as a query has it.
    pub fn flag(&mut self, key: &str) -> bool {
        self.word(key, &[("true", true), ("false", false)]).unwrap_or(false)
    }
}

const NOT_A_TIME: &str = "is not a valid time";
const A_TIME: &str = "RFC 3339, such as 2030-01-31T12:00:00Z, and no later than 9999-12-30T22:00:00Z";

/// A time in RFC 3339. The parser takes more than that: days without a time, and names of time zones.
fn time(given: &str) -> Option<Timestamp> {
    is_rfc_3339(given).then(|| given.parse().ok()).flatten()
}

fn is_rfc_3339(text: &str) -> bool {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'T' => b"Tt ".contains(&byte),
                b'+' => b"+-".contains(&byte),
                other => byte == other,
            })
    };
    let Some((time, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else { return false };
    let fraction = rest.strip_prefix('.').map(|digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = match fraction {
        Some(zone) if rest.len() - zone.len() < 2 => return false,
        Some(zone) => zone,
        None => rest,
    };
    shape(time, "0000-00-00T00:00:00") && (matches!(zone, "Z" | "z") || shape(zone, "+00:00"))
}

/// What is wrong with an account's address or key, as part of a form.
pub(super) fn violation(api: &ApiDef, error: &AccountError) -> Violation {
    let (argument, problem, allowed) = match error {
        AccountError::Missing { name, about, example } => {
            ((*name).to_owned(), format!("is missing. {about}"), Some(format!("such as {example}")))
        }
        AccountError::NotALabel { name, instead, .. } => {
            ((*name).to_owned(), format!("cannot be that: {instead}"), None)
        }
        AccountError::NoKey | AccountError::BadKey => ("api_key".to_owned(), format!("is no key: {error}"), None),
        _ => ("base_url".to_owned(), error.to_string(), Some(format!("such as {}", upstream::example_base_url(api)))),
    };
    Violation { argument, problem, allowed }
}
