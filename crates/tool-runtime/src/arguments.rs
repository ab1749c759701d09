//! The arguments of one call, taken out by name. Violations are collected until the end.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::empty;
use crate::violation::{Violation, Violations, nearest, quoted};

/// The arguments of a call, or the fields of an object in them, while they are being decoded.
#[derive(Debug)]
pub struct Arguments {
    owner: Owner,
    names: Cow<'static, [&'static str]>,
    /// An entry that was taken is `null`. Removing it would move all entries behind it, and a hostile call may have
    /// 100,000 of them.
    given: Map<String, Value>,
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
        Self { owner: Owner::Tool, names: Cow::Borrowed(names), given, violations: Violations::default() }
    }

    /// Creates the fields `given` to a request that knows `names`. In contrast to a tool's arguments, `null` is a value: a
    /// decoder receives it, and an unknown field is refused even if it is `null`.
    pub fn of_request(names: Vec<&'static str>, given: Map<String, Value>) -> Self {
        Self { owner: Owner::Request, names: Cow::Owned(names), given, violations: Violations::default() }
    }

    /// Creates the arguments `given` to a prompt that knows `names`.
    pub(crate) fn of_prompt(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self { owner: Owner::Prompt, ..Self::new(names, given) }
    }

    /// Creates the fields `given` to an object that knows `names`.
    pub(crate) fn of_object(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self { owner: Owner::Object, ..Self::new(names, given) }
    }

    /// Returns whether `name` was given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|value| !value.is_null())
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
            self.add_violation(name, "is required but missing".to_owned(), None);
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

    fn take(&mut self, name: &str) -> Option<Value> {
        Some(self.given.get_mut(name)?.take()).filter(|value| self.owner.accepts_null() || !value.is_null())
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
                self.violations.append(found.under_key(name));
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
            self.add_violation(other, format!("is required when `{name}` is given"), None);
        }
    }

    /// Records a violation unless, of `options`, only the one that `chooser` names was given. `chosen` is the decoded
    /// value of `chooser`. Call it before the options are taken.
    pub fn chosen(&mut self, chooser: &str, chosen: Option<&str>, options: &[&str]) {
        let Some(chosen) = chosen else { return };
        for option in options {
            let given = self.has(option);
            if *option == chosen && !given {
                self.add_violation(option, format!("is required when `{chooser}` is {chosen:?}"), None);
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
        /// The number of names for which the nearest known name is searched: more than these are not typing mistakes.
        const GUESSED: usize = 10;
        let given = std::mem::take(&mut self.given);
        let is_unknown = |name: &str, value: &Value| {
            if self.owner.accepts_null() { !self.names.contains(&name) } else { !value.is_null() }
        };
        let unknown: Vec<_> =
            given.iter().filter(|(name, value)| is_unknown(name, value)).map(|(name, _)| name).collect();
        for (index, name) in unknown.iter().enumerate() {
            if self.violations.omitted() > 0 {
                self.violations.omit(unknown.len() - index);
                return;
            }
            let meant = if index < GUESSED { nearest(name, self.names.iter().copied()) } else { None };
            let member = self.owner.member();
            let problem = match meant {
                Some(meant) => format!("is not {member}; did you mean `{meant}`?"),
                None => format!("is not {member}"),
            };
            // The list is the same for every unknown name, so only the first one shows it.
            let allowed = (index == 0).then(|| match &*self.names {
                [] => self.owner.no_members().to_owned(),
                names => names.join(", "),
            });
            let shown = quoted(name);
            let bare = shown.trim_matches('"');
            self.add_violation(if bare.is_empty() { &shown } else { bare }, problem, allowed);
        }
    }

    fn present<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.has(name)).collect()
    }

    /// Returns whether a violation of the argument itself is recorded.
    pub fn is_violated(&self, name: &str) -> bool {
        self.violations.iter().any(|violation| violation.argument == name)
    }

    /// Records a violation.
    pub fn add_violation(&mut self, argument: &str, problem: String, allowed: Option<String>) {
        self.violations.add(Violation { argument: argument.to_owned(), problem, allowed });
    }
}

fn one_of(names: &[&str]) -> String {
    format!("exactly one of: {}", names.join(", "))
}
