//! YAML text as a tree in which every value has its place in the file.
//!
//! Only this module uses the YAML crate. It builds a tree rather than derived structs because a derived struct stops at
//! the first mistake, and one run must report them all.

mod refusal;

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::DuplicateKeyPolicy;
use serde_yaml::{Location, Spanned};

use crate::diagnostic::{Diagnostic, Report, Span};

/// Maximum nesting of lists and maps. The language needs half of it; the limit bounds the stack of recursive code.
const MAX_DEPTH: usize = 24;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its place.
    pub span: Span,
    /// The value.
    pub value: Yaml,
}

/// A YAML value.
#[derive(Clone, Debug)]
pub enum Yaml {
    /// No value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file. No key occurs twice.
    Map(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Its place.
    pub span: Span,
}

impl Node {
    /// Returns the type of the value, for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Yaml::Null => "nothing",
            Yaml::Bool(_) => "true or false",
            Yaml::Integer(_) => "a number",
            Yaml::Float(_) => "a number with a fraction or too many digits",
            Yaml::Text(_) => "a text",
            Yaml::List(_) => "a list",
            Yaml::Map(_) => "a map",
        }
    }

    /// Returns the value itself if it is short, otherwise its type.
    pub fn described(&self) -> String {
        const SHORT: usize = 30;
        match &self.value {
            Yaml::Bool(flag) => format!("`{flag}`"),
            Yaml::Integer(number) => format!("the number {number}"),
            Yaml::Text(text) if text.trim().is_empty() => "an empty text".to_owned(),
            Yaml::Text(text) if text.len() <= SHORT && !text.contains('\n') => format!("the text `{text}`"),
            _ => self.kind().to_owned(),
        }
    }

    /// Returns the value as JSON.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            Yaml::Null => Value::Null,
            Yaml::Bool(flag) => Value::from(*flag),
            Yaml::Integer(number) => Value::from(*number),
            Yaml::Float(number) => Value::from(*number),
            Yaml::Text(text) => Value::from(text.as_str()),
            Yaml::List(items) => items.iter().map(Self::json).collect(),
            Yaml::Map(entries) => entries.iter().map(|(key, value)| (key.text.clone(), value.json())).collect(),
        }
    }
}

/// Parses one YAML document. Reports invalid YAML and every duplicate key.
pub(crate) fn parse(source: &str, report: &mut Report) -> Option<Node> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_depth: MAX_DEPTH },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(source, options) {
        Ok(document) => {
            let mut node = placed(document, source);
            drop_duplicates(&mut node, report);
            Some(node)
        }
        Err(error) => {
            let span = error.location().map(|location| span(location, source)).unwrap_or_default();
            let above = source.get(..span.start).unwrap_or_default();
            let before = above.rsplit('\n').next().unwrap_or_default();
            report.add(refusal::diagnostic(span, before, &error.to_string()));
            None
        }
    }
}

/// Reports every duplicate key and keeps the first.
fn drop_duplicates(node: &mut Node, report: &mut Report) {
    match &mut node.value {
        Yaml::List(items) => items.iter_mut().for_each(|item| drop_duplicates(item, report)),
        Yaml::Map(entries) => {
            let mut first: HashMap<String, Span> = HashMap::new();
            entries.retain(|(key, _)| {
                let Some(earlier) = first.get(&key.text) else {
                    first.insert(key.text.clone(), key.span);
                    return true;
                };
                let line = report.line(*earlier);
                report.add(
                    Diagnostic::new(key.span, format!("duplicate key `{}`", key.text))
                        .label(format!("first used on line {line}"))
                        .help("remove one of them, or rename it"),
                );
                false
            });
            for (_, value) in entries {
                drop_duplicates(value, report);
            }
        }
        Yaml::Null | Yaml::Bool(_) | Yaml::Integer(_) | Yaml::Float(_) | Yaml::Text(_) => {}
    }
}

/// The tree as the YAML crate returns it.
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn placed(raw: Spanned<Raw>, source: &str) -> Node {
    let value = match raw.value {
        Raw::Null => Yaml::Null,
        Raw::Bool(flag) => Yaml::Bool(flag),
        Raw::Integer(number) => Yaml::Integer(number),
        Raw::Float(number) => Yaml::Float(number),
        Raw::Text(text) => Yaml::Text(text),
        Raw::List(items) => Yaml::List(items.into_iter().map(|item| placed(item, source)).collect()),
        Raw::Map(entries) => Yaml::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let span = span(key.referenced, source);
                    (Key { text: key.value, span }, placed(value, source))
                })
                .collect(),
        ),
    };
    let mut span = span(raw.referenced, source);
    let last = match &value {
        Yaml::List(items) => items.last().map(|item| item.span),
        Yaml::Map(entries) => entries.last().map(|(_, value)| value.span),
        Yaml::Null | Yaml::Bool(_) | Yaml::Integer(_) | Yaml::Float(_) | Yaml::Text(_) => return Node { span, value },
    };
    span.end = closing_bracket(source, span, last).unwrap_or(span.end);
    Node { span, value }
}

/// Returns the end of a list or map in brackets. The YAML crate gives only its start; `last` is the place of its last value.
fn closing_bracket(source: &str, span: Span, last: Option<Span>) -> Option<usize> {
    let closing = match source.get(span.start..)?.chars().next()? {
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    let inside = last.map_or(span.start + 1, |last| last.end.max(span.start + 1));
    let rest = source.get(inside..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', ',']).len();
    rest.get(gap..)?.starts_with(closing).then_some(inside + gap + 1)
}

fn span(location: Location, source: &str) -> Span {
    let place = location.span();
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let start = match place.byte_offset() {
        Some(offset) => whole(offset).min(source.len()),
        None => offset_of(source, whole(location.line()), whole(location.column())),
    };
    let length = whole(place.byte_len().unwrap_or_default());
    Span { start, end: start.saturating_add(length).min(source.len()) }
}

/// Returns the byte offset of a line and a column, both counted from 1.
fn offset_of(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = source.get(before..).unwrap_or_default();
    let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
    before + within
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        // No section accepts a number beyond an i64. As a float it is refused at its place.
        #[expect(clippy::cast_precision_loss, reason = "only its type matters")]
        Ok(i64::try_from(number).map_or(Raw::Float(number as f64), Raw::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        Ok(Raw::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
