//! The records that exist from the start: those written out, and those generated from word lists.
//!
//! Nothing is random. Two sandboxes that start at the same time hold the same records.

use std::sync::Arc;

use jiff::civil::DateTime;
use minijinja::{Error, Value};

use super::record;
use super::scope::Scope;
use super::world::World;
use crate::clock::{self, Shift};
use crate::definition::Definition;
use crate::definition::collection::{Collection, Generate};
use crate::value::{Record, entries, items};

/// The world at the start.
pub(super) fn world(definition: &Arc<Definition>, now: DateTime) -> Result<Arc<World>, Error> {
    let mut seeder = Seeder { world: Arc::new(World::new(Arc::clone(definition))), now };
    for (name, collection) in &definition.data.collections {
        for record in &collection.records {
            seeder.place(name, record.clone(), None)?;
        }
        for generate in &collection.generate {
            seeder.generate(name, collection, generate)?;
        }
    }
    // Defaults may read other records, so they are filled when all of them exist.
    let mut world = seeder.world;
    for name in definition.data.collections.keys() {
        let scope = Scope::new(&world, now);
        let records = world.records(name).iter().zip(1..);
        let completed = records.map(|(record, ordinal)| {
            record::complete(&scope.clone().with("ordinal", ordinal), name, Arc::clone(record))
        });
        let completed = completed.collect::<Result<Vec<_>, _>>()?;
        world = world.changed(name, |table| table.records = completed);
    }
    Ok(world)
}

struct Seeder {
    world: Arc<World>,
    now: DateTime,
}

impl Seeder {
    /// Adds a record, and the records of other collections that are written inside it. Returns its time.
    fn place(&mut self, name: &str, mut record: Record, before: Option<DateTime>) -> Result<Option<DateTime>, Error> {
        let collection = Arc::clone(self.world.collection(name));
        let at = self.settle_times(&collection, &mut record, before);
        let related = collection.relations.iter().filter(|(_, relation)| !relation.one);
        let nested: Vec<_> = related.filter_map(|(field, of)| Some((of, record.shift_remove(field)?))).collect();
        self.world.number(name, &mut record);
        let record = Arc::new(record);
        self.world = self.world.with(name, &record);
        let scope = Scope::new(&self.world, self.now).at(name, &record);
        let mut last = at;
        for (relation, inner) in nested {
            for mut item in items(&inner).filter_map(|item| entries(&item)) {
                for (field, value) in &relation.on {
                    item.insert(field.clone(), value.eval(&scope)?);
                }
                last = self.place(&relation.collection, item, last)?;
            }
        }
        Ok(at)
    }

    /// Turns `-2d 09:14` (before the start) and `+35m` (after `before`) into timestamps, none of them in the future.
    fn settle_times(&self, collection: &Collection, record: &mut Record, before: Option<DateTime>) -> Option<DateTime> {
        let mut base = before;
        for field in &collection.times {
            let Some(text) = record.get(field).and_then(Value::as_str) else { continue };
            let at = match Shift::parse(text) {
                Some(shift) if text.starts_with('+') => shift.from(base.unwrap_or(self.now), 1),
                Some(shift) => shift.from(self.now, 1),
                None => match clock::parse_timestamp(text) {
                    Some(at) => at,
                    None => continue,
                },
            };
            let at = at.min(self.now);
            record.insert(field.clone(), clock::timestamp(at).into());
            if collection.times.first() == Some(field) {
                base = Some(at);
            }
        }
        for field in &collection.dates {
            if let Some(shift) = record.get(field).and_then(Value::as_str).and_then(Shift::parse) {
                record.insert(field.clone(), clock::date(shift.from(self.now, 1)).into());
            }
        }
        base
    }

    fn generate(&mut self, name: &str, collection: &Collection, generate: &Generate) -> Result<(), Error> {
        for index in 0..generate.count {
            let mut scope = Scope::new(&self.world, self.now).with("n", index);
            for (word, value) in &generate.set {
                let value = value.fill(&scope)?;
                scope = scope.with(word, value);
            }
            // Each list has a stride of its own, so that no two stay in step. A stride that has no divisor in common
            // with the length reaches every word.
            for ((word, list), number) in generate.words.iter().chain(&collection.words).zip(1..) {
                let length = list.len().max(1);
                let mut stride = 2 * number - 1;
                while divisor(stride, length) > 1 {
                    stride += 1;
                }
                if let Some(value) = list.get((index * stride + index / length) % length) {
                    let value = value.fill(&scope)?;
                    scope = scope.with(word, value);
                }
            }
            let mut record = Record::new();
            for (field, value) in &generate.record {
                record.insert(field.clone(), value.fill(&scope)?);
            }
            self.place(name, record, None)?;
        }
        Ok(())
    }
}

/// The greatest common divisor.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}
