//! Help for callers that write a name or a value differently: other names, example values, and what a name may have meant.

use std::borrow::Cow;

use serde_json::Value;

use crate::violation::{KINDS, Violations, WHOLE_NUMBER};

/// The help that generated code has for the arguments of a tool, or for the fields of an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guidance {
    /// Other names that are accepted, each with the name that it means.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// A value of each argument as JSON text, in the order of the names.
    pub examples: &'static [&'static str],
    /// Returns whether the argument of a name accepts a value.
    pub accepts: Option<fn(&str, Value) -> bool>,
}

impl Guidance {
    /// Returns the violations of an argument, with `example` where they only say which kind of value is allowed.
    pub(crate) fn with_example(found: Violations, example: Option<&str>) -> Violations {
        let Some(example) = example else { return found };
        found.with_allowed(|place, allowed| {
            let is_kind = allowed.as_deref().is_none_or(|allowed| KINDS.contains(&allowed));
            let is_number = allowed.as_deref().is_some_and(|allowed| allowed.starts_with(WHOLE_NUMBER));
            let example = if is_kind || is_number { example_at(example, place) } else { None };
            match (allowed, example) {
                (Some(allowed), Some(example)) if is_number && !is_kind => {
                    Some(format!("{allowed}, for example {example}"))
                }
                (_, Some(example)) => Some(format!("for example {example}")),
                (allowed, None) => allowed,
            }
        })
    }
}

/// Returns the example of an argument at a place within it: the argument itself, or an item of a list. Returns `None` for
/// a field of an object, whose own guidance has an example.
fn example_at<'a>(example: &'a str, place: &str) -> Option<Cow<'a, str>> {
    if place.is_empty() {
        return Some(example.into());
    }
    let depth = place.matches('[').count();
    if !place.starts_with('[') || place.contains('.') {
        return None;
    }
    let whole: Value = serde_json::from_str(example).ok()?;
    let item = (0..depth).try_fold(&whole, |value, _| value.get(0))?;
    Some(item.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_the_example_of_its_list() {
        assert_eq!(example_at(r#"["a"]"#, "").as_deref(), Some(r#"["a"]"#));
        assert_eq!(example_at(r#"["a"]"#, "[7]").as_deref(), Some(r#""a""#));
        assert_eq!(example_at("[[1]]", "[0][2]").as_deref(), Some("1"));
        assert_eq!(example_at(r#"[{"a":1}]"#, "[0].a"), None);
        assert_eq!(example_at("[]", "[0]"), None);
    }

    #[test]
    fn examples_replace_kinds_and_nothing_else() {
        let allowed = |allowed: &str| {
            let found = Guidance::with_example(Violations::new("is wrong", allowed), Some("5"));
            found.first().and_then(|violation| violation.allowed.clone())
        };
        assert_eq!(allowed("a string").as_deref(), Some("for example 5"));
        assert_eq!(allowed("one of: a, b").as_deref(), Some("one of: a, b"));
        assert_eq!(allowed("a whole number, 1 or more").as_deref(), Some("a whole number, 1 or more, for example 5"));
        assert_eq!(allowed("a whole number").as_deref(), Some("for example 5"));
    }
}
