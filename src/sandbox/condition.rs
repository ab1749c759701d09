//! Conditions on a record: `{ status: [Open, Pending], closed_on: null, updated_on: { after: "{?since}" } }`.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::scope::Scope;
use super::template::{Path, Template};

/// Every one of these must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Where(Vec<(Path, Test)>);

/// What must hold for one field.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Is(Template),
    OneOf(Vec<Template>),
    Not(Box<Test>),
    Before(Template),
    After(Template),
    /// A list, or a text of items between commas, that contains this.
    Has(Template),
    All(Vec<Test>),
}

impl TryFrom<Map<String, Value>> for Where {
    type Error = String;

    fn try_from(map: Map<String, Value>) -> Result<Self, String> {
        map.into_iter()
            .map(|(field, test)| Ok((Path::try_from(field)?, Test::try_from(test)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TryFrom<Value> for Test {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Array(any) => any.into_iter().map(Template::try_from).collect::<Result<_, _>>().map(Self::OneOf),
            Value::Object(map) => {
                let tests = map.into_iter().map(|(word, value)| match word.as_str() {
                    "not" => Self::try_from(value).map(|test| Self::Not(Box::new(test))),
                    "before" => Template::try_from(value).map(Self::Before),
                    "after" => Template::try_from(value).map(Self::After),
                    "has" => Template::try_from(value).map(Self::Has),
                    _ => Err(format!("there is no test `{word}`, only not, before, after, has")),
                });
                tests.collect::<Result<_, _>>().map(Self::All)
            }
            other => Template::try_from(other).map(Self::Is),
        }
    }
}

impl Where {
    /// The conditions with their holes filled from `scope`.
    pub(super) fn bind<'a>(&'a self, scope: &Scope<'_>) -> Bound<'a> {
        Bound(self.0.iter().map(|(path, test)| (path, test.bind(scope))).collect())
    }

    /// Whether the record of `scope` itself fulfils them.
    pub(super) fn holds(&self, scope: &Scope<'_>) -> bool {
        self.bind(scope).accepts(scope)
    }

    /// The fields it looks at.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(path, _)| path)
    }

    /// The values it compares with.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.0.iter().flat_map(|(_, test)| test.templates())
    }

    /// The fields that must equal one value: what a record has to be given to belong.
    pub(super) fn equalities(&self) -> impl Iterator<Item = (&Path, &Template)> {
        self.0.iter().filter_map(|(path, test)| match test {
            Test::Is(template) => Some((path, template)),
            _ => None,
        })
    }
}

impl Test {
    fn bind(&self, scope: &Scope<'_>) -> BoundTest {
        match self {
            Self::Is(value) => BoundTest::OneOf(vec![value.fill(scope)]),
            Self::OneOf(any) => BoundTest::OneOf(any.iter().map(|value| value.fill(scope)).collect()),
            Self::Not(test) => BoundTest::Not(Box::new(test.bind(scope))),
            Self::Before(value) => BoundTest::Than(Ordering::Less, value.fill(scope)),
            Self::After(value) => BoundTest::Than(Ordering::Greater, value.fill(scope)),
            Self::Has(value) => BoundTest::Has(value.fill(scope)),
            Self::All(tests) => BoundTest::All(tests.iter().map(|test| test.bind(scope)).collect()),
        }
    }

    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::OneOf(any) => any.iter().collect(),
            Self::Not(test) => test.templates(),
            Self::All(tests) => tests.iter().flat_map(Self::templates).collect(),
            Self::Is(value) | Self::Before(value) | Self::After(value) | Self::Has(value) => vec![value],
        }
    }
}

/// Conditions that need only a record now.
#[derive(Debug)]
pub(super) struct Bound<'a>(Vec<(&'a Path, BoundTest)>);

#[derive(Debug)]
enum BoundTest {
    OneOf(Vec<Value>),
    Not(Box<BoundTest>),
    Than(Ordering, Value),
    Has(Value),
    All(Vec<BoundTest>),
}

impl Bound<'_> {
    /// Whether the record of `candidate` fulfils them.
    pub(super) fn accepts(&self, candidate: &Scope<'_>) -> bool {
        self.0.iter().all(|(path, test)| match candidate.stored(path) {
            Some(stored) => test.accepts(stored),
            None => test.accepts(&candidate.field(path)),
        })
    }

    /// A field and the one value it must equal, to look records up by.
    pub(super) fn key(&self) -> Option<(&str, &Value)> {
        self.0.iter().find_map(|(path, test)| match test {
            BoundTest::OneOf(values) if path.rest.is_empty() => match values.as_slice() {
                [Value::Array(_)] => None,
                [value] => Some((path.first.as_str(), value)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether everything it compares with has a value: a record is never looked up by nothing.
    pub(super) fn is_given(&self) -> bool {
        self.0.iter().all(|(_, test)| test.is_given())
    }
}

impl BoundTest {
    fn is_given(&self) -> bool {
        match self {
            Self::OneOf(values) => !values.iter().all(is_empty),
            Self::Has(value) | Self::Than(_, value) => !is_empty(value),
            Self::All(tests) => tests.iter().all(Self::is_given),
            Self::Not(_) => true,
        }
    }

    fn accepts(&self, found: &Value) -> bool {
        match self {
            Self::OneOf(any) => any.iter().any(|wanted| same(found, wanted)),
            Self::Not(test) => !test.accepts(found),
            Self::All(tests) => tests.iter().all(|test| test.accepts(found)),
            Self::Than(order, than) => !is_empty(found) && !is_empty(than) && compare(found, than) == *order,
            Self::Has(wanted) => match found {
                Value::String(text) => text.split(',').any(|item| same(&Value::from(item.trim()), wanted)),
                other => same(other, wanted),
            },
        }
    }
}

/// Whether there is nothing: `null`, an empty text, an empty list.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether two values count as equal: case does not matter, nor whether a number is written as a text. A list, on
/// either side, equals whatever one of its items equals.
pub(super) fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(items), wanted) if !matches!(wanted, Value::Array(_)) && !items.is_empty() => {
            items.iter().any(|item| same(item, wanted))
        }
        (found, Value::Array(items)) if !matches!(found, Value::Array(_)) && !items.is_empty() => {
            items.iter().any(|item| same(found, item))
        }
        (Value::String(a), Value::String(b)) => a == b || a.to_lowercase() == b.to_lowercase(),
        (Value::String(text), Value::Number(number)) | (Value::Number(number), Value::String(text)) => {
            number.to_string() == text.trim()
        }
        (Value::String(text), Value::Bool(flag)) | (Value::Bool(flag), Value::String(text)) => {
            text == if *flag { "true" } else { "false" }
        }
        (a, b) => a == b || (is_empty(a) && is_empty(b)),
    }
}

/// Numbers by size, everything else as text without regard to case; nothing comes last.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default())
        }
        (a, b) => shown(a).to_lowercase().cmp(&shown(b).to_lowercase()),
    }
}

/// A value by which others are put in order, as [`compare`] has it.
pub(super) struct Rank(pub(super) Value);

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rank {}

/// A value as it stands in a text.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
