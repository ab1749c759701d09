//! All records there are, in memory. Knows how to hold, count and find them, not what they mean.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::collection::Collection;
use super::condition::{Bound, shown};
use super::definition::Definition;

/// One record, by field name.
pub(super) type Record = Map<String, Value>;

/// Every collection's records.
pub(super) struct World {
    definition: Arc<Definition>,
    tables: BTreeMap<String, Table>,
}

#[derive(Default)]
struct Table {
    records: Vec<Record>,
    highest: i64,
    /// For each field that others are related by: where the records stand that have a value there.
    indexes: HashMap<String, HashMap<String, Vec<usize>>>,
}

impl Table {
    fn index(&mut self, at: usize) {
        if let Some(record) = self.records.get(at) {
            for (field, index) in &mut self.indexes {
                let keys: BTreeSet<_> = keys(record.get(field)).into_iter().collect();
                for key in keys {
                    index.entry(key).or_default().push(at);
                }
            }
        }
    }

    fn index_again(&mut self) {
        self.indexes.values_mut().for_each(HashMap::clear);
        for at in 0..self.records.len() {
            self.index(at);
        }
    }
}

/// What a value is found under. Whatever counts as equal has a key in common.
fn keys(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) if !items.is_empty() => items.iter().flat_map(|item| keys(Some(item))).collect(),
        None | Some(Value::Array(_)) => vec![String::new()],
        Some(value) => vec![shown(value).trim().to_lowercase()],
    }
}

impl World {
    pub(super) fn new(definition: Arc<Definition>) -> Self {
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        let relations = definition.data.collections.iter().flat_map(|(_, collection)| collection.relations.iter());
        for (_, relation) in relations {
            let derived = definition.data.collections.get(&relation.collection).map(|collection| &collection.derived);
            let table = tables.entry(relation.collection.clone()).or_default();
            for (path, _) in relation.filter.equalities() {
                let stored = derived.is_some_and(|derived| derived.get(&path.first).is_none());
                if stored && path.rest.is_empty() {
                    table.indexes.insert(path.first.clone(), HashMap::new());
                }
            }
        }
        Self { definition, tables }
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.definition
    }

    pub(super) fn collection(&self, name: &str) -> Option<&Collection> {
        self.definition.data.collections.get(name)
    }

    pub(super) fn records(&self, collection: &str) -> &[Record] {
        self.tables.get(collection).map(|table| table.records.as_slice()).unwrap_or_default()
    }

    /// Where the records stand that may fulfil the conditions: as few as an index can tell, or all.
    pub(super) fn candidates(&self, collection: &str, filter: &Bound<'_>) -> Box<dyn Iterator<Item = usize> + '_> {
        let Some(table) = self.tables.get(collection) else {
            return Box::new(std::iter::empty());
        };
        let indexed = filter.key().and_then(|(field, value)| Some((table.indexes.get(field)?, value)));
        match indexed {
            Some((index, value)) => {
                let found = keys(Some(value)).into_iter().filter_map(|key| index.get(&key)).flatten();
                Box::new(found.copied())
            }
            None => Box::new(0..table.records.len()),
        }
    }

    /// How many records there are in all.
    pub(super) fn size(&self) -> usize {
        self.tables.values().map(|table| table.records.len()).sum()
    }

    /// The number that the next record of the collection gets.
    pub(super) fn next_number(&self, collection: &str) -> i64 {
        self.tables.get(collection).map_or(1, |table| table.highest.saturating_add(1))
    }

    /// Adds a record and answers where it stands.
    pub(super) fn push(&mut self, collection: &str, record: Record) -> usize {
        let number = self.collection(collection).and_then(|collection| collection.number.as_deref());
        let number = number.and_then(|field| record.get(field)).and_then(Value::as_i64);
        let table = self.tables.entry(collection.to_owned()).or_default();
        table.highest = table.highest.max(number.unwrap_or_default());
        table.records.push(record);
        let at = table.records.len() - 1;
        table.index(at);
        at
    }

    /// Puts `record` where another stood.
    pub(super) fn replace(&mut self, collection: &str, index: usize, record: Record) {
        let Some(table) = self.tables.get_mut(collection) else {
            return;
        };
        if let Some(place) = table.records.get_mut(index) {
            let moved = table.indexes.keys().any(|field| place.get(field) != record.get(field));
            *place = record;
            if moved {
                table.index_again();
            }
        }
    }

    /// Removes the records at these places.
    pub(super) fn remove(&mut self, collection: &str, indexes: &[usize]) {
        if let Some(table) = self.tables.get_mut(collection) {
            let mut index = 0;
            table.records.retain(|_| {
                index += 1;
                !indexes.contains(&(index - 1))
            });
            table.index_again();
        }
    }
}
