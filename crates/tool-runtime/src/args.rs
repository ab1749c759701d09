//! The arguments of one call: taken out by name, every violation kept until the end.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::violation::{Violation, Violations, nearest, quoted};

/// A call's arguments while they are being decoded.
#[derive(Debug)]
pub struct Arguments {
    whole: &'static str,
    names: Cow<'static, [&'static str]>,
    /// Whether `null` is a value, which decoders see, rather than a name left out.
    null_is_value: bool,
    /// What has been taken is `null`: to remove it would move all that stand behind it.
    given: Map<String, Value>,
    violations: Violations,
}

impl Arguments {
    /// The arguments `given` to a tool that knows `names`. A top-level `null` counts as not given.
    pub fn new(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of("an argument of this tool", names, given)
    }

    /// The arguments `given` to a prompt that knows `names`.
    pub(crate) fn of_prompt(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of("an argument of this prompt", names, given)
    }

    /// The fields `given` to an object that knows `names`.
    pub(crate) fn nested(names: &'static [&'static str], given: Map<String, Value>) -> Self {
        Self::of("a field of this object", names, given)
    }

    /// The fields `given` to a request that knows `names`. In contrast to a tool's arguments, `null` is a value here: a
    /// decoder sees it, and an unknown field is refused even if it is `null`.
    pub fn of_request(names: Vec<&'static str>, given: Map<String, Value>) -> Self {
        let names = Cow::Owned(names);
        Self { whole: "a known field", names, null_is_value: true, given, violations: Violations::default() }
    }

    fn of(whole: &'static str, names: &'static [&'static str], given: Map<String, Value>) -> Self {
        let names = Cow::Borrowed(names);
        Self { whole, names, null_is_value: false, given, violations: Violations::default() }
    }

    /// Whether `name` was given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, value)| given == name && !value.is_null())
    }

    /// Takes an argument that must be there.
    pub fn required<T>(&mut self, name: &str, decode: impl FnOnce(Value) -> Result<T, Violations>) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.violate(name, "is required and missing".to_owned(), None);
            return None;
        };
        self.decoded(name, value, decode)
    }

    /// Takes an argument that may be there. `None` if it is absent, or if it is wrong, which is then recorded.
    pub fn optional<T>(&mut self, name: &str, decode: impl FnOnce(Value) -> Result<T, Violations>) -> Option<T> {
        let value = self.take(name)?;
        self.decoded(name, value, decode)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        // To hash a name takes longer than to compare it with the few that are given.
        let (_, value) = self.given.iter_mut().find(|(given, _)| *given == name)?;
        Some(value.take()).filter(|value| self.null_is_value || !value.is_null())
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

    /// Records a violation unless exactly one of `names` was given. To be asked before they are taken.
    pub fn exactly_one(&mut self, names: &[&str]) {
        match self.present(names).as_slice() {
            [_] => {}
            [] => self.violate(&names.join(" | "), "one of these is required".to_owned(), Some(one_of(names))),
            several => {
                let problem = format!("given together: {}", several.join(", "));
                self.violate(&names.join(" | "), problem, Some(one_of(names)));
            }
        }
    }

    /// Records a violation unless at least one of `names` was given. To be asked before they are taken.
    pub fn at_least_one(&mut self, names: &[&str]) {
        if self.present(names).is_empty() {
            let allowed = format!("at least one of: {}", names.join(", "));
            self.violate("(arguments)", "none of these was given".to_owned(), Some(allowed));
        }
    }

    /// Records a violation if `name` was given without `other`. To be asked before they are taken.
    pub fn requires(&mut self, name: &str, other: &str) {
        if self.has(name) && !self.has(other) {
            self.violate(other, format!("is required when `{name}` is given"), None);
        }
    }

    /// Records a violation unless, of `options`, just the one that `chooser` names was given. `chosen` is what
    /// `chooser` was decoded to; to be asked before the options are taken.
    pub fn chosen(&mut self, chooser: &str, chosen: Option<&str>, options: &[&str]) {
        let Some(chosen) = chosen else { return };
        for option in options {
            let given = self.has(option);
            if *option == chosen && !given {
                self.violate(option, format!("is required when `{chooser}` is {chosen:?}"), None);
            } else if *option != chosen && given {
                self.violate(
                    option,
                    format!("does not go with `{chooser}` {chosen:?}"),
                    Some(format!("`{chosen}` instead")),
                );
            }
        }
    }

    /// The decoded tool if nothing was wrong, or else all that was, unknown names included.
    pub fn finish<T>(mut self, decoded: Option<T>) -> Result<T, Violations> {
        self.refuse_unknown();
        match decoded {
            Some(tool) if self.violations.is_empty() => Ok(tool),
            _ => Err(self.violations),
        }
    }

    /// Records every name that was given and not taken.
    fn refuse_unknown(&mut self) {
        /// For so many the name that was meant is looked for: beyond them, these are not typing mistakes.
        const GUESSED: usize = 10;
        let given = std::mem::take(&mut self.given);
        let is_unknown = |name: &str, value: &Value| {
            if self.null_is_value { !self.names.contains(&name) } else { !value.is_null() }
        };
        let unknown: Vec<_> =
            given.iter().filter(|(name, value)| is_unknown(name, value)).map(|(name, _)| name).collect();
        for (index, name) in unknown.iter().enumerate() {
            if self.violations.omitted() > 0 {
                self.violations.omit(unknown.len() - index);
                return;
            }
            let meant = if index < GUESSED { nearest(name, self.names.iter().copied()) } else { None };
            let problem = match meant {
                Some(meant) => format!("is not {}; did you mean `{meant}`?", self.whole),
                None => format!("is not {}", self.whole),
            };
            // The same for all of them, so the first one says it.
            let allowed = (index == 0).then(|| match &*self.names {
                [] => "nothing: it takes none".to_owned(),
                names => names.join(", "),
            });
            let shown = quoted(name);
            let bare = shown.trim_matches('"');
            self.violate(if bare.is_empty() { &shown } else { bare }, problem, allowed);
        }
    }

    fn present<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.has(name)).collect()
    }

    /// Whether a violation of the argument itself is recorded.
    pub fn is_violated(&self, name: &str) -> bool {
        self.violations.iter().any(|violation| violation.argument == name)
    }

    /// Records a violation.
    pub fn violate(&mut self, argument: &str, problem: String, allowed: Option<String>) {
        self.violations.add(Violation { argument: argument.to_owned(), problem, allowed });
    }
}

fn one_of(names: &[&str]) -> String {
    format!("exactly one of: {}", names.join(", "))
}
