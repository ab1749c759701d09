//! One decoder a kind of value: generous in form, strict in content.
//!
//! Generous: a number may come as text, a yes as `1`, a list or object as its JSON text, a choice as its label or
//! its code. Models write all of these, and none is ambiguous. Strict: what cannot be meant is refused with what
//! would be accepted.
#![expect(clippy::needless_pass_by_value, reason = "every decoder has the same shape, so that they compose")]

use std::str::FromStr;

use jiff::civil;
use serde_json::{Map, Number, Value};

use crate::args::Arguments;
use crate::file::{self, File};
use crate::value::{Choice, Code, Date, Flag, Joined, Timestamp};
use crate::violation::{Violations, described, quoted};

/// An object with known fields, nested in the arguments.
pub trait Fields: Sized {
    /// The fields' names.
    const NAMES: &'static [&'static str];

    /// Takes what it knows out of `fields`. `None` only if a violation was recorded there.
    fn decode(fields: &mut Arguments) -> Option<Self>;
}

/// Any text; a number is taken as its digits, if these are certain to be what was written. Of one with a fraction or an
/// exponent they are not: it comes as a float, which has lost the zeros at the end, or more.
pub fn string(value: Value) -> Result<String, Violations> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        Value::Number(_) => Err(Violations::new("is a number that may have lost digits", "a text, in quotes")),
        other => Err(wrong(&other, "a text")),
    }
}

/// A text with something in it.
pub fn non_empty_string(value: Value) -> Result<String, Violations> {
    let text = string(value)?;
    if text.trim().is_empty() {
        return Err(Violations::new("is empty", "a text that is not empty"));
    }
    Ok(text)
}

/// A text that can be one segment of a path.
pub fn path_segment(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    if text == "." || text == ".." {
        return Err(Violations::new(format!("{} is not a name", quoted(&text)), "an identifier"));
    }
    Ok(text)
}

/// A whole number from `min` to `max`.
pub fn integer(min: i64, max: i64) -> impl Fn(Value) -> Result<i64, Violations> {
    move |value| {
        let whole = match &value {
            Value::Number(number) => integral(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match whole {
            Some(number) if (min..=max).contains(&number) => Ok(number),
            Some(number) => Err(Violations::new(format!("{number} is out of range"), range(min, max))),
            None => Err(wrong(&value, &range(min, max))),
        }
    }
}

/// Any number.
pub fn number(value: Value) -> Result<Number, Violations> {
    let number = match &value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| wrong(&value, "a number"))
}

/// Yes or no.
pub fn boolean(value: Value) -> Result<bool, Violations> {
    let flag = match &value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => integral(number).and_then(|number| yes_or_no(&number.to_string())),
        Value::String(text) => yes_or_no(text.trim()),
        _ => None,
    };
    flag.ok_or_else(|| wrong(&value, "true or false"))
}

/// Yes or no, for an API that writes 1 or 0.
pub fn flag(value: Value) -> Result<Flag, Violations> {
    boolean(value).map(Flag)
}

/// A point in time. A `T` between day and time or a bare day is rewritten; a zone is refused, for the API has none.
pub fn timestamp(value: Value) -> Result<Timestamp, Violations> {
    let text = string(value)?;
    let text = text.trim();
    let (day, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00:00"));
    // A leap second would become the second before it.
    let parsed_time = plain::<civil::Time>(time, ':').filter(|_| !time.ends_with(":60"));
    match (plain::<civil::Date>(day, '-'), parsed_time) {
        (Some(day), Some(time)) => Ok(Timestamp(day.to_datetime(time))),
        (parsed, _) => {
            let problem = match parsed {
                None if is_written_like_a_day(day) => "does not exist: there is no such day",
                Some(_) if is_written_like_a_time(time) => "does not exist: there is no such time of day",
                _ => "is not a time without a zone",
            };
            let problem = format!("{} {problem}", quoted(text));
            Err(Violations::new(problem, "a time as yyyy-mm-dd hh:mm:ss, without a zone"))
        }
    }
}

/// A day.
pub fn date(value: Value) -> Result<Date, Violations> {
    let text = string(value)?;
    let text = text.trim();
    let parsed = plain(text, '-').map(Date);
    parsed.ok_or_else(|| {
        let problem = if is_written_like_a_day(text) { "does not exist: there is no such day" } else { "is not a day" };
        Violations::new(format!("{} {problem}", quoted(text)), "a day as yyyy-mm-dd")
    })
}

/// An e-mail address: enough of a check to catch a name, a list, or a header.
pub fn email(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    let address = text.trim();
    let is_foreign = |byte| matches!(byte, 0..=b' ' | 0x7f | b',' | b';' | b'<' | b'>' | b'"');
    let plain = !address.bytes().any(is_foreign)
        && (address.is_ascii() || !address.chars().any(|c| c.is_whitespace() || c.is_control()));
    match address.split_once('@') {
        Some((user, host)) if plain && !user.is_empty() && !host.is_empty() && !host.contains('@') => {
            Ok(if address.len() == text.len() { text } else { address.to_owned() })
        }
        _ => Err(Violations::new(
            format!("{} is not an e-mail address", quoted(&text)),
            "one address such as ann@example.com",
        )),
    }
}

/// What `decode` takes, or else the text `sign`, by which the API clears a field.
pub fn or_cleared(
    sign: &'static str,
    decode: impl Fn(Value) -> Result<String, Violations>,
) -> impl Fn(Value) -> Result<String, Violations> {
    move |value| if value == sign { Ok(sign.to_owned()) } else { decode(value) }
}

/// One of the values of a [`Choice`], by label or by code.
pub fn choice<T: Choice>(value: Value) -> Result<T, Violations> {
    let given = match &value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => match integral(number) {
            Some(code) => code.to_string(),
            None if !number.is_f64() => number.to_string(),
            // As for [`string`], what was written is no longer known.
            None => return Err(wrong(&value, &labels::<T>())),
        },
        _ => return Err(wrong(&value, &labels::<T>())),
    };
    let found = T::ALL.iter().copied().find(|choice| {
        choice.label().eq_ignore_ascii_case(&given)
            || match choice.code() {
                Code::Text(code) => code == given,
                Code::Number(code) => code.to_string() == given,
            }
    });
    found.ok_or_else(|| wrong(&value, &labels::<T>()))
}

/// A list whose items `decode` takes.
pub fn list<T>(decode: impl Fn(Value) -> Result<T, Violations>) -> impl Fn(Value) -> Result<Vec<T>, Violations> {
    move |value| each(items(value)?, &decode)
}

fn items(value: Value) -> Result<Vec<Value>, Violations> {
    match from_json_text(value)? {
        Value::Array(items) => Ok(items),
        _ => Err(Violations::new("is not a list", "a list")),
    }
}

fn each<T>(items: Vec<Value>, decode: impl Fn(Value) -> Result<T, Violations>) -> Result<Vec<T>, Violations> {
    let count = items.len();
    let mut decoded = Vec::with_capacity(count);
    let mut violations = Violations::default();
    for (index, item) in items.into_iter().enumerate() {
        if violations.omitted() > 0 {
            violations.omit(count - index);
            break;
        }
        match decode(item) {
            Ok(item) => decoded.push(item),
            Err(found) => violations.append(found.at_index(index)),
        }
    }
    if violations.is_empty() { Ok(decoded) } else { Err(violations) }
}

/// A list of texts that goes over the wire as one text. An item cannot contain the separator.
pub fn joined<const SEPARATOR: char>(
    decode: impl Fn(Value) -> Result<String, Violations>,
) -> impl Fn(Value) -> Result<Joined<SEPARATOR>, Violations> {
    let item = move |value| {
        let text = decode(value)?;
        if text.contains(SEPARATOR) {
            let problem = format!("{} contains {SEPARATOR:?}", quoted(&text));
            return Err(Violations::new(problem, "one item of the list for each value"));
        }
        Ok(text)
    };
    let items = list(item);
    move |value| items(value).map(Joined)
}

/// An object with any keys, which goes out as it is.
pub fn object(value: Value) -> Result<Map<String, Value>, Violations> {
    let map = map(value)?;
    match map.values().find_map(lossy) {
        None => Ok(map),
        Some(number) => {
            let problem = format!("holds {number}, a number that may have lost digits");
            Err(Violations::new(problem, format!("whole numbers up to {}; larger ones as text, in quotes", u64::MAX)))
        }
    }
}

fn map(value: Value) -> Result<Map<String, Value>, Violations> {
    match from_json_text(value)? {
        Value::Object(map) => Ok(map),
        other => Err(wrong(&other, "an object")),
    }
}

/// A number in `value` that was too large to be read digit by digit. To round a fraction is what everyone does.
fn lossy(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number).filter(|number| {
            number.is_f64() && number.as_f64().is_some_and(|number| number.fract() == 0.0 && whole(number).is_none())
        }),
        Value::Array(items) => items.iter().find_map(lossy),
        Value::Object(map) => map.values().find_map(lossy),
        _ => None,
    }
}

/// An object with known fields.
pub fn record<T: Fields>(value: Value) -> Result<T, Violations> {
    fields(value, T::NAMES, T::decode)
}

/// The attachments of a call: at least one, and at most [`file::MOST`].
pub fn files(value: Value) -> Result<Vec<File>, Violations> {
    let items = items(value)?;
    match items.len() {
        0 => Err(Violations::new("is an empty list", "at least one file")),
        1..=file::MOST => each(items, file::decode),
        count => Err(Violations::new(format!("has {count} files"), format!("at most {} files in a call", file::MOST))),
    }
}

/// An object with the fields `names`, taken out by `decode`.
pub(crate) fn fields<T>(
    value: Value,
    names: &'static [&'static str],
    decode: impl FnOnce(&mut Arguments) -> Option<T>,
) -> Result<T, Violations> {
    let mut fields = Arguments::nested(names, map(value)?);
    let decoded = decode(&mut fields);
    fields.finish(decoded)
}

/// A list or object that came as its JSON text, parsed; everything else as it is.
fn from_json_text(value: Value) -> Result<Value, Violations> {
    match &value {
        Value::String(text) if text.trim_start().starts_with(['[', '{']) => strict_json::value(text).map_err(|error| {
            Violations::new(
                format!("is a text that is not valid JSON: {error}"),
                "a list or an object as it is, not as text",
            )
        }),
        _ => Ok(value),
    }
}

fn wrong(value: &Value, allowed: &str) -> Violations {
    Violations::new(format!("{} is not accepted", described(value)), allowed)
}

fn labels<T: Choice>() -> String {
    let labels: Vec<_> = T::ALL.iter().map(|choice| choice.label()).collect();
    format!("one of: {}", labels.join(", "))
}

fn range(min: i64, max: i64) -> String {
    match (min, max) {
        (i64::MIN, i64::MAX) => "a whole number".to_owned(),
        (min, i64::MAX) => format!("a whole number, {min} or more"),
        (i64::MIN, max) => format!("a whole number, {max} or less"),
        (min, max) => format!("a whole number from {min} to {max}"),
    }
}

/// What `text` parses to, if it is digits and separators alone: no zone, no fraction, no sign.
fn plain<T: FromStr>(text: &str, separator: char) -> Option<T> {
    text.chars().all(|c| c.is_ascii_digit() || c == separator).then(|| text.parse().ok())?
}

/// Whether `text` is `yyyy-mm-dd` in form, whatever the numbers are.
fn is_written_like_a_day(text: &str) -> bool {
    has_groups(text, '-', &[4, 2, 2])
}

/// Whether `text` is `hh:mm` or `hh:mm:ss` in form, whatever the numbers are.
fn is_written_like_a_time(text: &str) -> bool {
    has_groups(text, ':', &[2, 2]) || has_groups(text, ':', &[2, 2, 2])
}

/// Whether `text` is made of so many digits, group by group.
fn has_groups(text: &str, separator: char, lengths: &[usize]) -> bool {
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    text.split(separator).all(digits) && text.split(separator).map(str::len).eq(lengths.iter().copied())
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The whole number that a number is, however it is written.
fn integral(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().and_then(whole))
}

/// A float that is a whole number, such as the 30.0 that some clients send for 30.
fn whole(number: f64) -> Option<i64> {
    /// Beyond it a float no longer stands for one whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within ±2^53")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
