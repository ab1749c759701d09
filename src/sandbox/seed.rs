//! The records that are there from the start: those written out, and those made of word lists.
//!
//! Nothing here is random. Two stand-ins that start at the same time hold the same records.

use std::sync::Arc;

use jiff::civil::DateTime;
use serde_json::Value;

use super::change;
use super::clock::{self, Shift};
use super::collection::{Collection, Generate, Walk};
use super::definition::{Definition, Ordered};
use super::scope::Scope;
use super::template::{Path, Template};
use super::world::{Record, World};

/// The world as it is at the start.
pub(super) fn world(definition: &Arc<Definition>, now: DateTime) -> World {
    let mut seeder = Seeder { world: World::new(Arc::clone(definition)), definition, now };
    for (name, collection) in definition.data.collections.iter() {
        for record in &collection.records {
            seeder.place(name, record.clone(), None);
        }
        for generate in &collection.generate {
            seeder.generate(name, generate, &collection.words);
        }
    }
    let mut world = seeder.world;
    // Defaults may look at other records, so they come when all of them are there.
    for name in definition.data.collections.keys() {
        for index in 0..world.records(name).len() {
            let mut record = world.records(name).get(index).cloned().unwrap_or_default();
            change::complete(&world, now, name, index + 1, &mut record);
            world.replace(name, index, record);
        }
    }
    world
}

struct Seeder<'a> {
    world: World,
    definition: &'a Definition,
    now: DateTime,
}

impl Seeder<'_> {
    /// Adds a record, and what is written inside it but belongs to other collections. Answers its time.
    fn place(&mut self, name: &str, mut record: Record, before: Option<DateTime>) -> Option<DateTime> {
        let collection = self.definition.data.collections.get(name)?;
        let at = self.settle_times(collection, &mut record, before);
        if let Some(number) = &collection.number
            && !record.contains_key(number)
        {
            record.insert(number.clone(), self.world.next_number(name).into());
        }
        let nested: Vec<_> = collection
            .relations
            .iter()
            .filter(|(_, relation)| !relation.one)
            .filter_map(|(field, relation)| Some((relation, record.shift_remove(field)?)))
            .collect();
        let mut last = at;
        for (relation, items) in nested {
            let Value::Array(items) = items else {
                continue;
            };
            let given: Vec<_> = {
                let scope = Scope::new(&self.world, self.now).at(name, &record);
                relation.filter.equalities().map(|(path, value)| (path.first.clone(), value.fill(&scope))).collect()
            };
            for item in items {
                if let Value::Object(mut item) = item {
                    item.extend(given.iter().cloned());
                    last = self.place(&relation.collection, item, last);
                }
            }
        }
        self.world.push(name, record);
        at
    }

    /// Turns `-2d 09:14` (before the start) and `+35m` (after what came before) into timestamps, none in the future.
    fn settle_times(&self, collection: &Collection, record: &mut Record, before: Option<DateTime>) -> Option<DateTime> {
        let mut base = before;
        for field in &collection.times {
            let Some(Value::String(text)) = record.get(field) else {
                continue;
            };
            let at = match Shift::parse(text) {
                Some(shift) if text.starts_with('+') => shift.from(base.unwrap_or(self.now)),
                Some(shift) => shift.from(self.now),
                None => match clock::read_timestamp(text) {
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
                record.insert(field.clone(), clock::date(shift.from(self.now)).into());
            }
        }
        base
    }

    fn generate(&mut self, name: &str, generate: &Generate, shared: &Ordered<Vec<Template>>) {
        for index in 0..generate.count {
            let mut near = Record::new();
            for (word, walk) in generate.walk.iter() {
                near.insert(word.to_owned(), self.walked(walk, index));
            }
            // Each list has its own stride, so that no two stay in step, and one that leaves no word out.
            for ((word, list), stride) in generate.words.iter().chain(shared.iter()).zip(1_usize..) {
                let length = list.len().max(1);
                let mut stride = 2 * stride - 1;
                while divisor(stride, length) > 1 {
                    stride += 1;
                }
                let value = list
                    .get((index * stride + index / length) % length)
                    .map(|value| value.fill(&self.scope(&near)))
                    .unwrap_or_default();
                near.insert(word.to_owned(), value);
            }
            if let Value::Object(record) = generate.record.fill(&self.scope(&near)) {
                self.place(name, record, None);
            }
        }
    }

    fn scope<'a>(&'a self, near: &'a Record) -> Scope<'a> {
        Scope::new(&self.world, self.now).near(near)
    }

    fn walked(&self, walk: &Walk, index: usize) -> Value {
        let steps = i32::try_from(index).unwrap_or(i32::MAX);
        match walk {
            Walk::Number { from, every } => (from + every * i64::from(steps)).into(),
            Walk::Time { from, every } => {
                clock::timestamp(every.repeated(steps).from(from.from(self.now)).min(self.now)).into()
            }
        }
    }
}

/// The greatest common divisor.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// Whether `path` could be looked up in a generator's words.
pub(super) fn knows(collection: &Collection, generate: &Generate, path: &Path) -> bool {
    generate.walk.keys().chain(generate.words.keys()).chain(collection.words.keys()).any(|word| word == path.first)
}
