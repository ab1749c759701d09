//! The names that code in a definition can use: a record with its derived fields and relations, and context
//! variables.

use std::sync::Arc;

use jiff::civil::DateTime;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, Value};

use super::world::World;
use crate::clock;
use crate::definition::collection::{Collection, Relation};
use crate::expression::Expression;
use crate::value::{Record, alike, is_empty};

/// The depth to which derived fields may depend on others. A circle of them ends at this depth, without a value.
const DEPTH: u8 = 12;

/// The variables of an expression or template.
///
/// A name is a field of the record at hand (stored, derived, or a relation), or else a context variable, such as
/// `args` or `now`. As a value, a scope is its record.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) world: Arc<World>,
    pub(super) now: DateTime,
    collection: Arc<Collection>,
    pub(super) record: Arc<Record>,
    /// The record for which this one was looked up.
    this: Option<Arc<Scope>>,
    words: Arc<Record>,
    depth: u8,
}

impl Scope {
    /// A scope without a record.
    pub(super) fn new(world: &Arc<World>, now: DateTime) -> Self {
        Self {
            world: Arc::clone(world),
            now,
            collection: Arc::default(),
            record: Arc::default(),
            this: None,
            words: Arc::default(),
            depth: 0,
        }
    }

    /// The same scope with one more context variable.
    pub(super) fn with(mut self, word: &str, value: impl Into<Value>) -> Self {
        Arc::make_mut(&mut self.words).insert(word.to_owned(), value.into());
        self
    }

    /// The same scope at a record.
    pub(super) fn at(&self, collection: &str, record: &Arc<Record>) -> Self {
        let collection = Arc::clone(self.world.collection(collection));
        Self { collection, record: Arc::clone(record), ..self.clone() }
    }

    /// The scope of another record, in which `this` is the record of this scope.
    pub(super) fn other(&self, collection: &str, record: &Arc<Record>) -> Self {
        Self { this: Some(Arc::new(self.clone())), ..self.at(collection, record) }
    }

    /// The value of a variable; null if it does not exist.
    pub(super) fn get(&self, name: &str) -> Result<Value, Error> {
        if let Some(stored) = self.record.get(name) {
            return Ok(stored.clone());
        }
        if let Some(word) = self.words.get(name) {
            return Ok(word.clone());
        }
        match name {
            "now" => return Ok(clock::timestamp(self.now).into()),
            "today" => return Ok(clock::date(self.now).into()),
            "this" => return Ok(Value::from_dyn_object(self.this.clone().unwrap_or_else(|| Arc::new(self.clone())))),
            _ if self.depth >= DEPTH => return Ok(Value::from(())),
            _ => {}
        }
        let deeper = Self { depth: self.depth + 1, ..self.clone() };
        match (self.collection.derived.get(name), self.collection.relations.get(name)) {
            (Some(derived), _) => derived.fill(&deeper),
            (None, Some(relation)) => deeper.related(relation),
            (None, None) => Ok(Value::from(())),
        }
    }

    fn related(&self, relation: &Relation) -> Result<Value, Error> {
        let mut keys = Vec::new();
        for (field, expression) in &relation.on {
            keys.push((field.as_str(), expression.eval(self)?));
        }
        let found = self.find(&relation.collection, &keys, relation.filter.as_ref())?;
        let mut found = found.into_iter().map(|other| Self { this: None, words: Arc::default(), ..other });
        Ok(if relation.one {
            found.next().map(Value::from_object).into()
        } else {
            Value::from_object(Related(found.collect()))
        })
    }

    /// The scopes of the records whose fields are alike to `keys` and that fulfil a condition. A key without a value
    /// finds nothing.
    pub(super) fn find(
        &self,
        collection: &str,
        keys: &[(&str, Value)],
        filter: Option<&Expression>,
    ) -> Result<Vec<Self>, Error> {
        let field_of = |record: &_, field: &str| self.at(collection, record).get(field);
        // Deep recursion can leave a derived field empty; an index must not remember that.
        let candidates = match keys.first().filter(|_| self.depth <= DEPTH / 2) {
            Some((field, wanted)) => self.world.alike(collection, field, wanted, |record| field_of(record, field))?,
            None => self.world.records(collection).to_vec(),
        };
        let other = self.other(collection, &Arc::default());
        let mut found = Vec::new();
        'candidates: for record in candidates {
            for (field, wanted) in keys {
                if is_empty(wanted) || !alike(&field_of(&record, field)?, wanted) {
                    continue 'candidates;
                }
            }
            let other = Self { record, ..other.clone() };
            if filter.map_or(Ok(true), |filter| filter.holds(&other))? {
                found.push(other);
            }
        }
        Ok(found)
    }

    /// Returns whether each argument that the expression reads is given.
    pub(super) fn gives_arguments_of(&self, expression: &Expression) -> bool {
        let arguments = || self.words.get("args").cloned().unwrap_or_default();
        let mut paths = expression.code.variables.iter().filter_map(|variable| variable.strip_prefix("args."));
        paths.all(|path| {
            !is_empty(&path.split('.').fold(arguments(), |value, key| value.get_attr(key).unwrap_or_default()))
        })
    }
}

impl From<&Scope> for Value {
    fn from(scope: &Scope) -> Self {
        Self::from_object(scope.clone())
    }
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(self.get(key.as_str()?).unwrap_or_else(Value::from))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.record.keys().map(Value::from).collect())
    }
}

/// The records that a relation finds. A field of it is the list of that field in each record.
#[derive(Debug)]
struct Related(Vec<Scope>);

impl Object for Related {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(field) => {
                let fields = self.0.iter().map(|scope| scope.get(field)).collect::<Result<Vec<_>, _>>();
                Some(fields.map_or_else(Value::from, Value::from))
            }
            None => self.0.get(key.as_usize()?).map(Value::from),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}
