//! The template language: minijinja, with the tests and filters that a sandbox adds to it.

use std::cmp::Ordering;
use std::sync::LazyLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, escape_formatter};

use crate::clock::{self, Shift};
use crate::html::plain_text;
use crate::value::{alike, compare, entries, is_empty, text_of};

/// The environment that every expression and template is compiled for.
pub(crate) static LANGUAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut language = Environment::new();
    language.set_undefined_behavior(UndefinedBehavior::Chainable);
    // By default minijinja prints null as `none`.
    language
        .set_formatter(|out, state, value| if value.is_none() { Ok(()) } else { escape_formatter(out, state, value) });
    language.add_test("like", |found: &Value, wanted: &Value| alike(found, wanted));
    language.add_test("before", |found: &Value, than: &Value| is_ordered(found, Ordering::Less, than));
    language.add_test("after", |found: &Value, than: &Value| is_ordered(found, Ordering::Greater, than));
    language.add_test("holding", holding);
    language.add_filter("csv", csv);
    language.add_filter("plain_text", |html: &Value| mapped(html, |html| Some(plain_text(html))));
    language.add_filter("email_domain", |address: &Value| mapped(address, email_domain));
    language.add_filter("person_name", |address: &Value| mapped(address, person_name));
    language.add_filter("shift", shift);
    language.add_filter("minutes_since", minutes_since);
    language
});

/// Compares two values in the order that lists are sorted in. Without a value on both sides, neither comes first.
fn is_ordered(found: &Value, order: Ordering, than: &Value) -> bool {
    !is_empty(found) && !is_empty(than) && compare(found, than) == order
}

/// Returns whether each key of `wanted` has, in `found`, one of the values that `wanted` lists for it. The text
/// `nothing` is the absence of a value.
fn holding(found: &Value, wanted: &Value, nothing: &Value) -> bool {
    entries(wanted).unwrap_or_default().into_iter().all(|(key, wanted)| {
        let held = found.get_attr(&key).unwrap_or_default();
        is_empty(&wanted) || alike(if is_empty(&held) { nothing } else { &held }, &wanted)
    })
}

/// Splits a text at its commas. A list is returned as it is.
fn csv(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
        None => value.clone(),
    }
}

/// Applies `to` to a value's text. Null stays null.
fn mapped(value: &Value, to: fn(&str) -> Option<String>) -> Value {
    if value.is_none() || value.is_undefined() { Value::from(()) } else { to(&text_of(value)).into() }
}

/// The part of an e-mail address after its `@`.
fn email_domain(address: &str) -> Option<String> {
    Some(address.rsplit_once('@')?.1.to_owned())
}

/// A person's name, guessed from an e-mail address: `maria.lopez@a.example` is probably Maria Lopez.
fn person_name(address: &str) -> Option<String> {
    let words = address.split('@').next()?.split(['.', '_', '-']).filter(|word| !word.is_empty());
    let capitalized = words.map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    Some(capitalized.collect::<Vec<_>>().join(" "))
}

/// Moves a timestamp by a distance such as `+4h`, or several times that. Null if it is not a timestamp.
fn shift(value: &Value, by: &str, times: Option<i32>) -> Result<Value, Error> {
    let by = Shift::parse(by).ok_or_else(|| {
        let problem = format!("{by:?} is not a distance in time such as \"-2d 09:14\" or \"+35m\"");
        Error::new(ErrorKind::InvalidOperation, problem)
    })?;
    let at = value.as_str().and_then(clock::parse_timestamp);
    Ok(at.map(|at| clock::timestamp(by.from(at, times.unwrap_or(1)))).into())
}

/// The whole minutes from one timestamp to another. Null if one of them is not a timestamp.
fn minutes_since(value: &Value, from: &Value) -> Value {
    let [to, from] = [value, from].map(|value| value.as_str().and_then(clock::parse_timestamp));
    from.zip(to).map(|(from, to)| to.duration_since(from).as_mins()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use minijinja::context;
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_and_tests_of_the_sandbox_work() {
        let now = "2026-03-01 15:30:00";
        let context = context! { now, mail => "ann-marie.o@x.example", tags => "a, b,,c", none => (),
        fields => context! { a => "X", b => () } };
        for (expression, expected) in [
            ("now|shift('+4h 15m')", json!("2026-03-01 19:45:00")),
            ("now|shift('-1d 09:00', 2)", json!("2026-02-27 09:00:00")),
            ("missing|shift('+4h')", json!(null)),
            ("now|minutes_since('2026-03-01 14:28:30')", json!(61)),
            ("now|minutes_since(missing)", json!(null)),
            ("mail|email_domain", json!("x.example")),
            ("mail|person_name", json!("Ann Marie O")),
            ("missing|person_name", json!(null)),
            ("tags|csv", json!(["a", "b", "c"])),
            ("'<p>a</p>'|plain_text", json!("a")),
            ("'B' is like(tags|csv)", json!(true)),
            ("now is after('2026') and now is before('2027')", json!(true)),
            ("missing is before(now) or now is after(missing)", json!(false)),
            ("fields is holding({ 'a': ['y', 'x'] }, '--')", json!(true)),
            ("fields is holding({ 'a': ['x'], 'b': ['--'] }, '--')", json!(true)),
            ("fields is holding({ 'a': ['y'] }, '--')", json!(false)),
        ] {
            let value = LANGUAGE.compile_expression(expression).unwrap().eval(&context).unwrap();
            assert_eq!(serde_json::to_value(&value).unwrap(), expected, "{expression}");
        }
        assert_eq!(LANGUAGE.render_str("[{{ none }}{{ missing }}]", context).unwrap(), "[]");
    }
}
