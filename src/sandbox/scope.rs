//! What can be seen from a place, and how holes are filled from it. Reads the world; never changes it.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::clock;
use super::collection::Collection;
use super::condition::{Bound, compare, is_empty, same, shown};
use super::html;
use super::template::{Filter, Hole, Path, Piece, Piped, Source, Template};
use super::world::{Record, World};

/// How far one derived field may rest on others. A circle among them ends here, without a value.
const DEPTH: u8 = 12;

/// A place to look from.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) world: &'a World,
    pub(super) now: DateTime,
    /// The collection, by name, that the record is of.
    pub(super) collection: &'a str,
    pub(super) record: &'a Record,
    pub(super) request: &'a Record,
    pub(super) near: &'a Record,
    /// Where the record stands in its collection, counted from 1.
    pub(super) ordinal: usize,
    depth: u8,
}

/// A record without fields, for scopes that have none.
static NONE: LazyLock<Record> = LazyLock::new(Record::new);

impl<'a> Scope<'a> {
    /// A place with a world and nothing else.
    pub(super) fn new(world: &'a World, now: DateTime) -> Self {
        Self { world, now, collection: "", record: &NONE, request: &NONE, near: &NONE, ordinal: 0, depth: 0 }
    }

    /// The same place, at `record` of the collection.
    pub(super) fn at(self, collection: &'a str, record: &'a Record) -> Self {
        Self { collection, record, ..self }
    }

    /// The same place, with the arguments of a request.
    pub(super) fn request(self, request: &'a Record) -> Self {
        Self { request, ..self }
    }

    /// The same place, with something at hand.
    pub(super) fn near(self, near: &'a Record) -> Self {
        Self { near, ..self }
    }

    /// The same place, its record being the so-manieth.
    pub(super) fn ordinal(self, ordinal: usize) -> Self {
        Self { ordinal, ..self }
    }

    /// What a field of the record holds: stored, derived, or found by a relation.
    pub(super) fn field(&self, path: &Path) -> Value {
        self.look_up(&path.first, &path.rest)
    }

    /// The same where the record itself has it, without a copy.
    pub(super) fn stored(&self, path: &Path) -> Option<&'a Value> {
        if path.rest.is_empty() { self.record.get(&path.first) } else { None }
    }

    fn look_up(&self, name: &str, rest: &[String]) -> Value {
        if let Some(stored) = self.record.get(name) {
            return descend(stored, rest);
        }
        let (Some(collection), true) = (self.world.collection(self.collection), self.depth < DEPTH) else {
            return Value::Null;
        };
        let deeper = Self { depth: self.depth + 1, ..*self };
        if let Some(derived) = collection.derived.get(name) {
            return descend(&derived.fill(&deeper), rest);
        }
        deeper.related(collection, name, rest)
    }

    /// The places and scopes of the records that fulfil the conditions.
    pub(super) fn matching<'b>(
        &'b self,
        collection: &'a str,
        filter: &'b Bound<'_>,
    ) -> impl Iterator<Item = (usize, Self)> + 'b {
        let records = self.world.records(collection);
        self.world
            .candidates(collection, filter)
            .filter_map(move |index| Some((index, self.at(collection, records.get(index)?))))
            .filter(|(_, candidate)| filter.accepts(candidate))
    }

    fn related(&self, collection: &'a Collection, name: &str, rest: &[String]) -> Value {
        let Some(relation) = collection.relations.get(name) else {
            return Value::Null;
        };
        let bound = relation.filter.bind(self);
        let mut found = self.matching(&relation.collection, &bound).map(|(_, found)| match rest.split_first() {
            Some((first, rest)) => found.look_up(first, rest),
            None => Value::Object(found.record.clone()),
        });
        if relation.one { found.next().unwrap_or_default() } else { found.collect() }
    }

    fn source(&self, source: &Source) -> Value {
        match source {
            Source::Field(path) => self.field(path),
            Source::Argument(path) => inside(self.request, path),
            Source::Near(path) => inside(self.near, path),
            Source::Now => clock::timestamp(self.now).into(),
            Source::Today => clock::date(self.now).into(),
            Source::Ordinal => self.ordinal.into(),
            Source::Literal(value) => value.clone(),
        }
    }

    fn piped(&self, piped: &Piped) -> Value {
        piped.filters.iter().fold(self.source(&piped.source), |value, filter| self.filtered(value, filter))
    }

    fn hole(&self, hole: &Hole) -> Value {
        let mut value = Value::Null;
        for piped in &hole.0 {
            value = self.piped(piped);
            if !is_empty(&value) {
                break;
            }
        }
        value
    }

    fn filtered(&self, value: Value, filter: &Filter) -> Value {
        match (filter, value) {
            (Filter::Size, Value::Array(items)) => items.len().into(),
            (Filter::Size, Value::String(text)) => text.chars().count().into(),
            (Filter::Size, value) => usize::from(!is_empty(&value)).into(),
            (Filter::Sum, Value::Array(items)) => items.iter().filter_map(Value::as_i64).sum::<i64>().into(),
            (Filter::Sum, value) => value.as_i64().unwrap_or_default().into(),
            (_, Value::Null) => Value::Null,
            (Filter::Text, value) => html::text(&shown(&value)).into(),
            (Filter::Min, Value::Array(items)) => present(items).min_by(compare).unwrap_or_default(),
            (Filter::Max, Value::Array(items)) => present(items).max_by(compare).unwrap_or_default(),
            (Filter::First, Value::Array(items)) => items.into_iter().next().unwrap_or_default(),
            (Filter::Join, Value::Array(items)) => items.iter().map(shown).collect::<Vec<_>>().join(", ").into(),
            (Filter::Split, Value::String(text)) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
            }
            (Filter::Min | Filter::Max | Filter::First | Filter::Join | Filter::Split, value) => value,
            (Filter::Lower, value) => shown(&value).to_lowercase().into(),
            (Filter::Domain, value) => {
                shown(&value).rsplit_once('@').map(|(_, domain)| domain.into()).unwrap_or_default()
            }
            (Filter::Name, value) => name_of(&shown(&value)).into(),
            (Filter::Date, value) => shown(&value).split(' ').next().unwrap_or_default().into(),
            (Filter::Shifted(shift), value) => clock::read_timestamp(&shown(&value))
                .map(|at| clock::timestamp(shift.from(at)).into())
                .unwrap_or_default(),
            (Filter::Since(source), value) => {
                let (from, to) = (shown(&self.source(source)), shown(&value));
                match (clock::read_timestamp(&from), clock::read_timestamp(&to)) {
                    (Some(from), Some(to)) => to.duration_since(from).as_mins().into(),
                    _ => Value::Null,
                }
            }
            (Filter::Times(source), value) => self.calculated(&value, source, i64::saturating_mul),
            (Filter::Minus(source), value) => self.calculated(&value, source, i64::saturating_sub),
        }
    }

    fn calculated(&self, value: &Value, source: &Source, with: fn(i64, i64) -> i64) -> Value {
        match (value.as_i64(), self.source(source).as_i64()) {
            (Some(a), Some(b)) => with(a, b).into(),
            _ => Value::Null,
        }
    }
}

impl Template {
    /// The value, with every hole filled from `scope`.
    pub(super) fn fill(&self, scope: &Scope<'_>) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Hole(hole) => scope.hole(hole),
            Self::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(plain) => text.push_str(plain),
                        Piece::Hole(hole) => text.push_str(&shown(&scope.hole(hole))),
                    }
                }
                text.into()
            }
            Self::List(items) => items.iter().map(|item| item.fill(scope)).collect(),
            Self::Object(fields) => {
                fields.iter().map(|(key, value)| (key.clone(), value.fill(scope))).collect::<Map<_, _>>().into()
            }
            Self::If { when, then, otherwise } => {
                let chosen = if when.holds(scope) { then } else { otherwise };
                chosen.fill(scope)
            }
            Self::Choose { by, of, otherwise } => {
                let by = scope.hole(by);
                let chosen = of.iter().find(|(key, _)| same(&by, &Value::from(key.as_str())));
                chosen.map_or(&**otherwise, |(_, value)| value).fill(scope)
            }
        }
    }
}

fn present(items: Vec<Value>) -> impl Iterator<Item = Value> {
    items.into_iter().filter(|item| !is_empty(item))
}

/// The value at `path`, read within stored values only.
fn inside(record: &Record, path: &Path) -> Value {
    record.get(&path.first).map(|value| descend(value, &path.rest)).unwrap_or_default()
}

/// What stands below a value; below a list, what stands below each of its items.
fn descend(value: &Value, path: &[String]) -> Value {
    let Some((key, rest)) = path.split_first() else {
        return value.clone();
    };
    match value {
        Value::Object(map) => map.get(key).map(|value| descend(value, rest)).unwrap_or_default(),
        Value::Array(items) => items.iter().map(|item| descend(item, path)).collect(),
        _ => Value::Null,
    }
}

fn name_of(address: &str) -> String {
    let local = address.split('@').next().unwrap_or_default();
    let words = local.split(['.', '_', '-']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.collect::<Vec<_>>().join(" ")
}
