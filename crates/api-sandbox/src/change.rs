//! Creating, updating and deleting records, and the effects on other records.

use std::sync::Arc;

use jiff::civil::DateTime;
use minijinja::{Error, Value, context};

use crate::definition::data::{Answer, Change, Effect};
use crate::definition::{Definition, Operation, Place};
use crate::expression::Template;
use crate::failure::Failure;
use crate::scope::Scope;
use crate::value::{Record, alike, entries, items};
use crate::world::World;
use crate::{lookup, view};

/// One well-formed call.
pub(crate) struct Call<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) operation: &'a Operation,
    pub(crate) arguments: &'a Record,
    pub(crate) files: &'a [Attachment],
    pub(crate) now: DateTime,
}

/// The facts that are kept of an uploaded file.
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) size: usize,
}

impl Call<'_> {
    pub(crate) fn scope(&self, world: &Arc<World>) -> Scope {
        Scope::new(world, self.now).with("args", Value::from_pairs(self.arguments.clone()))
    }

    /// Creates a record.
    pub(crate) fn create(&self, world: &mut Arc<World>, change: &Change) -> Result<Value, Failure> {
        let errors = &self.definition.data.errors;
        if world.size() >= self.definition.data.limits.records {
            return Err(Failure::new(507, &errors.full, ()));
        }
        let stored = self.stored(world, change, Record::new())?;
        self.check(world, change, &stored, None)?;
        let ordinal = world.records(&change.collection).len() + 1;
        let record = complete(&self.scope(world), &change.collection, ordinal, stored)?;
        let collection = Arc::clone(world.collection(&change.collection));
        *world = world.changed(&change.collection, |table| table.push(&collection, record.clone()));
        self.finish(world, change, record, &Record::new())
    }

    /// Updates a record. What is not given stays.
    pub(crate) fn update(&self, world: &mut Arc<World>, change: &Change) -> Result<Value, Failure> {
        let (position, old) = self.find(world, change)?;
        let record = follow(&self.scope(world), &change.collection, self.stored(world, change, old.clone())?)?;
        self.check(world, change, &record, Some(position))?;
        *world = replaced(world, &change.collection, position, record.clone());
        self.finish(world, change, record, &old)
    }

    /// Deletes a record.
    pub(crate) fn delete(&self, world: &mut Arc<World>, change: &Change) -> Result<Value, Failure> {
        let (position, record) = self.find(world, change)?;
        *world = removed(world, &change.collection, &[position]);
        self.finish(world, change, record.clone(), &record)
    }

    fn find(&self, world: &Arc<World>, change: &Change) -> Result<(usize, Record), Failure> {
        let position = lookup::find(&change.collection, &change.by, change.missing.as_ref(), &self.scope(world))?;
        let record = world.records(&change.collection).get(position).map(|record| Record::clone(record));
        Ok((position, record.unwrap_or_default()))
    }

    /// The record with what the request says, and then what the operation itself sets.
    fn stored(&self, world: &Arc<World>, change: &Change, mut record: Record) -> Result<Record, Error> {
        for param in &self.operation.params {
            let field = match change.store.get(&param.argument) {
                Some(renamed) => renamed.as_deref(),
                None => (param.place == Place::Json).then_some(param.name.as_str()),
            };
            let (Some(field), Some(given)) = (field, self.arguments.get(&param.argument)) else {
                continue;
            };
            let clears = change.clear.as_deref().is_some_and(|clear| given.as_str() == Some(clear));
            let given = if clears { Value::from(()) } else { given.clone() };
            let held = record.get(field).cloned().unwrap_or_default();
            let is_list = change.lists.iter().any(|list| list == field);
            record.insert(field.to_owned(), if is_list { listed(&held, given) } else { merged(&held, given) });
        }
        let scope = self.scope(world);
        for (field, value) in &change.set {
            let value = value.fill(&scope.at(&change.collection, &Arc::new(record.clone())))?;
            record.insert(field.clone(), value);
        }
        let field = &world.collection(&change.collection).attachments;
        if let (Some(field), Some(template), false) = (field, &self.definition.data.attachment, self.files.is_empty()) {
            let mut attachments: Vec<_> = record.get(field).map(items).into_iter().flatten().collect();
            for (file, number) in self.files.iter().zip(1..) {
                let id = format!("{}-{number}", world.size());
                let file = context! { name => &file.name, type => &file.content_type, size => file.size, id };
                attachments.push(template.fill(&scope.clone().with("file", file))?);
            }
            record.insert(field.clone(), attachments.into());
        }
        Ok(record)
    }

    /// Refuses a change that lacks a record that it needs, or that would make a second one of what may exist once.
    fn check(
        &self,
        world: &Arc<World>,
        change: &Change,
        record: &Record,
        position: Option<usize>,
    ) -> Result<(), Failure> {
        let scope = self.scope(world).at(&change.collection, &Arc::new(record.clone()));
        lookup::check_needs(&change.needs, &scope)?;
        for check in &change.refuses {
            let is_itself = |other| check.collection == change.collection && position == Some(other);
            let others = lookup::applicable(check, &scope)?.unwrap_or_default();
            if others.into_iter().any(|other| !is_itself(other)) {
                return Err(Failure::new(check.status, &check.message, &scope));
            }
        }
        Ok(())
    }

    /// Applies the effects of a change and makes its reply.
    fn finish(
        &self,
        world: &mut Arc<World>,
        change: &Change,
        record: Record,
        old: &Record,
    ) -> Result<Value, Failure> {
        let record = Arc::new(record);
        for effect in &change.also {
            let scope = self.scope(world).at(&change.collection, &record).with("old", Value::from_pairs(old.clone()));
            *world = affected(world, effect, &scope)?;
        }
        let scope = self.scope(world).at(&change.collection, &record);
        Ok(match &change.reply {
            Answer::Body(body) => body.fill(&scope)?,
            Answer::View(name) => view::show(view::named(world.collection(&change.collection), name), &scope)?,
        })
    }
}

/// The world after an effect of a change on other records.
fn affected(world: &Arc<World>, effect: &Effect, scope: &Scope) -> Result<Arc<World>, Error> {
    let found = scope.find(&effect.collection, &[], Some(&effect.filter))?;
    if effect.delete {
        let positions: Vec<_> = found.into_iter().map(|(position, _)| position).collect();
        return Ok(removed(world, &effect.collection, &positions));
    }
    let mut world = Arc::clone(world);
    if let (true, Some(fields)) = (found.is_empty(), &effect.create) {
        let other = scope.other(&effect.collection, &Arc::default());
        let record = filled(fields, &other)?;
        let ordinal = world.records(&effect.collection).len() + 1;
        let record = complete(scope, &effect.collection, ordinal, record)?;
        let collection = Arc::clone(world.collection(&effect.collection));
        return Ok(world.changed(&effect.collection, |table| table.push(&collection, record)));
    }
    for (position, other) in found {
        let mut record = Record::clone(&other.record);
        record.extend(filled(&effect.set, &other)?);
        let scope = Scope::new(&world, scope.now);
        world = replaced(&world, &effect.collection, position, follow(&scope, &effect.collection, record)?);
    }
    Ok(world)
}

fn filled<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Template)>, scope: &Scope) -> Result<Record, Error> {
    fields.into_iter().map(|(field, value)| Ok((field.clone(), value.fill(scope)?))).collect()
}

fn replaced(world: &World, collection: &str, position: usize, record: Record) -> Arc<World> {
    world.changed(collection, |table| {
        if let Some(place) = table.records.get_mut(position) {
            *place = Arc::new(record);
        }
    })
}

fn removed(world: &World, collection: &str, positions: &[usize]) -> Arc<World> {
    world.changed(collection, |table| {
        let mut position = 0..;
        table.records.retain(|_| position.next().is_none_or(|position| !positions.contains(&position)));
    })
}

/// Gives a new record its number and defaults, and applies the rules of its collection.
pub(crate) fn complete(scope: &Scope, name: &str, ordinal: usize, mut record: Record) -> Result<Record, Error> {
    let scope = Scope::new(&scope.world, scope.now).with("ordinal", ordinal);
    scope.world.number(name, &mut record);
    for (field, value) in &scope.world.collection(name).defaults {
        if !record.contains_key(field) {
            let value = value.fill(&scope.at(name, &Arc::new(record.clone())))?;
            record.insert(field.clone(), value);
        }
    }
    follow(&scope, name, record)
}

/// Applies the rules of a collection to a record.
fn follow(scope: &Scope, name: &str, mut record: Record) -> Result<Record, Error> {
    for rule in &scope.world.collection(name).rules {
        if rule.when.holds(&scope.at(name, &Arc::new(record.clone())))? {
            for (field, value) in &rule.set {
                let value = value.fill(&scope.at(name, &Arc::new(record.clone())))?;
                record.insert(field.clone(), value);
            }
        }
    }
    Ok(record)
}

/// The given value, laid over the held one: objects key by key, anything else as a whole.
fn merged(held: &Value, given: Value) -> Value {
    let (Some(mut merged_fields), Some(given_fields)) = (entries(held), entries(&given)) else {
        return given;
    };
    for (key, value) in given_fields {
        let below = merged_fields.get(&key).cloned().unwrap_or_default();
        merged_fields.insert(key, merged(&below, value));
    }
    Value::from_pairs(merged_fields)
}

/// The held list after `{add: […], remove: […]}`, or another list in its place.
fn listed(held: &Value, given: Value) -> Value {
    let Some(edit) = entries(&given) else {
        return given;
    };
    let part = |name| edit.get(name).map(items).into_iter().flatten();
    let mut list: Vec<_> = items(held).filter(|item| !part("remove").any(|removed| alike(item, &removed))).collect();
    for added in part("add") {
        if !list.iter().any(|item| alike(item, &added)) {
            list.push(added);
        }
    }
    list.into()
}
