//! Values with holes: any JSON in whose texts `{…}` stands for something that is known only later.
//!
//! This file reads them; `scope` fills the holes. They are read once, when the stand-in starts, so that a mistake in
//! one is found before the first call.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::clock::Shift;
use super::condition::Where;

/// JSON with holes.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) enum Template {
    Literal(Value),
    /// A text that is one hole and nothing else: it keeps the type of what fills it.
    Hole(Hole),
    Text(Vec<Piece>),
    List(Vec<Template>),
    Object(Vec<(String, Template)>),
    If {
        when: Where,
        then: Box<Template>,
        otherwise: Box<Template>,
    },
    Choose {
        by: Hole,
        of: Vec<(String, Template)>,
        otherwise: Box<Template>,
    },
}

/// A part of a text.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Hole(Hole),
}

/// `{a ?? b}`: the first of these that has a value.
#[derive(Clone, Debug)]
pub(super) struct Hole(pub(super) Vec<Piped>);

/// `source|filter|filter`.
#[derive(Clone, Debug)]
pub(super) struct Piped {
    pub(super) source: Source,
    pub(super) filters: Vec<Filter>,
}

/// Where a hole's value comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A field of the record at hand.
    Field(Path),
    /// An argument of the request.
    Argument(Path),
    /// Something that only this place knows: a generator's word, the record as it was, a file.
    Near(Path),
    Now,
    Today,
    /// How many records there are in the collection, this one included.
    Ordinal,
    Literal(Value),
}

/// `a.b.c`, read as a field, then keys of its value; never empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Path {
    pub(super) first: String,
    pub(super) rest: Vec<String>,
}

/// Turns a value into another.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// HTML to plain text.
    Text,
    /// How many.
    Size,
    Sum,
    Min,
    Max,
    First,
    /// A list as one text, `, ` between.
    Join,
    /// A text as a list, cut at commas.
    Split,
    Lower,
    /// What stands behind the `@`.
    Domain,
    /// A person's name, guessed from what stands before the `@`.
    Name,
    /// The day of a timestamp.
    Date,
    Shifted(Shift),
    /// Whole minutes since another timestamp.
    Since(Source),
    Times(Source),
    Minus(Source),
}

impl Template {
    /// The value of one field.
    pub(super) fn field(name: &str) -> Result<Self, String> {
        let source = Source::Field(Path::try_from(name.to_owned())?);
        Ok(Self::Hole(Hole(vec![Piped { source, filters: Vec::new() }])))
    }

    /// Shows every hole and every condition in it to `see`.
    pub(super) fn visit(&self, see: &mut dyn FnMut(Part<'_>)) {
        match self {
            Self::Literal(_) => {}
            Self::Hole(hole) => hole.visit(see),
            Self::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Hole(hole) = piece {
                        hole.visit(see);
                    }
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.visit(see)),
            Self::Object(fields) => fields.iter().for_each(|(_, value)| value.visit(see)),
            Self::If { when, then, otherwise } => {
                see(Part::Condition(when));
                then.visit(see);
                otherwise.visit(see);
            }
            Self::Choose { by, of, otherwise } => {
                by.visit(see);
                for (_, value) in of {
                    value.visit(see);
                }
                otherwise.visit(see);
            }
        }
    }
}

/// What [`Template::visit`] shows.
pub(super) enum Part<'a> {
    Source(&'a Source),
    Condition(&'a Where),
}

impl Hole {
    fn visit(&self, see: &mut dyn FnMut(Part<'_>)) {
        for piped in &self.0 {
            see(Part::Source(&piped.source));
            for filter in &piped.filters {
                if let Filter::Since(source) | Filter::Times(source) | Filter::Minus(source) = filter {
                    see(Part::Source(source));
                }
            }
        }
    }
}

impl TryFrom<Value> for Template {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => parse_text(&text),
            Value::Array(items) => items.into_iter().map(Self::try_from).collect::<Result<_, _>>().map(Self::List),
            Value::Object(map) if map.contains_key("if") => parse_if(map),
            Value::Object(map) if map.contains_key("choose") => parse_choose(map),
            Value::Object(map) => parse_fields(map).map(Self::Object),
            other => Ok(Self::Literal(other)),
        }
    }
}

fn parse_fields(map: Map<String, Value>) -> Result<Vec<(String, Template)>, String> {
    map.into_iter().map(|(key, value)| Ok((key, Template::try_from(value)?))).collect()
}

fn parse_if(mut map: Map<String, Value>) -> Result<Template, String> {
    let when = match map.remove("if") {
        Some(Value::Object(when)) => Where::try_from(when)?,
        _ => return Err("`if` takes an object of conditions".to_owned()),
    };
    let then = Template::try_from(map.remove("then").unwrap_or_default())?;
    let otherwise = Template::try_from(map.remove("else").unwrap_or_default())?;
    nothing_left(&map, "if, then, else")?;
    Ok(Template::If { when, then: Box::new(then), otherwise: Box::new(otherwise) })
}

fn parse_choose(mut map: Map<String, Value>) -> Result<Template, String> {
    let Some(Template::Hole(by)) = map.remove("choose").map(Template::try_from).transpose()? else {
        return Err("`choose` takes one `{…}`".to_owned());
    };
    let Some(Value::Object(of)) = map.remove("of") else {
        return Err("`choose` needs an object `of`".to_owned());
    };
    let of = parse_fields(of)?;
    let otherwise = Template::try_from(map.remove("else").unwrap_or_default())?;
    nothing_left(&map, "choose, of, else")?;
    Ok(Template::Choose { by, of, otherwise: Box::new(otherwise) })
}

fn nothing_left(map: &Map<String, Value>, known: &str) -> Result<(), String> {
    match map.keys().next() {
        Some(key) => Err(format!("`{key}` is not known here, only {known}")),
        None => Ok(()),
    }
}

fn parse_text(text: &str) -> Result<Template, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('{') {
        plain.push_str(before);
        if let Some(after) = from.strip_prefix('{') {
            plain.push('{');
            rest = after;
            continue;
        }
        let Some((inside, after)) = from.split_once('}') else {
            return Err(format!("`{{` without `}}` in {text:?} (a brace itself is written `{{{{`)"));
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Hole(parse_hole(inside)?));
        rest = after;
    }
    plain.push_str(rest);
    if pieces.is_empty() {
        return Ok(Template::Literal(Value::String(plain)));
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    match <[Piece; 1]>::try_from(pieces) {
        Ok([Piece::Hole(hole)]) => Ok(Template::Hole(hole)),
        Ok(text @ [Piece::Text(_)]) => Ok(Template::Text(text.into())),
        Err(pieces) => Ok(Template::Text(pieces)),
    }
}

fn parse_hole(inside: &str) -> Result<Hole, String> {
    inside.split("??").map(parse_piped).collect::<Result<_, _>>().map(Hole)
}

fn parse_piped(text: &str) -> Result<Piped, String> {
    let mut parts = text.split('|').map(str::trim);
    let source = parse_source(parts.next().unwrap_or_default())?;
    Ok(Piped { source, filters: parts.map(parse_filter).collect::<Result<_, _>>()? })
}

fn parse_source(text: &str) -> Result<Source, String> {
    let path = |text: &str| Path::try_from(text.to_owned());
    match text {
        "@now" => return Ok(Source::Now),
        "@today" => return Ok(Source::Today),
        "@ordinal" => return Ok(Source::Ordinal),
        _ => {}
    }
    if let Some(quoted) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Ok(Source::Literal(Value::from(quoted)));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Source::Literal(Value::from(number)));
    }
    if let Some(name) = text.strip_prefix('?') {
        return path(name).map(Source::Argument);
    }
    if let Some(name) = text.strip_prefix('~') {
        return path(name).map(Source::Near);
    }
    path(text).map(Source::Field)
}

fn parse_filter(text: &str) -> Result<Filter, String> {
    if let Some(shift) = Shift::parse(text) {
        return Ok(Filter::Shifted(shift));
    }
    let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
    let known = match name {
        "text" => Filter::Text,
        "size" => Filter::Size,
        "sum" => Filter::Sum,
        "min" => Filter::Min,
        "max" => Filter::Max,
        "first" => Filter::First,
        "join" => Filter::Join,
        "split" => Filter::Split,
        "lower" => Filter::Lower,
        "domain" => Filter::Domain,
        "name" => Filter::Name,
        "date" => Filter::Date,
        "since" => return parse_source(argument).map(Filter::Since),
        "times" => return parse_source(argument).map(Filter::Times),
        "minus" => return parse_source(argument).map(Filter::Minus),
        _ => return Err(format!("there is no filter `{text}`")),
    };
    if argument.is_empty() { Ok(known) } else { Err(format!("the filter `{name}` takes no argument")) }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |name: &str| name.is_empty() || name.contains(|c: char| c.is_whitespace() || "{}@?~'".contains(c));
        if text.split('.').any(wrong) {
            return Err(format!("{text:?} is no field name"));
        }
        let mut names = text.split('.').map(str::to_owned);
        Ok(Self { first: names.next().unwrap_or_default(), rest: names.collect() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_without_holes_is_itself_and_a_doubled_brace_is_a_brace() {
        let template = Template::try_from(json!("a {{b}")).unwrap();
        assert!(matches!(template, Template::Literal(Value::String(text)) if text == "a {b}"));
    }

    #[test]
    fn a_mistake_in_a_hole_is_named() {
        for (text, expected) in [
            ("{a", "without"),
            ("{a|shout}", "no filter `shout`"),
            ("{a|size 3}", "takes no argument"),
            ("{a b}", "no field name"),
            ("{}", "no field name"),
        ] {
            let error = Template::try_from(json!(text)).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = Template::try_from(json!({ "if": { "a": 1 }, "them": 2 })).unwrap_err();
        assert!(error.contains("`them`"), "{error}");
    }
}
