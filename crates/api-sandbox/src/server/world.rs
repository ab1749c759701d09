//! All records, in memory. A world never changes: every change makes a new one, and readers keep the one they have.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Error, Value};

use crate::definition::Definition;
use crate::definition::collection::Collection;
use crate::value::{Record, keys};

/// The records of every collection.
#[derive(Debug)]
pub(super) struct World {
    definition: Arc<Definition>,
    tables: HashMap<String, Arc<Table>>,
    /// Made when a relation first needs one, by collection and field.
    indexes: Mutex<HashMap<(String, String), Arc<Index>>>,
}

/// The positions of a collection's records by the keys of one field.
type Index = HashMap<String, Vec<usize>>;

/// The records of one collection.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) records: Vec<Arc<Record>>,
    /// The highest number that a record has had.
    highest: i64,
}

impl World {
    pub(super) fn new(definition: Arc<Definition>) -> Self {
        Self { definition, tables: HashMap::new(), indexes: Mutex::default() }
    }

    pub(super) fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    pub(super) fn collection(&self, name: &str) -> &Arc<Collection> {
        self.definition.data.collections.get(name).expect("a definition that names an unknown collection is refused")
    }

    pub(super) fn records(&self, collection: &str) -> &[Arc<Record>] {
        self.tables.get(collection).map(|table| table.records.as_slice()).unwrap_or_default()
    }

    /// Gives a record the next number of its collection, unless it has one or the collection has no numbers.
    pub(super) fn number(&self, collection: &str, record: &mut Record) {
        if let Some(field) = &self.collection(collection).number {
            let highest = self.tables.get(collection).map_or(0, |table| table.highest);
            record.entry(field.clone()).or_insert_with(|| highest.saturating_add(1).into());
        }
    }

    /// The number of all records.
    pub(super) fn size(&self) -> usize {
        self.tables.values().map(|table| table.records.len()).sum()
    }

    /// The world with one more record.
    pub(super) fn with(&self, collection: &str, record: &Arc<Record>) -> Arc<Self> {
        let number = self.collection(collection).number.as_ref().and_then(|field| record.get(field)?.as_i64());
        self.changed(collection, |table| {
            table.highest = table.highest.max(number.unwrap_or_default());
            table.records.push(Arc::clone(record));
        })
    }

    /// The world with one record replaced or removed.
    pub(super) fn replaced(&self, collection: &str, old: &Arc<Record>, new: Option<&Arc<Record>>) -> Arc<Self> {
        self.changed(collection, |table| {
            if let Some(position) = table.records.iter().position(|record| Arc::ptr_eq(record, old)) {
                table.records.splice(position..=position, new.map(Arc::clone));
            }
        })
    }

    /// The world after a change of one collection.
    pub(super) fn changed(&self, collection: &str, change: impl FnOnce(&mut Table)) -> Arc<Self> {
        let mut tables = self.tables.clone();
        change(Arc::make_mut(tables.entry(collection.to_owned()).or_default()));
        Arc::new(Self { definition: Arc::clone(&self.definition), tables, indexes: Mutex::default() })
    }

    /// The records whose `field` is alike to `wanted`. `field_of` gives the field of one record.
    pub(super) fn alike(
        &self,
        collection: &str,
        field: &str,
        wanted: &Value,
        field_of: impl Fn(&Arc<Record>) -> Result<Value, Error>,
    ) -> Result<Vec<Arc<Record>>, Error> {
        let records = self.records(collection);
        let name = (collection.to_owned(), field.to_owned());
        let known = self.indexes.lock().unwrap_or_else(PoisonError::into_inner).get(&name).map(Arc::clone);
        let index = match known {
            Some(index) => index,
            None => {
                let mut index = Index::new();
                for (position, record) in records.iter().enumerate() {
                    for key in keys(&field_of(record)?) {
                        index.entry(key).or_default().push(position);
                    }
                }
                let index = Arc::new(index);
                self.indexes.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&index));
                index
            }
        };
        let positions: BTreeSet<_> = keys(wanted).iter().filter_map(|key| index.get(key)).flatten().copied().collect();
        Ok(positions.into_iter().filter_map(|position| records.get(position).map(Arc::clone)).collect())
    }
}
