//! The arguments of one call, taken out by name. Violations are collected until the end.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::guidance::Guidance;
use crate::violation::{Violation, Violations, quoted};
use crate::{empty, hint};

/// The arguments of a call, or the fields of an object in them, while they are being decoded.
#[derive(Debug)]
pub struct Arguments {
    owner: Owner,
    names: Cow<'static, [&'static str]>,
    /// An entry that was taken is `null`. Removing it would move all entries behind it, and a hostile call may have
    /// 100,000 of them.
    given: Map<String, Value>,
    guidance: Guidance,
    /// The names of the arguments that were taken, except those that were empty.
    taken: Vec<&'static str>,
    violations: Violations,
}

/// The owner of the names, for messages.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Tool,
    Prompt,
    Object,
    Request,
}

impl Owner {
    /// Completes "`x` is not …".
    const fn member(self) -> &'static str {
        match self {
            Self::Tool => "an argument of this tool",
            Self::Prompt => "an argument of this prompt",
            Self::Object => "a field of this object",
            Self::Request => "a known field",
        }
    }

    /// Returns whether `null` is a value, instead of a name that was not given.
    const fn accepts_null(self) -> bool {
        matches!(self, Self::Request)
    }

    const fn no_members(self) -> &'static str {
        match self {
            Self::Tool | Self::Prompt => "no arguments",
            Self::Object | Self::Request => "no fields",
        }
    }
}

impl Arguments {
    /// Creates the arguments `given` to a tool that knows `names`. A top-level `null` counts as not given.
    pub fn new(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of(Owner::Tool, Cow::Borrowed(names), given)
    }

    /// Creates the fields `given` to a request that knows `names`. In contrast to a tool's arguments, `null` is a value: a
    /// decoder receives it, and an unknown field is refused even if it is `null`.
    pub fn of_request(names: Vec<&'static str>, given: Map<String, Value>) -> Self {
        Self::of(Owner::Request, Cow::Owned(names), given)
    }

    /// Creates the arguments `given` to a prompt that knows `names`.
    pub(crate) fn of_prompt(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of(Owner::Prompt, Cow::Borrowed(names), given)
    }

    /// Creates the fields `given` to an object that knows `names`.
    pub(crate) fn of_object(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of(Owner::Object, Cow::Borrowed(names), given)
    }

    fn of(owner: Owner, names: Cow<'static, [&'static str]>, given: Map<String, Value>) -> Self {
        Self {
            owner,
            names,
            given,
            guidance: Guidance::default(),
            taken: Vec::new(),
            violations: Violations::default(),
        }
    }

    /// Adds the help for callers, and accepts its synonyms from now on. Call it before anything else.
    #[must_use]
    pub fn with_guidance(self, guidance: Guidance) -> Self {
        let mut arguments = Self { guidance, ..self };
        for (index, (synonym, name)) in guidance.synonyms.iter().enumerate() {
            arguments.rename(synonym, name, guidance.synonyms.get(..index).unwrap_or_default());
        }
        arguments
    }

    /// Takes the value of `synonym` for that of `name`. `earlier` are the synonyms that were renamed before. Records a
    /// violation if both are given, unless the synonym has no value: models fill in arguments that they do not mean.
    fn rename(&mut self, synonym: &str, name: &str, earlier: &[(&str, &str)]) {
        let Some(value) = self.given.get_mut(synonym).map(Value::take).filter(|value| !value.is_null()) else { return };
        if !self.has(name) {
            self.given.insert(name.to_owned(), value);
            return;
        }
        if empty::text(&value) || empty::list(&value) {
            return;
        }
        // The renamed synonym left a `null`.
        let given_as = earlier.iter().find(|(other, of)| *of == name && self.given.contains_key(*other));
        let given_as = given_as.map_or(name, |(other, _)| other);
        let problem = format!("means the same as `{given_as}`, and both are given");
        self.add_violation(synonym, problem, Some(format!("only `{name}`")));
    }

    /// Takes the value of `synonym` for that of `name`, like a synonym of the guidance.
    pub(crate) fn accept_as(&mut self, synonym: &str, name: &str) {
        self.rename(synonym, name, &[]);
    }

    /// Returns the value of `name`, if it was given and not yet taken.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    /// Returns whether `name` was given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns the arguments that were given, `null` in place of those that were taken.
    pub(crate) fn all_given(&self) -> &Map<String, Value> {
        &self.given
    }

    /// Adds a name that is known.
    pub(crate) fn add_name(&mut self, name: &'static str) {
        self.names.to_mut().push(name);
    }

    /// Returns the names of the arguments that were taken so far, except those that were empty.
    pub(crate) fn taken(&self) -> &[&'static str] {
        &self.taken
    }

    /// Drops those arguments among `names` whose value `is_empty`, so that they count as not given. Call it before every
    /// rule.
    pub fn drop_if(&mut self, is_empty: impl Fn(&Value) -> bool, names: &[&str]) {
        for name in names {
            if let Some(value) = self.given.get_mut(*name)
                && is_empty(value)
            {
                value.take();
            }
        }
    }

    /// Takes a required argument. Returns `None` if it is missing or wrong, and records the violation.
    pub fn required<T>(&mut self, name: &str, decode: impl FnOnce(Value) -> Result<T, Violations>) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.add_missing(name, "is required but missing".to_owned());
            return None;
        };
        self.decoded(name, value, decode)
    }

    /// Takes an optional argument. Returns `None` if it is absent, or if it is wrong, and then records the violation.
    pub fn optional<T>(&mut self, name: &str, decode: impl FnOnce(Value) -> Result<T, Violations>) -> Option<T> {
        let value = self.take(name)?;
        if !empty::text(&value) {
            return self.decoded(name, value, decode);
        }
        match decode(value) {
            Ok(value) => Some(value),
            Err(_) => {
                let allowed = "a value, or nothing: leave it out".to_owned();
                self.add_violation(name, "is empty".to_owned(), Some(allowed));
                None
            }
        }
    }

    /// Decodes with the decoder of another tool, which may know further names. It does not see what was given for those.
    pub(crate) fn decode_known<T>(&mut self, decode: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let is_known = |(name, _): &(String, Value)| self.names.contains(&name.as_str());
        let (known, unknown): (Map<_, _>, Map<_, _>) = std::mem::take(&mut self.given).into_iter().partition(is_known);
        self.given = known;
        let decoded = decode(self);
        self.given.extend(unknown);
        decoded
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let value = Some(self.given.get_mut(name)?.take());
        let value = value.filter(|value| self.owner.accepts_null() || !value.is_null())?;
        self.taken.extend(self.names.iter().find(|known| **known == name));
        Some(value)
    }

    fn decoded<T>(
        &mut self,
        name: &str,
        value: Value,
        decode: impl FnOnce(Value) -> Result<T, Violations>,
    ) -> Option<T> {
        match decode(value) {
            Ok(value) => Some(value),
            Err(found) => {
                self.violations.append(Guidance::with_example(found, self.example(name)).under_key(name));
                None
            }
        }
    }

    /// Records a violation unless exactly one of `names` was given. Call it before they are taken.
    pub fn exactly_one(&mut self, names: &[&str]) {
        match self.present(names).as_slice() {
            [_] => {}
            [] => {
                self.add_violation(&names.join(" | "), "one of these is required".to_owned(), Some(one_of(names)));
            }
            several => {
                let problem = format!("given together: {}", several.join(", "));
                self.add_violation(&names.join(" | "), problem, Some(one_of(names)));
            }
        }
    }

    /// Records a violation unless at least one of `names` was given. Call it before they are taken.
    pub fn at_least_one(&mut self, names: &[&str]) {
        if self.present(names).is_empty() {
            let allowed = format!("at least one of: {}", names.join(", "));
            // The place of an object is added by what contains it.
            let place = if matches!(self.owner, Owner::Object) { "" } else { "(arguments)" };
            self.add_violation(place, "none of the required alternatives was given".to_owned(), Some(allowed));
        }
    }

    /// Records a violation if `name` was given without `other`. Call it before they are taken.
    pub fn requires(&mut self, name: &str, other: &str) {
        if self.has(name) && !self.has(other) {
            self.add_missing(other, format!("is required when `{name}` is given"));
        }
    }

    /// Records a violation unless, of `options`, only the one that `chooser` names was given. `chosen` is the decoded
    /// value of `chooser`. Call it before the options are taken.
    pub fn chosen(&mut self, chooser: &str, chosen: Option<&str>, options: &[&str]) {
        let Some(chosen) = chosen else { return };
        for option in options {
            let given = self.has(option);
            if *option == chosen && !given {
                self.add_missing(option, format!("is required when `{chooser}` is {chosen:?}"));
            } else if *option != chosen && given {
                self.add_violation(
                    option,
                    format!("cannot be combined with `{chooser}` {chosen:?}"),
                    Some(format!("`{chosen}` instead")),
                );
            }
        }
    }

    /// Ends the decoding and returns the decoded value.
    ///
    /// # Errors
    ///
    /// If a violation was recorded, or if a name was given that is not known. All violations are returned.
    pub fn finish<T>(mut self, decoded: Option<T>) -> Result<T, Violations> {
        self.refuse_unknown();
        if let Some(value) = decoded
            && self.violations.is_empty()
        {
            return Ok(value);
        }
        if self.violations.is_empty() {
            // A decoder that returned `None` without a violation is a defect. The caller must not be told "0 problems".
            let problem = "could not be decoded, and the reason was not recorded; this is a defect of the server";
            self.add_violation("(arguments)", problem.to_owned(), None);
        }
        Err(self.violations)
    }

    /// Records a violation for every name that was given and not taken.
    fn refuse_unknown(&mut self) {
        /// The number of names that get a hint: more than these are not mistakes of a caller that knows the tool.
        const GUESSED: usize = 10;
        let given = std::mem::take(&mut self.given);
        let is_unknown = |name: &str, value: &Value| {
            if self.owner.accepts_null() { !self.names.contains(&name) } else { !value.is_null() }
        };
        let unknown: Vec<_> = given.iter().filter(|(name, value)| is_unknown(name, value)).collect();
        let mut is_listed = false;
        for (index, (name, value)) in unknown.iter().enumerate() {
            if self.violations.omitted() > 0 {
                self.violations.omit(unknown.len() - index);
                return;
            }
            let meant = if index < GUESSED { self.meant(name, value, &given) } else { Vec::new() };
            let member = self.owner.member();
            let problem = match meant.split_last() {
                Some((last, [])) => format!("is not {member}; did you mean {last}?"),
                Some((last, others)) => format!("is not {member}; did you mean {} or {last}?", others.join(", ")),
                None => format!("is not {member}"),
            };
            // The list is the same for every unknown name, so only the first one without a hint shows it.
            let allowed = (meant.is_empty() && !is_listed).then(|| match &*self.names {
                [] => self.owner.no_members().to_owned(),
                names => names.join(", "),
            });
            is_listed |= allowed.is_some();
            let shown = quoted(name);
            let bare = shown.trim_matches('"');
            self.add_violation(if bare.is_empty() { &shown } else { bare }, problem, allowed);
        }
    }

    /// Returns the names, in backticks, that an unknown name may mean: those that are not given and accept the value.
    fn meant(&self, unknown: &str, value: &Value, given: &Map<String, Value>) -> Vec<String> {
        /// More names than these are no hint.
        const MOST: usize = 4;
        let names = self.names.iter().map(|name| (*name, *name));
        let keys: Vec<_> = names.chain(self.guidance.synonyms.iter().copied()).collect();
        let is_open = |name: &str| {
            !given.contains_key(name) && self.guidance.accepts.is_none_or(|accepts| accepts(name, value.clone()))
        };
        let groups = hint::candidates(unknown, &keys).into_iter();
        let mut open = groups.map(|group| group.into_iter().filter(|name| is_open(name)).collect::<Vec<_>>());
        let meant = open.find(|group| !group.is_empty()).filter(|group| group.len() <= MOST).unwrap_or_default();
        meant.into_iter().map(|name| format!("`{name}`")).collect()
    }

    /// Returns an example of an argument as JSON text.
    fn example(&self, name: &str) -> Option<&'static str> {
        let index = self.names.iter().position(|known| *known == name)?;
        self.guidance.examples.get(index).copied()
    }

    /// Records a violation of an argument that lacks a value, with an example of one.
    fn add_missing(&mut self, name: &str, problem: String) {
        let allowed = self.example(name).map(|example| format!("for example {example}"));
        self.add_violation(name, problem, allowed);
    }

    fn present<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.has(name)).collect()
    }

    /// Returns whether a violation of the argument itself is recorded.
    pub fn is_violated(&self, name: &str) -> bool {
        self.violations.iter().any(|violation| violation.argument == name)
    }

    /// Returns whether a violation of the argument or of a part of it is recorded.
    pub(crate) fn has_violation_within(&self, name: &str) -> bool {
        let is_within =
            |place: &str| place.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.violations.iter().any(|violation| is_within(&violation.argument))
    }

    /// Records the violations of an argument's value.
    pub(crate) fn add_violations(&mut self, name: &str, found: Violations) {
        self.violations.append(found.under_key(name));
    }

    /// Records a violation.
    pub fn add_violation(&mut self, argument: &str, problem: String, allowed: Option<String>) {
        self.violations.add(Violation { argument: argument.to_owned(), problem, allowed });
    }
}

/// Decodes one argument alone, and returns whether it has no violation.
pub(crate) fn accepts<T>(
    names: &'static [&'static str],
    name: &str,
    value: Value,
    decode: impl FnOnce(&mut Arguments) -> Option<T>,
) -> bool {
    let mut alone = Arguments::new(names, Map::from_iter([(name.to_owned(), value)]));
    let _ = decode(&mut alone);
    !alone.has_violation_within(name)
}

fn one_of(names: &[&str]) -> String {
    format!("exactly one of: {}", names.join(", "))
}
